"""Batches of notes, detected or scrubbed in processes: the same in the same order at any number of workers."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from deid.known import Identifiers
from deid.pool import Pool
from deid.scrubbed import Given, Scrubbed
from schemas.policy import DeidPolicy
from schemas.span import Span

_BATCH = 64  # notes a task
_state: dict[str, object] = {}
_Note = TypeVar("_Note")
_Found = TypeVar("_Found")


def detect_all(texts: Iterable[str], policy: DeidPolicy, workers: int) -> Iterator[list[Span]]:
    """Spans of each text, in order. Memory is bounded by the batches under way, not by the texts.

    Raises Failure where worker processes were killed `pool.ATTEMPTS` times over the same batches.
    """
    return detect_known(((text, ()) for text in texts), policy, workers)


def detect_known(notes: Iterable[tuple[str, Identifiers]], policy: DeidPolicy, workers: int) -> Iterator[list[Span]]:
    """The same, each text with the identifiers that a patient table knows of its patient."""
    return _in_order(_work, notes, workers, _start, policy)


def scrub_all(notes: Iterable[Given], policy: DeidPolicy, key: bytes, workers: int) -> Iterator[Scrubbed]:
    """Each note scrubbed, in order; bounded and raising as `detect_all`. Each worker holds the pseudonym key."""
    return _in_order(_scrub, notes, workers, _start_scrubbing, policy, key)


def _in_order(
    work: Callable[[list[_Note]], list[_Found]],
    notes: Iterable[_Note],
    workers: int,
    start: Callable[..., None],
    *given: object,
) -> Iterator[_Found]:
    batches = _batches(notes)
    if workers <= 1:
        start(*given)
        for batch in batches:
            yield from work(batch)
        return
    with Pool(workers, start, *given) as pool:
        for found in pool.in_order(work, batches):
            yield from found


def _batches(notes: Iterable[_Note]) -> Iterator[list[_Note]]:
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


def _start_scrubbing(policy: DeidPolicy, key: bytes) -> None:
    from deid.scrub import Scrubber

    _state["scrubber"] = Scrubber(policy, key)


def _scrub(batch: list[Given]) -> list[Scrubbed]:
    from deid.scrub import Scrubber

    scrubber = _state["scrubber"]
    assert isinstance(scrubber, Scrubber)  # noqa: S101 - set by _start_scrubbing
    return scrubber.scrub(batch)
