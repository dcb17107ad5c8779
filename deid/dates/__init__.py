"""Dates moved by a patient's secret number of days, in the form, the script and the words they were written in.

A span is read into parts (`parts`), the parts into dates by the patterns below, each date is moved in its calendar
(`calendars`), and every part is written as it was. What cannot be read in full is not moved in part: it gives None.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import regex

from deid.dates.calendars import Stamp, moved, resolve
from deid.dates.parts import Part, Parts, parts
from deid.shadow import Shadow, shadow

_LEAST, _MOST = 4, 104  # weeks
_PIVOT = 40  # years of two digits below it are of this century

# Parts d (a number), m (a month's name), y (a year), each followed by what stands between it and the next: its sign,
# r for "to", ~ for nothing. The letters on the right: what each part is; E is the day that ends a range.
_PATTERNS = (
    (r"d[-r/&]d[^r]m(?:[^r]y|[^r]d(?![^r]m))?", "DEMY"),
    (r"m[^r]d[-r&]d(?:[^r]y)?", "MDEY"),
    (r"d[-r]d(?P<a>[/.])d(?P=a)[dy]", "DEMY"),
    (r"y[^r]m(?:[^r]d)?", "YMD"),
    (r"d[^r]m(?:[^r]y|[^r]d(?![^r]m))?", "DMY"),
    (r"m[^r]d(?:[^r][yd](?![^r]m))?", "MDY"),
    (r"m[^r]y", "MY"),
    (r"m", "M"),
    (r"y(?P<b>[^r])d[^r]d", "YMD"),
    (r"d(?P<c>.)d(?P=c)[dy]", "DMY"),
    (r"d[^r]d[^r]y", "DMY"),
    (r"d[/.\-~ ]y", "MY"),
    (r"y[/.\-~ ]d", "YM"),
    (r"d[^r]d", "DM"),
    (r"d", "D"),
)
_PATTERN = regex.compile("|".join(f"(?P<p{i}>{pattern})" for i, (pattern, _) in enumerate(_PATTERNS)))
_RANGE = regex.compile(
    r"(?<![\p{L}\p{M}])(?:to|and|or|till|until|upto|tak|se|aur|ane|ya|से|तक|और|या|व|ते|आणि|থেকে|পর্যন্ত|ও|এবং|થી|અને|ਤੋਂ|ਤੱਕ|ਅਤੇ"
    r"|ଠାରୁ|ଓ|முதல்|வரை|నుండి|వరకు|మరియు|ರಿಂದ|ವರೆಗೆ|ಮತ್ತು|മുതൽ|വരെ|سے|تک|اور)(?![\p{L}\p{M}])|&|→",
    regex.IGNORECASE,
)


def days(draw_below: Callable[[int], int], *, whole_weeks: bool = True) -> int:
    """How far a patient's dates move: 28 to 728 days back, whole weeks of them where weekdays are to stay true.

    `draw_below` is `Chance.below`.
    """
    if whole_weeks:
        return -7 * (_LEAST + draw_below(_MOST - _LEAST + 1))
    return -(7 * _LEAST + draw_below(7 * (_MOST - _LEAST) + 1))


def shift(text: str, by: int, near: datetime.date | None = None) -> str | None:
    """The date or dates of `text` `by` days later, written alike; None where they cannot be read.

    What is not written is taken from `near`, a date of the same note: the year, or the month, that brings it closest.
    """
    shade, found, dates = _read(text)
    if found is None or dates is None or not found.parts or (found.weekday and by % 7):
        return None
    return _Page(text, shade, found.parts, dates).moved(by, near)


def around(values: Iterable[str]) -> datetime.date | None:
    """The date that the notes' other dates are near to: the middle one of those that are written in full."""
    full = []
    for value in values:
        for date in _read(value)[2] or ():
            if date.calendar == "gregorian" and None not in date.stamp and (day := resolve(date.stamp, None)):
                full.append(day)
    return sorted(full)[len(full) // 2] if full else None


@dataclass(frozen=True, slots=True)
class _Date:
    """One date of a span: its parts by what they are. `second` is the day that ends the range which this day begins."""

    day: Part | None
    month: Part | None
    year: Part | None
    second: Part | None = None

    @property
    def calendar(self) -> str:
        return self.month.calendar if self.month else "gregorian"

    @property
    def stamp(self) -> Stamp:
        return self._stamp(self.day)

    @property
    def end(self) -> Stamp:
        return self._stamp(self.second)

    def _stamp(self, day: Part | None) -> Stamp:
        year = self.year.value if self.year else None
        if self.year and self.calendar == "gregorian" and year is not None and year < 100:
            year += 2000 if year < _PIVOT else 1900
        return Stamp(year, self.month.value if self.month else None, day.value if day else None)


@lru_cache(maxsize=1 << 12)
def _read(text: str) -> tuple[Shadow, Parts | None, tuple[_Date, ...] | None]:
    """A span's shadow, its parts, and the parts as dates: each is asked for twice, and many notes have the same."""
    shade = shadow(text)
    found = parts(text, shade)
    dates = _dates(found.parts, shade.text) if found else None
    return shade, found, None if dates is None else tuple(dates)


def _dates(found: tuple[Part, ...], s: str) -> list[_Date] | None:
    """The parts as dates; None where some are left over."""
    signs = "".join(
        part.kind + (_between(s[part.end : found[i + 1].start]) if i + 1 < len(found) else "")
        for i, part in enumerate(found)
    )
    dates, at = [], 0
    while at < len(signs):
        match = _PATTERN.match(signs, at)
        if match is None:
            return None
        roles = next(roles for i, (_, roles) in enumerate(_PATTERNS) if match[f"p{i}"] is not None)
        taken = found[at // 2 : at // 2 + (match.end() - at + 1) // 2]
        if roles == "DM" and all(part.weight and part.spelled for part in taken):  # 15th-17th
            dates += [_Date(part, None, None) for part in taken]
        else:
            dates.append(_sound(dict(zip(roles, taken, strict=False))))
        at = match.end() + 1
        if at < len(signs) and signs[at - 1] in " ~.":
            return None  # dates beside each other without a sign between them are one that was not understood
    lone = [date.month is None for date in dates]  # a day alone beside a date is a part of it that was not understood
    return None if any(lone) and not all(lone) else dates


def _between(gap: str) -> str:
    if _RANGE.search(gap):
        return "r"
    sign = gap.strip()
    return sign if len(sign) == 1 and sign not in "dmyxr" and not sign.isalnum() else " " if gap else "~"


def _sound(roles: dict[str, Part]) -> _Date:
    """Day and month of a numeric date change places where they must: 08/25/2023; 24-07-31 begins with the year."""
    date = _Date(roles.get("D"), roles.get("M"), roles.get("Y"), roles.get("E"))
    if date.day and date.month and not date.month.spelled and date.month.value > 12 and not date.second:
        swapped = _Date(date.month, date.day, date.year)
        if resolve(swapped.stamp, None):
            return swapped
    if date.day and date.year and date.month and date.year.kind == "d" and not resolve(date.stamp, None):
        turned = _Date(date.year, date.month, date.day)
        return turned if resolve(turned.stamp, None) else date
    return date


class _Page:
    """A span on which new values are written over its parts."""

    def __init__(self, text: str, shade: Shadow, found: tuple[Part, ...], dates: tuple[_Date, ...]) -> None:
        self._text, self._shade, self._parts, self._dates = text, shade, found, dates
        self._years = {date.year for date in dates if date.year and date.year.weight == 2}
        written = [part for date in dates for part in (date.day, date.second, date.month) if part]
        zero = any(part.weight == 2 and part.value < 10 for part in written)
        self._padded = zero or not any(part.weight == 1 or part.spelled for part in written)

    def moved(self, by: int, near: datetime.date | None) -> str | None:
        """The whole span `by` days later; None where a date of it is none, or a word for it is not known."""
        dates = self._dates
        full = [d for date in dates if date.calendar == "gregorian" and date.year and (d := resolve(date.stamp, None))]
        new: dict[Part, int] = {}
        ranges: list[tuple[_Date, Stamp, Stamp]] = []
        for date in dates:
            close = full[0] if full else near
            first = moved(date.stamp, date.calendar, by, close)
            last = moved(date.end, date.calendar, by, close) if date.second else first
            if first is None or last is None:
                return None
            if date.second and first[:2] != last[:2]:
                ranges.append((date, first, last))
            self._fill(new, date, first, last)
            if all(
                new[part] % 100 == part.value % 100 for part in (date.day, date.second, date.month, date.year) if part
            ):
                return None  # March, 52 weeks back
        try:
            if len(dates) == 1 and ranges:
                return self._crossing(*ranges[0])
            return self._written(0, len(self._shade.text), new) if not ranges else None
        except (KeyError, ValueError):
            return None

    def _fill(self, new: dict[Part, int], date: _Date, first: Stamp, last: Stamp) -> None:
        for part, value in ((date.day, first.day), (date.second, last.day), (date.month, last.month)):
            if part is not None and value is not None:
                new[part] = value
        if date.year is not None and last.year is not None:
            new[date.year] = last.year % 100 if date.year.kind == "d" else last.year

    def _crossing(self, date: _Date, first: Stamp, last: Stamp) -> str:
        """A range inside one month that crosses into another now: both months are written, and both years if one is."""
        if date.day is None or date.second is None or date.month is None:
            raise ValueError("a range has two days and a month")
        start: dict[Part, int] = {}
        end: dict[Part, int] = {}
        self._fill(start, date, first, first)
        self._fill(end, date, last, last)
        size = len(self._shade.text)
        joint = self._written(date.day.end, date.second.start, {})
        joint = " - " if joint.strip() in ("-", "–", "—") else joint
        head = self._written(0, date.day.end, start)
        behind = date.year if first.year != last.year else None
        if date.month.start > date.second.start:
            tail = (behind or date.month).end
            return (
                head + self._written(date.second.end, tail, start) + joint + self._written(date.second.start, size, end)
            )
        year = self._written(date.second.end, behind.end, start) if behind else ""
        name = self._written(date.month.start, date.day.start, end)
        return head + year + joint + name + self._written(date.second.start, size, end)

    def _written(self, start: int, end: int, new: dict[Part, int]) -> str:
        """`[start, end)` of the shadow's text with the parts in it written anew."""
        if start >= end:
            return ""
        made = []
        at = self._shade.span(start, start + 1)[0] if start else 0
        for part in self._parts:
            if start <= part.start and part.end <= end and part in new:
                first, last = self._shade.span(part.start, part.end)
                made += [self._text[at:first], part.write(new[part], self._padded or part in self._years)]
                at = last
        stop = self._shade.span(end - 1, end)[1] if end < len(self._shade.text) else len(self._text)
        return "".join((*made, self._text[at:stop]))
