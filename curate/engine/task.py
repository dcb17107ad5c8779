"""What an engine is given and what an engine is: tasks with markers, run to the end whatever dies on the way.

Knows nothing of stages, documents or how work reaches a process. A task is a picklable callable with a `marker`, a
file that it writes last; a task whose marker is there has been done and is not run again. So a run that was killed
goes on where it stopped.
"""

import resource
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from schemas.failure import Failure

ATTEMPTS: Final = 3
"""How often a task is tried whose worker was killed from outside (out of memory, an operator)."""

KILLED: Final = (
    f"a worker process was killed {ATTEMPTS} times over the same work (often: out of memory); "
    "finished parts are kept: lower engine.batch_rows or engine.workers and run again"
)

WORKER_ENVIRONMENT: Final = {
    # The processes are the parallelism; libraries inside them take one thread each.
    **dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1"),
    # Freed memory goes back to the machine: a tenth less at the peak of a run over 36,000 documents.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
}
"""What worker processes find in their environment, unless the user stated another value."""


class Task(Protocol):
    """One unit of work."""

    @property
    def marker(self) -> Path:
        """The file that is written last, when the work is durably done."""
        ...

    def __call__(self) -> None:
        """Do the work. Doing it twice gives the same bytes."""
        ...


class Engine(Protocol):
    """Runs tasks in any order on any number of workers; results depend on neither."""

    @property
    def workers(self) -> int:
        """How many tasks are worked on at once, at most."""
        ...

    def run(self, tasks: Sequence[Task], done: Callable[[Task], None]) -> int:
        """Run every task whose marker is absent, calling `done` after each that is complete.

        Gives the largest resident set, in bytes, of any worker that ran one; 0 where nothing was left to do.
        Raises what a task raised, and Failure when a worker died `ATTEMPTS` times; what was finished stays finished.
        """
        ...

    def close(self) -> None:
        """End the worker processes."""
        ...


class WorkersGone(Exception):
    """Workers ended from outside while they worked; nothing is known to be wrong with the work."""


def to_the_end(
    tasks: Sequence[Task],
    done: Callable[[Task], None],
    attempt: Callable[[Sequence[Task]], Iterator[tuple[Task, int]]],
) -> int:
    """`Engine.run`, by way of `attempt`: it yields each task with its worker's resident set, and may raise WorkersGone.

    Tried `ATTEMPTS` times, each time with the tasks that are left.
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
            for task, resident in attempt([task for task in tasks if task.marker not in finished]):
                peak = max(peak, resident)
                finish(task)
            return peak
        except WorkersGone:
            continue
    raise Failure(KILLED)


def resident_bytes() -> int:
    """The largest resident set of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
