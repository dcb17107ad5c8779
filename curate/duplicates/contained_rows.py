"""Which rows of the tables that `dedup` was given stand in a longer one, written beside its groups."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from curate.duplicates.containment import contained
from curate.duplicates.store import Integers, SketchStore
from curate.durable import write_parquet
from schemas.config import Containment

COLUMNS: Final = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("container", pa.string(), nullable=False),
        pa.field("containment", pa.float64(), nullable=False),
    ]
)


def contained_rows(
    sketches: Sequence[Path], index: Sequence[Path], gone: Integers, settings: Containment, out: Path
) -> tuple[pa.Table, Counter[str]]:
    """Write `out/contained.parquet` (by doc_id); gives what `containment.contained` does. Rows `gone` are left out.

    The rows of a table have no kind: `settings.articles` says what becomes of all of them.
    """
    drop = settings.articles == "drop"
    found, counted = contained(
        SketchStore(sketches, index), gone, lambda families: np.full(families.size, drop),
        threshold=settings.threshold, min_shingles=settings.min_shingles,
    )  # fmt: skip
    told = found.select(COLUMNS.names).cast(COLUMNS)
    write_parquet(out / "contained.parquet", told.sort_by([("doc_id", "ascending"), ("container", "ascending")]))
    return found, counted
