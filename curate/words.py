"""What a word is, and a shingle: the same for deduplication and decontamination.

A word is a maximal run of letters, marks and digits (Unicode L, M, N) after case folding. Marks belong to the word:
without them every vowel sign of an Indic script would cut it.
"""

import numpy as np
import numpy.typing as npt
import regex
import xxhash

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


def shingles(text: str, size: int) -> npt.NDArray[np.uint64]:
    """The set of `size`-word shingles of `text` as sorted 64-bit hashes (xxh3), shape `(n,)`.

    A text shorter than a shingle is one shingle of all its words; a text without words has none. Two different
    shingles of one pair of texts share a hash with a chance under 1e-12: Jaccard over hashes is exact in practice.
    """
    found = words(text)
    if not found:
        return np.empty(0, dtype=np.uint64)
    runs = max(1, len(found) - size + 1)
    hashes = {xxhash.xxh3_64_intdigest(" ".join(found[i : i + size]).encode()) for i in range(runs)}
    return np.sort(np.fromiter(hashes, dtype=np.uint64, count=len(hashes)))


def jaccard(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> float:
    """|a ∩ b| / |a ∪ b| of two sorted sets of hashes; 0 where both are empty."""
    shared = np.intersect1d(a, b, assume_unique=True).size
    union = a.size + b.size - shared
    return shared / union if union else 0.0
