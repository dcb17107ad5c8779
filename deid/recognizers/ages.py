"""Ages of 90 and more, in digits and in words; younger ages stay."""

import re
from collections.abc import Iterator
from functools import cache

import regex

from deid.gazetteers import is_name
from deid.lexicon import rows, values
from deid.note import Note
from deid.shadow import shadow
from deid.tokens import Token, key
from schemas.labels import Label

_NUMBER = re.compile(r"0?9\d|1[0-2]\d")
_OLDEST = 120  # in words
_MISREAD = str.maketrans("oOlI", "0011")
_SEX = frozenset("MFmf")
_FEVER = frozenset(map(str, range(97, 108)))  # with F behind it, degrees rather than a woman's years
_VITAL = frozenset(("t", "temp", "bp", "pr", "hr", "pulse", "rate", "spo2", "spo", "o2", "sat", "wt", "weight"))
_MEASURED = _VITAL | {"hb", "rbs", "fbs", "ppbs", "sugar", "ldl", "hdl"}
_UNITS = frozenset(
    ("f", "c", "deg", "degree", "degrees", "kg", "kgs", "kilo", "kilos", "pounds", "lb", "lbs", "cm", "percent")
)
_BETWEEN = frozenset(
    (
        "hai",
        "given",
        "as",
        "written",
        "recorded",
        "noted",
        "stated",
        "typed",
        "shown",
        "says",
        "is",
        "was",
        "now",
        "about",
        "around",
        "approx",
        "sex",
        "lagbhag",
        "है",
        "लगभग",
        "m",
        "f",
    )
)
_ORDINAL = frozenset(("st", "nd", "rd", "th"))
_YEARS = frozenset(("year", "yr", "birthday", "bday"))
_LABEL_WITHIN = 4  # tokens between a label and its age
_ROMAN_STEM = 4
_STEM = 3  # characters from which a native word may have endings
_BESIDE_NAME = re.compile(r", (9\d|10\d), (?=[a-z])")
_FIELD = re.compile(r"(?:[|;\t]|,(?! ))[ ]*\"?(9\d|10\d)\"?[ ]*(?=[|;\t,\n]|$)", re.MULTILINE)
_BEFORE = regex.compile(r"(?:^|[|;\t,\"])[ ]*\"?((?:\p{L}\p{M}*|[ .()'?\-]){3,40}+)\"?[ ]*\Z", regex.MULTILINE)
_LONGEST_FIELD = 60
"""A number alone in its field, behind a field of words alone: of a list of people, more often than of results."""


def find(note: Note) -> None:
    """Claim the number of every age over 89."""
    found = note.tokens
    for first, last, words in _numbers(found):
        if why := _why(note, first, last):
            why = "age in words" if words else why
            note.claim(found[first].start, found[last - 1].end, Label.AGE_OVER_89, 0.85, why)
    for match in _BESIDE_NAME.finditer(note.s):
        note.claim(match.start(1), match.end(1), Label.AGE_OVER_89, 0.5, "age after a name")
    for field in _FIELD.finditer(note.s):
        before = _BEFORE.search(note.s, max(0, field.start() - _LONGEST_FIELD), field.start())
        if before and _MEASURED.isdisjoint(re.findall(r"[a-z0-9]+", before[1].casefold())):
            note.claim(*field.span(1), Label.AGE_OVER_89, 0.5, "age in the field behind a name")


def _numbers(found: list[Token]) -> Iterator[tuple[int, int, bool]]:
    """Ranges of tokens that say a number of 90 to 129, in digits ("94", a misread "9O") or in words (True)."""
    spoken = _spoken()
    for i, token in enumerate(found):
        if token.kind == "word":
            if token.key in spoken:
                yield i, _words_end(found, i), True
        elif token.text[0] in "910" and len(token.text) <= 3 and not _joined(found, i, -1):
            last = i + 1
            if len(token.text) == 1 and _touches(found, i, 1) and found[last].text in "oOlI":
                last += 1
            digits = "".join(t.text for t in found[i:last]).translate(_MISREAD)
            if _NUMBER.fullmatch(digits) and not _joined(found, last - 1, 1):
                yield i, last, False


@cache
def _spoken() -> dict[str, int]:
    """Words for 90 to the oldest."""
    found = {word: int(head) for word, head in values("number_words.tsv").items()}
    return {word: value for word, value in found.items() if 90 <= value <= _OLDEST}


def _words_end(found: list[Token], index: int) -> int:
    """Index behind a number in words: "ninety" may go on with a unit."""
    at = index + 1
    if at < len(found) and found[at].text == "-":
        at += 1
    if _spoken()[found[index].key] == 90 and at < len(found) and 1 <= _units().get(found[at].key, 0) <= 9:
        return at + 1
    return index + 1


@cache
def _units() -> dict[str, int]:
    return {word: int(head) for word, head in values("digit_words.tsv").items() if head.isdigit()}


