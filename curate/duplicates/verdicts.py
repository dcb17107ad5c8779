"""Verdicts: what a corpus stage decided, one row per document that does not stay."""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from curate.stage import Fate, row_numbers

VERDICTS: Final = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("survivor", pa.string()),
        pa.field("similarity", pa.float64()),
        pa.field("quarantined", pa.bool_(), nullable=False),
        pa.field("remedy", pa.string()),
    ]
)


def fates(part: pa.Table, number: int, verdicts: Path) -> list[Fate | None]:
    """The fate of each row of the `number`-th part, from a `VERDICTS` file."""
    rows = row_numbers(part, number)
    found: list[Fate | None] = [None] * part.num_rows
    mine = pq.read_table(verdicts, filters=[("row", ">=", rows.start), ("row", "<", max(rows.stop, 1))])
    for verdict in mine.to_pylist():
        row = verdict.pop("row")
        found[row - rows.start] = Fate(**verdict)
    return found
