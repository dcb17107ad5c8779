"""Ages of 90 and more, in digits and in words; younger ages stay."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

import regex

from deid.gazetteers import is_name, sound
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
_LABEL_WITHIN = 4  # tokens between a label and its age
_QUESTION = 10  # tokens of a question that asks for one
_WHO_WITHIN = 3  # tokens between someone and what they become
_SHORTEST_HEARD = 4  # letters of a number that is known by its sound alone
_SATURATION = re.compile(r"(?:spo2|sao2|o2 sats?)[ :=]{0,3}(?:is |of |at )?$", re.IGNORECASE)  # one word, three tokens
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
        if before and _listed("measured")[0].isdisjoint(re.findall(r"[a-z0-9]+", before[1].casefold())):
            note.claim(*field.span(1), Label.AGE_OVER_89, 0.5, "age in the field behind a name")


def _numbers(found: list[Token]) -> Iterator[tuple[int, int, bool]]:
    """Ranges of tokens that say a number of 90 to 129, in digits ("94", a misread "9O") or in words (True)."""
    done = 0
    starts = [i for i, t in enumerate(found) if (_may_begin(t.key) if t.kind == "word" else t.text[0] in "910")]
    for i in starts:
        token = found[i]
        if i < done:
            continue
        if token.kind == "word":
            if (done := _words_end(found, i)) > i:
                yield i, done, True
        elif len(token.text) <= 3 and not _joined(found, i, -1):
            last = i + 1
            if len(token.text) == 1 and _touches(found, i, 1) and found[last].text in "oOlI":
                last += 1
            digits = "".join(t.text for t in found[i:last]).translate(_MISREAD)
            if _NUMBER.fullmatch(digits) and not _joined(found, last - 1, 1):
                yield i, last, False


@cache
def _spoken() -> dict[str, int]:
    """Words for 90 to the oldest."""
    tables = (values("number_words.tsv"), values("age_numbers.tsv"))
    found = {word: int(head) for table in tables for word, head in table.items()}
    return {word: value for word, value in found.items() if 90 <= value <= _OLDEST}


@cache
def _heard() -> dict[tuple[str, bool], int]:
    """The same by their sound, where it is the sound of one number."""
    table: dict[tuple[str, bool], int] = {}
    for word, value in _spoken().items():
        heard = _sound(word)
        table[heard] = value if table.get(heard, value) == value else 0
    return {heard: value for heard, value in table.items() if value}


@lru_cache(maxsize=1 << 16)
def _may_begin(word: str) -> bool:
    """Whether a number of 90 or more in words may begin with a word."""
    if word in _spoken() or word == "a" or _units().get(word) in (1, 9):
        return True
    return len(word) >= _SHORTEST_HEARD and _sound(word) in _heard()


def _sound(word: str) -> tuple[str, bool]:
    tamil = "\u0b80" <= word[0] < "\u0c00"
    return sound(word, tamil), tamil


def _words_end(found: list[Token], index: int) -> int:
    """Index behind a number of 90 or more in words that begins here; the index itself where none does: "ninety-four",
    "one hundred and two", "nine three" before years.
    """
    token = found[index]
    value = _spoken().get(token.key, 0)
    if not value and _digit(found, index) == 9 and _digit(found, index + 1) and _counts_years(found, index + 2):
        return index + 2
    if not value and _begins_hundred(found, index):
        return _words_end(found, index + 1)
    if not value and len(token.key) >= _SHORTEST_HEARD and (_counts_years(found, index + 1) or _labelled(found, index)):
        value = _heard().get(_sound(token.key), 0)
    if not value:
        return index
    if value not in (90, 100):
        return index + 1
    at = index + 1
    if at < len(found) and (found[at].text == "-" or (value == 100 and _is(found[at].key, "and"))):
        at += 1
    if value == 100 and (under := _tens(found, at)):
        return under
    return at + 1 if at < len(found) and 1 <= _digit(found, at) <= 9 else index + 1


def _begins_hundred(found: list[Token], index: int) -> bool:
    """ "one" or "a" before a hundred."""
    one = found[index].key == "a" or _digit(found, index) == 1
    return one and index + 1 < len(found) and _is(found[index + 1].key, "hundred")


def _tens(found: list[Token], at: int) -> int:
    """Index behind a number of 10 to 20 in words; 0 where there is none."""
    told = at < len(found) and values("number_words.tsv").get(found[at].key, "")
    return at + 1 if told and told.isdigit() and 10 <= int(told) <= _OLDEST - 100 else 0


def _digit(found: list[Token], at: int) -> int:
    """The digit that a word names; 0 where it names none."""
    return _units().get(found[at].key, 0) if at < len(found) and found[at].kind == "word" else 0


def _counts_years(found: list[Token], at: int) -> bool:
    return at < len(found) and found[at].kind == "word" and _is(found[at].key, "unit")


def _labelled(found: list[Token], index: int) -> bool:
    return index > 0 and _is(found[index - 1].key, "label")


@cache
def _units() -> dict[str, int]:
    return {word: int(head) for word, head in values("digit_words.tsv").items() if head.isdigit()}


def _joined(found: list[Token], index: int, step: int) -> bool:
    """Whether a number is part of a longer one, of a date, ratio, range or percentage."""
    if not _touches(found, index, step):
        return False
    mark = found[index + step].text
    if step < 0:
        if mark == ":":  # 10:92 is one number, AGE:92Y is not
            return index > 1 and found[index - 2].kind == "number"
        return mark in "./-" or found[index + step].kind == "number"
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
    if any(token.key in _listed("measured")[0] for token in found[max(0, first - 3) : first]):
        return ""
    start = found[first].start
    if _SATURATION.search(note.s, max(0, start - 16), start):
        return ""
    if _has_unit(found, last) or _has_sex(found, first, last):
        return "age with unit"
    measured = last < len(found) and found[last].kind == "word" and _is(found[last].key, "units")
    if not measured and (_has_label(found, first) or _told(note, first)):
        return "age label"
    return "age after a name" if _in_brackets(found, first, last) else ""


def _has_sex(found: list[Token], first: int, last: int) -> bool:
    """A sex right before the number, at the start of a line or behind a word for the patient, and a stroke, a comma or
    years behind: "F93/Bedridden", "pt M 91, NSTEMI". F93.0 is a disorder.
    """
    if not first or found[first - 1].text not in _SEX or found[first - 1].end < found[first].start - 1:
        return False
    glued = found[first - 1].end == found[first].start
    before = found[first - 2] if first > 1 else None
    opens = before is None or before.kind == "break" or before.text == "(" or _is(before.key, "who")
    if not opens or (glued and not found[first - 1].upper):
        return False
    return last < len(found) and found[last].text in "/,;)" and not _next_code(found, last)


def _next_code(found: list[Token], at: int) -> bool:
    """Another letter with a number behind the mark: a list of codes."""
    code = found[at + 1 : at + 3]
    return len(code) == 2 and len(code[0].text) == 1 and code[1].kind == "number" and code[0].end == code[1].start


def _has_unit(found: list[Token], last: int) -> bool:
    """Years or a sex behind the number: "94 yrs", "94-year-old", "94/M", "94 F", "९४ वर्षीय", "91 की उम्र"."""
    at = last
    if at < len(found) and found[at].text in "-/":
        at += 1
    if at >= len(found) or found[at].kind != "word":
        return False
    if _is(found[at].key, "ordinal") and _in_year(found, at + 1):
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
    if at >= len(found) or not _is(found[at].key, "year"):
        return False
    return not (
        at + 2 < len(found) and found[at + 1].key == "of" and found[at + 2].key not in ("age", "life", "her", "his")
    )


def _has_label(found: list[Token], first: int) -> bool:
    """A label before the number: "Age/Sex: 94", "उम्र लगभग ९४", "a lady of 94"; or asked for in the line above: "Age?",
    "Patient: 94".
    """
    if _asked(found, first) < first:
        return True
    for at in range(first - 1, max(-1, first - 1 - _LABEL_WITHIN), -1):
        token = found[at]
        if token.kind == "word":
            if _is(token.key, "label"):
                return True
            if token.key == "of":
                return at > 0 and _is(found[at - 1].key, "of")
            if not _is(token.key, "between") and not _is(token.key, "unit"):
                return False
        elif token.kind != "mark" or token.text in ",;)":
            return False
    return False


def _told(note: Note, first: int) -> bool:
    """Someone is the number or becomes it: "she is 94", "nani will be ninety"."""
    found = note.tokens
    if first < 2 or first in note.figure_tokens:
        return False
    who = found[first - 2].key
    told = _is(who, "who") and _is(found[first - 1].key, "is")
    if not told and _is(found[first - 1].key, "becomes"):
        told = any(_is(found[i].key, "who") for i in range(max(0, first - 1 - _WHO_WITHIN), first - 1))
    return told


def _asked(found: list[Token], first: int) -> int:
    """Index of the question mark that the number answers, in the line above or, behind who speaks or right away, in its
    own: "Age? 94", "How old is he? A: 94"; else the token's own.
    """
    at = first - 1
    if at > 1 and found[at].text in ":-" and found[at - 1].kind == "word":  # who speaks
        at -= 2
    if at > 0 and found[at].kind == "break":
        at -= 1
    return at if at > 0 and found[at].text == "?" and _asks(found, at) else first


def _asks(found: list[Token], at: int) -> bool:
    """Whether a question has the word for age in it."""
    for i in range(at - 1, max(-1, at - 1 - _QUESTION), -1):
        if found[i].kind == "break" or found[i].text in ".?!":
            return False
        if _is(found[i].key, "label"):
            return True
    return False


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
