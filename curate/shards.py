"""Shards: the rows of all parts, in order, cut into files of a fixed number of rows for each split."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.durable import write_parquet
from schemas.document import SHARD

SPLITS: Final = ("train", "heldout", "evaluation")


def write_shards(parts: Sequence[Path], folder: Path, rows_per_shard: int) -> dict[str, int]:
    """Write `<split>-00000.parquet`... to `folder`; gives the rows of each split that has any.

    Where one row falls does not depend on how the parts were cut. Memory: one shard of each split.
    """
    folder.mkdir(parents=True)
    waiting: dict[str, list[pa.Table]] = {split: [] for split in SPLITS}
    written: Counter[str] = Counter()
    rows: Counter[str] = Counter()

    def flush(split: str, *, last: bool) -> None:
        table = pa.concat_tables(waiting[split]) if waiting[split] else SHARD.empty_table()
        while table.num_rows >= rows_per_shard or (last and table.num_rows):
            shard = table.slice(0, rows_per_shard).combine_chunks()
            write_parquet(folder / f"{split}-{written[split]:05d}.parquet", shard)
            written[split] += 1
            table = table.slice(rows_per_shard)
        waiting[split] = [table]

    for path in parts:
        part = pq.read_table(path, schema=SHARD)
        for split in SPLITS:
            mine = part.filter(pc.equal(part["split"], split))
            rows[split] += mine.num_rows
            waiting[split].append(mine)
            if sum(table.num_rows for table in waiting[split]) >= rows_per_shard:
                flush(split, last=False)
    for split in SPLITS:
        flush(split, last=True)
    return {split: rows[split] for split in SPLITS if rows[split]}
