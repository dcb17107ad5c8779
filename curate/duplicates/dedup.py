"""Near duplicates of any table, alone: Parquet in, groups.parquet out; see near_duplicates.py beside this."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.duplicates import near_duplicates
from curate.duplicates.survivor import rank
from curate.durable import write_parquet
from curate.engine.local import LocalEngine
from curate.engine.progress import Progress
from schemas.config import Dedup
from schemas.failure import Failure

GROUPS: Final = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("survivor", pa.string(), nullable=False),
        pa.field("similarity", pa.float64(), nullable=False),  # exact Jaccard to the survivor
    ]
)
BATCH_ROWS: Final = 4_096


def dedup(
    documents: Sequence[Path], out: Path, settings: Dedup, *, workers: int | None, progress: Progress
) -> dict[str, Any]:
    """Group the near duplicates of the tables `documents` (columns `doc_id`, `text`) and write `out/groups.parquet`.

    One row per document that is not the survivor of its group, by doc_id. The survivor is the longest text, of equals
    the smallest doc_id. Gives the counts and the path. Raises Failure for a table that lacks a column.
    """
    working = out / ".working"
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    tasks, total = _tasks(documents, working, settings)
    engine = LocalEngine(workers)
    try:
        with progress.stage("sketch", len(tasks)) as bar:
            engine.run(tasks, lambda _: bar.advance(1, BATCH_ROWS))
    finally:
        engine.close()
    sketches = [task.marker for task in tasks]
    groups, counted = near_duplicates.group(sketches, threshold=settings.threshold, scratch=working)
    written = groups.select(GROUPS.names).cast(GROUPS).sort_by("doc_id").combine_chunks()
    write_parquet(out / "groups.parquet", written)
    shutil.rmtree(working)
    cut = near_duplicates.banding(settings.threshold, settings.permutations)
    return {
        "documents": total,
        "duplicates": written.num_rows,
        "survivors": pc.count_distinct(written["survivor"]).as_py(),
        "candidate_pairs": counted["candidate_pairs"],
        "verified_pairs": counted["verified_pairs"],
        "oversized_buckets": counted["oversized_buckets"],
        "bands": cut.bands,
        "rows": cut.rows,
        "recall_at_threshold": round(cut.recall(settings.threshold), 6),
        "groups": str(out / "groups.parquet"),
    }


@dataclass(frozen=True)
class SketchRows:
    """Sketch one row group of a table; row numbers start at `first`."""

    path: Path
    row_group: int
    first: int
    settings: Dedup
    marker: Path

    def __call__(self) -> None:
        """Write the sketches, a batch at a time."""
        rows = pq.ParquetFile(self.path).read_row_group(self.row_group, columns=["doc_id", "text"])
        sketches = []
        for start in range(0, rows.num_rows, BATCH_ROWS):
            batch = rows.slice(start, BATCH_ROWS)
            texts = [text or "" for text in batch["text"].to_pylist()]
            sketches.append(
                near_duplicates.sketch(
                    range(self.first + start, self.first + start + batch.num_rows),
                    [str(doc_id) for doc_id in batch["doc_id"].to_pylist()],
                    texts,
                    [""] * batch.num_rows,
                    [rank(0, text) for text in texts],
                    threshold=self.settings.threshold,
                    shingle_words=self.settings.shingle_words,
                    permutations=self.settings.permutations,
                )
            )
        write_parquet(self.marker, pa.concat_tables([near_duplicates.SKETCH.empty_table(), *sketches]))


def _tasks(documents: Sequence[Path], working: Path, settings: Dedup) -> tuple[list[SketchRows], int]:
    tasks: list[SketchRows] = []
    first = 0
    for path in documents:
        try:
            table = pq.ParquetFile(path)
        except FileNotFoundError:
            raise Failure(f"{path}: no such file") from None
        except (pa.ArrowInvalid, OSError):
            raise Failure(f"{path}: cannot be read as Parquet") from None
        for column in ("doc_id", "text"):
            if column not in table.schema_arrow.names:
                raise Failure(f"{path}: has no column {column!r}; rename the column, or select it as {column!r}")
        for group in range(table.num_row_groups):
            tasks.append(SketchRows(path, group, first, settings, working / f"sketch-{len(tasks):06d}.parquet"))
            first += table.metadata.row_group(group).num_rows
    return tasks, first
