"""The local engine: tasks on the processes of one machine.

Knows nothing of stages or documents. A task is a picklable callable with a `marker`, a file that it writes last;
a task whose marker is there has been done and is not run again. So a run that was killed goes on where it stopped.
"""

import os
import resource
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Final, Protocol

from schemas.failure import Failure

ATTEMPTS: Final = 3
"""How often a task is tried whose worker was killed from outside (out of memory, an operator)."""

SMALL_HEAPS: Final = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2"}
"""Freed memory goes back to the machine: a tenth less at the peak of a run over 36,000 documents."""

ONE_THREAD: Final = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
"""The processes are the parallelism; libraries inside them take one thread each."""


class Task(Protocol):
    """One unit of work."""

    @property
    def marker(self) -> Path:
        """The file that is written last, when the work is durably done."""
        ...

    def __call__(self) -> None:
        """Do the work. Doing it twice gives the same bytes."""
        ...


class LocalEngine:
    """Runs tasks on `workers` processes, in any order; results do not depend on the number."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def run(self, tasks: Sequence[Task], done: Callable[[Task], None]) -> int:
        """Run every task whose marker is absent, calling `done` after each that is complete.

        Gives the largest resident set, in bytes, of any worker that ran one; 0 where nothing was left to do.
        Raises Failure when a worker died `ATTEMPTS` times over the same work; what was finished stays finished.
        """
        peak, finished = 0, set[Path]()

        def finish(task: Task) -> None:
            finished.add(task.marker)
            done(task)

        for _ in range(ATTEMPTS):
            for task in tasks:
                if task.marker not in finished and task.marker.exists():
                    finish(task)
            try:
                for task, resident in self._results([task for task in tasks if task.marker not in finished]):
                    peak = max(peak, resident)
                    finish(task)
                return peak
            except BrokenProcessPool:
                self._pool = None
        raise Failure(
            f"a worker process was killed {ATTEMPTS} times over the same work (often: out of memory); "
            "finished parts are kept: lower engine.batch_rows or engine.workers and run again"
        )

    def close(self) -> None:
        """End the worker processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _results(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, int]]:
        pool = self._workers()
        running: dict[Future[int], Task] = {}
        waiting = iter(tasks)
        try:
            while True:
                # Two tasks a worker in flight: none idles, and a failure leaves little to undo.
                while len(running) < 2 * self.workers and (task := next(waiting, None)) is not None:
                    running[pool.submit(_work, task)] = task
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running.pop(future), future.result()
        finally:
            for future in running:
                future.cancel()

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            for name, value in {**dict.fromkeys(ONE_THREAD, "1"), **SMALL_HEAPS}.items():
                os.environ.setdefault(name, value)
            # spawn: forked children of a process that runs Arrow's and Polars' threads can deadlock
            self._pool = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"))
        return self._pool


def _work(task: Task) -> int:
    task()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
