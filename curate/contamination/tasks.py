"""The tasks of `decontaminate`: sample, index, measure, divide. Numba is imported in the workers only."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from curate.contamination.items import items_of
from curate.contamination.sample import merged, smallest
from curate.duplicates.dedup_tasks import RowGroup, TableWriter
from curate.durable import sha256_of, write_json, write_parquet
from schemas.config import Decontaminate
from schemas.failure import Failure

if TYPE_CHECKING:
    from curate.contamination.finder import Finder
    from curate.contamination.verify import Hit

HITS: Final = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("item", pa.string(), nullable=False),
        pa.field("tier", pa.string(), nullable=False),  # verbatim, edited, paraphrased
        pa.field("score", pa.float64(), nullable=False),  # share of what the item says that was found
        pa.field("start", pa.int64(), nullable=False),  # of the first of the places, code points
        pa.field("end", pa.int64(), nullable=False),  # of the last one, exclusive
        pa.field(
            "places",
            pa.list_(pa.struct([pa.field("start", pa.int64()), pa.field("end", pa.int64())])),
            nullable=False,
        ),  # of each part of the item: stem, context, options
    ]
)

SAMPLED_ROWS: Final = 1_024
"""The first rows of a row group, of which the sample takes some."""

ROWS: Final = 8_192
"""Rows in memory at once, and in a row group of what is written."""


@dataclass(frozen=True)
class SampleRows:
    """Take a sample of the first rows of one row group."""

    group: RowGroup
    settings: Decontaminate
    marker: Path

    def __call__(self) -> None:
        """Write it."""
        _, batch = next(self.group.batches(SAMPLED_ROWS, ["doc_id", "text"]))
        write_parquet(self.marker, smallest(batch.column("doc_id"), batch.column("text"), self.settings.sample))


@dataclass(frozen=True)
class IndexItems:
    """Weigh the items by a sample of the corpus, and build their index."""

    items: Path
    samples: tuple[Path, ...]
    settings: Decontaminate
    marker: Path

    def texts(self) -> list[str]:
        """The sampled texts."""
        found: list[str] = merged(map(pq.read_table, self.samples), self.settings.sample)["text"].to_pylist()
        return found

    def __call__(self) -> None:
        """Write the index."""
        from curate.contamination.index import build
        from curate.contamination.rarity import counted, weigh

        weighed = weigh(items_of(pq.read_table(self.items)), counted(self.texts()), self.settings)
        write_parquet(self.marker, build(weighed, self.settings))


@dataclass(frozen=True)
class Measure:
    """Measure how many planted items are found, and how many documents are hit by chance."""

    index: IndexItems
    unread: dict[str, int]
    marker: Path

    def __call__(self) -> None:
        """Write the verdict."""
        from curate.contamination.verdict import verdict

        finder = finder_of(self.index.marker, self.index.settings)
        items = items_of(pq.read_table(self.index.items))
        found = verdict(items, finder, self.index.texts(), self.unread)
        write_json(self.marker, found.model_dump(mode="json"))


@dataclass(frozen=True)
class DivideRows:
    """Divide one row group into the rows that stay and those that hold an item."""

    group: RowGroup
    index: IndexItems
    out: Path
    working: Path

    @property
    def marker(self) -> Path:
        """Counts and digests."""
        return self.working / f"divided-{self.group.number:06d}.json"

    def __call__(self) -> None:
        """Write both, the hits, and the marker."""
        finder = finder_of(self.index.marker, self.index.settings)
        name = f"part-{self.group.number:05d}.parquet"
        kept, dropped = self.out / "kept" / name, self.out / "dropped" / name
        hits: list[pa.Table] = []
        tiers: Counter[str] = Counter()
        going = 0
        with ExitStack() as files:
            staying = TableWriter(files, kept)
            leaving: TableWriter | None = None
            for _, batch in self.group.batches(ROWS):
                ids = self._ids(batch)
                found = dict(finder.hits(batch.column("text")))
                leaves = np.zeros(batch.num_rows, dtype=bool)
                leaves[list(found)] = True
                staying.write(pa.Table.from_batches([batch.filter(pa.array(~leaves)) if found else batch]))
                if found:
                    leaving = leaving or TableWriter(files, dropped)
                    best = [found[row][0] for row in sorted(found)]
                    leaving.write(_with_reason(pa.Table.from_batches([batch.filter(pa.array(leaves))]), best))
                    hits.append(_table(ids, found))
                    tiers.update(f"tier_{hit.tier}" for hit in best)
                    going += len(best)
        write_parquet(
            self.working / f"hits-{self.group.number:06d}.parquet", pa.concat_tables([HITS.empty_table(), *hits])
        )
        outputs = {f"kept/{name}": sha256_of(kept)} | ({f"dropped/{name}": sha256_of(dropped)} if leaving else {})
        write_json(
            self.marker,
            {"kept": self.group.rows - going, "dropped": going, "outputs": outputs, "counts": dict(tiers)},
        )

    def _ids(self, batch: pa.RecordBatch) -> pa.Array:
        ids = batch.column("doc_id")
        if ids.null_count:
            raise Failure(f"{self.group.path}: row group {self.group.group} has rows without doc_id; give them one")
        return ids.cast(pa.string())


@lru_cache(maxsize=1)
def finder_of(index: Path, settings: Decontaminate) -> "Finder":
    """The finder of an index file; read once a process."""
    from curate.contamination.finder import Finder
    from curate.contamination.index import Index

    return Finder(Index(pq.read_table(index)), settings)


def _table(ids: pa.Array, found: "dict[int, list[Hit]]") -> pa.Table:
    rows = [
        {
            "doc_id": ids[row].as_py(),
            "item": hit.item,
            "tier": hit.tier,
            "score": hit.score,
            "start": hit.spans[0].start,
            "end": max(span.end for span in hit.spans),
            "places": [span._asdict() for span in hit.spans],
        }
        for row, hits in sorted(found.items())
        for hit in hits
    ]
    return pa.Table.from_pylist(rows, schema=HITS)


def _with_reason(rows: pa.Table, best: "Sequence[Hit]") -> pa.Table:
    columns = {
        "reason": pa.repeat(pa.scalar("contaminated", pa.string()), rows.num_rows),
        "item": pa.array([hit.item for hit in best], pa.string()),
        "tier": pa.array([hit.tier for hit in best], pa.string()),
        "score": pa.array([hit.score for hit in best], pa.float64()),
    }
    for name, column in columns.items():
        rows = rows.append_column(name, column)
    return rows
