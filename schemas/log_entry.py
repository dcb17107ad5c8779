"""An entry of the audit log: what happened to which digests, never to whom.

The canonical bytes (RFC 8785) of an entry are a leaf of the Merkle tree. Integers only, no floats; no personal data:
people, files and values appear as counts and digests (facts: DPDP Rules 2025, rule 6; docs/compliance.md).
"""

from pydantic import BaseModel, ConfigDict


class LogEntry(BaseModel):
    """The common envelope of every event."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int = 1
    event: str  # "stage.finished", "dataset.certified", "train.finished"
    recorded_at: str  # RFC 3339 in UTC, whole seconds: a claim, not proof
    component: str
    component_version: str
    run: str | None = None
    subject_sha256: str  # of the canonical bytes of what the event is about (record, certificate)
    subject_name: str  # what it is: "stage:04-near_duplicates", "certificate:demo/1.0.0"
    outcome: str = "ok"
    counts: dict[str, int] = {}
