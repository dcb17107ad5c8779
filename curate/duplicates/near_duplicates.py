"""Near duplicates: MinHash signatures, banding, exact verification, groups.

Load, sketch, band, verify, group, in that order. Knows nothing of sources, policies or stages: a document is a row
number, a rank and a set of shingles.

Broder, "On the resemblance and containment of documents", 1997; banding as in Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", chapter 3.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash
from datasketch import MinHash
from datasketch.lsh import _optimal_param

from curate.duplicates.union_find import UnionFind
from curate.words import jaccard, shingles

FALSE_NEGATIVE_WEIGHT: Final = 0.99
"""A candidate too many costs one comparison, a missed pair stays in the data: so misses weigh 99 to 1."""

ALL_PAIRS: Final = 64
"""A bucket of more documents is boilerplate: its members are compared with leaders, not each with each."""

SKETCH: Final = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),  # number of the document; the caller's, unique
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("class", pa.string(), nullable=False),  # documents of different classes are never duplicates
        pa.field(
            "rank", pa.string(), nullable=False
        ),  # of two duplicates the one of smaller (rank, doc_id, row) survives
        pa.field("buckets", pa.list_(pa.uint64()), nullable=False),  # one per band; none for a text without words
        pa.field("shingles", pa.list_(pa.uint64()), nullable=False),  # sorted 64-bit hashes
    ]
)

GROUPS: Final = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("survivor", pa.string(), nullable=False),  # doc_id of the group's best-ranked member
        pa.field("similarity", pa.float64(), nullable=False),  # exact Jaccard to it; chains can make it small
        pa.field("kept_twin", pa.string()),  # doc_id of the document that stays in its place; null: it stays itself
        pa.field("twin_similarity", pa.float64()),  # exact Jaccard to that one, never below the threshold
    ]
)
"""A chain a~b~c is one group though a and c may have nothing in common (a note copied forward day by day). So what is
*dropped* is decided apart from the group: by rank, a document goes when one that stays is near it, else it stays. No
two that stay are near duplicates, and each that goes has a near duplicate that stays."""


class Banding(NamedTuple):
    """A signature of `bands * rows` minima cut into bands; two documents that agree on a band are candidates."""

    bands: int
    rows: int

    def recall(self, similarity: float) -> float:
        """The chance that a pair of Jaccard `similarity` becomes a candidate: 1 - (1 - s^rows)^bands."""
        return float(1.0 - (1.0 - similarity**self.rows) ** self.bands)


@lru_cache
def banding(threshold: float, permutations: int) -> Banding:
    """Bands and rows for a Jaccard threshold, by datasketch's own optimiser.

    At 0.8 and 128 permutations: 18 bands of 7 rows, P(candidate | J=0.8) = 0.986, P(candidate | J=0.85) = 0.999.
    """
    return Banding(*_optimal_param(threshold, permutations, 1 - FALSE_NEGATIVE_WEIGHT, FALSE_NEGATIVE_WEIGHT))


def sketch(
    rows: Sequence[int],
    doc_ids: Sequence[str],
    texts: Sequence[str],
    classes: Sequence[str],
    ranks: Sequence[str],
    *,
    threshold: float,
    shingle_words: int,
    permutations: int,
) -> pa.Table:
    """One `SKETCH` row per text."""
    sets = [shingles(text, shingle_words) for text in texts]
    cut = banding(threshold, permutations)
    buckets = [_buckets(signature, cut) for signature in _signatures(sets, permutations)]
    columns = [
        pa.array(rows, pa.int64()),
        pa.array(doc_ids, pa.string()),
        pa.array(classes, pa.string()),
        pa.array(ranks, pa.string()),
        pa.array([b if s.size else [] for b, s in zip(buckets, sets, strict=True)], pa.list_(pa.uint64())),
        pa.array(sets, pa.list_(pa.uint64())),
    ]
    return pa.Table.from_arrays(columns, schema=SKETCH)


def group(
    sketches: Sequence[Path], *, threshold: float, memory: str = "400MB", scratch: Path
) -> tuple[pa.Table, Counter[str]]:
    """Group the documents of the sketch files; gives `GROUPS` and what was counted.

    Groups are the connected components of the pairs whose exact Jaccard reaches `threshold`; every member but the one
    of smallest rank has a row. Neither order of files nor worker count can change it. Memory
    follows one band and the shingles of candidates, not the corpus.
    """
    counted: Counter[str] = Counter()
    with duckdb.connect() as db:
        db.execute(f"SET memory_limit='{memory}'; SET temp_directory='{scratch}'")
        db.read_parquet([str(path) for path in sketches]).create_view("sketches")
        longest = db.sql("SELECT coalesce(max(len(buckets)), 0) FROM sketches").fetchall()[0][0]
        verified = _Verifier(db, threshold)
        for band in range(longest):
            buckets = _full_buckets(db, band)
            verified.load({row for bucket in buckets for row in bucket})
            for bucket in buckets:
                counted["oversized_buckets"] += len(bucket) > ALL_PAIRS
                verified.compare(bucket)
        counted["candidate_pairs"] = verified.compared
        counted["verified_pairs"] = verified.agreed
        return verified.groups(), counted


class _Verifier:
    """Compares candidates by exact Jaccard and keeps the groups that follow."""

    def __init__(self, db: duckdb.DuckDBPyConnection, threshold: float) -> None:
        self._db = db
        self._threshold = threshold
        self._sets: dict[int, npt.NDArray[np.uint64]] = {}
        self._seen: set[tuple[int, int]] = set()
        self._joined = UnionFind()
        self.agreed = 0

    @property
    def compared(self) -> int:
        return len(self._seen)

    def load(self, rows: set[int]) -> None:
        absent = sorted(rows - self._sets.keys())
        query = "SELECT row, shingles FROM sketches WHERE row IN (SELECT unnest(?))"
        for row, hashes in self._db.execute(query, [absent]).fetchall():
            self._sets[row] = np.array(hashes, dtype=np.uint64)

    def compare(self, bucket: list[int]) -> None:
        if len(bucket) <= ALL_PAIRS:
            for i, a in enumerate(bucket):
                for b in bucket[i + 1 :]:
                    self._agree(a, b)
            return
        leaders: list[int] = []
        for member in bucket:
            if not any(self._agree(leader, member) for leader in leaders[:ALL_PAIRS]):
                leaders.append(member)

    def groups(self) -> pa.Table:
        grouped = list(self._joined.groups())
        query = "SELECT row, rank, doc_id FROM sketches WHERE row IN (SELECT unnest(?))"
        joined = self._db.execute(query, [[row for members in grouped for row in members]]).fetchall()
        names = {row: (rank, doc_id, row) for row, rank, doc_id in joined}
        found = []
        for members in grouped:
            best, *rest = sorted(members, key=names.__getitem__)
            staying = [best]
            for row in rest:
                near, twin = max((jaccard(self._sets[row], self._sets[other]), -i) for i, other in enumerate(staying))
                whose = names[staying[-twin]][1] if near >= self._threshold else None
                if whose is None:
                    staying.append(row)
                similarity = jaccard(self._sets[row], self._sets[best])
                found.append((row, names[row][1], names[best][1], similarity, whose, near if whose else None))
        found.sort()
        return pa.Table.from_pylist([dict(zip(GROUPS.names, row, strict=True)) for row in found], schema=GROUPS)

    def _agree(self, a: int, b: int) -> bool:
        """Whether the pair's exact Jaccard reaches the threshold; compared once, however many bands name it."""
        if (a, b) in self._seen:
            return self._joined.find(a) == self._joined.find(b)
        self._seen.add((a, b))
        small, large = sorted((self._sets[a].size, self._sets[b].size))
        if small < self._threshold * large or jaccard(self._sets[a], self._sets[b]) < self._threshold:
            return False
        self.agreed += 1
        self._joined.union(a, b)
        return True


