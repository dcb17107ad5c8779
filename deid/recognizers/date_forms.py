"""Dates as programs and forms write them: days of a spreadsheet (45218), seconds since 1970, weeks and days of the year
(ISO 8601), months in Roman numerals, one part a field, glued to what stands around.

What is rare is looked for by its rarest character first, so that a text without it costs next to nothing.
"""

import re
from functools import cache

import regex

from deid.lexicon import group, one_of
from deid.note import Note
from deid.shadow import shadow
from schemas.labels import Label

_KEY = re.compile(
    r"(?<![a-z])(?:dt|date|dob|doa|dod|dos|doj|lmp|edd|birth|born|adm|admitted|admit|visit|discharge|collected|"
    r"received|entry|op|surgery)(?:[ _\-]?(?:dt|date|on|adm|admission|dis|discharge|birth|surgery|visit|of|time)){0,3}"
    r"[\"']?[ ]?$",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"[=:>][ \"']{0,2}([2-5]\d{4})(?![.,/\-]?\d|[ ]?%)")
_IN_CELL = re.compile(r"[2-5](?<![\w.,/\-].)\d{4}(?![\w/\-%]|[.,]\d)")
_AROUND = 72  # characters around a day of a spreadsheet in which it is said that it is one
_AT_SIGNS = re.compile(
    r"(?<![\w@.])(?:0?[1-9]|[12]\d|3[01])@(?:0?[1-9]|1[0-2])@(?:19|20)\d\d(?!\w|@)"
)  # slashes of an old font
_SIX = re.compile(
    r"[=:>][ \"']{0,2}((?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d|\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
    r"(?![.,/\-]?\d|\w)"
)
_SECONDS = re.compile(r"1(?<![\w.].)\d{9}(?:\d{3})?(?!\d|\.\d\d)")
_CLOCK = re.compile(
    r"(?:\b(?:[Tt][Ss]|[Tt]ime|[Ee]poch|[Ss]tamp|[Tt]imestamp|[Dd]ate|DOB|dob|[Uu]nix|UTC|utc|created|updated|recorded"
    r"|admitted|at|on)|(?<=[a-z_])(?:Ts|At|Time|Date|On|Stamp|ts|at|time|date))[\"']?[ ]?[=:][ ]?[\"']?$"
    r"|(?:epoch|unix|time ?stamp)[ a-z]{0,14}[=: ]{1,2}$",
)
_WEEK = re.compile(
    r"W(?<=(?:19|20)\d\dW)(?:0[1-9]|[1-4]\d|5[0-3])(?![\w\-])|W(?<=(?:19|20)\d\d-W)(?:0[1-9]|[1-4]\d|5[0-3])(?:-?[1-7])?(?!\w)"
)
_DAY_OF_YEAR = re.compile(r"[12](?<![\w.\-/].)(?:9|0)\d\d-?(?:00[1-9]|0[1-9]\d|[12]\d\d|3[0-6]\d)(?![\w\-/]|\.\d)")
_RUN_DAY = re.compile(r"\b(?:day|date|julian|doy|dt|dated|run)\b[^\d\n]{0,14}$", re.IGNORECASE)
_DAY_OF = re.compile(
    r"\bday (\d{1,3} of (?:19|20)\d\d)(?!\d)|\b\d{1,3}(?:st|nd|rd|th) day of (?:19|20)\d\d(?!\d)", re.IGNORECASE
)
_NUMERAL = re.compile(r"[\-./] ?(?:viii|vii|iii|xii|iv|vi|ix|xi|ii|i|v|x) ?[\-./]", re.IGNORECASE)
_ROMAN = re.compile(
    r"(?<![\w.])(?:0?[1-9]|[12]\d|3[01])[ ]?([\-./])[ ]?(?:viii|vii|iii|xii|iv|vi|ix|xi|ii|i|v|x)[ ]?\1[ ]?"
    r"(?:(?:19|20)\d\d|\d\d)(?!\w)",
    re.IGNORECASE,
)
_YEAR_FIELD = re.compile(r"\b[yY](?:[yY]{0,3}|ear|EAR)[ .:=\]\[]{0,4}\d")
_FIELDS = re.compile(
    r"\b(?:dd?|day)[ .:=\]\[]{0,4}((?:0?[1-9]|[12]\d|3[01])[\]\[ ,;/|]{0,4}"
    r"(?:mm?|month)[ .:=\]\[]{0,4}(?:0?[1-9]|1[0-2])"
    r"[\]\[ ,;/|]{0,4}(?:y{1,4}|year)[ .:=\]\[]{0,4}(?:19|20)?\d\d)(?!\d)",
    re.IGNORECASE,
)
_CJK = re.compile(r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日")
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)"
_GLUED_NAME = re.compile(
    rf"\d(?<=[^\W\d].)\d?[\-/.]?{_MONTHS}[a-z]{{0,6}}[\-/.]?(?:(?:19|20)\d\d|\d\d)(?!\d)", re.IGNORECASE
)
_GLUED = re.compile(
    r"[0-3](?:(?<=[^\W\d][^\W\d].)|(?<=_.))(?:\d?([/.\-])[01]?\d\1(?:19|20)\d\d|\d{3}([/.\-])[01]\d\2[0-3]\d)(?!\d)"
)
_LOT = re.compile(r"(?:lot|batch|exp|ver|ref|cat)[ .:#\-]*$", re.IGNORECASE)
_WRAPPED = re.compile(
    r"(?<![\w.,/\-])(?:0?[1-9]|[12]\d|3[01])"
    r"(?:([/\-.])\n[ ]?(?:0?[1-9]|1[0-2])\1|([/\-.])(?:0?[1-9]|1[0-2])\2\n[ ]?)(?:19|20)\d\d(?!\d)"
)
_STAMP = re.compile(
    r"[12](?<=[|^~].)(?:9|0)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?=(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?"
    r"(?:[|^~+.\-\n]|$))"
)  # HL7 version 2.5, chapter 2
_FAR = 32  # characters between a key and its value


