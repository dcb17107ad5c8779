"""A column of dates moved, each cell by its row's number of days: whole columns at a time, no loop over rows.

The same number for all rows of a subject, so differences and order are exact. The time of day is never touched; of a
zoned timestamp the instant is moved, so its offset may differ where clocks change.
"""

import re
from functools import cache
from typing import Final, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from deid.dates import shift
from schemas.failure import Failure

_PARTS: Final = {"%d": r"\d{1,2}", "%m": r"\d{1,2}", "%Y": r"\d{4}", "%b": r"[A-Za-z]{3}", "%B": r"[A-Za-z]{3,9}"}
_TIME: Final = r"(?:[T ]\s*\d{1,2}(?::\d{2}){1,2}(?:[.,]\d+)?(?:\s*[AaPp]\.?[Mm]\.?)?(?:\s*(?:Z|[+-]\d{2}:?\d{2}))?)?"
_MIDNIGHT: Final = r"(?:[T ]\s*00(?::00){1,2}(?:\.0+)?)?"
_DAY: Final = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_LEAST: Final = -(2**63)
_FIRST, _LAST = -719_162, 2_932_896  # 0001-01-01 and 9999-12-31 in days since 1970: what can be written in four digits


class Moved(NamedTuple):
    """The moved column, of the type it had; and which cells were there and could not be moved (null in the column)."""

    cells: pa.Array
    unreadable: pa.Array


def check_form(form: str) -> None:
    """Raises Failure for a form that cannot be read without guessing."""
    if form != "any":
        _pattern(form, timed=True)


def move(cells: pa.Array, days: pa.Array, *, form: str = "%Y-%m-%d", timed: bool = True) -> Moved:
    """`cells` (date32, date64, timestamp, or text in `form`), each `days` (int32) later.

    Without `timed`, a time of day other than midnight is unreadable. Null days make a cell unreadable. Raises Failure
    for a column of another type.
    """
    kind = cells.type
    if pa.types.is_string(kind):
        return _written_alike(cells, days) if form == "any" else _text(cells, days, form, timed)
    if pa.types.is_null(kind):
        return Moved(cells, pa.array([False] * len(cells), pa.bool_()))
    if pa.types.is_date32(kind):
        day, number = 1, pa.int32()
    elif pa.types.is_date64(kind):
        day, number = _DAY["ms"], pa.int64()
    elif pa.types.is_timestamp(kind):
        day, number = _DAY[kind.unit], pa.int64()
    else:
        raise Failure("it holds neither dates nor text; give it another role")
    old = cells.view(number)
    new = pc.add(old, pc.multiply(days.cast(number), pa.scalar(day, number)))
    fits = pc.equal(pc.less(new, old), pc.less(days, 0))  # false where it ran over
    first, last = max(_FIRST * day, _LEAST), min((_LAST + 1) * day, -_LEAST) - 1
    good = pc.and_(fits, pc.and_(pc.greater_equal(new, pa.scalar(first)), pc.less_equal(new, pa.scalar(last))))
    if not timed and day > 1:
        good = pc.and_(good, pc.equal(pc.multiply(pc.divide(old, pa.scalar(day, number)), pa.scalar(day, number)), old))
    good = pc.fill_null(good, False)
    return Moved(pc.if_else(good, new, pa.scalar(None, number)).view(kind), pc.and_(cells.is_valid(), pc.invert(good)))


def iso_days(cells: pa.Array, form: str) -> pa.Array:
    """The days of moved cells as text, year first; what a ladder of dates climbs from."""
    if pa.types.is_string(cells.type):
        day = pl.Series(cells).str.extract(_pattern(form, timed=True), 1).str.to_date(form, strict=False)
        return day.dt.strftime("%Y-%m-%d").to_arrow().cast(pa.string())
    return cells.cast(pa.date32(), safe=False).cast(pa.string())


def _text(cells: pa.Array, days: pa.Array, form: str, timed: bool) -> Moved:
    pattern = _pattern(form, timed)
    rows = pl.DataFrame({"cell": pl.Series(cells, dtype=pl.String), "days": pl.Series(days, dtype=pl.Int32)})
    cell = pl.col("cell")
    day = cell.str.extract(pattern, 1).str.to_date(form, strict=False).cast(pl.Int32) + pl.col("days")
    moved = rows.select(
        blank=cell.is_null() | (cell.str.strip_chars() == ""),
        cell=cell,
        new=pl.when(day.is_between(_FIRST, _LAST)).then(day).cast(pl.Date).dt.strftime(form)
        + cell.str.extract(pattern, 2),
    ).select(
        cell=pl.when("blank").then("cell").otherwise("new"),
        unreadable=~pl.col("blank") & pl.col("new").is_null(),
    )
    return Moved(moved["cell"].to_arrow().cast(pa.string()), moved["unreadable"].to_arrow())


@cache
def _pattern(form: str, timed: bool) -> str:
    """Two groups: the day in `form`, and the time behind it. Nothing else may stand in the cell."""
    pieces = re.split(r"(%.)", form)
    fields = sorted(piece.replace("%b", "%m").replace("%B", "%m") for piece in pieces if piece.startswith("%"))
    if fields != ["%Y", "%d", "%m"]:
        raise Failure(f"the form {form} must hold %d, %m (or %b, %B) and %Y once each; two digits tell no century")
    day = "".join(_PARTS.get(piece) or re.escape(piece) for piece in pieces)
    return rf"^\s*({day})({_TIME if timed else _MIDNIGHT})\s*$"


def _written_alike(cells: pa.Array, days: pa.Array) -> Moved:
    """Any written form, one distinct pair of cell and days at a time: the reading is that of notes."""
    done: dict[tuple[str, int], str | None] = {}
    new: list[str | None] = []
    bad: list[bool] = []
    for cell, by in zip(cells.to_pylist(), days.to_pylist(), strict=True):
        if cell is None or not cell.strip():
            new.append(cell)
        elif by is None:
            new.append(None)
        else:
            if (cell, by) not in done:
                done[cell, by] = shift(cell, by)
            new.append(done[cell, by])
        bad.append(new[-1] is None and cell is not None)
    return Moved(pa.array(new, pa.string()), pa.array(bad, pa.bool_()))
