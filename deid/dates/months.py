"""Months' names: read in every language of the lexicon, cut short or with an ending; written as they came."""

import unicodedata
from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import regex

from deid.lexicon import rows
from deid.shadow import shadow
from deid.tokens import key, script

Writer = Callable[[int], str]
_VIRAMAS = frozenset("्্੍્୍்్್്")
_GLIDES = {"Taml": "ய", "Mlym": "യ", "Knda": "ಯ", "Beng": "য়", "Orya": "ୟ"}  # between a vowel and an ending's
_VOWEL = regex.compile(r" LETTER (?:A|AA|I|II|U|UU|E|EE|AI|O|OO|AU)$")
_ENDING = 8  # code points of a case ending, at most
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


class Month(NamedTuple):
    """A month that was read: its number, its calendar, and how another month is written like it."""

    number: int
    calendar: str
    write: Writer


class _Row(NamedTuple):
    calendar: str
    names: tuple[tuple[str, ...], ...]  # twelve months, each in its spellings


def month(word: str, *, stop: bool = False) -> Month | None:
    """The month that a word of a shadow names. `stop`: a full stop follows, so that it may be cut short anywhere."""
    wanted = key(word.replace("-", " "))
    if len(wanted) > 32:
        return None
    if wanted in _exact():
        return _named(word, *_exact()[wanted])
    return (_shortened(word, wanted) if stop else None) or _inflected(word, wanted) or _shortened(word, wanted)


def is_month(word: str) -> bool:
    """Whether a word is a month's name as it stands."""
    return key(word) in _exact()


def roman(word: str) -> int:
    """The value of a Roman number from 1 to 31, in one case; 0 for any other word."""
    plain = word.replace("ı", "i").replace("l", "I" if word[0].isupper() else "l")
    if not regex.fullmatch(r"x{0,3}(?:ix|iv|v?i{0,3})|X{0,3}(?:IX|IV|V?I{0,3})", plain) or not plain:
        return 0
    low = plain.casefold()
    tens = len(low) - len(low.lstrip("x"))
    if low in _ROMAN:
        return _ROMAN.index(low) + 1
    rest = low[tens:]
    return tens * 10 + (_ROMAN.index(rest) + 1 if rest else 0)


def write_roman(value: int, like: str) -> str:
    """A Roman number from 1 to 39 in the case of another."""
    tens, units = divmod(value, 10)
    made = "x" * tens + (_ROMAN[units - 1] if units else "")
    return made.upper() if like[0].isupper() else made


@cache
def _rows() -> tuple[_Row, ...]:
    found = list(rows("calendars.tsv"))
    twelves = [found[at : at + 12] for at in range(0, len(found), 12)]
    return tuple(_Row(row[0][0], tuple(tuple(names.split("/")) for _, names in row)) for row in twelves)


@cache
def _exact() -> dict[str, tuple[int, _Row, str]]:
    """Key of each name -> its number, its row, and the ending that it has beyond a name of the row."""
    found: dict[str, tuple[int, _Row, str]] = {}
    for row in _rows():
        for number, names in enumerate(row.names, 1):
            for name in names:
                found.setdefault(key(shadow(name).text.replace("-", " ")), (number, row, ""))
    by_script: dict[str, _Row] = {}
    for row in _rows():
        if row.calendar == "gregorian":
            by_script.setdefault(script(row.names[0][0]), row)
    cut_short = {name[:length] for name in found for length in range(1, len(name) + 1)}
    for head, name in rows("months.tsv"):  # spellings of which only the month is known, and names with endings
        wanted = key(shadow(name).text)
        if head != "0" and wanted not in cut_short and script(name) in by_script:
            row = by_script[script(name)]
            found[wanted] = int(head), row, _ending(wanted, row.names[int(head) - 1])
    return found


def _ending(word: str, names: tuple[str, ...]) -> str:
    """What a word has beyond the longest of the names that it begins with, a final virama apart."""
    stems = [s for name in names if len(s := key(name).rstrip("".join(_VIRAMAS))) > 2 and word.startswith(s)]
    return word[len(max(stems, key=len)) :] if stems else ""


def _named(word: str, number: int, row: _Row, ending: str) -> Month:
    """A month by its name in full, or by one of the short names of English."""
    short = script(word) == "Latn" and len(word) <= 4 and row.names[number - 1][0] != key(word) and row is _rows()[0]

    def write(new: int) -> str:
        name = row.names[new - 1][0][: 3 if short else None]
        return _cased(_joined(name, ending), word)

    return Month(number, row.calendar, write)


def _inflected(word: str, wanted: str) -> Month | None:
    """A name with a case ending: the longest name that the word begins with."""
    for cut in range(len(wanted) - 1, max(2, len(wanted) - _ENDING - 1), -1):
        stem, ending, cut_off = wanted[:cut], wanted[cut:], len(wanted) - cut
        for virama in ("", *_VIRAMAS):
            if stem + virama in _exact() and script(wanted) != "Latn":
                number, row, inner = _exact()[stem + virama]
                tail = word[-cut_off:] if key(word[-cut_off:]) == ending else ending  # a key folds some letters
                return _named(word, number, row, inner + tail)
    return None


def _shortened(word: str, wanted: str) -> Month | None:
    """A name cut short: the one month that begins so in a language, two letters at least."""
    clusters = len(regex.findall(r"\X", wanted))
    stem = wanted.rstrip("".join(_VIRAMAS))
    if len(stem) < 2 or (script(wanted) == "Latn" and len(stem) < 3):
        return None
    for row in _rows():
        numbers = {n for n, names in enumerate(row.names, 1) for name in names if key(name).startswith(stem)}
        if len(numbers) == 1:
            (number,) = numbers
            return Month(number, row.calendar, partial(_write_cut, word, row, clusters))
    return None


def _write_cut(word: str, row: _Row, clusters: int, new: int) -> str:
    return _cased(_cut(row, new, clusters), word)


def _cut(row: _Row, number: int, clusters: int) -> str:
    """A month's name cut to so many clusters, or to as many as it takes to be that month's alone."""
    name = row.names[number - 1][0]
    pieces = regex.findall(r"\X", name)
    for length in range(clusters, len(pieces)):
        cut = "".join(pieces[:length])
        if sum(names[0].startswith(cut) for names in row.names) == 1:
            return cut
    return name


def _joined(name: str, ending: str) -> str:
    """A name with an ending: a final virama gives way to a vowel sign, and a glide stands between two vowels."""
    if not ending:
        return name
    glide = _GLIDES.get(script(name), "")
    vowel = ending.removeprefix(glide)
    sign = vowel[:1]
    if not sign or not regex.match(r"\p{Mc}|\p{Mn}", sign) or sign in _VIRAMAS:
        return name + ending
    if name[-1] in _VIRAMAS:
        return name[:-1] + vowel
    if regex.match(r"\p{L}", name[-1]) and not _VOWEL.search(unicodedata.name(name[-1])):
        return name + vowel
    return name + glide + vowel


def _cased(name: str, like: str) -> str:
    return name.upper() if like.isupper() and len(like) > 1 else name.capitalize() if like[0].isupper() else name
