"""Shard: give each document its split and its training example, in the shape of a certified row.

A subject's documents all fall in one split, so that nothing of a held-out patient is trained on.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from curate.instruction import example
from curate.stage import Outcome, Stage, decided
from schemas.document import SHARD


@dataclass(frozen=True)
class Shard(Stage):
    """Adds `split`, `instruction`, `input` and `output`; every row stays."""

    heldout_share: float
    name = "shard"

    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:  # noqa: ARG002 - no state
        """Counts training examples and rows by split."""
        docs = part.to_pylist()
        splits = [self._split(doc) for doc in docs]
        examples = [example(doc) for doc in docs]
        columns = {name: part[name] for name in part.schema.names} | {
            "split": pa.array(splits, pa.string()),
            "instruction": pa.array([made and made.instruction for made in examples], pa.string()),
            "input": pa.array([made and made.input for made in examples], pa.string()),
            "output": pa.array([made and made.output for made in examples], pa.string()),
        }
        counts = Counter(f"split_{split}" for split in splits) + Counter(
            examples=sum(made is not None for made in examples)
        )
        return decided(pa.table(columns, schema=SHARD), self.name, [None] * part.num_rows, counts)

    def _split(self, doc: dict[str, Any]) -> str:
        if doc["role"] == "evaluation":
            return "evaluation"
        whose = f"{doc['source']}/{doc['subject_key'] or doc['doc_id']}"
        drawn = int.from_bytes(hashlib.sha256(whose.encode()).digest()[:8], "big") / 2**64
        return "heldout" if drawn < self.heldout_share else "train"
