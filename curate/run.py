"""A run: every stage in its order, its record and log entry, and at the end a certified dataset.

For each stage, in order:

    a task per part writes kept, dropped, quarantined, and last its marker    (engine/parts.py; any number at once)
    stage.json is written from all markers                                    the stage is finished
    the audit log gains the entry `stage.finished`                            once, however often the run is resumed

then the dataset is built beside its place, certified, logged, and renamed into its place. Killed at any moment, the
same command goes on from there and gives the same bytes; the same run twice does nothing the second time.
"""

import json
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from audit import log
from audit.canonical import sha256_of as digest_of
from audit.keys import Signer
from curate.alone import alone
from curate.durable import sha256_of, write_json
from curate.engine.choose import open_engine
from curate.engine.parts import ApplyPart, Decide, SketchPart, forget
from curate.engine.progress import Bar, Progress
from curate.engine.task import Task
from curate.ingest import STAGE as INGEST
from curate.ingest import IngestUnit
from curate.plan import Plan
from curate.stage import CorpusStage, Stage
from schemas.contamination import DecontaminationVerdict
from schemas.failure import Refusal
from schemas.log_entry import LogEntry
from schemas.stage_record import SourceCount, StageMeasure, StageRecord


class _Decided(BaseModel):
    """What a corpus stage decided before it looked at any part; nothing for other stages."""

    counts: dict[str, int] = {}
    verdict: DecontaminationVerdict | None = None


@dataclass(frozen=True)
class FinishedStage:
    """A stage that is done: its folder, the parts in it, what it did, and what that took."""

    folder: Path
    parts: tuple[Path, ...]
    record: StageRecord
    measure: StageMeasure


class Run:
    """The folder of one run and the stages in it."""

    def __init__(self, plan: Plan, progress: Progress) -> None:
        self.plan = plan
        self.folder = plan.config.workspace / "runs" / plan.run
        self._progress = progress
        self._signer = Signer.load(plan.vault, plan.config.signing.origin)
        self.log = log.Log.open(plan.config.workspace / "audit", self._signer)
        self._engine = open_engine(plan.config.engine, self.folder / "engine")
        self._peak = 0

    @property
    def signer(self) -> Signer:
        """The key that signs this run's certificate."""
        return self._signer

    def stages(self) -> tuple[FinishedStage, ...]:
        """Run, or find finished, every stage. Raises Failure and Refusal; what was finished stays finished."""
        with self._alone():
            for name in ("dropped", "quarantine"):
                (self.folder / name).mkdir(exist_ok=True)
            try:
                finished = [self._ingest()]
                for number, stage in enumerate(self.plan.stages(), start=2):
                    finished.append(self._stage(number, stage, finished[-1]))
            finally:
                self._engine.close()
        return tuple(finished)

    def _ingest(self) -> FinishedStage:
        folder = self.folder / f"01-{INGEST}"
        config = self.plan.config
        tasks = [
            IngestUnit(
                number, name, config.sources[name], files, folder, self.folder / "quarantine",
                config.engine.batch_rows, self.plan.keys,
            )
            for number, (name, files) in enumerate(self.plan.units)
        ]  # fmt: skip
        size = sum(file.path.stat().st_size for _, files in self.plan.units for file in files)
        return self._finish(INGEST, folder, tasks, size, _Decided)

    def _stage(self, number: int, stage: Stage, before: FinishedStage) -> FinishedStage:
        folder = self.folder / f"{number:02d}-{stage.name}"
        working = folder / "working"
        state = working / "state.parquet" if isinstance(stage, CorpusStage) else None
        tasks = [
            ApplyPart(stage, number, part, folder, self.folder / "dropped", self.folder / "quarantine", state)
            for number, part in enumerate(before.parts)
        ]

        def prepare() -> _Decided:
            if state is None or not isinstance(stage, CorpusStage):
                return _Decided()
            working.mkdir(exist_ok=True)
            sketches = [SketchPart(stage, part, number, working) for number, part in enumerate(before.parts)]
            with self._progress.stage(f"{stage.name} (read)", len(sketches)) as bar:
                self._peak = max(self._peak, self._engine.run(sketches, lambda _: bar.advance(1, 0)))
            decide = Decide(stage, tuple(sketch.marker for sketch in sketches), state)
            self._peak = max(self._peak, self._engine.run([decide], lambda _: None))
            return _Decided.model_validate_json(decide.marker.read_bytes())

        size = sum(part.stat().st_size for part in before.parts)
        return self._finish(stage.name, folder, tasks, size, prepare)

    def _finish(
        self, name: str, folder: Path, tasks: Sequence[Task], size: int, prepare: Callable[[], _Decided]
    ) -> FinishedStage:
        """Run the tasks of a stage unless it is finished; either way its record is in the log afterwards."""
        done = folder / "stage.json"
        if done.exists():
            _check(_finished(folder))
        else:
            folder.mkdir(exist_ok=True)
            self._peak, start = 0, time.monotonic()
            prepared = prepare()
            with self._progress.stage(name, len(tasks)) as bar:
                self._peak = max(self._peak, self._engine.run(tasks, lambda task: _advance(bar, task)))
            record = _record(name, self.plan.run, [task.marker for task in tasks], prepared)
            own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            measure = StageMeasure(
                seconds=round(time.monotonic() - start, 3),
                peak_memory_bytes=max(own, self._peak),
                workers=self._engine.workers,
                bytes_in=size,
            )
            write_json(done, {"record": record.model_dump(mode="json"), "measure": measure.model_dump(mode="json")})
        forget(folder / "working")
        finished = _finished(folder)
        self.log.append_once([_entry(folder.name, finished.record)])
        return finished

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep a second process from working on this run at the same time."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.parent.chmod(0o700)
        with alone(self.folder, "run"):
            yield


