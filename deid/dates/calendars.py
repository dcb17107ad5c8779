"""Moving a date within its calendar: Gregorian exactly, the calendars of India by the arithmetic of their mean year.

Solar (Bengali, Assamese, Odia, Punjabi, Tamil, Malayalam): months of 29 to 32 days, 365 in a year. Islamic: tabular,
354 days, without leap days. In both, two dates of the calendar keep their distance to the day, and one of it and a
Gregorian one to a day or two a year. Lunisolar (Hindi, Gujarati, Telugu, Kannada): twelve months of thirty lunar days
to a solar year, right to a month, for intercalary months follow no mean.
"""

import datetime
from typing import NamedTuple

_SOLAR = (31, 31, 32, 31, 31, 31, 30, 29, 30, 29, 30, 30)
_LENGTHS = {"solar": _SOLAR, "kollam": _SOLAR, "islamic": (30, 29) * 6, "lunisolar": (30,) * 12}
_FIRST = {"kollam": 4}  # the month, from 0, at which the year changes, where it is not the first
_PACE = {"lunisolar": 360 / 365.2425}  # lunar days of the model in a day
_MIDDLE = 15


class Stamp(NamedTuple):
    """A date of any calendar; None for what is not written."""

    year: int | None
    month: int | None
    day: int | None


def moved(stamp: Stamp, calendar: str, by: int, near: datetime.date | None) -> Stamp | None:
    """The stamp `by` days later, all its fields filled; None where there is no such date.

    What a Gregorian stamp lacks is taken so that it comes closest to `near`; a month without a day is its 15th.
    """
    if calendar == "gregorian":
        date = resolve(stamp, near)
        try:
            new = date + datetime.timedelta(days=by) if date else None
        except OverflowError:
            return None
        return Stamp(new.year, new.month, new.day) if new else None
    lengths, first = _LENGTHS[calendar], _FIRST.get(calendar, 0)
    if stamp.month is None:
        return None
    place = (stamp.month - 1 - first) % 12
    turned = lengths[first:] + lengths[:first]
    total = sum(lengths)
    day = sum(turned[:place]) + (stamp.day or _MIDDLE) - 1 + round(by * _PACE.get(calendar, 1))
    years, day = divmod((stamp.year or 0) * total + day, total)
    place = 0
    while day >= turned[place]:
        day -= turned[place]
        place += 1
    return Stamp(years, (place + first) % 12 + 1, day + 1)


def resolve(stamp: Stamp, near: datetime.date | None) -> datetime.date | None:
    """The Gregorian date of a stamp. Without `near`, a missing year is 2001 or, for 29 February, 2000; a month July."""
    year, month, day = stamp
    if year is not None:
        return _date(year, month or 7, day or _MIDDLE)
    if near is None:
        return _date(2001, month or 7, day or _MIDDLE) or _date(2000, month or 7, day or _MIDDLE)
    if month is not None:
        choices = [_date(near.year + step, month, day or _MIDDLE) for step in (0, -1, 1, -2, 2, -3, 3)]
    else:
        months = [divmod(near.year * 12 + near.month - 1 + step, 12) for step in (0, -1, 1)]
        choices = [_date(y, m + 1, day or _MIDDLE) for y, m in months]
    dates = [date for date in choices if date]
    return min(dates, key=lambda date: abs((date - near).days), default=None)


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
