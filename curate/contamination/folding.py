"""Words as decontamination compares them: what looks alike is alike.

On top of case folding: compatibility forms are taken apart (ligatures, superscripts, full-width letters; NFKD), accents
are left out, Cyrillic and Greek letters that look Latin are Latin, and characters that nobody sees (soft hyphens,
zero-width joiners) neither count nor cut a word. Signs of Indic scripts stay: there they are letters.

`folded_words` is the definition; `folding_tables` is the same for the compiled kernel.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

import regex

from curate.word_tables import SKIPPED, WordTables, tables_of
from curate.words import WORD

LOOK_ALIKES: Final = dict(zip("аеорсхуіјѕһԁԛԝгкмтвνοαικρτυχ", "aeopcxyijshdqwrkmtbvoaikptux", strict=True))
"""Small letters of Cyrillic and Greek drawn as a Latin one, or as its capital is (after Unicode TR39, confusables)."""

LONGEST: Final = 12
"""A character that folding makes longer than so many bytes is left as it is."""


class Word(NamedTuple):
    """A folded word and its place `[start, end)` in the text, in code points."""

    word: str
    start: int
    end: int


def fold(char: str) -> str:
    """What becomes of one character: letters of a word, "" for what is passed over; anything else cuts."""
    if unicodedata.category(char) == "Cf" or _is_accent(char):
        return ""
    plain = unicodedata.normalize("NFKD", char.casefold()).casefold()
    plain = "".join(LOOK_ALIKES.get(part, part) for part in plain if not _is_accent(part))
    return plain if 0 < len(plain.encode()) <= LONGEST else char.casefold()


def folded_words(text: str, first: int = 0, until: int | None = None) -> list[Word]:
    """The words of `text`, in order; from the `first`-th to before the `until`-th."""
    plain = text.translate(_PLAIN)
    if _ODD in plain:
        return _one_by_one(text)[first:until]
    return [Word(match[0], *match.span()) for match in islice(_RUN.finditer(plain), first, until)]


def _one_by_one(text: str) -> list[Word]:
    """The definition; `_PLAIN` is the same sooner, where each character becomes one letter or cuts."""
    found: list[Word] = []
    letters: list[str] = []
    start = end = 0

    def close() -> None:
        if letters:
            found.append(Word("".join(letters), start, end))
            letters.clear()

    for at, char in enumerate(text):
        for part in _FOLDED[char]:
            if not part:
                close()
                continue
            if not letters:
                start = at
            letters.append(part)
            end = at + 1
    close()
    return found


class _Folded(dict[str, tuple[str, ...]]):
    """The parts of each folded character: a letter of a word, or "" where a word ends."""

    def __missing__(self, char: str) -> tuple[str, ...]:
        parts = tuple(part if WORD.fullmatch(part) else "" for part in fold(char))
        self[char] = parts
        return parts


class _Plain(dict[int, str]):
    """What a code point becomes: a letter, a blank where it cuts, or `_ODD` where it is passed over or becomes more."""

    def __missing__(self, code: int) -> str:
        parts = _FOLDED[chr(code)]
        self[code] = (parts[0] or " ") if len(parts) == 1 else _ODD
        return self[code]


_FOLDED: Final = _Folded()
_PLAIN: Final = _Plain()
_ODD: Final = "\0"
_RUN: Final = re.compile("[^ ]+")


def _is_accent(char: str) -> bool:
    return "\u0300" <= char <= "\u036f"


@lru_cache(maxsize=1)
def folding_tables() -> WordTables:
    """The tables of `fold`; under a second."""
    return tables_of(_changed())


def _changed() -> dict[str, str]:
    """Every character that belongs to a word or folds to something that does, with what it folds to."""
    every = "".join(map(chr, range(0xD800))) + "".join(map(chr, range(0xE000, 0x110000)))
    special = {*LOOK_ALIKES, *map(chr, range(0x300, 0x370))}
    changed: dict[str, str] = {}
    for start in range(0, len(every), 256):
        block = every[start : start + 256]
        plain = unicodedata.normalize("NFKD", block) == block == block.casefold() and special.isdisjoint(block)
        inside = {char for run in WORD.findall(block) for char in run}
        for char in block if not plain else inside:
            folded = char if plain else fold(char)
            if WORD.search(folded):
                changed[char] = folded
        changed |= {char: SKIPPED for char in block if not fold(char)} if _HIDDEN.search(block) else {}
    return changed


_HIDDEN: Final = regex.compile(r"\p{Cf}|[\u0300-\u036f]")
