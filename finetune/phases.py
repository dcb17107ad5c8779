"""The phases of a long task: told to whoever shows progress, and timed."""

import resource
import sys
import time
from collections.abc import Callable

from schemas.recipe import TrainingMeasure

Report = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, of how much."""


def silent(_phase: str, _done: int, _total: int) -> None:
    """Report nothing."""


class Phases:
    """One phase at a time; each ends when the next begins. Seconds of phases of one name add up."""

    def __init__(self, report: Report = silent) -> None:
        self._report = report
        self._seconds: dict[str, float] = {}
        self._name, self._total, self._since = "", 1, time.monotonic()

    def begin(self, name: str, total: int = 1) -> None:
        """The phase `name` begins, `total` units long."""
        self._end()
        self._name, self._total = name, total
        self._report(name, 0, total)

    def done(self, units: int) -> None:
        """So many units of the phase are done."""
        self._report(self._name, units, self._total)

    def measure(self) -> TrainingMeasure:
        """Seconds by phase until now, and the process's peak of resident memory."""
        import torch

        self._end()
        unit = 1 if sys.platform == "darwin" else 1024  # getrusage counts bytes there, kilobytes on Linux
        return TrainingMeasure(
            seconds={name: round(seconds, 3) for name, seconds in self._seconds.items()},
            peak_memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
            threads=torch.get_num_threads(),
        )

    def _end(self) -> None:
        now = time.monotonic()
        if self._name:
            self._seconds[self._name] = self._seconds.get(self._name, 0.0) + now - self._since
            self._report(self._name, self._total, self._total)
        self._name, self._since = "", now
