"""Near duplicates of any table, alone: Parquet or notes as JSON lines in; groups, kept and dropped rows out.

In order, each step a task of the engine with a marker that is written last:

    notes become a table                                OUT/.working-<run>/notes-NNN.parquet
    a task per row group writes its sketches            OUT/.working-<run>/sketch-NNNNNN.arrow
    one task decides                                    OUT/groups.parquet, OUT/.working-<run>/verdicts.parquet
    a task per row group divides its rows               OUT/kept/, OUT/dropped/, and INDEX/<run>/ where an index is kept
    index.json names the run, where an index is kept
    stage.json is written                               the run is finished; .working-<run> is removed

Killed at any moment, the same command goes on from there and gives the same bytes; run twice, it does nothing the
second time. A run is named by the digest of files, settings, code, libraries and what the index held.
"""

import json
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from audit.canonical import sha256_of as digest_of
from curate.alone import alone
from curate.code import code_digest
from curate.duplicates.banding import banding
from curate.duplicates.dedup_tasks import DecideRows, DivideRows, RowGroup, SketchRows
from curate.duplicates.definition import definition
from curate.duplicates.index import Index
from curate.duplicates.notes import SKELETON, files_of, is_notes, write_table
from curate.durable import sha256_of, write_json
from curate.engine.choose import open_engine
from curate.engine.progress import Progress
from curate.engine.task import Engine
from deid.disk import writing_to
from schemas.config import Dedup
from schemas.config import Engine as EngineSettings
from schemas.failure import Failure
from schemas.stage_record import SourceCount, StageMeasure, StageRecord

LIBRARIES: Final = ("datasketch", "numba", "numpy", "pyarrow", "regex")

GIVEN: Final = ("reason", "survivor", "similarity")
"""The columns that dropped rows are given."""

CURVE: Final = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
"""Similarities at which the chance of being compared is told."""


def dedup(
    documents: Sequence[Path],
    out: Path,
    settings: Dedup,
    *,
    index: Path | None = None,
    as_written: bool = False,
    engine: EngineSettings,
    progress: Progress,
) -> dict[str, Any]:
    """Find the near duplicates of the tables `documents` (columns `doc_id`, `text`; or JSON lines of notes) and divide
    their rows.

    Notes of which it is known where their surrogates stand are compared without them, unless `as_written`.

    Where `settings.containment.articles` is not "off", `out/contained.parquet` says which documents stand in a longer
    one, and "drop" drops them.

    Writes `out/groups.parquet` (one row per document that is not the survivor of its group, by doc_id),
    `out/kept/` and `out/dropped/` (all rows, the latter with `reason`, `survivor`, `similarity`) and `out/stage.json`.
    The survivor is the longest text, of equals the smallest doc_id; with `index`, a document of it before all others.
    Gives what was counted. Raises Failure for a table that lacks a column, and where `out` holds another run, and
    DiskFull, after which the same call goes on from where it stopped.
    """
    row_groups([path for path in documents if not is_notes(path)])  # an unfit table is refused before anything is made
    files = [file for path in documents for file in files_of(path, as_written=as_written)]
    inputs = digest_of({"files": digests(files)} | ({"as_written": True} if as_written else {}))
    with writing_to(out, *([index] if index else [])), _alone(out):
        if index is None:
            return _run(documents, as_written, out, settings, None, inputs, engine, progress)
        index.mkdir(parents=True, exist_ok=True)
        with alone(index, "index"):
            opened = Index.open(index, definition(settings), inputs)
            return _run(documents, as_written, out, settings, opened, inputs, engine, progress)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    out.mkdir(parents=True, exist_ok=True)
    with alone(out, "folder"):
        yield


