"""The compiled loops of containment: an index of the smallest shingles of documents, all shingles held against it."""

from typing import Final

import numba
import numpy as np
import numpy.typing as npt

U64 = np.uint64
NEVER: Final = 255
"""More hashes than are entered of any document."""
_SPREAD: Final = U64(0x9E3779B97F4A7C15)
_32: Final = U64(32)


@numba.njit(nogil=True)
def smallest(
    values: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    documents: npt.NDArray[np.int32],
    wanted: npt.NDArray[np.bool_],
    number: int,
    low: np.uint64,
    high: np.uint64,
    hashes: npt.NDArray[np.uint64],
    owners: npt.NDArray[np.int32],
) -> int:
    """Of each wanted document, those of its `number` smallest hashes that are in `[low, high]`; gives how many.

    Set `i` is `values[offsets[i]:offsets[i + 1]]`, sorted; it is of document `documents[i]` (under 0: of none).
    """
    count = 0
    for i in range(documents.size):
        document = documents[i]
        if document < 0 or not wanted[document]:
            continue
        for j in range(offsets[i], min(offsets[i + 1], offsets[i] + number)):
            if values[j] >= low and values[j] <= high:
                hashes[count] = values[j]
                owners[count] = document
                count += 1
    return count


@numba.njit(nogil=True)
def _bucket(value: np.uint64, starts: npt.NDArray[np.int32]) -> np.uint64:
    """The bucket of a hash; their number is a power of two. Small hashes are the rule: so the low bits spread them."""
    return (value * _SPREAD) >> _32 & U64(starts.size - 2)


@numba.njit(nogil=True)
def measure(hashes: npt.NDArray[np.uint64], starts: npt.NDArray[np.int32]) -> None:
    """Count in `starts` the hashes of each bucket; summed up, they say where each bucket ends."""
    for i in range(hashes.size):
        starts[_bucket(hashes[i], starts)] += 1


@numba.njit(nogil=True)
def enter(
    hashes: npt.NDArray[np.uint64],
    documents: npt.NDArray[np.int32],
    starts: npt.NDArray[np.int32],
    keys: npt.NDArray[np.uint64],
    owners: npt.NDArray[np.int32],
    entered: npt.NDArray[np.uint8],
) -> None:
    """Put each hash and its document into its bucket, from the end; at last `starts` says where each bucket begins."""
    for i in range(hashes.size):
        bucket = _bucket(hashes[i], starts)
        starts[bucket] -= 1
        keys[starts[bucket]] = hashes[i]
        owners[starts[bucket]] = documents[i]
        entered[documents[i]] += 1


@numba.njit(nogil=True)
def probe(
    values: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    documents: npt.NDArray[np.int32],
    holds: npt.NDArray[np.bool_],
    starts: npt.NDArray[np.int32],
    keys: npt.NDArray[np.uint64],
    owners: npt.NDArray[np.int32],
    enough: npt.NDArray[np.uint8],
    sizes: npt.NDArray[np.int32],
    families: npt.NDArray[np.int64],
    hits: npt.NDArray[np.uint8],
    at: int,
    contained: npt.NDArray[np.int32],
    containers: npt.NDArray[np.int32],
    used: int,
) -> tuple[int, int]:
    """Hold all hashes of each set from `at` on, whose document `holds`, against the index.

    Writes each pair of `enough` shared hashes from place `used` on: a document, and one that is larger (of equal ones,
    that of smaller number) and of its family. Gives the set to go on with, the last if all were done, and the places
    used. `hits` is zero before and after; the places must be as many as there are documents.
    """
    met = np.empty(hits.size, dtype=np.int32)
    for i in range(at, documents.size):
        container = documents[i]
        if container < 0 or not holds[container]:
            continue
        many = 0
        for j in range(offsets[i], offsets[i + 1]):
            value = values[j]
            bucket = _bucket(value, starts)
            for k in range(starts[bucket], starts[bucket + U64(1)]):
                if keys[k] == value:
                    owner = owners[k]
                    if hits[owner] == 0:
                        met[many] = owner
                        many += 1
                    hits[owner] += 1
        full = many > contained.size - used
        for j in range(many):
            owner = met[j]
            if not full and hits[owner] >= enough[owner]:
                larger = sizes[container] > sizes[owner] or (sizes[container] == sizes[owner] and container < owner)
                if larger and families[container] == families[owner]:
                    contained[used] = owner
                    containers[used] = container
                    used += 1
            hits[owner] = 0
        if full:
            return i, used
    return documents.size, used


@numba.njit(nogil=True)
def settle(
    contained: npt.NDArray[np.int32],
    containers: npt.NDArray[np.int32],
    shares: npt.NDArray[np.float64],
    drops: npt.NDArray[np.bool_],
    stays: npt.NDArray[np.bool_],
    chosen: npt.NDArray[np.int64],
) -> int:
    """Choose one container for each contained document, and say whether it goes; gives how many were chosen.

    Pairs are grouped by document, the largest documents first: so it is known of each container whether it stays. The
    one of the largest share is chosen, of equals the smallest number; where `drops`, of those that stay, and the
    document goes. `chosen` gets the places of the pairs.
    """
    count = 0
    at = 0
    while at < contained.size:
        document = contained[at]
        best = -1
        while at < contained.size and contained[at] == document:
            able = stays[containers[at]] or not drops[document]
            if able and (
                best < 0
                or shares[at] > shares[best]
                or (shares[at] == shares[best] and containers[at] < containers[best])
            ):
                best = at
            at += 1
        if best >= 0:
            chosen[count] = best
            count += 1
            if drops[document]:
                stays[document] = False
    return count