def _full_buckets(db: duckdb.DuckDBPyConnection, band: int) -> list[list[int]]:
    """The buckets of one band that hold two documents or more, rows ascending, buckets by their first row."""
    found = db.execute(
        """
        SELECT list(row ORDER BY row) AS members FROM (SELECT row, class, buckets[?] AS bucket FROM sketches)
        WHERE bucket IS NOT NULL GROUP BY class, bucket HAVING count(*) > 1 ORDER BY members[1], members[2]
        """,
        [band + 1],
    )
    return [members for (members,) in found.fetchall()]


def _signatures(sets: Sequence[npt.NDArray[np.uint64]], permutations: int) -> list[npt.NDArray[np.uint32]]:
    """MinHash signatures (datasketch, scheme affine32) over the low 32 bits of each shingle's hash."""
    halves = [(hashes & np.uint64(0xFFFFFFFF)).tolist() for hashes in sets]
    return [m.hashvalues for m in MinHash.generator(halves, num_perm=permutations, hashfunc=int, scheme="affine32")]


def _buckets(signature: npt.NDArray[np.uint32], cut: Banding) -> list[int]:
    bands = signature[: cut.bands * cut.rows].reshape(cut.bands, cut.rows)
    return [xxhash.xxh3_64_intdigest(np.ascontiguousarray(band).astype("<u4").tobytes()) for band in bands]
