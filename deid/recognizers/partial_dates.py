"""Dates that only their surroundings show: the lines of a diary, days of other calendars, months that are named so,
dates in names of files.

A day and month alone is written as a ratio or a duration is (6/12, 3/7), and the months of India's calendars are names
and words too; so a lone one says nothing here, and a row of them does.
"""

import re
from functools import cache
from itertools import pairwise

import regex

from deid.gazetteers import is_name
from deid.lexicon import group, rows, stems, values
from deid.note import Note
from deid.recognizers.reach import dated, monthly
from deid.shadow import shadow
from deid.tokens import Token, key
from schemas.labels import Label

_LINE = re.compile(
    r"(?:^[ \t|*•>\-]*|(?<=[.;।\"”])[ ](?=\d{1,2}/))(\d{1,2})([/.\-])(\d{1,2})(?=[ ]?(?:[:|–—]|-[ ]))", re.MULTILINE
)
"""A day and month at the start of a line or sentence, in a column or before a colon."""
_IN_FILE = regex.compile(
    r"(?<=\w[_\-])(\d{2})(\d{2})(\d{2}|(?:19|20)\d{2})(?=(?:[_\-]\w{1,20}(?:\(\d\))?)?\.[A-Za-z]{3,4}\b)"
)
_SHORTEST = 5  # letters of a Latin month: "pus", "thai" and "kati" are words
_SHORTEST_NATIVE = 3
_LAST_DAY = 32
_UNITS = frozenset(("m", "f", "y", "yr", "yrs", "years", "months", "days", "kg", "mg", "gm", "g", "ml", "cm", "tabs"))
_SUFFIX = 8  # characters of an ordinal's ending


def find(note: Note) -> None:
    """Claim dates that stand in a row with others like them, in a calendar of India, or in a name of a file."""
    _diary(note)
    _file_names(note)
    _days_of_calendars(note)
    _named_months(note)
    _named_days(note)


def _named_months(note: Note) -> None:
    """A month named as such: ఆగస్టు నెలలో, in the month of August; in Latin letters with its day alone, "aippasi maasam
    12", for "may" and "march" are words.
    """
    found = note.tokens
    for at, (token, after) in enumerate(pairwise(found)):
        if token.kind != "word" or not (token.key in values("months.tsv") or token.key in _months()):
            continue
        if monthly(after):
            last = _day_behind(found, at + 2)
            if last or (not token.key.isascii() and token.key in values("months.tsv")):
                note.claim(token.start, found[last].end if last else after.end, Label.DATE, 0.5, "named month")


def _day_behind(found: list[Token], at: int) -> int:
    """Index of the last token of a day behind its month, with its ending and the word for day: "की 9 तारीख", "4వ తేదీ";
    0 where there is none.
    """
    if at < len(found) and found[at].key in group("genitives"):
        at += 1
    if at >= len(found) or not _day(found[at]):
        return 0
    last, suffix = at, at + 1
    if suffix < len(found) and found[suffix].text == "-" and found[suffix].start == found[at].end:
        suffix += 1
    if suffix < len(found) and found[suffix].kind == "word" and found[suffix].start == found[suffix - 1].end:
        last = suffix if len(found[suffix].text) <= _SUFFIX else at
    if last + 1 < len(found) and dated(found[last + 1]):
        return last + 1
    return 0 if last == at and _counts(found, at + 1) else last


def _named_days(note: Note) -> None:
    """A day named as such: "12 tarikh", ১২ তারিখ, 12ம் தேதி; not before a colon or a number, where it is a field."""
    found = note.tokens
    for i, token in enumerate(found):
        if token.kind != "word" or not i or "number" not in (found[i - 1].kind, found[i - 2].kind):
            continue
        if not (token.key in group("day_names") if token.key.isascii() else dated(token)):
            continue
        after = found[i + 1] if i + 1 < len(found) else None
        if after is not None and (after.kind == "number" or after.text in ":=-.|"):
            continue
        at = i - 1
        if at and found[at].kind == "word" and found[at].start == found[at - 1].end and len(found[at].text) < _SUFFIX:
            at -= 1  # an ordinal's ending
        clear = at == 0 or found[at - 1].end < found[at].start or found[at - 1].kind == "break"
        if (
            _day(found[at])
            and clear
            and token.start - found[at].end < _SUFFIX
            and "\n" not in note.s[found[at].end : token.start]
        ):
            first, last = _month_before(found, at), _month_behind(found, i)
            note.claim(found[first].start, found[last].end, Label.DATE, 0.6, "named day")


def _month_before(found: list[Token], at: int) -> int:
    """Index of the month before its day, "[jan ka] 3 tarikh"; of the day where there is none."""
    before = at - 1
    if before > 0 and found[before].key in group("genitives"):
        before -= 1
    return before if before >= 0 and before < at and _is_month(found[before]) else at


def _month_behind(found: list[Token], at: int) -> int:
    """Index of the month behind its day, "२४ तारखेला, [मार्चच्या]"; of the day where there is none."""
    behind = at + 1
    if behind < len(found) and (found[behind].text == "," or found[behind].key in group("genitives")):
        behind += 1
    return behind if behind < len(found) and _is_month(found[behind]) else at


