"""The compiled loops of containment: an index of the smallest shingles of documents, all shingles held against it."""

from typing import Final

import numba
import numpy as np
import numpy.typing as npt

U64 = np.uint64
EMPTY: Final = -1
_SPREAD: Final = U64(0x9E3779B97F4A7C15)


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
    owners: npt.NDArray[np.int64],
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
def build(keys: npt.NDArray[np.uint64], table: npt.NDArray[np.int32]) -> None:
    """Enter the place of each of `keys` in `table`, whose length is a power of two and at least twice theirs."""
    mask = U64(table.size - 1)
    for place in range(keys.size):
        slot = (keys[place] * _SPREAD) & mask
        while table[slot] != EMPTY:
            slot = (slot + U64(1)) & mask
        table[slot] = place


@numba.njit(nogil=True)
def probe(
    values: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    documents: npt.NDArray[np.int32],
    holds: npt.NDArray[np.bool_],
    low: np.uint64,
    high: np.uint64,
    table: npt.NDArray[np.int32],
    keys: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.int64],
    owners: npt.NDArray[np.int64],
    sizes: npt.NDArray[np.int32],
    families: npt.NDArray[np.int64],
    resume: npt.NDArray[np.int64],
    pairs: npt.NDArray[np.uint64],
) -> int:
    """Hold the hashes of each document that may hold another against the index; gives how many pairs were found.

    A pair is `contained << 32 | container`: a document and one that is larger (of equal ones, that of smaller number)
    and of its family. Where `pairs` is full, `resume` says at which set and value to go on; else it ends at the last.
    """
    mask = U64(table.size - 1)
    count = 0
    for i in range(resume[0], documents.size):
        container = documents[i]
        first = offsets[i]
        if resume[1] > 0:
            first = resume[1]
            resume[1] = 0
        elif container >= 0 and holds[container]:
            last = offsets[i + 1]
            while first < last:  # the first value that is not under `low`
                middle = (first + last) // 2
                if values[middle] < low:
                    first = middle + 1
                else:
                    last = middle
        if container < 0 or not holds[container]:
            continue
        for j in range(first, offsets[i + 1]):
            value = values[j]
            if value > high:
                break
            slot = (value * _SPREAD) & mask
            while table[slot] != EMPTY and keys[table[slot]] != value:
                slot = (slot + U64(1)) & mask
            if table[slot] == EMPTY:
                continue
            place = table[slot]
            if count + starts[place + 1] - starts[place] > pairs.size:
                resume[0] = i
                resume[1] = j
                return count
            for k in range(starts[place], starts[place + 1]):
                owner = owners[k]
                larger = sizes[container] > sizes[owner] or (sizes[container] == sizes[owner] and container < owner)
                if larger and families[container] == families[owner]:
                    pairs[count] = U64(owner) << U64(32) | U64(container)
                    count += 1
    resume[0] = documents.size
    return count


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
