"""Decontamination of any table, alone: Parquet and benchmark files in; hits, kept and dropped rows out.

In order, each step a task of the engine with a marker that is written last:

    a task per sampled row group writes its sample      OUT/.working-<run>/sample-NNNNNN.parquet
    one task weighs the items and builds the index      OUT/.working-<run>/index.arrow
    one task measures                                   OUT/.working-<run>/verdict.json
    a task per row group, beside it, divides its rows   OUT/kept/, OUT/dropped/, OUT/.working-<run>/hits-NNNNNN.parquet
    hits.parquet and then stage.json are written        the run is finished; .working-<run> is removed

Killed at any moment, the same command goes on from there and gives the same bytes; run twice, it does nothing the
second time. A run is named by the digest of documents, items, settings, code and libraries.
"""

import json
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from audit.canonical import sha256_of as digest_of
from curate.alone import alone
from curate.code import code_digest
from curate.contamination.items import Item, files, read, sha256_of_items, table_of
from curate.contamination.tasks import HITS, DivideRows, IndexItems, Measure, SampleRows
from curate.duplicates.dedup import digests, row_groups
from curate.duplicates.dedup_tasks import RowGroup
from curate.durable import sha256_of, write_json, write_parquet
from curate.engine.choose import open_engine
from curate.engine.progress import Progress
from curate.engine.task import Engine
from deid.disk import writing_to
from schemas.config import Decontaminate
from schemas.config import Engine as EngineSettings
from schemas.contamination import DecontaminationVerdict
from schemas.failure import Failure
from schemas.stage_record import SourceCount, StageMeasure, StageRecord

LIBRARIES: Final = ("numba", "numpy", "pyarrow", "regex", "xxhash")

GIVEN: Final = ("reason", "item", "tier", "score")
"""The columns that dropped rows are given."""

SAMPLED_GROUPS: Final = 64
"""Row groups that the sample is drawn from, spread over the corpus by their digests."""


def decontaminate(
    documents: Sequence[Path],
    against: Sequence[Path],
    out: Path,
    settings: Decontaminate,
    *,
    engine: EngineSettings,
    progress: Progress,
) -> dict[str, Any]:
    """Find the documents (columns `doc_id`, `text`) that hold an item of `against`, and divide the rows.

    Writes `out/hits.parquet` (a row per document and item), `out/kept/` and `out/dropped/` (all rows, the latter with
    `reason`, and `item`, `tier`, `score` of the best hit) and `out/stage.json` with the verdict. Gives what was
    counted. Raises Failure for a file that cannot be read or has no such column, and where `out` holds another run, and
    DiskFull, after which the same call goes on from where it stopped.
    """
    groups = row_groups(documents, GIVEN)
    items, unread = _items(against)
    inputs = digests(documents)
    run = _name(inputs, sha256_of_items(items), unread, settings)
    with writing_to(out):
        out.mkdir(parents=True, exist_ok=True)
    with writing_to(out), alone(out, "folder"):
        done = out / "stage.json"
        if not done.exists():
            _run(groups, dict(zip(documents, inputs, strict=True)), items, unread, out, settings, run, engine, progress)
        record = StageRecord.model_validate(json.loads(done.read_text(encoding="utf-8"))["record"])
        if record.run != run:
            raise Failure(
                f"{out}: holds the result of other files, settings or code; name another folder, or remove it"
            )
        for left in out.glob(".working-*"):
            shutil.rmtree(left)
    return summary(out)


def summary(out: Path) -> dict[str, Any]:
    """What a finished run counted, and its verdict."""
    stored = json.loads((out / "stage.json").read_text(encoding="utf-8"))
    record = StageRecord.model_validate(stored["record"])
    assert record.decontamination is not None  # noqa: S101 - `_record` writes it
    return {
        "run": record.run,
        "documents": record.rows_in,
        "kept": record.rows_out,
        "dropped": record.rows_in - record.rows_out,
        **{name: record.counts.get(name, 0) for name in ("hits", "items_hit")},
        **{f"tier_{tier}": record.counts.get(f"tier_{tier}", 0) for tier in ("verbatim", "edited", "paraphrased")},
        "seconds": stored["measure"]["seconds"],
        "hits_file": str(out / "hits.parquet"),
        "verdict": record.decontamination.model_dump(mode="json"),
    }


def _items(against: Sequence[Path]) -> tuple[list[Item], dict[str, int]]:
    items, unread = list[Item](), Counter[str]()
    for path in files(against):
        found, broken = read(path)
        items += found
        unread += broken
    return items, dict(sorted(unread.items()))