def _run(
    documents: Sequence[Path],
    as_written: bool,
    out: Path,
    settings: Dedup,
    index: Index | None,
    inputs: str,
    engine: EngineSettings,
    progress: Progress,
) -> dict[str, Any]:
    run = _name(inputs, settings, index)
    done = out / "stage.json"
    if done.exists():
        _check_same(done, run, out)
    else:
        start = time.monotonic()
        working = out / f".working-{run}"
        for left in out.glob(".working-*"):
            if left != working:
                shutil.rmtree(left)
        if not working.exists():
            (out / "contained.parquet").unlink(missing_ok=True)
        for folder in (out / "kept", out / "dropped"):
            if not working.exists():  # what a run of other settings left, unfinished
                shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(exist_ok=True)
        working.mkdir(exist_ok=True)
        groups = row_groups(_tables(documents, as_written, working, progress))
        runner = open_engine(engine, working / "engine")
        try:
            peak = _work(runner, groups, out, working, settings, index, run, progress)
        finally:
            runner.close()
        record = _record(run, groups, out, working)
        measure = StageMeasure(
            seconds=round(time.monotonic() - start, 3),
            peak_memory_bytes=peak,
            workers=runner.workers,
            bytes_in=sum(path.stat().st_size for path in {*documents}),
        )
        write_json(done, {"record": record.model_dump(mode="json"), "measure": measure.model_dump(mode="json")})
    for left in out.glob(".working-*"):
        shutil.rmtree(left)
    return summary(out, settings)


def _tables(documents: Sequence[Path], as_written: bool, working: Path, progress: Progress) -> list[Path]:
    """The documents as Parquet files."""
    notes = {path: working / f"notes-{number:03d}.parquet" for number, path in enumerate(documents) if is_notes(path)}
    with progress.stage("open", len(notes)) as bar:
        for path, table in notes.items():
            write_table(path, table, as_written=as_written)
            bar.advance(1, 0)
    return [notes.get(path, path) for path in documents]


def _work(
    runner: Engine,
    groups: Sequence[RowGroup],
    out: Path,
    working: Path,
    settings: Dedup,
    index: Index | None,
    run: str,
    progress: Progress,
) -> int:
    """All tasks; gives the largest resident set of any worker, in bytes."""
    sketches = [SketchRows(group, settings, working / f"sketch-{group.number:06d}.arrow") for group in groups]
    rows = {task.marker: task.group.rows for task in sketches}
    with progress.stage("read", len(sketches)) as bar:
        peak = runner.run(sketches, lambda task: bar.advance(1, rows[task.marker]))
    decide = DecideRows(
        tuple(task.marker for task in sketches), tuple(index.files() if index else ()), settings, out, working
    )
    with progress.stage("compare", 1) as bar:
        peak = max(peak, runner.run([decide], lambda _: bar.advance(1, sum(rows.values()))))
    keep = index.folder / run if index and not index.added else None
    if keep is not None:
        keep.mkdir(exist_ok=True)
    divide = [DivideRows(task, out, working, keep) for task in sketches]
    rows = {task.marker: task.sketched.group.rows for task in divide}
    with progress.stage("divide", len(divide)) as bar:
        peak = max(peak, runner.run(divide, lambda task: bar.advance(1, rows[task.marker])))
    if index is not None and keep is not None:
        marks = [json.loads(task.marker.read_text(encoding="utf-8")) for task in divide]
        files = {name: digest for mark in marks for name, digest in mark["index"].items()}
        index.add(run, sum(mark["indexed"] for mark in marks), files)
    return peak


def summary(out: Path, settings: Dedup) -> dict[str, Any]:
    """What a finished run counted, and the chance that a pair of each similarity was compared."""
    stored = json.loads((out / "stage.json").read_text(encoding="utf-8"))
    record = StageRecord.model_validate(stored["record"])
    cut = banding(settings.threshold, settings.permutations)
    names = (
        "duplicates",
        "survivors",
        "candidate_pairs",
        "verified_pairs",
        "oversized_buckets",
        "indexed_before",
        "contained",
        "skeletons",
    )
    return {
        "run": record.run,
        "documents": record.rows_in,
        "kept": record.rows_out,
        "dropped": record.rows_in - record.rows_out,
        **{name: record.counts.get(name, 0) for name in names},
        "bands": cut.bands,
        "rows": cut.rows,
        "recall_at_threshold": round(cut.recall(settings.threshold), 6),
        "recall": {str(similarity): round(cut.recall(similarity), 6) for similarity in CURVE},
        "seconds": stored["measure"]["seconds"],
        "groups": str(out / "groups.parquet"),
    }


