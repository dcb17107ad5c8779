"""Decontaminate as a stage: training text that holds an evaluation item is dropped, and says which and where.

The finding is that of `curate/contamination/`, as in `shodhan curate decontaminate`. Evaluation rows pass.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from audit.canonical import canonical_bytes
from curate.contamination.items import ITEMS, items_of, of_rows, table_of
from curate.contamination.sample import SAMPLE, merged, smallest
from curate.contamination.tasks import finder_of
from curate.durable import write_parquet
from curate.stage import CorpusStage, Fate, Outcome, decided
from schemas.config import Decontaminate as Settings
from schemas.contamination import DecontaminationVerdict

SKETCH: Final = pa.schema(
    [
        *(field.with_nullable(True) for field in ITEMS),  # an evaluation item
        *SAMPLE,  # or a sampled training text
    ]
)

SAMPLED: Final = 128
"""Training texts of one part that the sample is drawn from."""

VERDICT: Final = b"shodhan.verdict"
"""Where in the metadata of the state the verdict stands."""


@dataclass(frozen=True)
class Decontaminate(CorpusStage):
    """Drops training documents that hold an evaluation item."""

    settings: Settings
    name = "decontaminate"

    def sketch(self, part: pa.Table, number: int) -> pa.Table:  # noqa: ARG002 - items are known by doc_id
        """The evaluation items of `part`, and a sample of its training texts."""
        evaluation = pc.equal(part["role"], "evaluation")
        rows = part.select(["doc_id", "kind", "text", "extra"]).filter(evaluation).to_pylist()
        training = part.select(["doc_id", "text"]).filter(pc.invert(evaluation)).combine_chunks()
        sample = smallest(training["doc_id"], training["text"], min(self.settings.sample, SAMPLED))
        return (
            pa.concat_tables([table_of(of_rows(rows)), sample], promote_options="permissive")
            .select(SKETCH.names)
            .cast(SKETCH)
        )

    def decide(self, sketches: Sequence[Path], state: Path, scratch: Path) -> Counter[str]:  # noqa: ARG002 - no spill
        """Write the index of the items, and the verdict into its metadata."""
        from curate.contamination.finder import Finder
        from curate.contamination.index import Index, build
        from curate.contamination.rarity import counted, weigh
        from curate.contamination.verdict import verdict

        items = sorted({item for path in sketches for item in items_of(_rows(path, ITEMS))})
        texts = merged((_rows(path, SAMPLE) for path in sketches), self.settings.sample)["text"].to_pylist()
        index = build(weigh(items, counted(texts), self.settings), self.settings)
        if items:
            told = verdict(items, Finder(Index(index), self.settings), texts, {})
            index = index.replace_schema_metadata({VERDICT: canonical_bytes(told)})
        write_parquet(state, index)
        return Counter(evaluation_items=len(items))

    def verdict(self, state: Path) -> DecontaminationVerdict | None:
        """The verdict that `decide` came to; None where there is no item."""
        stored = (pq.read_schema(state).metadata or {}).get(VERDICT)
        return DecontaminationVerdict.model_validate_json(stored) if stored else None

    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:  # noqa: ARG002 - parts are alike
        """Decide each training document of `part`."""
        assert state is not None  # noqa: S101 - a corpus stage is always given its state
        texts = pc.if_else(pc.equal(part["role"], "train"), part["text"], "").combine_chunks()
        fates: list[Fate | None] = [None] * part.num_rows
        tiers: Counter[str] = Counter()
        for row, (best, *_) in finder_of(state, self.settings).hits(texts):
            detail = {
                "item": best.item,
                "tier": best.tier,
                "score": best.score,
                "places": [list(s) for s in best.spans],
            }
            fates[row] = Fate("contaminated", detail=canonical_bytes(detail).decode())
            tiers[f"tier_{best.tier}"] += 1
        return decided(part, self.name, fates, tiers)


def _rows(sketch: Path, schema: pa.Schema) -> pa.Table:
    """The rows of a sketch that are of that schema."""
    table = pq.read_table(sketch, columns=schema.names)
    return table.filter(table[0].is_valid()).cast(schema)
