"""The local engine: tasks on the processes of one machine."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from tempfile import gettempdir

from curate.engine.task import WORKER_ENVIRONMENT, Task, WorkersGone, resident_bytes, to_the_end
from deid.disk import writing_to
from deid.orphan import end_with_parent


class LocalEngine:
    """Runs tasks on `workers` processes, in any order; results do not depend on the number."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def run(self, tasks: Sequence[Task], done: Callable[[Task], None]) -> int:
        """As `Engine.run`."""
        return to_the_end(tasks, done, self._results)

    def close(self) -> None:
        """End the worker processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _results(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, int]]:
        running: dict[Future[int], Task] = {}
        waiting = iter(tasks)
        try:
            pool = self._workers()
            while True:
                # Two tasks a worker in flight: none idles, and a failure leaves little to undo.
                while len(running) < 2 * self.workers and (task := next(waiting, None)) is not None:
                    running[pool.submit(_work, task)] = task
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running.pop(future), future.result()
        except BrokenProcessPool:
            self._pool = None
            raise WorkersGone from None
        finally:
            for future in running:
                future.cancel()

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            for name, value in WORKER_ENVIRONMENT.items():
                os.environ.setdefault(name, value)
            # spawn: forked children of a process that runs Arrow's and Polars' threads can deadlock
            self._pool = ProcessPoolExecutor(self.workers, get_context("spawn"), initializer=end_with_parent)
        return self._pool


def _work(task: Task) -> int:
    with writing_to(task.marker.parent, Path(gettempdir())):
        task()
    return resident_bytes()