def _name(inputs: Sequence[str], items: str, unread: dict[str, int], settings: Decontaminate) -> str:
    identity = {
        "inputs": list(inputs),
        "items": items,
        "unread": unread,
        "settings": settings.model_dump(mode="json"),
        "code": code_digest(),
        "libraries": {library: version(library) for library in LIBRARIES},
    }
    return digest_of(identity)[:16]


def _run(
    groups: Sequence[RowGroup],
    inputs: dict[Path, str],
    items: Sequence[Item],
    unread: dict[str, int],
    out: Path,
    settings: Decontaminate,
    run: str,
    engine: EngineSettings,
    progress: Progress,
) -> None:
    start = time.monotonic()
    working = out / f".working-{run}"
    for left in out.glob(".working-*"):
        if left != working:
            shutil.rmtree(left)
    for folder in (out / "kept", out / "dropped"):
        if not working.exists():  # what a run of other settings left, unfinished
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(exist_ok=True)
    working.mkdir(exist_ok=True)
    write_parquet(working / "items.parquet", table_of(items))
    runner = open_engine(engine, working / "engine")
    try:
        peak = _work(runner, groups, inputs, unread, out, working, settings, progress)
    finally:
        runner.close()
    hits = pa.concat_tables([HITS.empty_table(), *(pq.read_table(_hits_of(working, group)) for group in groups)])
    write_parquet(out / "hits.parquet", hits.sort_by([("doc_id", "ascending"), ("item", "ascending")]))
    record = _record(run, groups, out, working)
    measure = StageMeasure(
        seconds=round(time.monotonic() - start, 3),
        peak_memory_bytes=peak,
        workers=runner.workers,
        bytes_in=sum(path.stat().st_size for path in inputs),
    )
    write_json(
        out / "stage.json", {"record": record.model_dump(mode="json"), "measure": measure.model_dump(mode="json")}
    )


def _work(
    runner: Engine,
    groups: Sequence[RowGroup],
    inputs: dict[Path, str],
    unread: dict[str, int],
    out: Path,
    working: Path,
    settings: Decontaminate,
    progress: Progress,
) -> int:
    """All tasks; gives the largest resident set of any worker, in bytes."""
    spread = sorted(groups, key=lambda group: digest_of({"file": inputs[group.path], "group": group.group}))
    sampled = [
        SampleRows(group, settings, working / f"sample-{group.number:06d}.parquet") for group in spread[:SAMPLED_GROUPS]
    ]
    with progress.stage("sample", len(sampled)) as bar:
        peak = runner.run(sampled, lambda _: bar.advance(1, 0))
    samples = tuple(task.marker for task in sampled)
    index = IndexItems(working / "items.parquet", samples, settings, working / "index.parquet")
    with progress.stage("index", 1) as bar:
        peak = max(peak, runner.run([index], lambda _: bar.advance(1, 0)))
    measure = Measure(index, unread, working / "verdict.json")
    divide = [DivideRows(group, index, out, working) for group in groups]
    rows = {measure.marker: 0, **{task.marker: task.group.rows for task in divide}}
    with progress.stage("divide", len(rows)) as bar:
        return max(peak, runner.run([measure, *divide], lambda task: bar.advance(1, rows[task.marker])))


def _hits_of(working: Path, group: RowGroup) -> Path:
    return working / f"hits-{group.number:06d}.parquet"


def _record(run: str, groups: Sequence[RowGroup], out: Path, working: Path) -> StageRecord:
    counts: Counter[str] = Counter()
    rows_out, dropped = 0, 0
    outputs = {"hits.parquet": sha256_of(out / "hits.parquet")}
    for group in groups:
        mark = json.loads((working / f"divided-{group.number:06d}.json").read_text(encoding="utf-8"))
        rows_out += mark["kept"]
        dropped += mark["dropped"]
        outputs |= mark["outputs"]
        counts.update(mark["counts"])
    hits = pq.read_table(out / "hits.parquet", columns=["item"])
    counts |= Counter(hits=hits.num_rows, items_hit=len(hits["item"].unique()))
    count = SourceCount(
        rows_in=sum(group.rows for group in groups),
        rows_out=rows_out,
        dropped={"contaminated": dropped} if dropped else {},
    )
    return StageRecord(
        stage="decontaminate",
        run=run,
        sources={"documents": count},
        counts={name: number for name, number in sorted(counts.items()) if number},
        outputs=dict(sorted(outputs.items())),
        decontamination=DecontaminationVerdict.model_validate_json((working / "verdict.json").read_bytes()),
    )
