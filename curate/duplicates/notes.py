"""JSON lines of notes as a table that `dedup` reads.

Where it is known where identifiers or their surrogates stand (a file beside the notes, as `deid scrub` writes it, or
`spans` in the rows, as `deid detect` does), a note is compared by its skeleton.
"""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from curate.duplicates.skeleton import skeleton
from curate.durable import PARQUET, replacing
from deid.marks import beside, read_marked
from schemas.failure import Failure

SKELETON: Final = "shodhan:skeleton"
"""The column that is compared in place of `text` where it is not null; it is in no table that leaves."""

SCHEMA: Final = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("extra", pa.string()),  # JSON of what else the line held
        pa.field(SKELETON, pa.string()),
    ]
)

WRITE_ROWS: Final = 16_384


def is_notes(path: Path) -> bool:
    """Whether a file is JSON lines, by its name."""
    return path.suffix.lower() in (".jsonl", ".ndjson")


def files_of(path: Path, *, as_written: bool) -> list[Path]:
    """What is read of one file of documents: itself, and where its surrogates stand. Raises Failure for a lost one."""
    if not path.is_file():
        raise Failure(f"{path}: no such file")
    marks = [] if as_written or not is_notes(path) else [beside(path)]
    return [path, *(each for each in marks if each.exists())]


def write_table(notes: Path, table: Path, *, as_written: bool) -> None:
    """Write the notes as a Parquet file, unless it is there; with no skeletons where they are compared `as_written`.

    Raises Failure at the first line that is broken, or whose spans are.
    """
    if table.exists():
        return
    with replacing(table) as beside_it, pq.ParquetWriter(beside_it, SCHEMA, **PARQUET) as writer:
        for rows in _batches(_rows(notes, as_written=as_written)):
            writer.write_table(pa.Table.from_pylist(rows, SCHEMA))


def _rows(notes: Path, *, as_written: bool) -> Iterator[dict[str, Any]]:
    """A loop over rows: they come as lines of JSON, and scrubbing them took a hundred times as long."""
    for row, spans in read_marked(notes):
        rest = {name: value for name, value in row.items() if name not in ("id", "text")}
        yield {
            "doc_id": _encodable(str(row["id"])),
            "text": _encodable(row["text"]),
            "extra": json.dumps(rest) if rest else None,
            SKELETON: None if spans is None or as_written else _encodable(skeleton(row["text"], spans)),
        }


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, WRITE_ROWS)):
        yield batch


def _encodable(text: str) -> str:
    """Text that Arrow can hold: half of a surrogate pair, which JSON can smuggle in, becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
