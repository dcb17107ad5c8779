"""Detection over many texts, in processes: the same spans in the same order at any number of workers."""

import multiprocessing
from collections.abc import Iterable, Iterator
from itertools import islice

from schemas.policy import DeidPolicy
from schemas.span import Span

_BATCH = 64  # texts a task
_state: dict[str, object] = {}


def detect_all(texts: Iterable[str], policy: DeidPolicy, workers: int) -> Iterator[list[Span]]:
    """Spans of each text, in order. Memory is bounded by the batches under way, not by the texts."""
    batches = _batches(texts)
    if workers <= 1:
        _start(policy)
        for batch in batches:
            yield from _work(batch)
        return
    with multiprocessing.get_context("forkserver").Pool(workers, _start, (policy,)) as pool:
        for spans in pool.imap(_work, batches):
            yield from spans


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    source = iter(texts)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _start(policy: DeidPolicy) -> None:
    from deid.detector import Detector

    _state["detector"] = Detector(policy)


def _work(batch: list[str]) -> list[list[Span]]:
    from deid.detector import Detector

    detector = _state["detector"]
    assert isinstance(detector, Detector)  # noqa: S101 - set by _start
    return detector.detect(batch)
