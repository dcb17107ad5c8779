"""What a word is, and a shingle: the same for deduplication and decontamination.

A word is a maximal run of letters, marks and digits (Unicode L, M, N) after case folding. Marks belong to the word:
without them every vowel sign of an Indic script would cut it.

This is the definition, one character at a time. `word_kernel.py` is the same compiled, over tables made from `words`.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import regex

WORD: regex.Pattern[str] = regex.compile(r"[\p{L}\p{M}\p{N}]+")


def words(text: str) -> list[str]:
    """The case-folded words of `text`, in order."""
    return WORD.findall(text.casefold())


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """The case-folded words of `text` with their places `[start, end)` in `text`, in code points.

    Case folding may lengthen a word (ß, İ), so it is done word by word. A word whose folding itself holds a
    character that is none (rare: U+0345 and the like) is cut as `words` would cut it, at the same place in the text.
    """
    return [
        (part, match.start(), match.end())
        for match in WORD.finditer(text)
        for part in WORD.findall(match.group().casefold())
    ]


WORD_SEED: Final = 0x9E3779B97F4A7C15
WORD_FACTOR: Final = 0xD6E8FEB86659FD93
SHINGLE_FACTOR: Final = 0xA0761D6478BD642F
"""Odd 64-bit numbers without pattern (the first is the golden ratio). With other numbers old indexes are void."""

FINISH_1: Final = 0xFF51AFD7ED558CCD
FINISH_2: Final = 0xC4CEB9FE1A85EC53
"""The finaliser of MurmurHash3, 64 bits (Appleby)."""

_ALL: Final = (1 << 64) - 1


def word_hash(word: str) -> int:
    """64 bits of a word: its UTF-8 bytes in chunks of eight, each xored in and multiplied. Of two words of up to eight
    bytes none share a hash."""
    encoded = word.encode()
    mixed = WORD_SEED
    for start in range(0, len(encoded), 8):
        mixed = ((mixed ^ int.from_bytes(encoded[start : start + 8], "big")) * WORD_FACTOR) & _ALL
        mixed ^= mixed >> 32
    return mixed


def shingle_hash(hashes: list[int]) -> int:
    """64 bits of a run of words, from their hashes: a polynomial, finished by MurmurHash3's mixer."""
    mixed = 0
    for each in hashes:
        mixed = (mixed * SHINGLE_FACTOR + each) & _ALL
    mixed = ((mixed ^ (mixed >> 33)) * FINISH_1) & _ALL
    mixed = ((mixed ^ (mixed >> 33)) * FINISH_2) & _ALL
    return mixed ^ (mixed >> 33)


def shingles(text: str, size: int) -> npt.NDArray[np.uint64]:
    """The set of `size`-word shingles of `text` as sorted 64-bit hashes, shape `(n,)`.

    A text shorter than a shingle is one shingle of all its words; a text without words has none. Two different
    shingles of one pair of texts share a hash with a chance under 1e-12: Jaccard over hashes is exact in practice.
    """
    found = [word_hash(word) for word in words(text)]
    if not found:
        return np.empty(0, dtype=np.uint64)
    runs = max(1, len(found) - size + 1)
    hashes = {shingle_hash(found[i : i + size]) for i in range(runs)}
    return np.sort(np.fromiter(hashes, dtype=np.uint64, count=len(hashes)))


def jaccard(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> float:
    """|a ∩ b| / |a ∪ b| of two sorted sets of hashes; 0 where both are empty."""
    shared = np.intersect1d(a, b, assume_unique=True).size
    union = a.size + b.size - shared
    return shared / union if union else 0.0
