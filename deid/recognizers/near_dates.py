"""A day and month alone, near in time to a date of the same note: "admitted 03/07/24 ... creatinine 3.4 on 5/7 ...
extubated 19/7".

Ratios, scores and durations are written so too (6/12, 4/5, 3/7), nearly all with the smaller number first. A larger
number first or a leading zero is enough, therefore; of the other pairs those that are very near go, where the sequence
model does not rule it out. Over the authored notes, 57 of 61 pairs of the first kind are dates.
"""

import re
from bisect import bisect_left

from deid.lexicon import values
from deid.note import Hit, Note
from deid.recognizers.structured import vetoed
from schemas.labels import Label

_PAIR = re.compile(
    r"(\d(?<![\w./\-].)(?<!\d .)\d?)([/.])(\d{1,2})(?![\w%/])(?![.\-]\d)"
    r"(?![ ]?(?:mg|ml|g|cm|mm|mmol|%|[AaPp]\.?[Mm]\b|[Hh]rs?\b))"
)
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[ ]?[/.\-][ ]?(\d{1,2})(?!\d)(?:[ ]?[/.\-][ ]?(\d{4}|\d\d)(?!\d))?")
_BACKWARDS = re.compile(r"(?<!\d)((?:19|20)\d\d)[/.\-](\d{1,2})[/.\-](\d{1,2})(?!\d)")
_NAMED = re.compile(r"(?<!\d)(\d{1,2})[^\d\W]{0,3}[ ,.\-]{0,2}([^\d\W]{3,12})[ ,.\-']{0,3}((?:20)?\d\d)?(?!\d)")
_DAYS = {"/": 60, ".": 10}
"""How near, by what stands between day and month; a decimal is written with a stop, so both have two digits there."""
_VERY_NEAR, _POSSIBLE = 10, 0.075
"""Days, and the likelihood, from which on a pair that may be a score is a date."""
_YEARS = 1  # before the last year that the note tells; what is older is a birth
_PIVOT = 40  # years of two digits below it are of this century
_LAST_DAY, _LAST_MONTH = 31, 12
_MONTH, _YEAR = 30.44, 365.25


def find(note: Note) -> None:
    """Claim them. Linear in the length of the text."""
    pairs = [match for match in _PAIR.finditer(note.s) if _may_be(match) and note.free(*match.span())]
    known = _days(note) if pairs else []
    for match in pairs:
        day = _of_year(int(match[1]), int(match[3]))
        if _nearest(day, known) <= _limit(note, match) and not vetoed(note, *match.span()):
            note.claim(*match.span(), Label.DATE, 0.5, "day and month near a date")


def _may_be(match: "re.Match[str]") -> bool:
    """Whether there are such a day and such a month."""
    return 1 <= int(match[1]) <= _LAST_DAY and 1 <= int(match[3]) <= _LAST_MONTH


def _limit(note: Note, match: "re.Match[str]") -> float:
    """How near in days it must be; -1 where no date is written so."""
    day, sign, month = match.groups()
    if sign == "." and len(day) + len(month) < 4:
        return -1
    if sign == "." or int(day) > int(month) or day[0] == "0" or month[0] == "0":
        return _DAYS[sign]
    first, last = note.token_range(*match.span())
    likely = max(note.likelihood[first:last], default=0) if note.likelihood is not None else 0
    return _VERY_NEAR if likely >= _POSSIBLE else -1


def _days(note: Note) -> list[float]:
    """The days of the year of the dates found so far, in order, and over the turn of the year; not those of a year long
    before the last one told.
    """
    dated = [read for hit in note.hits if hit.label is Label.DATE for read in [_read(note, hit)] if read]
    last = max((year for _, year in dated), default=0)
    days = sorted({day for day, year in dated if not year or year >= last - _YEARS})
    return [days[-1] - _YEAR, *days, days[0] + _YEAR] if days else []


def _nearest(day: float, known: list[float]) -> float:
    """How many days the nearest of them is away."""
    at = bisect_left(known, day)
    return min((abs(day - other) for other in known[max(0, at - 1) : at + 1]), default=_YEAR)


def _read(note: Note, hit: Hit) -> tuple[float, int] | None:
    """Day of the year, and the year or 0."""
    text = note.s[hit.start : hit.end]
    if match := _BACKWARDS.search(text):
        year, month, day = match.groups()
    elif match := _NUMERIC.search(text):
        day, month, year = match.groups()
    elif match := _NAMED.search(text):
        day, name, year = match.groups()
        month = values("months.tsv").get(name.casefold(), "0")
    else:
        return None
    if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return None
    last = int(year or 0)
    return _of_year(int(day), int(month)), last + 2000 if 0 < last < _PIVOT else last


def _of_year(day: int, month: int) -> float:
    return day + _MONTH * month
