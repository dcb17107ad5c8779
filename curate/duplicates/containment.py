"""Containment: documents that stand, almost whole, in a longer one. An abstract in an article, a note in the next.

|A ∩ B| / |A| over shingle sets (Broder 1997), A the shorter. Where the lengths are far apart Jaccard is small and bands
of MinHash find nothing, so candidates come from an index of their own: the sixteen smallest shingle hashes of every
document are entered, and *all* hashes of every document are held against them. So the chance to be found does not
depend on how long the other is (of a sampled index, as FracMinHash makes one, it does on how short the document is):
0.999 at the threshold, by `needed`. Each candidate is verified by the exact share: nothing is reported that is not so.

The index is made for some documents after the others, and one document at a time is held against it: what it shares
with each of them is counted then and there, and only a pair that shares enough is ever written down. So memory follows
`ENTRIES_AT_ONCE`, `PAIRS_AT_ONCE`, what is found and some numbers a document, not how often sentences repeat. A hash
that is among the smallest of more than `MOST_OWNERS` documents is boilerplate and entered for none of them; a document
of which less than half is left is not looked for, and counted.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from math import comb
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.duplicates import containment_kernel as kernel
from curate.duplicates.store import Integers, Numbers, SketchStore

SMALLEST: Final = 16
MOST_OWNERS: Final = 64
ENTRIES_AT_ONCE: Final = 8_000_000
"""Hashes in the index at once: 130 MB, and 100 more while it is made."""
PAIRS_AT_ONCE: Final = 1_000_000
"""Candidates that are verified at once; as many as there are documents, where these are more."""

CONTAINED: Final = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("doc_id", pa.large_string(), nullable=False),
        pa.field("container", pa.large_string(), nullable=False),  # doc_id of the longer document
        pa.field("containment", pa.float64(), nullable=False),  # exact share of its shingles that are in that
        pa.field("goes", pa.bool_(), nullable=False),  # whether it is dropped for it
    ]
)


def contained(
    store: SketchStore,
    gone: Integers,
    drops: Callable[[Integers], npt.NDArray[np.bool_]],
    *,
    threshold: float,
    min_shingles: int,
) -> tuple[pa.Table, Counter[str]]:
    """Which documents of at least `min_shingles` shingles stand in a longer one of their family.

    Gives `CONTAINED` by row, and what was counted.

    `gone` are the rows of documents that are left out, as duplicates; `drops` says of families whether their
    contained documents go. A container of one that goes stays, so of a chain only the longest is kept. Documents that
    were decided before (`store.known`) hold others and are not looked for.
    """
    families = store.families()
    here = ~np.isin(store.rows(), gone)
    here[: store.known] = True
    here &= families != 0
    sought = here & (store.sizes >= min_shingles)
    sought[: store.known] = False
    counted: Counter[str] = Counter()
    common = _boilerplate(store, sought)
    counted["boilerplate_shingles"] = common.size
    entered = np.zeros(len(store), dtype=np.uint8)
    least = np.array([needed(number, threshold) for number in range(SMALLEST + 1)], dtype=np.uint8)
    half = np.minimum(store.sizes, SMALLEST) / 2
    found = [(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float64))]
    for index in _indexes(store, sought, common, entered):
        enough = np.where(entered < half, kernel.NEVER, least[entered])
        for a, b in _candidates(store, here, families, index, enough):
            counted["containment_candidates"] += a.size
            share = store.containments(a, b)
            reached = share >= threshold
            found.append((a[reached], b[reached], share[reached]))
        del index  # before the next is made
    counted["unsought_boilerplate"] = int((sought & (entered < half)).sum())
    a, b, share = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((b, a, -store.sizes[a]))
    a, b, share = a[order], b[order], share[order]
    dropped = np.zeros(len(store), dtype=np.bool_)
    dropped[sought] = drops(families[sought])
    chosen = np.empty(a.size, dtype=np.int64)
    chosen = chosen[: kernel.settle(a, b, share, dropped, here.copy(), chosen)]
    a, b, share = a[chosen], b[chosen], share[chosen]
    counted["contained"] = a.size
    columns = [pa.array(store.rows(a)), store.doc_ids(a), store.doc_ids(b), pa.array(share), pa.array(dropped[a])]
    return pa.table(columns, schema=CONTAINED).sort_by("row").combine_chunks(), counted


@lru_cache
def needed(entered: int, threshold: float) -> int:
    """How many of `entered` hashes of a document must be found in another, for it to be a candidate.

    The largest number that a document whose share is the threshold reaches with a chance of 0.999: of 16 at 0.9 these
    are 10, at 0.8 they are 7. (Which hashes are smallest is chance, so hits are binomial.)
    """
    missed, number = 0.0, 0
    while number < entered:
        missed += comb(entered, number) * threshold**number * (1 - threshold) ** (entered - number)
        if missed > 0.001:
            break
        number += 1
    return max(1, number)


def _ranges(store: SketchStore, sought: npt.NDArray[np.bool_]) -> Iterator[tuple[np.uint64, np.uint64]]:
    """Ranges of hashes, first and last, each of which about `ENTRIES_AT_ONCE` of the smallest hashes fall in."""
    total = int(np.minimum(store.sizes[sought], SMALLEST).sum())
    parts = -(-total // ENTRIES_AT_ONCE)
    low = np.uint64(0)
    last = np.uint64(2**64 - 1)
    if parts > 1:
        sample = np.sort(np.concatenate([hashes[::97].copy() for hashes, _ in _smallest(store, sought, low, last)]))
        for part in range(1, parts):
            edge = sample[part * sample.size // parts]
            if edge > low:
                yield low, edge - np.uint64(1)
                low = edge
    if total:
        yield low, last


def _smallest(
    store: SketchStore, sought: npt.NDArray[np.bool_], low: np.uint64, high: np.uint64
) -> Iterator[tuple[npt.NDArray[np.uint64], Numbers]]:
    """The smallest hashes of the documents sought that are in the range, and whose they are; a batch at a time."""
    for documents, offsets, values in store.sets():
        hashes = np.empty(SMALLEST * documents.size, dtype=np.uint64)
        owners = np.empty(hashes.size, dtype=np.int32)
        count = kernel.smallest(values, offsets, documents, sought, SMALLEST, low, high, hashes, owners)
        yield hashes[:count].copy(), owners[:count].copy()  # a slice would keep the whole


def _boilerplate(store: SketchStore, sought: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint64]:
    """The hashes that are among the smallest of more than `MOST_OWNERS` documents, in order."""
    found = [np.empty(0, dtype=np.uint64)]
    for low, high in _ranges(store, sought):
        hashes = np.concatenate([hashes for hashes, _ in _smallest(store, sought, low, high)])
        hashes.sort()
        later = hashes[MOST_OWNERS:]
        found.append(np.unique(later[later == hashes[: later.size]]))
    return np.concatenate(found)


class _Index(NamedTuple):
    """Entered hashes in buckets: those of bucket `i`, and their documents, from `starts[i]` to `starts[i + 1]`."""

    starts: Numbers
    hashes: npt.NDArray[np.uint64]
    owners: Numbers


def _indexes(
    store: SketchStore,
    sought: npt.NDArray[np.bool_],
    common: npt.NDArray[np.uint64],
    entered: npt.NDArray[np.uint8],
) -> Iterator[_Index]:
    """The smallest hashes that are not `common`, of some documents after the others; `entered` says how many of each.

    Each document is in one index.
    """
    parts: list[tuple[npt.NDArray[np.uint64], Numbers]] = []
    for hashes, owners in _smallest(store, sought, np.uint64(0), np.uint64(2**64 - 1)):
        rare = ~_among(hashes, common)
        parts.append((hashes[rare], owners[rare]))
        if sum(part[0].size for part in parts) >= ENTRIES_AT_ONCE:
            yield _index(parts, entered)
            parts = []
    if parts:
        yield _index(parts, entered)


def _index(parts: list[tuple[npt.NDArray[np.uint64], Numbers]], entered: npt.NDArray[np.uint8]) -> _Index:
    total = sum(hashes.size for hashes, _ in parts)
    starts = np.zeros((1 << max(1, total.bit_length())) + 1, dtype=np.int32)
    index = _Index(starts, np.empty(total, dtype=np.uint64), np.empty(total, dtype=np.int32))
    for hashes, _ in parts:
        kernel.measure(hashes, starts)
    np.cumsum(starts, out=starts)
    for hashes, owners in parts:
        kernel.enter(hashes, owners, *index, entered)
    return index


def _among(hashes: npt.NDArray[np.uint64], some: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Which of `hashes` are in `some`, which is in order."""
    if not some.size:
        return np.zeros(hashes.size, dtype=np.bool_)
    found: npt.NDArray[np.bool_] = some[np.minimum(np.searchsorted(some, hashes), some.size - 1)] == hashes
    return found


def _candidates(
    store: SketchStore,
    holds: npt.NDArray[np.bool_],
    families: Integers,
    index: _Index,
    enough: npt.NDArray[np.uint8],
) -> Iterator[tuple[Numbers, Numbers]]:
    """The pairs that share enough hashes, once each: contained and container."""
    contained, containers = (np.empty(max(PAIRS_AT_ONCE, len(store)), dtype=np.int32) for _ in range(2))
    hits = np.zeros(len(store), dtype=np.uint8)
    used = 0
    for documents, offsets, values in store.sets():
        at = 0
        while at < documents.size:
            at, used = kernel.probe(
                values, offsets, documents, holds, *index, enough, store.sizes, families, hits, at,
                contained, containers, used,
            )  # fmt: skip
            if at < documents.size:
                yield contained[:used], containers[:used]
                used = 0
    yield contained[:used], containers[:used]
