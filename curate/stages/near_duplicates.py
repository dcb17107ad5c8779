"""Near duplicates as a stage: documents of one role whose shingle sets overlap, and those of one kind that stand in a
longer one; see curate/duplicates/."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.duplicates.banding import banding
from curate.duplicates.verdicts import VERDICTS, fates
from curate.durable import write_parquet
from curate.stage import CorpusStage, Outcome, decided, row_numbers
from curate.stages.exact_duplicates import NEVER_COMPARED
from schemas.config import Dedup
from schemas.document import KINDS, ROLES


@dataclass(frozen=True)
class NearDuplicates(CorpusStage):
    """Drops all but one of each group of near duplicates. `ranks` is the rank of each source."""

    settings: Dedup
    ranks: dict[str, int]
    name = "near_duplicates"
    sketch_format = "arrow"

    def sketch(self, part: pa.Table, number: int) -> pa.Table:
        """One row of `sketch.schema` per document that is compared."""
        from curate.duplicates.sketch import BATCH_ROWS, FAMILY, schema, sketch

        rows = part.select(["doc_id", "source", "role", "kind", "text", "subject_key", "revised"]).append_column(
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
                ).append_column(FAMILY, self._families(batch))
            )  # fmt: skip
            if self.settings.copied_lines.drop:
                batches[-1] = self._with_lines(batches[-1], batch)
        columns = [*schema(self.settings), pa.field(FAMILY, pa.int64())]
        if self.settings.copied_lines.drop:
            from curate.duplicates.copied_lines import COLUMNS

            columns += COLUMNS
        return pa.Table.from_batches(batches, pa.schema(columns))

    def decide(self, sketches: Sequence[Path], state: Path, scratch: Path) -> Counter[str]:  # noqa: ARG002 - no spill
        """Write `VERDICTS`."""
        from curate.duplicates.near_duplicates import group

        bands = banding(self.settings.threshold, self.settings.permutations).bands
        groups, counted = group(sketches, threshold=self.settings.threshold, bands=bands)
        groups = groups.filter(groups["kept_twin"].is_valid())
        found, counted_too = self._contained(sketches, groups["row"].to_numpy())
        going = found.filter(found["goes"])
        verdicts = [
            _verdicts("near_duplicate", groups["row"], groups["kept_twin"], groups["twin_similarity"]),
            _verdicts("contained", going["row"], going["container"], going["containment"]),
        ]
        decided_rows = pa.concat_tables(verdicts).sort_by("row")
        if self.settings.copied_lines.drop:
            from curate.duplicates.copied_lines import decide_copied

            decide_copied(sketches, decided_rows["row"].to_numpy(), _copies(state))
        write_parquet(state, decided_rows)
        return counted + counted_too

    def _contained(self, sketches: Sequence[Path], gone: npt.NDArray[np.int64]) -> tuple[pa.Table, Counter[str]]:
        from curate.duplicates.containment import CONTAINED, contained
        from curate.duplicates.store import SketchStore

        settings = self.settings.containment
        if not self._policies:
            return CONTAINED.empty_table(), Counter()
        dropping = [_family(role, kind) for kind, how in self._policies.items() if how == "drop" for role in ROLES]
        return contained(
            SketchStore(sketches), gone, lambda families: np.isin(families, dropping),
            threshold=settings.threshold, min_shingles=settings.min_shingles,
        )  # fmt: skip

    @property
    def _policies(self) -> dict[str, str]:
        """What becomes of contained documents, for each kind of which they are looked for."""
        settings = self.settings.containment
        policies = {"article": settings.articles, "note": settings.notes, "question": settings.questions}
        return {kind: how for kind, how in policies.items() if how != "off"}

    def _families(self, batch: pa.RecordBatch) -> pa.Array:
        pairs = zip(batch["role"].to_pylist(), batch["kind"].to_pylist(), strict=True)
        return pa.array([_family(role, kind) if kind in self._policies else 0 for role, kind in pairs], pa.int64())

    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:
        """Keep the rows without a verdict."""
        assert state is not None  # noqa: S101 - a corpus stage is always given its state
        fate = fates(part, number, state)
        outcome = decided(part, self.name, fate)
        if self.settings.copied_lines.drop:
            from curate.duplicates.copied_lines import without_copied

            rows = np.array(row_numbers(part, number), np.int64)[[each is None for each in fate]]
            outcome.kept, counts = without_copied(
                outcome.kept, rows, _copies(state), self.settings.copied_lines.min_words
            )
            outcome.counts += counts
        return outcome

    def _with_lines(self, sketches: pa.RecordBatch, documents: pa.RecordBatch) -> pa.RecordBatch:
        from curate.duplicates.copied_lines import COLUMNS, line_columns

        found = line_columns(documents, self.settings.copied_lines.min_words)
        for field, column in zip(COLUMNS, found, strict=True):
            sketches = sketches.append_column(field, column)
        return sketches


def _copies(state: Path) -> Path:
    """Where it stands which lines are copies: beside the state."""
    return state.with_name("copied-lines")


def _family(role: str, kind: str) -> int:
    """A number above 0 of its own for each role and kind."""
    return 1 + ROLES.index(role) * len(KINDS) + KINDS.index(kind)


def _verdicts(reason: str, rows: pa.Array, survivors: pa.Array, similarities: pa.Array) -> pa.Table:
    columns = {
        "row": rows,
        "reason": [reason] * len(rows),
        "survivor": survivors.cast(pa.string()),
        "similarity": similarities,
        "quarantined": [False] * len(rows),
        "remedy": pa.nulls(len(rows), pa.string()),
    }
    return pa.table(columns, schema=VERDICTS)


def _compared(flags: pa.ChunkedArray) -> pa.Array:
    """Which rows bear none of the flags that keep a document out of comparison."""
    column = flags.combine_chunks()
    barred = pc.is_in(pc.list_flatten(column), pa.array(sorted(NEVER_COMPARED | {"no_abstract"})))
    compared = np.ones(len(column), dtype=bool)
    compared[pc.list_parent_indices(column).filter(barred).to_numpy()] = False
    return pa.array(compared)
