"""The tasks of a stage over parts: sketch each, decide once, apply to each.

Every task writes its results beside, renames them, and writes its marker last, so doing it again after a kill gives
the same bytes.
"""

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from curate.durable import sha256_of, write_arrow, write_json, write_parquet
from curate.stage import CorpusStage, Outcome, Stage
from schemas.failure import Failure


@dataclass(frozen=True)
class SketchPart:
    """Write what of one part a corpus stage needs to decide."""

    stage: CorpusStage
    part: Path
    number: int
    folder: Path

    @property
    def marker(self) -> Path:
        """The sketch itself."""
        return (self.folder / self.part.name).with_suffix(f".{self.stage.sketch_format}")

    def __call__(self) -> None:
        """Sketch the part."""
        sketches = self.stage.sketch(pq.read_table(self.part), self.number)
        if self.stage.sketch_format == "arrow":
            write_arrow(self.marker, sketches.to_batches(), sketches.schema)
        else:
            write_parquet(self.marker, sketches)


@dataclass(frozen=True)
class Decide:
    """Turn all sketches of a corpus stage into its state."""

    stage: CorpusStage
    sketches: tuple[Path, ...]
    state: Path

    @property
    def marker(self) -> Path:
        """What was counted, beside the state."""
        return self.state.with_suffix(".json")

    def __call__(self) -> None:
        """Decide; spills to a scratch folder that is removed."""
        scratch = self.state.with_suffix(".scratch")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        try:
            counted = self.stage.decide(self.sketches, self.state, scratch)
        finally:
            shutil.rmtree(scratch)
        verdict = self.stage.verdict(self.state)
        write_json(self.marker, {"counts": dict(counted), "verdict": verdict and verdict.model_dump(mode="json")})


@dataclass(frozen=True)
class ApplyPart:
    """Put one part through a stage."""

    stage: Stage
    number: int
    part: Path
    folder: Path
    dropped: Path
    quarantine: Path
    state: Path | None

    @property
    def marker(self) -> Path:
        """Counts and digests of this part."""
        return (self.folder / self.part.name).with_suffix(".json")

    def __call__(self) -> None:
        """Apply the stage and write what stays, what goes, and the marker."""
        table = pq.read_table(self.part)
        outcome = self.stage.apply(table, self.number, self.state)
        kept = self.folder / self.part.name
        write_parquet(kept, outcome.kept)
        name = f"{self.folder.name}-{self.part.name}"
        for left, place in ((outcome.dropped, self.dropped), (outcome.quarantined, self.quarantine)):
            if left.num_rows:
                write_parquet(place / name, left)
        sources = _per_source(table, outcome, self.stage.name)
        write_json(
            self.marker,
            {"sources": sources, "counts": dict(outcome.counts), "outputs": {kept.name: sha256_of(kept)}},
        )


def forget(folder: Path) -> None:
    """Remove the sketches and the state of a finished stage: they are of no use after it."""
    shutil.rmtree(folder, ignore_errors=True)


def _per_source(table: pa.Table, outcome: Outcome, stage: str) -> dict[str, dict[str, object]]:
    rows_in = Counter(table["source"].to_pylist())
    rows_out = Counter(outcome.kept["source"].to_pylist())
    dropped = _reasons(outcome.dropped)
    quarantined = _reasons(outcome.quarantined)
    counts: dict[str, dict[str, object]] = {}
    for source, number in sorted(rows_in.items()):
        left = dropped.get(source, Counter()), quarantined.get(source, Counter())
        if number != rows_out[source] + left[0].total() + left[1].total():
            raise Failure(
                f"stage {stage}: rows of source {source} do not add up; this is a fault of Shodhan, report it"
            )
        counts[source] = {
            "rows_in": number,
            "rows_out": rows_out[source],
            "dropped": dict(left[0]),
            "quarantined": dict(left[1]),
        }
    return counts


def _reasons(left: pa.Table) -> dict[str, Counter[str]]:
    reasons: dict[str, Counter[str]] = {}
    for source, reason in zip(left["source"].to_pylist(), left["reason"].to_pylist(), strict=True):
        reasons.setdefault(source, Counter())[reason] += 1
    return reasons
