"""Containment: documents that stand, almost whole, in a longer one. An abstract in an article, a note in the next.

|A ∩ B| / |A| over shingle sets (Broder 1997), A the shorter. Where the lengths are far apart Jaccard is small and bands
of MinHash find nothing, so candidates come from an index of their own: the sixteen smallest shingle hashes of every
document are entered, and *all* hashes of every document are held against them. So the chance to be found does not
depend on how long the other is (of a sampled index, as FracMinHash makes one, it does on how short the document is):
0.999 at the threshold, by `needed`. Each candidate is verified by the exact share: nothing is reported that is not so.

The index is made for one range of hashes after the other, so memory follows `ENTRIES_AT_ONCE` and some numbers a
document, not the corpus. A hash that is among the smallest of more than `MOST_OWNERS` documents is boilerplate and
entered for none of them; a document of which less than half is left is not looked for, and counted.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from math import comb
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.duplicates import containment_kernel as kernel
from curate.duplicates.store import Integers, Numbers, SketchStore

SMALLEST: Final = 16
MOST_OWNERS: Final = 64
ENTRIES_AT_ONCE: Final = 4_000_000
"""Hashes in the index at once: about 100 MB."""
PAIRS_AT_ONCE: Final = 4_000_000
DOCUMENTS_AT_ONCE: Final = 1 << 18
"""Documents whose candidates are counted at once."""

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
    scratch: Path,
    *,
    threshold: float,
    min_shingles: int,
) -> tuple[pa.Table, Counter[str]]:
    """Which documents of at least `min_shingles` shingles stand in a longer one of their family.

    Gives `CONTAINED` by row, and what was counted.

    `gone` are the rows of documents that are left out, as duplicates; `drops` says of families whether their
    contained documents go. A container of one that goes stays, so of a chain only the longest is kept. Documents that
    were decided before (`store.known`) hold others and are not looked for. `scratch` takes about 8 bytes a
    candidate's shared hash.
    """
    families = store.families()
    here = ~np.isin(store.rows(), gone)
    here[: store.known] = True
    here &= families != 0
    sought = here & (store.sizes >= min_shingles)
    sought[: store.known] = False
    counted: Counter[str] = Counter()
    entered = np.zeros(len(store), dtype=np.int64)
    spilled = _Spilled(scratch)
    for low, high in _ranges(store, sought):
        owners, starts, keys = _entries(store, sought, low, high, counted)
        entered += np.bincount(owners, minlength=len(store))
        for pairs in _hits(store, here, families, low, high, keys, starts, owners):
            spilled.write(pairs)
    counted["unsought_boilerplate"] = int((sought & (entered < np.minimum(store.sizes, SMALLEST) / 2)).sum())
    found = [_verified(store, pairs, entered, threshold, counted) for pairs in spilled.read()]
    a, b, share = (np.concatenate([np.empty(0, kind), *parts]) for kind, parts in zip(
        (np.int32, np.int32, np.float64), zip(*found, strict=True) if found else ((), (), ()), strict=True
    ))  # fmt: skip
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
        sample = np.sort(np.concatenate([hashes[::97] for hashes, _ in _smallest(store, sought, low, last)]))
        for part in range(1, parts):
            edge = sample[part * sample.size // parts]
            if edge > low:
                yield low, edge - np.uint64(1)
                low = edge
    if total:
        yield low, last


def _smallest(
    store: SketchStore, sought: npt.NDArray[np.bool_], low: np.uint64, high: np.uint64
) -> Iterator[tuple[npt.NDArray[np.uint64], Integers]]:
    for documents, offsets, values in store.sets():
        hashes = np.empty(SMALLEST * documents.size, dtype=np.uint64)
        owners = np.empty(hashes.size, dtype=np.int64)
        count = kernel.smallest(values, offsets, documents, sought, SMALLEST, low, high, hashes, owners)
        yield hashes[:count], owners[:count]


def _entries(
    store: SketchStore, sought: npt.NDArray[np.bool_], low: np.uint64, high: np.uint64, counted: Counter[str]
) -> tuple[Integers, Integers, npt.NDArray[np.uint64]]:
    """Owners of each hash of the range, where those of each begin, and the hashes; none of too many owners."""
    parts = list(_smallest(store, sought, low, high))
    hashes, owners = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    first = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])) if hashes.size else order
    lengths = np.diff(np.concatenate([first, [hashes.size]]))
    fit = lengths <= MOST_OWNERS
    counted["boilerplate_shingles"] += int((~fit).sum())
    return owners[np.repeat(fit, lengths)], np.concatenate([[0], np.cumsum(lengths[fit])]), hashes[first[fit]]


def _hits(
    store: SketchStore,
    holds: npt.NDArray[np.bool_],
    families: Integers,
    low: np.uint64,
    high: np.uint64,
    keys: npt.NDArray[np.uint64],
    starts: Integers,
    owners: Integers,
) -> Iterator[npt.NDArray[np.uint64]]:
    """Pairs that share a hash of the range, once for each."""
    table = np.full(1 << max(1, int(2 * keys.size).bit_length()), kernel.EMPTY, dtype=np.int32)
    kernel.build(keys, table)
    pairs = np.empty(PAIRS_AT_ONCE, dtype=np.uint64)
    used = 0
    for documents, offsets, values in store.sets():
        resume = np.zeros(2, dtype=np.int64)
        while resume[0] < documents.size:
            used += kernel.probe(
                values, offsets, documents, holds, low, high, table, keys, starts, owners, store.sizes, families,
                resume, pairs[used:],
            )  # fmt: skip
            if resume[0] < documents.size:
                yield pairs[:used]
                used = 0
    yield pairs[:used]


class _Spilled:
    """Pairs on disk, by which documents are contained."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: set[int] = set()

    def write(self, pairs: npt.NDArray[np.uint64]) -> None:
        """Append each pair to the file of its contained document."""
        files = pairs // np.uint64(DOCUMENTS_AT_ONCE << 32)
        for number in np.unique(files).tolist():
            self._files.add(number)
            with self._path(number).open("ab") as file:
                pairs[files == number].tofile(file)

    def read(self) -> Iterator[npt.NDArray[np.uint64]]:
        """The pairs of one file after the other."""
        for number in sorted(self._files):
            yield np.fromfile(self._path(number), dtype=np.uint64)

    def _path(self, number: int) -> Path:
        return self._folder / f"pairs-{number:06d}"


def _verified(
    store: SketchStore, pairs: npt.NDArray[np.uint64], entered: Integers, threshold: float, counted: Counter[str]
) -> tuple[Numbers, Numbers, npt.NDArray[np.float64]]:
    """The pairs that share enough hashes and reach the threshold: contained, container, and the exact share."""
    different, times = np.unique(pairs, return_counts=True)
    a = (different >> np.uint64(32)).astype(np.int32)
    b = (different & np.uint64(0xFFFFFFFF)).astype(np.int32)
    least = np.array([needed(number, threshold) for number in range(SMALLEST + 1)])
    enough = (times >= least[entered[a]]) & (entered[a] >= np.minimum(store.sizes[a], SMALLEST) / 2)
    a, b = a[enough], b[enough]
    share = store.containments(a, b)
    counted["containment_candidates"] += a.size
    reached = share >= threshold
    return a[reached], b[reached], share[reached]
