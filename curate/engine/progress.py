"""What a steward sees while a run works: one line a stage, with rate and time left. Silent when not a terminal.

Shows names of stages and counts, never a value of the data.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol


class Bar(Protocol):
    """A line that fills."""

    def advance(self, parts: int, rows: int) -> None:
        """So many more parts and rows are done."""
        ...


class Progress:
    """Bars on stderr."""

    def __init__(self, *, shown: bool | None = None) -> None:
        self.shown = sys.stderr.isatty() if shown is None else shown

    @contextmanager
    def stage(self, name: str, parts: int) -> Iterator[Bar]:
        """A bar for the `parts` parts of one stage."""
        if not self.shown:
            yield _Silent()
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        columns = (
            TextColumn("{task.description:<18}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]:>14}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Bars(*columns, console=Console(stderr=True)) as bars:
            yield _Shown(bars, bars.add_task(name, total=parts, rate=""))


class _Silent:
    def advance(self, parts: int, rows: int) -> None:
        pass


class _Shown:
    def __init__(self, bars: Any, task: Any) -> None:
        import time

        self._bars, self._task, self._rows, self._clock, self._start = bars, task, 0, time.monotonic, time.monotonic()

    def advance(self, parts: int, rows: int) -> None:
        self._rows += rows
        rate = self._rows / max(1e-3, self._clock() - self._start)
        self._bars.update(self._task, advance=parts, rate=f"{rate:,.0f} rows/s")
