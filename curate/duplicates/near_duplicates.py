"""Near duplicates: candidates by bands, exact verification, groups.

In that order, over the sketches of a corpus. Knows nothing of sources, policies or stages: a document is a row number,
a rank and a set of shingles.

Broder, "On the resemblance and containment of documents", 1997.
"""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.duplicates import kernel
from curate.duplicates.store import Integers, Numbers, SketchStore

ALL_PAIRS: Final = 64
"""A bucket of more documents is boilerplate: its members are compared with this many leaders, not each with each."""

PAIRS_AT_ONCE: Final = 1_000_000
"""Pairs that wait for comparison: 16 MB."""

GROUPS: Final = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("doc_id", pa.large_string(), nullable=False),
        pa.field("survivor", pa.large_string(), nullable=False),  # doc_id of the group's best-ranked member
        pa.field("similarity", pa.float64(), nullable=False),  # exact Jaccard to it; chains can make it small
        pa.field("kept_twin", pa.large_string()),  # doc_id of what stays in its place; null: it stays itself
        pa.field("twin_similarity", pa.float64()),  # exact Jaccard to that one, never below the threshold
    ]
)
"""A chain a~b~c is one group though a and c may have nothing in common (a note copied forward day by day). So what is
*dropped* is decided apart from the group: by rank, a document goes when one that stays is near it, else it stays. No
two that stay are near duplicates, and each that goes has a near duplicate that stays."""


def group(
    sketches: Sequence[Path], *, threshold: float, bands: int, index: Sequence[Path] = ()
) -> tuple[pa.Table, Counter[str]]:
    """Group the documents of the sketch files; gives `GROUPS` by row, and what was counted.

    Groups are the connected components of the pairs whose exact Jaccard reaches `threshold`; every member but the one
    of smallest (rank, doc_id, row) has a row. Neither order of files nor worker count can change it. Memory follows
    one band, some numbers a document and the members of groups, not the text of the corpus.

    The documents of the sketch files `index` were decided before: they stay, are better than all others, are not
    compared with each other, and have no row.
    """
    store = SketchStore(sketches, index)
    parent = np.arange(len(store), dtype=np.int32)
    counted: Counter[str] = Counter()
    with ThreadPoolExecutor(1) as ahead:  # sorts the next band while one is verified
        sorting = ahead.submit(_full_buckets, store, 0)
        for band in range(bands):
            members, starts = sorting.result()
            if band + 1 < bands:
                sorting = ahead.submit(_full_buckets, store, band + 1)
            counted += _join_band(store, members, starts, parent, threshold)
    return _groups(store, parent, threshold), counted


def _join_band(
    store: SketchStore, members: Numbers, starts: Integers, parent: Numbers, threshold: float
) -> Counter[str]:
    """Verify the candidates of one band and join those that are near duplicates.

    In rounds: in each the next leaders of every bucket are compared with the members after them that are not in their
    group yet; one leader in the first round, then two, four and so on. So equal texts cost one comparison each, and at
    most `ALL_PAIRS` leaders are tried where a bucket is large.
    """
    leaders = np.zeros(starts.size - 1, dtype=np.int64)
    room = max(members.size, PAIRS_AT_ONCE if (np.diff(starts) > 2).any() else 0)
    a, b = np.empty(room, np.int32), np.empty(room, np.int32)
    counted = Counter(oversized_buckets=int((np.diff(starts) > ALL_PAIRS).sum()))
    turns = 1
    while pairs := kernel.round_of_pairs(
        members, starts, leaders, ALL_PAIRS, turns, store.known, store.sizes, parent, threshold, a, b
    ):
        near = store.similarities(a[:pairs], b[:pairs]) >= threshold
        kernel.join(parent, a[:pairs][near], b[:pairs][near])
        counted += Counter(candidate_pairs=pairs, verified_pairs=int(near.sum()))
        turns *= 2
    return counted


