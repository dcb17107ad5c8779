"""Detection over many texts, in processes: the same spans in the same order at any number of workers."""

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from deid.known import Identifiers
from deid.orphan import end_with_parent
from schemas.failure import Failure
from schemas.policy import DeidPolicy
from schemas.span import Span

_BATCH = 64  # texts a task
_ATTEMPTS = 3  # how often batches are tried whose worker was killed from outside
_state: dict[str, object] = {}


def detect_all(texts: Iterable[str], policy: DeidPolicy, workers: int) -> Iterator[list[Span]]:
    """Spans of each text, in order. Memory is bounded by the batches under way, not by the texts.

    Raises Failure where worker processes were killed `_ATTEMPTS` times over the same batches.
    """
    return detect_known(((text, ()) for text in texts), policy, workers)


def detect_known(notes: Iterable[tuple[str, Identifiers]], policy: DeidPolicy, workers: int) -> Iterator[list[Span]]:
    """The same, each text with the identifiers that a patient table knows of its patient."""
    batches = _batches(notes)
    if workers <= 1:
        _start(policy)
        for batch in batches:
            yield from _work(batch)
        return
    # The workers are the parallelism; NumPy's own threads beside them would only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    yield from _by_processes(batches, policy, workers)


def _by_processes(
    batches: Iterator[list[tuple[str, Identifiers]]], policy: DeidPolicy, workers: int
) -> Iterator[list[Span]]:
    # When a worker was killed, all batches under way go to a new pool.
    under_way = deque[list[tuple[str, Identifiers]]]()
    futures = deque[Future[list[list[Span]]]]()
    deaths, pool = 0, _pool(policy, workers)
    try:
        while True:
            under_way.extend(islice(batches, 2 * workers - len(under_way)))
            if not under_way:
                return
            try:
                while len(futures) < len(under_way):
                    futures.append(pool.submit(_work, under_way[len(futures)]))
                found = futures[0].result()
            except BrokenProcessPool:
                deaths += 1
                if deaths == _ATTEMPTS:
                    raise Failure(
                        f"a worker process was killed {deaths} times over the same notes (often: out of memory); "
                        "lower --workers and run again"
                    ) from None
                futures.clear()
                pool = _pool(policy, workers)
            else:
                deaths = 0
                futures.popleft()
                under_way.popleft()
                yield from found
    finally:
        pool.shutdown(cancel_futures=True)


def _pool(policy: DeidPolicy, workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("forkserver"), _start, (policy,))


def _batches(notes: Iterable[tuple[str, Identifiers]]) -> Iterator[list[tuple[str, Identifiers]]]:
    source = iter(notes)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _start(policy: DeidPolicy) -> None:
    end_with_parent()
    from deid.detector import Detector

    _state["detector"] = Detector(policy)


def _work(batch: list[tuple[str, Identifiers]]) -> list[list[Span]]:
    from deid.detector import Detector
    from deid.known import Known

    detector = _state["detector"]
    assert isinstance(detector, Detector)  # noqa: S101 - set by _start
    patients = {identifiers: Known(identifiers) for _, identifiers in batch if identifiers}
    return detector.detect([text for text, _ in batch], [patients.get(identifiers) for _, identifiers in batch])