def row_groups(documents: Sequence[Path], given: Sequence[str] = GIVEN) -> list[RowGroup]:
    """Every row group of the Parquet files; row numbers run through all of them. Raises Failure for an unfit one.

    `given`: the columns that dropped rows are given, which a table must not have.
    """
    found: list[RowGroup] = []
    first = 0
    for path in documents:
        try:
            table = pq.ParquetFile(path)
        except FileNotFoundError:
            raise Failure(f"{path}: no such file") from None
        except (pa.ArrowInvalid, OSError):
            raise Failure(f"{path}: cannot be read as Parquet") from None
        _check_columns(path, table.schema_arrow, given)
        for group in range(table.num_row_groups):
            stored = table.metadata.row_group(group)
            if rows := stored.num_rows:
                found.append(RowGroup(path, group, len(found), first, rows, _skeletons(table.schema_arrow, stored)))
                first += rows
    return found


def _skeletons(schema: pa.Schema, group: pq.RowGroupMetaData) -> int:
    if SKELETON not in schema.names:
        return 0
    return int(group.num_rows - group.column(schema.names.index(SKELETON)).statistics.null_count)


def _check_columns(path: Path, schema: pa.Schema, given: Sequence[str]) -> None:
    for column in ("doc_id", "text"):
        if column not in schema.names:
            raise Failure(f"{path}: has no column {column!r}; rename the column, or select it as {column!r}")
    for field in schema:
        if pa.types.is_string_view(field.type) or pa.types.is_binary_view(field.type):
            raise Failure(f"{path}: column {field.name!r} is of a view type, which cannot be divided; cast it")
    if not _is_text(schema.field("text").type):
        raise Failure(f"{path}: column 'text' holds no text; cast it to a string")
    for column in given:
        if column in schema.names:
            raise Failure(f"{path}: has a column {column!r}, which the dropped rows are given; rename it")


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def digests(documents: Sequence[Path]) -> list[str]:
    """SHA-256 of each file."""
    with ThreadPoolExecutor() as threads:
        return list(threads.map(sha256_of, documents))


def _name(inputs: str, settings: Dedup, index: Index | None) -> str:
    identity = {
        "inputs": inputs,
        "settings": settings.model_dump(mode="json"),
        "code": code_digest(),
        "libraries": {library: version(library) for library in LIBRARIES},
        "index": index.digest if index else None,
    }
    return digest_of(identity)[:16]


def _check_same(done: Path, run: str, out: Path) -> None:
    record = StageRecord.model_validate(json.loads(done.read_text(encoding="utf-8"))["record"])
    if record.run != run:
        raise Failure(f"{out}: holds the result of other files, settings or code; name another folder, or remove it")


def _record(run: str, groups: Sequence[RowGroup], out: Path, working: Path) -> StageRecord:
    counts: Counter[str] = Counter(json.loads((working / "verdicts.json").read_text()))
    counts["skeletons"] = sum(group.skeletons for group in groups)
    rows_out = 0
    dropped: Counter[str] = Counter()
    outputs = {
        path.name: sha256_of(path) for path in (out / "groups.parquet", out / "contained.parquet") if path.exists()
    }
    for group in groups:
        mark = json.loads((working / f"divided-{group.number:06d}.json").read_text())
        rows_out += mark["kept"]
        dropped.update(mark["dropped"])
        outputs |= mark["outputs"]
    count = SourceCount(
        rows_in=sum(group.rows for group in groups),
        rows_out=rows_out,
        dropped=dict(dropped),
    )
    return StageRecord(
        stage="near_duplicates",
        run=run,
        sources={"documents": count},
        counts={name: number for name, number in sorted(counts.items()) if number},
        outputs=dict(sorted(outputs.items())),
    )
