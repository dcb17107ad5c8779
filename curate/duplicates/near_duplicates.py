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

from curate.duplicates import kernel
from curate.duplicates.store import Integers, SketchStore

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
    parent = np.arange(len(store), dtype=np.int64)
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
    store: SketchStore, members: Integers, starts: Integers, parent: Integers, threshold: float
) -> Counter[str]:
    """Verify the candidates of one band and join those that are near duplicates.

    In rounds: in each the next leaders of every bucket are compared with the members after them that are not in their
    group yet; one leader in the first round, then two, four and so on. So equal texts cost one comparison each, and at
    most `ALL_PAIRS` leaders are tried where a bucket is large.
    """
    leaders = np.zeros(starts.size - 1, dtype=np.int64)
    room = max(members.size, PAIRS_AT_ONCE if (np.diff(starts) > 2).any() else 0)
    a, b = np.empty(room, np.int64), np.empty(room, np.int64)
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


def _full_buckets(store: SketchStore, band: int) -> tuple[Integers, Integers]:
    """The buckets of a band that hold two documents or more: members, ascending in each, and where each begins."""
    buckets = store.band(band)
    order = np.argsort(buckets)  # of equals in any order
    buckets = buckets[order]
    same = buckets[1:] == buckets[:-1]
    full = np.zeros(buckets.size, dtype=np.bool_)
    full[1:] |= same
    full[:-1] |= same
    members, buckets = order[full], buckets[full]  # nearly all buckets hold one: nothing is counted of those
    first = np.ones(buckets.size, dtype=np.bool_)
    first[1:] = buckets[1:] != buckets[:-1]
    lengths = np.diff(np.append(np.flatnonzero(first), buckets.size))
    members = members[np.lexsort((members, np.repeat(np.arange(lengths.size), lengths)))]
    return members, np.concatenate([[0], np.cumsum(lengths)])


def _groups(store: SketchStore, parent: Integers, threshold: float) -> pa.Table:
    """What `GROUPS` says of each member of a group but its best."""
    roots = kernel.roots(parent)
    sizes = np.bincount(roots, minlength=len(store))
    members = np.flatnonzero(sizes[roots] > 1)
    doc_ids = store.doc_ids(members)
    table = pa.table(
        {
            "group": roots[members],
            "fresh": members >= store.known,
            "rank": store.ranks[members],
            "doc_id": doc_ids,
            "row": store.rows[members],
            "document": members,
        }
    ).sort_by([(name, "ascending") for name in ("group", "fresh", "rank", "doc_id", "row")])
    group, document = (table[name].to_numpy() for name in ("group", "document"))
    starts = np.concatenate([np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]])), [group.size]])
    if not group.size:
        return GROUPS.empty_table()
    best = np.repeat(starts[:-1], np.diff(starts))  # where in the table the best of each one's group stands
    twin, near, similarity = _twins(store, document, starts, threshold)
    names = table["doc_id"].combine_chunks()
    found = pa.table(
        {
            "row": table["row"],
            "doc_id": names,
            "survivor": names.take(pa.array(best)),
            "similarity": similarity,
            "kept_twin": names.take(pa.array(twin, mask=twin < 0)),
            "twin_similarity": pa.array(near, mask=twin < 0),
        },
        schema=GROUPS,
    )
    rest = (best != np.arange(best.size)) & (document >= store.known)
    return found.filter(pa.array(rest)).sort_by("row").combine_chunks()


def _twins(
    store: SketchStore, documents: Integers, starts: Integers, threshold: float
) -> tuple[Integers, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Which members of each group go, and what stays in their place.

    `documents[starts[i]:starts[i + 1]]` is the `i`-th group, best first. Gives for each member the place of the
    nearest one before it that stays, if it is near enough to go (else -1), its similarity to that, and to the best.
    """
    twin = np.full(documents.size, -1, dtype=np.int64)
    near, to_best = np.zeros(documents.size), np.zeros(documents.size)
    leaders = starts[:-1].copy()
    a, b = np.empty(documents.size, np.int64), np.empty(documents.size, np.int64)
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
