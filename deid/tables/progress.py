"""What a steward sees while tables are worked on: the table, how many are done, rows and rate. Silent when piped."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Bar:
    """One line on standard error: names of tables and counts, never a value."""

    def __init__(self, bars: Any, tables: int) -> None:
        self._bars, self._rows, self._start = bars, 0, time.monotonic()
        self._task = bars.add_task("", total=tables, rows="")

    def begin(self, table: str) -> None:
        """A table is begun."""
        self._bars.update(self._task, description=table)

    def rows(self, count: int) -> None:
        """So many more rows are done."""
        self._rows += count
        rate = self._rows / max(1e-3, time.monotonic() - self._start)
        self._bars.update(self._task, rows=f"{self._rows:,} rows, {rate:,.0f}/s")

    def end(self) -> None:
        """The table is done."""
        self._bars.advance(self._task)


@contextmanager
def progress(tables: int) -> Iterator[Bar]:
    """A bar for so many tables."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rows]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        yield Bar(bars, tables)
