"""Verify: look at every de-identified text again, as a stranger would, before it may be certified.

Surrogate numbers fail their checksums on purpose, so a number that passes one is somebody's: its row goes to
quarantine. Rows of sources that are not personal pass.
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from curate.stage import Fate, Outcome, Stage, decided
from curate.stages.deidentify import HELD_BACK
from schemas.policy import DeidPolicy


@dataclass(frozen=True)
class Verify(Stage):
    """Holds back personal rows in which a strong identifier is still to be seen."""

    policy: DeidPolicy
    personal: frozenset[str]
    name = "verify"

    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:  # noqa: ARG002 - no state
        """Decide each row of `part`."""
        docs = part.select(["source", "text", "title", "extra"]).to_pylist()
        mine = [i for i, doc in enumerate(docs) if doc["source"] in self.personal]
        fates: list[Fate | None] = [None] * len(docs)
        if mine:
            from deid.residual import residual

            texts = ["\n".join(docs[i][column] or "" for column in ("text", "title", "extra")) for i in mine]
            reasons = residual(texts, [[] for _ in mine], keeping=self.policy.keeping)
            for i, reason in zip(mine, reasons, strict=True):
                fates[i] = Fate(reason, quarantined=True, remedy=HELD_BACK) if reason else None
        return decided(part, self.name, fates)
