"""Which items do these texts hold? Candidates by the compiled index, then each of the few is verified."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import pyarrow as pa

from curate.contamination.folding import folded_words
from curate.contamination.index import Index, build
from curate.contamination.rarity import WeighedItem
from curate.contamination.verify import TIERS, Hit, around, verify
from curate.text_buffers import large_strings
from schemas.config import Decontaminate


@dataclass(frozen=True)
class Finder:
    """Finds items in texts; knows nothing of files or stages."""

    index: Index
    settings: Decontaminate

    @classmethod
    def of(cls, items: Sequence[WeighedItem], settings: Decontaminate) -> "Finder":
        """A finder of weighed items."""
        return cls(Index(build(items, settings)), settings)

    def hits(self, texts: pa.Array) -> Iterator[tuple[int, list[Hit]]]:
        """The number of each text that holds an item, with its hits, the best first."""
        texts = large_strings(texts)
        found = self.index.candidates(texts).tolist()
        for number, stretches in groupby(found, key=itemgetter(0)):
            by_item: dict[int, dict[str, tuple[int, int]]] = {}
            for _, entry, first, end in stretches:
                item, facet = self.index.entry(entry)
                by_item.setdefault(item, {})[facet] = first, end
            verified = self._verified(texts[number].as_py(), {self.index.item(item): by_item[item] for item in by_item})
            if hits := sorted((hit for hit in verified if hit is not None), key=rank):
                yield number, hits

    def _verified(self, text: str, found: dict[WeighedItem, dict[str, tuple[int, int]]]) -> list[Hit | None]:
        reaches = [around(item, stretches.values()) for item, stretches in found.items()]
        first = min(low for low, _ in reaches)
        words = folded_words(text, first, max(high for _, high in reaches))
        return [
            verify(item, text, words[low - first : high - first], stretches, self.settings)
            for (item, stretches), (low, high) in zip(found.items(), reaches, strict=True)
        ]


def rank(hit: Hit) -> tuple[float, int, str]:
    """Sorts hits: the highest score, then the nearest tier, then the smallest item."""
    return -hit.score, TIERS.index(hit.tier), hit.item
