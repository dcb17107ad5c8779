"""Tasks through worker processes: results in order, and no task lost when a worker is killed.

No more tasks are under way than there are hands for, so memory follows those, not all tasks. When a worker was killed
from outside (out of memory, an operator), the tasks under way are done again by new processes.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from types import TracebackType
from typing import Final, TypeVar

from deid.orphan import end_with_parent
from schemas.failure import Failure

ATTEMPTS: Final = 3
"""How often the same tasks are tried."""

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


class Pool:
    """`workers` processes, each of which begins with `start(*given)`; they end with this one, and with the context."""

    def __init__(self, workers: int, start: Callable[..., None], *given: object) -> None:
        # The workers are the parallelism; threads of NumPy and Polars beside them would only wait for each other.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self._workers, self._start, self._given = workers, start, given
        self._processes = self._new()

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._processes.shutdown(cancel_futures=True)

    def in_order(self, work: Callable[[_Task], _Result], tasks: Iterable[_Task]) -> Iterator[_Result]:
        """What `work` gives for each task, in order; both must be picklable, and done twice give the same.

        Raises what `work` raises, and Failure where workers were killed `ATTEMPTS` times over the same tasks.
        """
        waiting = iter(tasks)
        under_way = deque[_Task]()
        futures = deque[Future[_Result]]()
        deaths = 0
        while True:
            under_way.extend(islice(waiting, 2 * self._workers - len(under_way)))
            if not under_way:
                return
            try:
                while len(futures) < len(under_way):
                    futures.append(self._processes.submit(work, under_way[len(futures)]))
                result = futures[0].result()
            except BrokenProcessPool:
                deaths += 1
                if deaths == ATTEMPTS:
                    raise Failure(
                        f"a worker process was killed {deaths} times over the same work (often: out of memory); "
                        "lower --workers and run again"
                    ) from None
                futures.clear()
                self._processes = self._new()
            else:
                deaths = 0
                futures.popleft()
                under_way.popleft()
                yield result

    def _new(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("forkserver")
        return ProcessPoolExecutor(self._workers, context, _begin, (self._start, self._given))


def _begin(start: Callable[..., None], given: tuple[object, ...]) -> None:
    end_with_parent()
    start(*given)
