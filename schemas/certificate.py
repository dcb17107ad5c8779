"""The certificate's predicate: what a signature over a dataset says.

The certificate is an in-toto Statement v1 (subjects: every file of the dataset, by SHA-256) in a DSSE envelope.
"""

import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.contamination import DecontaminationVerdict
from schemas.stage_record import SourceCount

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://shodhan.dev/certificate/v1"
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"


class Part(BaseModel):
    """A part of the predicate."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StageDigest(Part):
    """A stage of the run and the SHA-256 of its record's canonical JSON, as it stands in the log."""

    stage: str
    record_sha256: str


class DeidEvidence(Part):
    """How the personal sources were de-identified."""

    policy_sha256: str
    detectors: tuple[str, ...]  # name and version of each
    replaced: dict[str, int]  # spans by label
    residual_quarantined: int  # documents held back because something was still found after replacement


class Predicate(Part):
    """What is certified. No wall clock: `published` is stated in the configuration."""

    schema_version: int = 1
    dataset: str
    version: str
    published: datetime.date
    run: str
    code_sha256: str
    config_sha256: str
    purpose: str
    licences: tuple[str, ...]
    splits: dict[str, int]  # rows by split
    sources: dict[str, SourceCount]  # from the first stage to the last
    stages: tuple[StageDigest, ...]
    evaluation_sources: tuple[str, ...]  # what training text was decontaminated against
    decontamination: DecontaminationVerdict | None = None  # how, and how well; None where there was no item
    deid: DeidEvidence | None  # None where no source is personal


class Digest(Part):
    """The digest of a file: 64 lower-case hex digits."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Subject(Part):
    """One file of the dataset: its name relative to the dataset's folder, with forward slashes."""

    name: Annotated[str, StringConstraints(pattern=r"^[^/\\][^\\]*$")]
    digest: Digest


class Statement(Part):
    """The in-toto Statement v1 that is signed: this predicate holds for these files."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    statement_type: Literal["https://in-toto.io/Statement/v1"] = Field(default=STATEMENT_TYPE, alias="_type")
    subject: Annotated[tuple[Subject, ...], Field(min_length=1)]
    predicate_type: Literal["https://shodhan.dev/certificate/v1"] = Field(default=PREDICATE_TYPE, alias="predicateType")
    predicate: Predicate