def find(note: Note) -> None:
    """Claim them. Linear in the length of the text."""
    s = note.s
    for match in _SERIAL.finditer(s):
        if _KEY.search(s, max(0, match.start() - _FAR), match.start()):
            note.claim(*match.span(1), Label.DATE, 0.7, "day of a spreadsheet")
    for match in _IN_CELL.finditer(s):
        least = max(0, match.start() - _AROUND)
        before = s[max(s.rfind("\n", least, match.start()) + 1, least) : match.start()]
        if _dates().search(before) and _sheets().search(before + s[match.end() : match.end() + _AROUND // 2]):
            note.claim(*match.span(), Label.DATE, 0.6, "day of a spreadsheet")
    for match in _SIX.finditer(s):
        if _KEY.search(s, max(0, match.start() - _FAR), match.start()):
            note.claim(*match.span(1), Label.DATE, 0.7, "date in a row")
    for match in _SECONDS.finditer(s):
        if _CLOCK.search(s, max(0, match.start() - _FAR), match.start()):
            note.claim(*match.span(), Label.DATE, 0.7, "seconds since 1970")
    for match in _WEEK.finditer(s) if "W" in s else ():
        start = match.start() - 4 - (s[match.start() - 1] == "-")
        if not s[max(0, start - 1) : start].isalnum():
            note.claim(start, match.end(), Label.DATE, 0.7, "week of a year")
    for match in _DAY_OF_YEAR.finditer(s):
        if _RUN_DAY.search(s, max(0, match.start() - _FAR), match.start()):
            note.claim(*match.span(), Label.DATE, 0.7, "day of a year")
    for sought, pattern, part, why in (
        (" of 20" in s or " of 19" in s, _DAY_OF, 0, "day of a year"),
        ("|" in s, _STAMP, 0, "time stamp of a message"),
        (_NUMERAL.search(s), _ROMAN, 0, "month in Roman numerals"),
        (_YEAR_FIELD.search(s), _FIELDS, 1, "date in fields"),
        ("@" in s, _AT_SIGNS, 0, "date with another mark"),
        ("年" in s, _CJK, 0, "date of the far east"),
        ("/\n" in s or "-\n" in s or ".\n" in s, _WRAPPED, 0, "date on two lines"),
    ):
        for match in pattern.finditer(s) if sought else ():
            note.claim(*match.span(part), Label.DATE, 0.7, why)
    for pattern in (_GLUED_NAME, _GLUED):
        for match in pattern.finditer(s):
            if not _LOT.search(s, max(0, match.start() - 8), match.start()):
                note.claim(*match.span(), Label.DATE, 0.7, "date, glued")


@cache
def _dates() -> "regex.Pattern[str]":
    return _words("column_dates", r"[^\d\n;|]{0,48}$")


@cache
def _sheets() -> "regex.Pattern[str]":
    return _words("spreadsheet_words", "")


def _words(name: str, behind: str) -> "regex.Pattern[str]":
    phrase = one_of({shadow(word).text.casefold() for word in group(name)})
    return regex.compile(rf"(?<![\p{{L}}\p{{M}}]){phrase}(?![\p{{L}}\p{{M}}]){behind}", regex.IGNORECASE)
