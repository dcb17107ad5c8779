"""Known dates in a note, in any order and with any separators, with the month's name or all in words."""

import datetime
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from deid.lexicon import group, values
from deid.note import Hit, Note
from deid.shadow import shadow
from deid.tokens import key, tokens
from schemas.labels import Label

_GAP = 4  # characters between two parts of a date
_LINK = frozenset(key(word) for word in group("known_date_links"))
_CENTURIES = (19, 20)


class _Value(NamedTuple):
    """A number, or with `month` a month's name, at `[start, end)`."""

    value: int
    start: int
    end: int
    month: bool
    width: int  # digits; 0 in words


class BirthDates:
    """The dates that the table has of one patient."""

    def __init__(self, cells: Iterable[str]) -> None:
        self.days = {day for cell in cells if (day := read(cell)) is not None}

    def find(self, note: Note) -> Iterator[Hit]:
        """Every known date; day and month alone are not one, and neither is the year."""
        if not self.days:
            return
        found = _values(note)
        numbers = {number for day in self.days for number in (day.day, day.month, day.year, day.year % 100)}
        for index, first in enumerate(found):
            for count in (1,) if first.width in (6, 8) else (3, 4) if first.value in numbers else ():
                run = found[index : index + count]
                if len(run) == count and self._is(note.s, run):
                    yield Hit(first.start, run[-1].end, Label.DATE, 1.0, "date")

    def _is(self, s: str, run: list[_Value]) -> bool:
        if len(run) == 1:
            figures = s[run[0].start : run[0].end]
            return any(
                figures in (f"{day:%d%m%Y}", f"{day:%Y%m%d}", f"{day:%m%d%Y}", f"{day:%d%m%y}") for day in self.days
            )
        if any(not _linked(s[a.end : b.start]) for a, b in pairwise(run)):
            return False
        if len(run) == 4:  # "nineteen fifty six" is two values
            if run[2].width or run[3].width or run[2].value not in _CENTURIES:
                return False
            year = run[2].value * 100 + run[3].value
            run = [run[0], run[1], _Value(year, run[2].start, run[3].end, False, 4)]
        a, b, c = run
        for day in self.days:
            years = (day.year, day.year % 100)
            forms = [(day.day, day.month, years), (day.month, day.day, years), (years, day.month, day.day)]
            for x, y, z in forms:
                if all(
                    each.value in (want if isinstance(want, tuple) else (want,))
                    for each, want in ((a, x), (b, y), (c, z))
                ):
                    months = [each for each in run if each.month]
                    return not months or months[0].value == day.month
        return False


def read(cell: str) -> datetime.date | None:
    """The date of a cell: ISO, or day first as India writes, with figures or a month's name; None where it is none."""
    found = [token for token in tokens(shadow(cell).text) if token.kind in ("word", "number")]
    months = values("months.tsv")
    name = next((int(months[t.key]) for t in found if t.kind == "word" and int(months.get(t.key, "0"))), None)
    figures = [t.text for t in found if t.kind == "number"][: 3 if name is None else 2]
    if len(figures) == 1 and len(figures[0]) == 8:
        run = figures[0]
        iso = run[:2] in ("19", "20") and int(run[4:6]) <= 12
        figures = [run[:4], run[4:6], run[6:]] if iso else [run[:2], run[2:4], run[4:]]
    numbers = [int(figure) for figure in figures if len(figure) <= 4]
    try:
        if name is not None:
            day, year = numbers if len(figures[0]) < 4 else reversed(numbers)
            return datetime.date(_year(year), name, day)
        first, month, last = numbers
        if len(figures[0]) == 4:
            return datetime.date(first, month, last)
        day, month = (first, month) if month <= 12 else (month, first)
        return datetime.date(_year(last), month, day)
    except (ValueError, IndexError):
        return None


def _year(value: int) -> int:
    return value if value >= 100 else 2000 + value if value < 30 else 1900 + value


def _linked(between: str) -> bool:
    """Whether what stands between two values of a date is only marks, blanks and words such as "of"."""
    bare = re.sub(r"[\s.,/\-|_:'()]+", " ", between).split()
    return len(between) <= _GAP + sum(map(len, bare)) + len(bare) and all(key(word) in _LINK for word in bare)


@cache
def _words() -> dict[str, int]:
    found = {word: int(head) for word, head in values("digit_words.tsv").items() if head.isdigit()}
    return found | {word: int(head) for word, head in values("number_words.tsv").items()} | dict(_ordinals())


def _ordinals() -> Iterator[tuple[str, int]]:
    """English ordinals of days; other languages put an ending behind the number."""
    names = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    names += " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
    yield from ((name, day) for day, name in enumerate(names.split(), start=1))
    yield "thirtieth", 30


def _values(note: Note) -> list[_Value]:
    """All numbers and months of a note in order; "twenty five", "two thousand five" and "thirty first" are one."""
    months = values("months.tsv")
    found: list[_Value] = []
    for token in note.tokens:
        if token.kind == "number" and len(token.text) <= 8:
            found.append(_Value(int(token.text), token.start, token.end, False, len(token.text)))
            continue
        if token.kind != "word":
            continue
        month = int(months.get(token.key, "0"))
        value = _words().get(token.key)
        near = bool(found) and token.start - found[-1].end <= 3 and not found[-1].month and not found[-1].width
        if month:
            found.append(_Value(month, token.start, token.end, True, 0))
        elif token.key in _thousand() and near:
            found[-1] = found[-1]._replace(value=found[-1].value * 1000, end=token.end)
        elif value is not None:
            last = found[-1].value if near else 0
            joins = (last in range(20, 100, 10) and 0 < value < 10) or (last and last % 1000 == 0 and 0 < value < 100)
            tens = last > 1000 and last % 100 in range(20, 100, 10) and 0 < value < 10
            if joins or tens:
                found[-1] = found[-1]._replace(value=last + value, end=token.end)
            else:
                found.append(_Value(value, token.start, token.end, False, 0))
    return found


@cache
def _thousand() -> frozenset[str]:
    return frozenset(key(word) for word in group("known_thousand"))