def _full_buckets(store: SketchStore, band: int) -> tuple[Numbers, Integers]:
    """The buckets of a band that hold two documents or more: members, ascending in each, and where each begins.

    Nearly all buckets hold one. A filter (of Bloom 1970, with one hash: that is what a bucket is) leaves of those one
    in eight or fewer, and only what it leaves is sorted.
    """
    buckets = store.band(band)
    once, twice = np.zeros((2, max(1, (1 << (len(store) * 8).bit_length()) // 64)), dtype=np.uint64)
    kernel.mark(buckets, store.numbers, once, twice)
    left = kernel.marked(buckets, store.numbers, twice)
    buckets, members = buckets[left], store.numbers[left]
    order = np.argsort(buckets)  # of equals in any order
    buckets, members = buckets[order], members[order]
    first = np.ones(buckets.size + 1, dtype=np.bool_)
    first[1:-1] = buckets[1:] != buckets[:-1]
    full = ~(first[:-1] & first[1:])
    each = np.cumsum(first[:-1][full]).astype(np.uint64) << _32 | members[full].astype(np.uint64)
    each.sort()
    return (each & _LOW).astype(np.int32), _starts(each >> _32)


_32: Final = np.uint64(32)
_LOW: Final = np.uint64(2**32 - 1)


def _groups(store: SketchStore, parent: Numbers, threshold: float) -> pa.Table:
    """What `GROUPS` says of each member of a group but its best."""
    kernel.flatten(parent)
    document, starts, names = _members(store, parent)
    best = np.repeat(starts[:-1], np.diff(starts))  # where in `document` the best of each one's group stands
    twin, near, similarity = _twins(store, document, starts, threshold)
    rest = np.flatnonzero((best != np.arange(best.size)) & (document >= store.known))
    rows = store.rows(document[rest])
    order = np.argsort(rows)
    rest, rows = rest[order], rows[order]
    stays = twin[rest] < 0
    return pa.table(
        {
            "row": rows,
            "doc_id": names.take(pa.array(rest)),
            "survivor": names.take(pa.array(best[rest])),
            "similarity": similarity[rest],
            "kept_twin": names.take(pa.array(twin[rest], mask=stays)),
            "twin_similarity": pa.array(near[rest], mask=stays),
        },
        schema=GROUPS,
    )


def _members(store: SketchStore, roots: Numbers) -> tuple[Numbers, Integers, pa.LargeStringArray]:
    """The members of all groups, best first in each; where each begins, and all ends; and the doc_id of each member."""
    joined = np.flatnonzero(roots != np.arange(roots.size, dtype=np.int32))
    grouped = np.zeros(roots.size, dtype=np.bool_)
    grouped[joined] = grouped[roots[joined]] = True
    members = np.flatnonzero(grouped).astype(np.int32)
    names = store.doc_ids(members)
    keys = {
        "group": roots[members],
        "fresh": members >= store.known,
        "rank": store.ranks(members),
        "doc_id": names,
        "row": store.rows(members),
    }
    order = pc.sort_indices(pa.table(keys), sort_keys=[(name, "ascending") for name in keys])
    members = members[order.to_numpy()]
    return members, _starts(roots[members]), names.take(order)


def _starts(ordered: npt.NDArray[np.generic]) -> Integers:
    """Where each run of equal values begins, and where the last ends."""
    changes = np.concatenate([[True], ordered[1:] != ordered[:-1], [True]])
    return np.flatnonzero(changes)[: ordered.size + 1]


def _twins(
    store: SketchStore, documents: Numbers, starts: Integers, threshold: float
) -> tuple[Numbers, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Which members of each group go, and what stays in their place.

    `documents[starts[i]:starts[i + 1]]` is the `i`-th group, best first. Gives for each member the place of the
    nearest one before it that stays, if it is near enough to go (else -1), its similarity to that, and to the best.
    """
    twin = np.full(documents.size, -1, dtype=np.int32)
    near, to_best = np.zeros(documents.size), np.zeros(documents.size)
    leaders = starts[:-1].copy()
    a, b = np.empty(documents.size, np.int32), np.empty(documents.size, np.int32)
    first = True
    while pairs := kernel.round_of_leaders(starts, leaders, twin, a, b):
        similarity = store.similarities(documents[a[:pairs]], documents[b[:pairs]])
        if first:
            to_best[b[:pairs]] = similarity
            first = False
        goes = documents[b[:pairs]] >= store.known
        closer = goes & (similarity >= threshold) & (similarity > near[b[:pairs]])
        twin[b[:pairs][closer]] = a[:pairs][closer]
        near[b[:pairs][closer]] = similarity[closer]
    return twin, near, to_best
