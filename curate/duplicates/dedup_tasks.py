"""The tasks of `dedup`: sketch a row group, decide once, divide a row group. Numba is imported in the workers only."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.duplicates.banding import banding
from curate.duplicates.notes import SKELETON
from curate.durable import PARQUET, replacing, sha256_of, write_arrow, write_json, write_parquet
from schemas.config import Dedup
from schemas.failure import Failure

GROUPS: Final = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("survivor", pa.string(), nullable=False),
        pa.field("similarity", pa.float64(), nullable=False),  # exact Jaccard to the survivor
    ]
)

VERDICTS: Final = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),  # near_duplicate, contained
        pa.field("survivor", pa.string(), nullable=False),  # what stays in its place
        pa.field("similarity", pa.float64(), nullable=False),  # exact Jaccard to that, or exact share that is in that
    ]
)

READ_ROWS: Final = 4_096
WRITE_ROWS: Final = 16_384
"""Rows in memory at once, and in a row group of what is written."""

VERDICTS_AT_ONCE: Final = 65_536


@dataclass(frozen=True)
class RowGroup:
    """One row group of one table: the `number`-th of all, its row numbers start at `first`.

    Of its rows, `skeletons` are compared by their skeleton.
    """

    path: Path
    group: int
    number: int
    first: int
    rows: int
    skeletons: int = 0

    def batches(self, size: int, columns: list[str] | None = None) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Its rows, `size` at a time, each with the number of its first row; never all of them in memory.

        All columns but the skeleton, or those named.
        """
        table = pq.ParquetFile(self.path, buffer_size=1 << 20, pre_buffer=False)
        names = table.schema_arrow.names
        if columns is None and SKELETON in names:
            columns = [name for name in names if name != SKELETON]
        at = self.first
        for batch in table.iter_batches(size, row_groups=[self.group], columns=columns, use_threads=False):
            yield at, batch
            at += batch.num_rows


@dataclass(frozen=True)
class SketchRows:
    """Sketch one row group."""

    group: RowGroup
    settings: Dedup
    marker: Path

    def __call__(self) -> None:
        """Write the sketches, a batch at a time."""
        from curate.duplicates.sketch import schema

        write_arrow(self.marker, self._sketches(), schema(self.settings))

    def _sketches(self) -> Iterator[pa.RecordBatch]:
        from curate.duplicates.sketch import sketch

        skeletons = [SKELETON] if self.group.skeletons else []
        for first, batch in self.group.batches(READ_ROWS, ["doc_id", "text", *skeletons]):
            texts = pc.coalesce(*(batch.column(name) for name in (*skeletons, "text")))
            ids = batch.column("doc_id")
            if ids.null_count:
                raise Failure(f"{self.group.path}: row group {self.group.group} has rows without doc_id; give them one")
            rows = pa.array(np.arange(first, first + batch.num_rows))
            same = pa.repeat(pa.scalar("", pa.string()), batch.num_rows), pa.repeat(pa.scalar(0), batch.num_rows)
            yield sketch(rows, ids, texts, *same, self.settings)


@dataclass(frozen=True)
class DecideRows:
    """Find the groups; the marker holds what was counted."""

    sketches: tuple[Path, ...]
    index: tuple[Path, ...]
    settings: Dedup
    out: Path
    working: Path

    @property
    def marker(self) -> Path:
        """What was counted."""
        return self.working / "verdicts.json"

    def __call__(self) -> None:
        """Write groups and verdicts."""
        from curate.duplicates.near_duplicates import group

        bands = banding(self.settings.threshold, self.settings.permutations).bands
        found, counted = group(self.sketches, threshold=self.settings.threshold, bands=bands, index=self.index)
        counted["duplicates"], counted["survivors"] = found.num_rows, pc.count_distinct(found["survivor"]).as_py()
        _write_groups(self.out / "groups.parquet", found)
        going = found.filter(found["kept_twin"].is_valid()).select(["row", "kept_twin", "twin_similarity"])
        del found
        verdicts = verdicts_of("near_duplicate", *going)  # by row, as groups are
        if self.settings.containment.articles != "off":
            from curate.duplicates.contained_rows import contained_rows

            contained, of_those = contained_rows(
                self.sketches, self.index, going["row"].to_numpy(), self.settings.containment, self.out
            )
            leaving = contained.filter(contained["goes"]).select(["row", "container", "containment"])
            verdicts = pa.concat_tables([verdicts, verdicts_of("contained", *leaving)]).sort_by("row")
            counted += of_those
        with replacing(self.working / "verdicts.parquet") as beside:
            pq.write_table(verdicts, beside, row_group_size=VERDICTS_AT_ONCE)
        counted["indexed_before"] = sum(_rows(path) for path in self.index)
        write_json(self.marker, dict(counted))


