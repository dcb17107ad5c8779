"""Detection over many texts, in processes: the same spans in the same order at any number of workers."""

from collections.abc import Iterable, Iterator
from itertools import islice

from deid.known import Identifiers
from deid.pool import Pool
from schemas.policy import DeidPolicy
from schemas.span import Span

_BATCH = 64  # texts a task
_state: dict[str, object] = {}


def detect_all(texts: Iterable[str], policy: DeidPolicy, workers: int) -> Iterator[list[Span]]:
    """Spans of each text, in order. Memory is bounded by the batches under way, not by the texts.

    Raises Failure where worker processes were killed `pool.ATTEMPTS` times over the same batches.
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
    with Pool(workers, _start, policy) as pool:
        for found in pool.in_order(_work, batches):
            yield from found


def _batches(notes: Iterable[tuple[str, Identifiers]]) -> Iterator[list[tuple[str, Identifiers]]]:
    source = iter(notes)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _start(policy: DeidPolicy) -> None:
    from deid.detector import Detector

    _state["detector"] = Detector(policy)


def _work(batch: list[tuple[str, Identifiers]]) -> list[list[Span]]:
    from deid.detector import Detector
    from deid.known import Known

    detector = _state["detector"]
    assert isinstance(detector, Detector)  # noqa: S101 - set by _start
    patients = {identifiers: Known(identifiers) for _, identifiers in batch if identifiers}
    return detector.detect([text for text, _ in batch], [patients.get(identifiers) for _, identifiers in batch])
