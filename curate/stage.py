"""What a stage is: rows in, and for each of them one fate.

A stage looks at one part at a time (`apply`). One that must know the whole corpus first (duplicates, contamination)
also gives a `sketch` of each part, and a `decide` that turns all sketches into one state file which `apply` then reads.
A stage knows no engine, no run folder and no clock.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

import pyarrow as pa

from schemas.contamination import DecontaminationVerdict
from schemas.document import DROPPED, QUARANTINED


@dataclass(frozen=True)
class Fate:
    """Why a row does not stay. `quarantined` rows need a person's eye; dropped ones do not."""

    reason: str
    survivor: str | None = None
    similarity: float | None = None
    detail: str | None = None
    quarantined: bool = False
    remedy: str | None = None


@dataclass
class Outcome:
    """What a stage made of one part: the rows that stay, and the two kinds that do not."""

    kept: pa.Table
    dropped: pa.Table
    quarantined: pa.Table
    counts: Counter[str] = field(default_factory=Counter)


class Stage(ABC):
    """A step of the journey from source to shard."""

    name: ClassVar[str]

    @abstractmethod
    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:
        """Decide each row of `part`, the `number`-th of the corpus. `state` is what `decide` wrote, if it did."""

    @property
    def needs_corpus(self) -> bool:
        """Whether this stage is a `CorpusStage`."""
        return isinstance(self, CorpusStage)


class CorpusStage(Stage):
    """A stage that must have seen every part before it can decide a row of any."""

    sketch_format: ClassVar[Literal["parquet", "arrow"]] = "parquet"
    """How its sketches are written; Arrow for those that are read piecemeal."""

    @abstractmethod
    def sketch(self, part: pa.Table, number: int) -> pa.Table:
        """What of `part` is needed to decide; small beside the text."""

    @abstractmethod
    def decide(self, sketches: Sequence[Path], state: Path, scratch: Path) -> Counter[str]:
        """Read all sketches and write what `apply` needs to `state` (Parquet); gives what was counted.

        `scratch` is a folder for spilling; it is emptied afterwards.
        """

    def verdict(self, state: Path) -> DecontaminationVerdict | None:  # noqa: ARG002 - most have none
        """What the stage says of itself for record and certificate, out of what `decide` wrote."""
        return None


def decided(part: pa.Table, stage: str, fates: Sequence[Fate | None], counts: Counter[str] | None = None) -> Outcome:
    """Split `part` by the fate of each row; `None` stays."""
    kept = part.filter(pa.array([fate is None for fate in fates], pa.bool_()))
    left = [(i, fate) for i, fate in enumerate(fates) if fate is not None]
    return Outcome(kept, _dropped(part, stage, left), _quarantined(part, stage, left), counts or Counter())


def _dropped(part: pa.Table, stage: str, left: list[tuple[int, Fate]]) -> pa.Table:
    chosen = [(i, fate) for i, fate in left if not fate.quarantined]
    rows = part.select(["doc_id", "source", "version", "provenance"]).take(pa.array([i for i, _ in chosen], pa.int64()))
    columns = {
        "doc_id": rows["doc_id"],
        "source": rows["source"],
        "version": rows["version"],
        "stage": [stage] * len(chosen),
        "reason": [fate.reason for _, fate in chosen],
        "survivor": [fate.survivor for _, fate in chosen],
        "similarity": [fate.similarity for _, fate in chosen],
        "detail": [fate.detail for _, fate in chosen],
        "provenance": rows["provenance"],
    }
    return pa.table(columns, schema=DROPPED)


def _quarantined(part: pa.Table, stage: str, left: list[tuple[int, Fate]]) -> pa.Table:
    chosen = [(i, fate) for i, fate in left if fate.quarantined]
    rows = part.select(["source", "provenance"]).take(pa.array([i for i, _ in chosen], pa.int64()))
    columns = {
        "source": rows["source"],
        "stage": [stage] * len(chosen),
        "reason": [fate.reason for _, fate in chosen],
        "remedy": [fate.remedy for _, fate in chosen],
        "provenance": rows["provenance"],
    }
    return pa.table(columns, schema=QUARANTINED)


ROWS_PER_PART = 1_000_000
"""Row `r` of part `p` has the number `p * ROWS_PER_PART + r`: unique, and in the order of the corpus."""


def row_numbers(part: pa.Table, number: int) -> range:
    """The corpus-wide numbers of the rows of the `number`-th part."""
    return range(number * ROWS_PER_PART, number * ROWS_PER_PART + part.num_rows)