def summary(finished: Sequence[FinishedStage]) -> dict[str, SourceCount]:
    """Per source, from the first stage to the last: rows in, rows out, and every reason in between. It adds up."""
    counts: dict[str, SourceCount] = {}
    for source in sorted(finished[0].record.sources):
        through = [stage.record.sources.get(source) for stage in finished]
        last = through[-1]
        counts[source] = SourceCount(
            rows_in=finished[0].record.sources[source].rows_in,
            rows_out=last.rows_out if last else 0,
            dropped=dict(sum((Counter(count.dropped) for count in through if count), Counter())),
            quarantined=dict(sum((Counter(count.quarantined) for count in through if count), Counter())),
        )
    return counts


def _record(stage: str, run: str, markers: Sequence[Path], decided: "_Decided") -> StageRecord:
    sources: dict[str, dict[str, Any]] = {}
    outputs: dict[str, str] = {}
    counts = Counter(decided.counts)
    for marker in markers:
        done = json.loads(marker.read_text(encoding="utf-8"))
        counts.update(done["counts"])
        outputs |= done["outputs"]
        for name, part in done["sources"].items():
            whole = sources.setdefault(
                name, {"rows_in": 0, "rows_out": 0, "dropped": Counter(), "quarantined": Counter()}
            )
            for key in ("rows_in", "rows_out"):
                whole[key] += part[key]
            for key in ("dropped", "quarantined"):
                whole[key].update(part.get(key, {}))
    return StageRecord(
        stage=stage,
        run=run,
        sources={name: SourceCount(**whole) for name, whole in sorted(sources.items())},
        counts={name: number for name, number in sorted(counts.items()) if number},
        outputs=dict(sorted(outputs.items())),
        decontamination=decided.verdict,
    )


def _finished(folder: Path) -> FinishedStage:
    stored = json.loads((folder / "stage.json").read_text(encoding="utf-8"))
    record = StageRecord.model_validate(stored["record"])
    parts = tuple(folder / name for name in sorted(record.outputs))
    return FinishedStage(folder, parts, record, StageMeasure.model_validate(stored["measure"]))


def _check(stage: FinishedStage) -> None:
    """Refuse a stage of an earlier process whose parts are no longer what its record says."""
    for part in stage.parts:
        if not part.exists() or sha256_of(part) != stage.record.outputs[part.name]:
            raise Refusal(f"{part}: changed since it was written; delete the folder of this run and run again")


def _entry(folder: str, record: StageRecord) -> LogEntry:
    return LogEntry(
        event="stage.finished",
        recorded_at=log.now(),
        component=f"curate.{record.stage}",
        component_version=version("shodhan"),
        run=record.run,
        subject_sha256=digest_of(record),
        subject_name=f"stage:{folder}",
        counts={"rows_in": record.rows_in, "rows_out": record.rows_out} | record.counts,
    )


def _advance(bar: Bar, task: Task) -> None:
    sources = json.loads(task.marker.read_text(encoding="utf-8"))["sources"]
    bar.advance(1, sum(source["rows_in"] for source in sources.values()))