def _is_month(token: Token) -> bool:
    """A month's name, in a script of India with or without a case ending."""
    names = values("months.tsv")
    return token.kind == "word" and (
        token.key in names or (not token.key.isascii() and any(stem in names for stem in stems(token.key)))
    )


def _diary(note: Note) -> None:
    """Two lines or more that begin with a day and month; not where all first numbers are alike, as in 6/9 and 6/12."""
    lines = [m for m in _LINE.finditer(note.s) if 1 <= int(m[1]) <= 31 and 1 <= int(m[3]) <= 12]
    if len({m[1] for m in lines}) > 1:
        for match in lines:
            note.claim(match.start(1), match.end(3), Label.DATE, 0.6, "line of a diary")


def _file_names(note: Note) -> None:
    """Six or eight digits that can be a date, in a name of a file."""
    for match in _IN_FILE.finditer(note.s):
        first, middle, last = int(match[1]), int(match[2]), int(match[3])
        day_first = 1 <= first <= 31 and 1 <= middle <= 12
        year_first = len(match[3]) == 2 and 1 <= middle <= 12 and 1 <= last <= 31
        if day_first or year_first:
            note.claim(*match.span(), Label.DATE, 0.5, "date in a file's name")


@cache
def _months() -> frozenset[str]:
    """Keys of the months of India's calendars that are no month's name elsewhere and not too short to tell."""
    names = {
        key(shadow(name).text)
        for calendar, row in rows("calendars.tsv")
        for name in row.split("/")
        if calendar != "gregorian"
    }
    return frozenset(
        name
        for name in names - values("months.tsv").keys()
        if " " not in name and len(name) >= (_SHORTEST if name.isascii() else _SHORTEST_NATIVE)
    )


def _days_of_calendars(note: Note) -> None:
    """A day before such a month ("15 Chaitra", "৭ই পৌষ"), a month with a day and a year ("Bohag 2, 1430"), and
    where it is no name and the day no count, with a day alone ("Thulam 10").
    """
    found = note.tokens
    for i, token in enumerate(found):
        if token.kind != "word" or token.key not in _months() or not note.free(token.start, token.end):
            continue
        if _begins_a_name(found, i):
            continue
        after = _year_after(found, i)
        if i and (before := _day_before(note, i)) is not None:
            note.claim(before, after, Label.DATE, 0.6, "day of a calendar")
        elif i + 1 < len(found) and _day(found[i + 1]):
            if after > token.end:
                note.claim(token.start, after, Label.DATE, 0.6, "day of a calendar")
            elif found[i + 1].start == token.end + 1 and not is_name(token.text) and not _counts(found, i + 2):
                note.claim(token.start, found[i + 1].end, Label.DATE, 0.5, "day of a calendar")


def _day(token: Token) -> bool:
    return token.kind == "number" and len(token.text) <= 2 and 1 <= int(token.text) <= _LAST_DAY


def _begins_a_name(found: list[Token], i: int) -> bool:
    """ "Kartik Das", "kartik das": another name behind one that may be a name."""
    after = found[i + 1] if i + 1 < len(found) else None
    if after is None or after.kind != "word" or after.start != found[i].end + 1:
        return False
    return (found[i].text[0].isupper() and after.text[0].isupper()) or is_name(after.text)


def _day_before(note: Note, i: int) -> int | None:
    """Where the day before a month starts: a number close by, an ordinal's ending between them or not."""
    found = note.tokens
    at = i - 1
    if found[at].kind == "word" and at and found[at].start == found[at - 1].end and found[at].end < found[i].start:
        if found[at].end - found[at].start > _SUFFIX:
            return None
        at -= 1
    if not _day(found[at]) or "\n" in note.s[found[at].end : found[i].start]:
        return None
    gap = note.s[found[at].end : found[i].start]
    alone = at == 0 or found[at - 1].end < found[at].start or found[at - 1].text in "(|,\n"
    return found[at].start if len(gap) <= _SUFFIX + 1 and "." not in gap and alone else None


def _counts(found: list[Token], i: int) -> bool:
    """Whether a number goes on here, or a word says what it counts: 7 M, 12 yr, 5/6, 3.5."""
    if i >= len(found) or found[i].kind == "break":
        return False
    token = found[i]
    if token.kind == "word":
        return token.key in _UNITS
    return (
        token.text in "/.-%"
        and token.start == found[i - 1].end
        and i + 1 < len(found)
        and found[i + 1].kind == "number"
    )


def _year_after(found: list[Token], i: int) -> int:
    """The end of a month with the day and the year behind it; of the month alone where there is no year."""
    at = i + 1
    for skipped in range(2):
        if at < len(found) and (found[at].text in ",-/" or (skipped == 0 and _day(found[at]))):
            at += 1
    if at < len(found) and found[at].text == ",":
        at += 1
    year = found[at] if at < len(found) and found[at].start <= found[at - 1].end + 1 else None
    if year is not None and year.kind == "number" and len(year.text) == 4 and 1100 <= int(year.text) <= 2150:
        return year.end
    return found[i].end
