"""The certificate's predicate: what a signature over a dataset says.

The certificate is an in-toto Statement v1 (subjects: every file of the dataset, by SHA-256) in a DSSE envelope.
"""

import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

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
    deid: DeidEvidence | None  # None where no source is personal