def _write_groups(path: Path, found: pa.Table) -> None:
    groups = found.select(GROUPS.names).cast(GROUPS)
    write_parquet(path, groups.sort_by([("doc_id", "ascending"), ("survivor", "ascending")]))


@dataclass(frozen=True)
class DivideRows:
    """Divide one row group into the rows that stay and those that go; keep the sketches of the former in `index`."""

    sketched: SketchRows
    out: Path
    working: Path
    index: Path | None

    @property
    def marker(self) -> Path:
        """Counts and digests."""
        return self.working / f"divided-{self.sketched.group.number:06d}.json"

    def __call__(self) -> None:
        """Write both, and the marker."""
        group = self.sketched.group
        name = f"part-{group.number:05d}.parquet"
        verdicts = _verdicts(self.working / "verdicts.parquet", group)
        going = np.zeros(group.rows, dtype=bool)
        going[verdicts["row"].to_numpy() - group.first] = True
        kept, dropped = self.out / "kept" / name, self.out / "dropped" / name
        with ExitStack() as files:
            staying = TableWriter(files, kept)
            leaving = TableWriter(files, dropped) if verdicts.num_rows else None
            for first, batch in group.batches(WRITE_ROWS):
                leaves = going[first - group.first :][: batch.num_rows]
                staying.write(_table(batch, ~leaves))
                if leaving is not None and leaves.any():
                    since, until = np.searchsorted(verdicts["row"].to_numpy(), [first, first + batch.num_rows])
                    leaving.write(_with_reason(_table(batch, leaves), verdicts.slice(since, until - since)))
        outputs = {f"kept/{name}": sha256_of(kept)} | ({f"dropped/{name}": sha256_of(dropped)} if leaving else {})
        reasons = Counter(verdicts["reason"].to_pylist())
        counts = {"kept": group.rows - verdicts.num_rows, "dropped": dict(reasons)}
        write_json(self.marker, {**counts, "outputs": outputs, **self._keep_sketches(going)})

    def _keep_sketches(self, going: npt.NDArray[np.bool_]) -> dict[str, object]:
        if self.index is None:
            return {}
        path = self.index / f"part-{self.sketched.group.number:05d}.arrow"
        with pa.memory_map(str(self.sketched.marker)) as mapped:
            reader = pa.ipc.open_file(mapped)
            write_arrow(path, _staying(reader, going), reader.schema)
        return {"index": {path.name: sha256_of(path)}, "indexed": int(np.count_nonzero(~going))}


_COPIED: Final = PARQUET | {"compression_level": 1}
"""Rows that go on as they came are written sooner rather than smaller."""


class TableWriter:
    """A Parquet file that takes its schema from the first table."""

    def __init__(self, files: ExitStack, path: Path) -> None:
        self._files = files
        self._beside = files.enter_context(replacing(path))
        self._writer: pq.ParquetWriter | None = None

    def write(self, table: pa.Table) -> None:
        """Append the rows of `table`."""
        if self._writer is None:
            self._writer = self._files.enter_context(pq.ParquetWriter(self._beside, table.schema, **_COPIED))
        self._writer.write_table(table)


def _table(batch: pa.RecordBatch, chosen: npt.NDArray[np.bool_]) -> pa.Table:
    return pa.Table.from_batches([batch.filter(pa.array(chosen))])


def _staying(reader: pa.RecordBatchFileReader, going: npt.NDArray[np.bool_]) -> Iterator[pa.RecordBatch]:
    at = 0
    for number in range(reader.num_record_batches):
        batch = reader.get_batch(number)
        yield batch.filter(pa.array(~going[at : at + batch.num_rows]))
        at += batch.num_rows


def _verdicts(path: Path, group: RowGroup) -> pa.Table:
    """The verdicts on the rows of `group`, by row."""
    return pq.read_table(path, filters=[("row", ">=", group.first), ("row", "<", group.first + group.rows)])


def _with_reason(rows: pa.Table, verdicts: pa.Table) -> pa.Table:
    for name in ("reason", "survivor", "similarity"):
        rows = rows.append_column(name, verdicts[name])
    return rows


def verdicts_of(reason: str, rows: pa.Array, survivors: pa.Array, similarities: pa.Array) -> pa.Table:
    """`VERDICTS` of one reason."""
    reasons = pa.repeat(pa.scalar(reason, pa.string()), len(rows))
    return pa.table([rows, reasons, survivors, similarities], names=VERDICTS.names).cast(VERDICTS)


def _rows(path: Path) -> int:
    with pa.memory_map(str(path)) as mapped:
        reader = pa.ipc.open_file(mapped)
        return sum(reader.get_batch(number).num_rows for number in range(reader.num_record_batches))
