"""Decontaminate: training text that holds an evaluation item is dropped, and says which item and where.

An item counts by its stem (the question) and by its whole (question, context and options). A document is hit when it
holds at least `min_coverage` of the runs of `ngram_words` words of either; a run that stands in more than `max_items`
items is a template and never counts (Brown et al. 2020, appendix C, drop frequent runs likewise). An item shorter
than a run is too short to be told from chance and is found only as part of a whole.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import xxhash

from audit.canonical import canonical_bytes
from curate.durable import write_parquet
from curate.stage import CorpusStage, Fate, Outcome, decided
from curate.words import word_spans, words
from schemas.config import Decontaminate as Settings

SKETCH: Final = pa.schema(
    [
        pa.field("item", pa.string(), nullable=False),  # doc_id of the evaluation item
        pa.field("facet", pa.string(), nullable=False),  # stem or whole
        pa.field("grams", pa.list_(pa.uint64()), nullable=False),  # the distinct runs, hashed
    ]
)

INDEX: Final = pa.schema(
    [
        pa.field("gram", pa.uint64(), nullable=False),
        pa.field("item", pa.string(), nullable=False),
        pa.field("facet", pa.string(), nullable=False),
        pa.field("grams", pa.int32(), nullable=False),  # how many runs that count the facet has
    ]
)

PLACES: Final = 20
"""At most so many places of one hit are written down."""


@dataclass(frozen=True)
class Decontaminate(CorpusStage):
    """Drops training documents that hold an evaluation item. Evaluation rows pass."""

    settings: Settings
    name = "decontaminate"

    def sketch(self, part: pa.Table, number: int) -> pa.Table:  # noqa: ARG002 - items are known by doc_id
        """The runs of each evaluation item of `part`, by facet; nothing of training text."""
        rows = []
        for doc in part.select(["doc_id", "role", "kind", "text", "extra"]).to_pylist():
            if doc["role"] != "evaluation":
                continue
            facets = {"whole": doc["text"]}
            if doc["kind"] == "question":
                facets["stem"] = json.loads(doc["extra"])["question"]
            for facet, text in facets.items():
                grams = _grams(words(text), self.settings.ngram_words)
                if grams:
                    rows.append({"item": doc["doc_id"], "facet": facet, "grams": sorted(set(grams))})
        return pa.Table.from_pylist(rows, schema=SKETCH)

    def decide(self, sketches: Sequence[Path], state: Path, scratch: Path) -> Counter[str]:  # noqa: ARG002 - small
        """Write `INDEX`, sorted by gram: every run of every item that is not a template."""
        runs = pl.concat(pl.read_parquet(path) for path in sketches).explode("grams", empty_as_null=False)
        runs = runs.rename({"grams": "gram"})
        common = runs.group_by("gram").agg(pl.col("item").n_unique().alias("items"))
        templates = common.filter(pl.col("items") > self.settings.max_items)
        kept = runs.join(templates, on="gram", how="anti")
        index = kept.with_columns(pl.len().over("item", "facet").cast(pl.Int32).alias("grams")).sort(
            "gram", "item", "facet"
        )
        write_parquet(state, index.select(INDEX.names).to_arrow().cast(INDEX))
        return Counter(evaluation_items=runs["item"].n_unique(), template_runs=templates.height)

    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:  # noqa: ARG002 - parts are alike
        """Decide each training document of `part`."""
        assert state is not None  # noqa: S101 - a corpus stage is always given its state
        index = _index(state)
        docs = part.select(["role", "text"]).to_pylist()
        fates = [self._fate(doc["text"], index) if doc["role"] == "train" else None for doc in docs]
        return decided(part, self.name, fates)

    def _fate(self, text: str, index: "_Index") -> Fate | None:
        found = _grams(words(text), self.settings.ngram_words)
        hits = index.lookup(np.unique(np.array(found, dtype=np.uint64)))
        if not hits:
            return None
        (item, facet), (shared, total) = max(hits.items(), key=lambda hit: (hit[1][0] / hit[1][1], hit[0]))
        if shared < self.settings.min_coverage * total:
            return None
        detail = {"item": item, "facet": facet, "runs": [shared, total], "places": self._places(text, index, item)}
        return Fate("contaminated", detail=canonical_bytes(detail).decode())

    def _places(self, text: str, index: "_Index", item: str) -> list[list[int]]:
        """Where runs of `item` stand in `text`: `[start, end)` in code points, overlapping runs joined."""
        spans = word_spans(text)
        mine = index.grams_of(item)
        places: list[list[int]] = []
        for first, gram in enumerate(_grams([word for word, _, _ in spans], self.settings.ngram_words)):
            if gram in mine:
                start, end = spans[first][1], spans[first + self.settings.ngram_words - 1][2]
                if places and start <= places[-1][1]:
                    places[-1][1] = end
                else:
                    places.append([start, end])
        return places[:PLACES]


class _Index(NamedTuple):
    """The runs of all items, sorted: `gram[i]` belongs to facet `owner[i]`."""

    gram: npt.NDArray[np.uint64]
    owner: npt.NDArray[np.int64]
    owners: list[tuple[str, str]]
    totals: list[int]

    def lookup(self, grams: npt.NDArray[np.uint64]) -> dict[tuple[str, str], tuple[int, int]]:
        """For each (item, facet) that holds any of the distinct `grams`: how many it holds, of how many."""
        low, high = np.searchsorted(self.gram, grams, "left"), np.searchsorted(self.gram, grams, "right")
        owners = [self.owner[a:b] for a, b in zip(low, high, strict=True) if a < b]
        if not owners:
            return {}
        counted = Counter(np.concatenate(owners).tolist())
        return {self.owners[owner]: (count, self.totals[owner]) for owner, count in counted.items()}

    def grams_of(self, item: str) -> set[int]:
        mine = [i for i, (name, _) in enumerate(self.owners) if name == item]
        return set(self.gram[np.isin(self.owner, mine)].tolist())


@lru_cache(maxsize=1)
def _index(state: Path) -> _Index:
    table = pl.read_parquet(state)
    owners = table.select("item", "facet", "grams").unique().sort("item", "facet")
    owned = owners.with_row_index("owner").select("owner", "item", "facet")
    numbered = table.join(owned, on=["item", "facet"], how="left", maintain_order="left")
    return _Index(
        table["gram"].to_numpy(),
        numbered["owner"].cast(pl.Int64).to_numpy(),
        list(owners.select("item", "facet").iter_rows()),
        owners["grams"].to_list(),
    )


def _grams(found: Sequence[str], size: int) -> list[int]:
    """The hash of each run of `size` words, in order."""
    return [xxhash.xxh3_64_intdigest(" ".join(found[i : i + size]).encode()) for i in range(len(found) - size + 1)]
