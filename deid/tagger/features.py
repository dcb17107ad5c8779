"""What the network sees of each token: its letters, what the lists say, where it stands, and what the rules found.

Features are strings hashed into tables of embeddings ("the hashing trick", Weinberger et al., ICML 2009), so there is
no vocabulary to ship and no word is out of it. Those of a token alone are computed once a word; digits give no letters,
only a count, a first digit and a range, so that no number can be learned by heart.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from deid.clinical_items import is_drug
from deid.gazetteers import (
    ambiguous,
    common_name_sounds,
    common_names,
    institution_sounds,
    institutions,
    name_sounds,
    names,
    offices,
    place_sounds,
    places,
    roman,
    sound,
    words,
)
from deid.gazetteers.likeness import likeness
from deid.gazetteers.vocabulary import in_vocabulary
from deid.lexicon import values
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.tagger.stems import stem_signs
from deid.tokens import LONGEST, Token, script

LETTERS = 1 << 17
"""Rows of the table of letter n-grams."""
SIGNS = 1 << 13
"""Rows of the table of all other features."""
_TABLES = ("digit_words.tsv", "number_words.tsv", "months.tsv", "ordinal_words.tsv", "function_words.tsv")
_SETS = ("eponyms.txt", "not_names.tsv", "weekdays.txt")
_RANGES = (
    (0, "zero"), (12, "month"), (31, "day"), (89, "age"), (120, "old"), (999, "hundreds"), (1899, "thousands"),
    (2099, "year"), (9999, "more"),
)  # fmt: skip
Ids = npt.NDArray[np.int32]


class Word(NamedTuple):
    """The features of a token by itself."""

    letters: Ids
    signs: Ids


def _id(feature: str, rows: int) -> int:
    return xxhash.xxh3_64_intdigest(feature.encode("utf-8", "surrogatepass")) % rows


@lru_cache(maxsize=1 << 16)
def _sign(feature: str) -> int:
    return _id(feature, SIGNS)


@lru_cache(maxsize=1 << 15)
def word(text: str, kind: str, key: str) -> Word:
    """Features of a token of this text; the same for every token of the same text."""
    if kind != "word":
        own = _ids(_number(text)) if kind == "number" else np.array(mark(text, kind), np.int32)
        return Word(np.empty(0, np.int32), own)
    signs = [*_shape(text), *_lists(text, key)]
    return Word(np.array(_letters(text, key), dtype=np.int32), _ids(signs))


def mark(text: str, kind: str) -> tuple[int, int]:
    """Features of a mark or a line break, all of them signs."""
    return _sign(f"mark {text}"), _sign(f"kind {kind}")


def _ids(features: list[str]) -> Ids:
    return np.array([_sign(feature) for feature in features], dtype=np.int32)


def _letters(text: str, key: str) -> list[int]:
    grams = _grams(key, (3, 4, 5) if key.isascii() else (2, 3, 4, 5))
    if not key.isascii():
        # The same word in other scripts, and in Latin letters, shares these: what is learned of one is known of all.
        grams |= _grams(roman(text.casefold()), (3, 4, 5))
    return sorted({_id(gram, LETTERS) for gram in grams})


def _grams(word: str, sizes: tuple[int, ...]) -> set[str]:
    cut = word[:LONGEST]
    padded = f"<{cut}>"
    return {f"={cut}", *(padded[i : i + n] for n in sizes for i in range(len(padded) - n + 1))}


def _number(text: str) -> list[str]:
    count = len(text)
    signs = ["kind number", f"digits {min(count, 17)}", f"digits {min(count, 17)} first {text[0]}"]
    if count <= 4:
        value = int(text)
        signs.append("range " + next(name for top, name in _RANGES if value <= top))
    return signs


def _shape(text: str) -> list[str]:
    written = script(text)
    if written != "Latn":
        case = "native"
    elif text.isupper():
        case = "capitals" if len(text) > 1 else "initial"
    elif text[0].isupper():
        case = "title"
    else:
        case = "lower"
    return [f"script {written}", f"case {case}", f"case {case} length {min(len(text), 9)}"]


def _lists(text: str, key: str) -> list[str]:
    if len(text) > LONGEST:
        return ["endless"]
    tamil = "\u0b80" <= text[0] < "\u0c00"
    heard = sound(text, tamil)
    found = []
    if key in names():
        kinds, count = names()[key]
        found += ["name", f"name {kinds}", f"name in {min(count, 4)}"]
    if len(heard) > 2 and heard in name_sounds(tamil):
        found.append(f"sounds like a name {min(len(heard), 6)}")
    if key in common_names():
        found.append("common name")
    if len(heard) > 2 and heard in common_name_sounds(tamil):
        found.append(f"sounds like a common name {min(len(heard), 6)}")
    if heard in institution_sounds(tamil):
        found.append("sounds like an institution")
    if heard in ambiguous():
        found.append("ambiguous")
    if key in places():
        found.append(f"place {places()[key]}")
    if key.isascii():
        if key in offices():
            found.append("office")
        if key in words():
            found.append("English")
        if len(key) > 2:
            found.append(f"likeness {max(-4, min(4, round(likeness(key))))}")
    else:
        found.append("in vocabulary" if in_vocabulary(key) else "not in vocabulary")
        if heard in place_sounds(tamil):
            found.append(f"sounds like a place {place_sounds(tamil)[heard]}")
    found += stem_signs(key)
    found += [f"{name} {values(name)[key]}" for name in _TABLES if key in values(name)]
    if len(text) > 3 and is_drug(text):
        found.append("drug")
    found += [name for name in _SETS if key in lexicon_words(name)]
    return found


def context(note: Note) -> list[list[int]]:
    """For each token of a note the ids of what its surroundings say: gaps, cues, what the rules found, mentions."""
    tokens = note.tokens
    found = _places(tokens)
    spoken = {language: _sign(f"language {language}") for language in set(note.languages) if language}
    for ids, language in zip(found, note.languages, strict=True):
        if language:
            ids.append(spoken[language])
    for i in note.figure_tokens:
        found[i].append(_sign("dose or value"))
    for name, cues in (("person", note.people), ("label", note.labels), ("place", note.places)):
        for cue in cues:
            sign = _sign(f"{name} cue {cue.kind}")
            for i in range(cue.first, cue.last):
                found[i].append(sign)
    for first, last in _institutions(tokens):
        for i in range(first, last):
            found[i].append(_sign(f"institution {min(last - first, 3)}"))
    claimed: dict[str, set[str]] = {}
    for hit in note.hits:
        first, last = note.token_range(hit.start, hit.end)
        why = hit.why.split(" ")[0] if hit.why.startswith(("label ", "institution ")) else hit.why
        told = _sign(f"why {hit.label} {why}")
        for i in range(first, last):
            found[i] += [_sign(f"hit {hit.label} {'B' if i == first else 'I'}"), told]
            if tokens[i].kind == "word":
                claimed.setdefault(tokens[i].key, set()).add(hit.label)
    elsewhere = {key: [_sign(f"elsewhere {label}") for label in sorted(labels)] for key, labels in claimed.items()}
    words = [(i, token.text, token.key) for i, token in enumerate(tokens) if token.kind == "word"]
    lower = {text for _, text, _ in words if text.islower()}
    for i, text, key in words:
        if key in elsewhere:
            found[i] += elsewhere[key]
        if key in lower and not text.islower():
            found[i].append(_sign("elsewhere in lower case"))
    return found


def _institutions(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """Ranges of tokens that are the name of an institution on the list, the longest at each place."""
    listed, keys = _listed_institutions(), [token.key for token in tokens]
    covered = 0
    for i, key in enumerate(keys):
        if key in listed and i >= covered:
            lengths, names_of = listed[key]
            found = next((name for n in lengths if (name := tuple(keys[i : i + n])) in names_of), None)
            if found:
                covered = i + len(found)
                yield i, covered


@cache
def _listed_institutions() -> dict[str, tuple[list[int], frozenset[tuple[str, ...]]]]:
    """First word of an institution -> how many words the names have that begin with it, the most first; the names."""
    return {
        first: (sorted({len(name) for name in names_of}, reverse=True), frozenset(names_of))
        for first, names_of in institutions().items()
    }


def _places(tokens: list[Token]) -> list[list[int]]:
    """Where each token stands: how many blanks are before it, or that it begins a line; that it ends one."""
    gaps = [_sign(f"gap {blanks}") for blanks in range(4)]
    starts, ends = _sign("line starts"), _sign("line ends")
    found: list[list[int]] = []
    before = -1  # where the token before ends, on the same line
    for token in tokens:
        found.append([starts if before < 0 else gaps[min(3, token.start - before)]])
        before = token.end
        if token.kind == "break":
            before = -1
            if len(found) > 1:
                found[-2].append(ends)
    if found:
        found[-1].append(ends)
    return found
