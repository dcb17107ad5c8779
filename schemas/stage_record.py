"""The stage record: what a stage did to how many rows. It always adds up, or the run fails."""

from pydantic import BaseModel, ConfigDict, model_validator

from schemas.contamination import DecontaminationVerdict


class SourceCount(BaseModel):
    """Rows of one source through one stage: `rows_in == rows_out + sum(dropped) + sum(quarantined)`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows_in: int
    rows_out: int
    dropped: dict[str, int] = {}
    quarantined: dict[str, int] = {}

    @model_validator(mode="after")
    def _adds_up(self) -> "SourceCount":
        left = self.rows_out + sum(self.dropped.values()) + sum(self.quarantined.values())
        if self.rows_in != left:
            raise ValueError(f"rows do not add up: {self.rows_in} in, {left} accounted for")
        return self


class StageRecord(BaseModel):
    """What is the same on every machine: it is digested, logged and certified."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int = 1
    stage: str
    run: str  # the run's name: a digest of inputs, configuration and code
    sources: dict[str, SourceCount]
    counts: dict[str, int] = {}  # what else was counted: identifiers by label, oversized buckets
    outputs: dict[str, str] = {}  # part file -> SHA-256
    decontamination: DecontaminationVerdict | None = None  # of the stage `decontaminate`, where there are items

    @property
    def rows_in(self) -> int:
        """Rows that came in, over all sources."""
        return sum(count.rows_in for count in self.sources.values())

    @property
    def rows_out(self) -> int:
        """Rows that stayed, over all sources."""
        return sum(count.rows_out for count in self.sources.values())


class StageMeasure(BaseModel):
    """What differs from run to run: beside the record, never in a digest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seconds: float
    peak_memory_bytes: int  # the largest resident set of any one process of the stage
    workers: int
    bytes_in: int
