"""An entry of the audit log: what happened to which digests, never to whom.

The canonical bytes (RFC 8785) of an entry are a leaf of the Merkle tree. Integers only, no floats; no personal data:
people, files and values appear as counts and digests (facts: DPDP Rules 2025, rule 6; docs/compliance.md). A name is
a token without spaces, so that free text, where an identifier could hide, has no place to stand.
"""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

STAGE_FINISHED: Final = "stage.finished"
CERTIFIED: Final = "dataset.certified"
REVOKED: Final = "dataset.revoked"
REIDENTIFIED: Final = "deid.reidentified"

Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@+>()#-]*$", max_length=200)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Instant = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]


class Reason(StrEnum):
    """Why a dataset is withdrawn. A closed list: nobody types a patient's name into the log."""

    CONSENT_WITHDRAWN = "consent-withdrawn"
    IDENTIFIER_FOUND = "identifier-found"
    LICENCE = "licence"
    RETENTION_ENDED = "retention-ended"
    SUPERSEDED = "superseded"
    ERROR = "error"


class Need(StrEnum):
    """Why a clinician asks who somebody is. A closed list, as above."""

    TREATMENT = "treatment"
    SAFETY_REPORT = "safety-report"
    PATIENT_REQUEST = "patient-request"
    LEGAL_ORDER = "legal-order"
    RESEARCH_RECALL = "research-recall"
    ERROR_CORRECTION = "error-correction"


class Access(BaseModel):
    """Who asked what stands behind which replacements, and why. Not one of them can be read from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: Token  # the name of an account or a staff number, as the hospital has it
    why: Need
    asked: tuple[Token, ...] = Field(min_length=1)  # HMAC-SHA256 under the pseudonym key, 100 bits each, sorted
    subject: Token | None = None  # the token of the one record that was asked about


class LogEntry(BaseModel):
    """The common envelope of every event."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int = 1
    event: Token  # "stage.finished", "dataset.certified", "dataset.revoked", "train.finished", "deid.reidentified"
    recorded_at: Instant  # RFC 3339 in UTC, whole seconds: a claim, not proof
    component: Token
    component_version: Token
    run: Token | None = None
    subject_sha256: Sha256  # of the canonical bytes of what the event is about (record, certificate)
    subject_name: Token  # what it is: "stage:04-near_duplicates", "certificate:demo/1.0.0"
    outcome: Token = "ok"
    reason: Reason | None = None
    access: Access | None = None
    counts: dict[Token, Count] = {}
