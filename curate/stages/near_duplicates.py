"""Near duplicates as a stage: documents of one role whose shingle sets overlap; see curate/duplicates/."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.duplicates.banding import banding
from curate.duplicates.verdicts import VERDICTS, fates
from curate.durable import write_parquet
from curate.stage import CorpusStage, Outcome, decided, row_numbers
from curate.stages.exact_duplicates import NEVER_COMPARED
from schemas.config import Dedup


@dataclass(frozen=True)
class NearDuplicates(CorpusStage):
    """Drops all but one of each group of near duplicates. `ranks` is the rank of each source."""

    settings: Dedup
    ranks: dict[str, int]
    name = "near_duplicates"
    sketch_format = "arrow"

    def sketch(self, part: pa.Table, number: int) -> pa.Table:
        """One row of `sketch.schema` per document that is compared."""
        from curate.duplicates.sketch import BATCH_ROWS, schema, sketch

        rows = part.select(["doc_id", "source", "role", "text"]).append_column(
            "row", pa.array(row_numbers(part, number), pa.int64())
        )
        batches = []
        for batch in rows.filter(_compared(part["flags"])).combine_chunks().to_batches(max_chunksize=BATCH_ROWS):
            ranks = batch["source"].dictionary_encode()
            of_source = pa.array([self.ranks[source] for source in ranks.dictionary.to_pylist()], pa.int64())
            batches.append(
                sketch(
                    batch["row"], batch["doc_id"], batch["text"], batch["role"], of_source.take(ranks.indices),
                    self.settings,
                )
            )  # fmt: skip
        return pa.Table.from_batches(batches, schema(self.settings))

    def decide(self, sketches: Sequence[Path], state: Path, scratch: Path) -> Counter[str]:  # noqa: ARG002 - no spill
        """Write `VERDICTS`."""
        from curate.duplicates.near_duplicates import group

        bands = banding(self.settings.threshold, self.settings.permutations).bands
        groups, counted = group(sketches, threshold=self.settings.threshold, bands=bands)
        groups = groups.filter(groups["kept_twin"].is_valid())
        columns = {
            "row": groups["row"],
            "reason": ["near_duplicate"] * groups.num_rows,
            "survivor": groups["kept_twin"].cast(pa.string()),
            "similarity": groups["twin_similarity"],
            "quarantined": [False] * groups.num_rows,
            "remedy": pa.nulls(groups.num_rows, pa.string()),
        }
        write_parquet(state, pa.table(columns, schema=VERDICTS))
        return counted

    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:
        """Keep the rows without a verdict."""
        assert state is not None  # noqa: S101 - a corpus stage is always given its state
        return decided(part, self.name, fates(part, number, state))


def _compared(flags: pa.ChunkedArray) -> pa.Array:
    """Which rows bear none of the flags that keep a document out of comparison."""
    column = flags.combine_chunks()
    barred = pc.is_in(pc.list_flatten(column), pa.array(sorted(NEVER_COMPARED | {"no_abstract"})))
    compared = np.ones(len(column), dtype=bool)
    compared[pc.list_parent_indices(column).filter(barred).to_numpy()] = False
    return pa.array(compared)
