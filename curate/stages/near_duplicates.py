"""Near duplicates as a stage: documents of one role whose shingle sets overlap; see curate/duplicates/."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from curate.duplicates import near_duplicates
from curate.duplicates.survivor import rank
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

    def sketch(self, part: pa.Table, number: int) -> pa.Table:
        """One `near_duplicates.SKETCH` row per document that is compared."""
        columns = part.select(["doc_id", "source", "role", "text", "flags"])
        docs = [
            (row, doc)
            for row, doc in zip(row_numbers(part, number), columns.to_pylist(), strict=True)
            if NEVER_COMPARED.isdisjoint(doc["flags"]) and "no_abstract" not in doc["flags"]
        ]
        return near_duplicates.sketch(
            [row for row, _ in docs],
            [doc["doc_id"] for _, doc in docs],
            [doc["text"] for _, doc in docs],
            [doc["role"] for _, doc in docs],
            [rank(self.ranks[doc["source"]], doc["text"]) for _, doc in docs],
            threshold=self.settings.threshold,
            shingle_words=self.settings.shingle_words,
            permutations=self.settings.permutations,
        )

    def decide(self, sketches: Sequence[Path], state: Path, scratch: Path) -> Counter[str]:
        """Write `VERDICTS`."""
        groups, counted = near_duplicates.group(sketches, threshold=self.settings.threshold, scratch=scratch)
        groups = groups.filter(groups["kept_twin"].is_valid())
        absent = pa.nulls(groups.num_rows, pa.string())
        columns = {
            "row": groups["row"],
            "reason": ["near_duplicate"] * groups.num_rows,
            "survivor": groups["kept_twin"],
            "similarity": groups["twin_similarity"],
            "quarantined": [False] * groups.num_rows,
            "remedy": absent,
        }
        write_parquet(state, pa.table(columns, schema=VERDICTS))
        return counted

    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:
        """Keep the rows without a verdict."""
        assert state is not None  # noqa: S101 - a corpus stage is always given its state
        return decided(part, self.name, fates(part, number, state))
