"""The Ray engine: the same tasks on Ray Data, on this machine or on a cluster that shares the workspace folder.

    this process ── pipe ── driver (ray_driver.py) ── Ray ── workers ── the workspace folder

Ray is spoken to by a process of its own, because Ray ends the process that speaks to it when its node dies. Then a
new driver goes on with the tasks that are left. Only tasks and outcomes travel; documents stay in files.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final

from curate.engine.ray_driver import Outcome, drive
from curate.engine.task import WORKER_ENVIRONMENT, Task, WorkersGone, to_the_end
from schemas.failure import Failure, Missing

INSTALL: Final = "pip install -c constraints.txt -e '.[ray]'"

PATIENCE: Final = 30.0
"""Seconds that Ray is given to end its processes."""


class RayEngine:
    """Runs tasks on Ray. What Ray itself writes goes to `folder`, which is removed at the end.

    `workers` tasks at once at most; by default as many as this machine has processors, or as the cluster at `address`.
    """

    def __init__(self, folder: Path, workers: int | None = None, address: str | None = None) -> None:
        if importlib.util.find_spec("ray") is None:
            raise Missing(f"engine: ray needs Ray, which is not installed: {INSTALL}")
        self._folder, self._asked, self._address = folder, workers, address
        self.workers = workers or os.cpu_count() or 1
        self._driver: tuple[SpawnProcess, Connection] | None = None

    def run(self, tasks: Sequence[Task], done: Callable[[Task], None]) -> int:
        """As `Engine.run`."""
        return to_the_end(tasks, done, self._results)

    def close(self) -> None:
        """End the driver, and with it the Ray that it started; remove what Ray wrote."""
        self._end()
        forget(self._folder)

    def _results(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, int]]:
        if not tasks:
            return
        try:
            pipe = self._started()
            pipe.send(list(tasks))
            for _ in tasks:
                outcome: Outcome = pipe.recv()
                if outcome.error is not None:
                    raise outcome.error
                yield tasks[outcome.number], outcome.resident
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self._end()
            raise WorkersGone from None
        except BaseException:
            self._end()  # what is still under way ends with it: it is not waited for
            raise

    def _started(self) -> Connection:
        if self._driver is None:
            for name, value in WORKER_ENVIRONMENT.items():
                os.environ.setdefault(name, value)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            context = get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=drive, args=(theirs, self._folder, self._asked, self._address))
            process.start()
            theirs.close()
            self._driver = process, ours
            at_once: int | Failure = ours.recv()
            if isinstance(at_once, Failure):
                raise at_once
            self.workers = at_once
        return self._driver[1]

    def _end(self) -> None:
        if self._driver is not None:
            process, pipe = self._driver
            pipe.close()  # the driver takes this as the end
            process.join(PATIENCE)
            process.kill()
            process.join()
            self._driver = None


def forget(folder: Path) -> None:
    """Remove what Ray wrote."""
    shutil.rmtree(folder, ignore_errors=True)
