"""Parquet, Arrow and JSON files of a run: wholly there, or not at all.

Small files go through `audit.durable`. A table is streamed to a name beside its own, synced, and renamed, so a
process killed at any moment leaves at most a `.tmp` that the next run overwrites.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from audit.durable import replace, sync_folder

PARQUET: Final[dict[str, Any]] = {"compression": "zstd", "compression_level": 3}
"""How every table is written: equal tables give equal bytes."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; on leaving without an error it durably takes the place of `path`."""
    beside = path.with_name(path.name + ".tmp")
    try:
        yield beside
        with beside.open("rb+") as written:
            os.fsync(written.fileno())
    except BaseException:
        beside.unlink(missing_ok=True)  # a full disk needs the room
        raise
    beside.rename(path)
    sync_folder(path.parent)


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write `table`, atomically."""
    with replacing(path) as beside:
        pq.write_table(table, beside, **PARQUET)


def write_arrow(path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    """Write Arrow IPC without compression, atomically: larger than Parquet, and read where it lies."""
    with replacing(path) as beside, pa.ipc.new_file(str(beside), schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write `content` with sorted keys, atomically."""
    replace(path, (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode())


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest()