def _joined(found: list[Token], index: int, step: int) -> bool:
    """Whether a number is part of a longer one, of a date, ratio, range or percentage."""
    if not _touches(found, index, step):
        return False
    mark = found[index + step].text
    if step < 0:
        return mark in "./-:" or found[index + step].kind == "number"
    return mark == "%" or (mark in "./" and _touches(found, index + 1, 1) and found[index + 2].kind == "number")


def _touches(found: list[Token], index: int, step: int) -> bool:
    """Whether the next token in this direction stands there without a blank."""
    other = index + step
    if not 0 <= other < len(found):
        return False
    left, right = (found[other], found[index]) if step < 0 else (found[index], found[other])
    return left.end == right.start and right.kind != "break" and left.kind != "break"


def _why(note: Note, first: int, last: int) -> str:
    found = note.tokens
    if any(found[i].key in _MEASURED for i in range(max(0, first - 3), first)):
        return ""
    if _has_unit(found, last):
        return "age with unit"
    if _has_label(found, first) or _told(note, first, last):
        return "age label"
    return "age after a name" if _in_brackets(found, first, last) else ""


def _has_unit(found: list[Token], last: int) -> bool:
    """Years or a sex behind the number: "94 yrs", "94-year-old", "94/M", "94 F", "९४ वर्षीय", "91 की उम्र"."""
    at = last
    if at < len(found) and found[at].text in "-/":
        at += 1
    if at >= len(found) or found[at].kind != "word":
        return False
    if found[at].key in _ORDINAL and _in_year(found, at + 1):
        return True
    token = found[at]
    if token.text in _SEX:
        return found[at - 1].text == "/" or (token.upper and not (token.text == "F" and found[at - 1].text in _FEVER))
    if len(token.text) == 1 and not token.text.isascii():  # व is "and" as well
        return _is(token.key, "unit") and at + 1 < len(found) and found[at + 1].text == "."
    if _is(token.key, "link"):
        return at + 1 < len(found) and _is(found[at + 1].key, "label")
    return _is(token.key, "unit")


def _in_year(found: list[Token], at: int) -> bool:
    """ "year" or "birthday" behind an ordinal, and not "of the hospital"."""
    if at >= len(found) or found[at].key not in _YEARS:
        return False
    return not (
        at + 2 < len(found) and found[at + 1].key == "of" and found[at + 2].key not in ("age", "life", "her", "his")
    )


def _has_label(found: list[Token], first: int) -> bool:
    """A label before the number: "Age/Sex: 94", "उम्र लगभग ९४", "a lady of 94"; or asked for in the line above: "Age?",
    "Patient: 94".
    """
    first = _asked(found, first)
    for at in range(first - 1, max(-1, first - 1 - _LABEL_WITHIN), -1):
        token = found[at]
        if token.kind == "word":
            if _is(token.key, "label"):
                return True
            if token.key == "of":
                return at > 0 and _is(found[at - 1].key, "of")
            if token.key not in _BETWEEN and not _is(token.key, "unit"):
                return False
        elif token.kind != "mark" or token.text in ",;)":
            return False
    return False


def _told(note: Note, first: int, last: int) -> bool:
    """Someone is the number, and no weight or fever: "she is 94"."""
    found = note.tokens
    if (
        first < 2
        or first in note.figure_tokens
        or not (_is(found[first - 2].key, "who") and _is(found[first - 1].key, "is"))
    ):
        return False
    return last == len(found) or found[last].kind != "word" or found[last].key not in _UNITS


def _asked(found: list[Token], first: int) -> int:
    """Index of the question mark that a line which begins with the token answers; else the token's own."""
    at = first - 1
    if at > 1 and found[at].text == ":" and found[at - 1].kind == "word":  # who speaks
        at -= 2
    answers = at > 0 and found[at].kind == "break" and found[at - 1].text == "?"
    return at - 1 if answers else first


def _in_brackets(found: list[Token], first: int, last: int) -> bool:
    """Alone in brackets behind a name: "Ramnikdada (94)"."""
    if first < 2 or last >= len(found) or (found[first - 1].text, found[last].text) != ("(", ")"):
        return False
    return found[first - 2].kind == "word" and is_name(found[first - 2].text)


def _is(word: str, kind: str) -> bool:
    exact, stems, _ = _listed(kind)
    if kind == "unit" and word.isascii() and len(word) > _ROMAN_STEM and word.startswith(_listed("stem")[2]):
        return True
    return word in exact or (not word.isascii() and word.startswith(stems))


@cache
def _listed(kind: str) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Keys of the words of a kind, of those in a script of India that may have endings, and of all as beginnings."""
    listed = frozenset(key(shadow(phrase).text) for head, phrase in rows("ages.tsv") if head == kind)
    native = tuple(sorted(word for word in listed if not word.isascii() and len(word) >= _STEM))
    return listed, native, tuple(sorted(listed))
