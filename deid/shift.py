"""Dates moved by a patient's secret number of days, in the form they were written in."""

import datetime
import re
import unicodedata
from collections.abc import Callable
from functools import cache

import regex

from deid.lexicon import rows, values
from deid.shadow import Shadow, shadow
from deid.tokens import key, script

_LEAST, _MOST = 4, 104  # weeks: whole ones, so that a weekday beside a date stays right


@cache
def _names(month: int, writing: str) -> list[str]:
    return [phrase for head, phrase in rows("months.tsv") if head == str(month) and script(phrase) == writing]


def days(draw_below: Callable[[int], int]) -> int:
    """How far a patient's dates move: 4 to 104 whole weeks back. `draw_below` is `Chance.below`."""
    return -7 * (_LEAST + draw_below(_MOST - _LEAST + 1))


def shift(text: str, by: int) -> str | None:
    """The date `by` days later, written alike; None where it cannot be read.

    A year that is not written is taken for one without a leap day; a day that is not written for the 15th.
    """
    shade = shadow(text)
    months = values("months.tsv")
    word = next(
        (m for m in regex.finditer(r"[\p{L}\p{M}]+", shade.text) if int(months.get(key(m.group()), "0")) > 0), None
    )
    numbers = list(re.finditer(r"\d+", shade.text))
    if word is None and len(numbers) == 1 and len(numbers[0].group()) == 8:
        return _run(text, numbers[0].group(), by)
    fields = _fields([n.group() for n in numbers], word is not None)
    if fields is None:
        return None
    if word is not None:
        fields["month"] = (-1, int(months[key(word.group())]))
    try:
        old = datetime.date(_year(fields), fields["month"][1], fields.get("day", (0, 15))[1])
        new = old + datetime.timedelta(days=by)
    except (ValueError, OverflowError, KeyError):
        return None
    edits: list[tuple[int, int, str]] = []
    for name, value in (("day", new.day), ("month", new.month), ("year", new.year)):
        index, _ = fields.get(name, (-1, 0))
        if index >= 0:
            edits.append((*_where(shade, numbers[index]), _like(text[slice(*_where(shade, numbers[index]))], value)))
    if word is not None:
        edits.append((*_where(shade, word), _month(word.group(), new.month)))
    for start, end, piece in sorted(edits, reverse=True):
        text = text[:start] + piece + text[end:]
    return text


def _where(shade: Shadow, match: "re.Match[str] | regex.Match[str]") -> tuple[int, int]:
    return shade.span(match.start(), match.end())


def _year(fields: dict[str, tuple[int, int]]) -> int:
    year = fields.get("year", (0, 2001))[1]
    return year if year >= 100 else 2000 + year if year < 40 else 1900 + year


def _fields(numbers: list[str], named: bool) -> dict[str, tuple[int, int]] | None:
    """Which number is the day, the month, the year: day first, as India writes, unless it cannot be."""
    if named:
        if not numbers or len(numbers) > 2:
            return None
        found = {
            "year" if len(n) == 4 or int(n) > 31 else "day" if i == 0 else "year": (i, int(n))
            for i, n in enumerate(numbers)
        }
        return found
    if len(numbers) == 2:
        if len(numbers[1]) == 4:
            return {"month": (0, int(numbers[0])), "year": (1, int(numbers[1]))}
        return {"day": (0, int(numbers[0])), "month": (1, int(numbers[1]))}
    if len(numbers) != 3:
        return None
    if len(numbers[0]) == 4:
        return {"year": (0, int(numbers[0])), "month": (1, int(numbers[1])), "day": (2, int(numbers[2]))}
    day, month = (0, 1) if int(numbers[1]) <= 12 else (1, 0)
    return {"day": (day, int(numbers[day])), "month": (month, int(numbers[month])), "year": (2, int(numbers[2]))}


def _like(old: str, value: int) -> str:
    """A number in the digits and the width of the old one."""
    padded = len(old) > 1 or unicodedata.decimal(old[0], 1) == 0
    plain = f"{value % 100:02d}" if len(old) == 2 else f"{value:0{len(old) if padded else 1}d}"
    zero = ord(old[0]) - unicodedata.decimal(old[0], 0)
    return "".join(chr(zero + int(c)) for c in plain)


def _month(old: str, month: int) -> str:
    names = _names(month, script(old)) or _names(month, "Latn")
    short = script(old) == "Latn" and len(old) <= 4
    name = min(names, key=len) if short else names[0]
    return name.upper() if old.isupper() else name.capitalize() if old[0].isupper() else name


def _run(text: str, digits: str, by: int) -> str | None:
    for form in ("%Y%m%d", "%d%m%Y"):
        try:
            moved = datetime.datetime.strptime(digits, form).replace(tzinfo=datetime.UTC) + datetime.timedelta(days=by)
        except (ValueError, OverflowError):
            continue
        if 1900 <= moved.year <= 2100:
            return text.replace(digits, moved.strftime(form)) if digits in text else None
    return None
