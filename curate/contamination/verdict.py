"""The verdict: planted items are looked for, and decoys, in a sample of the very corpus."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil, exp, lgamma, log, log1p
from typing import Final

import pyarrow as pa

from curate.contamination.finder import Finder
from curate.contamination.items import Item, sha256_of_items
from curate.contamination.planting import WAYS, Way, can, planted
from curate.contamination.rarity import WeighedItem
from curate.contamination.verify import TIERS
from schemas.config import Decontaminate
from schemas.contamination import Benchmark, DecontaminationVerdict, FalsePositives, PlantedRecall

SEED: Final = "shodhan.contamination"
CONFIDENCE: Final = 0.975


def verdict(
    items: Sequence[Item], finder: Finder, texts: Sequence[str], unread: Mapping[str, int]
) -> DecontaminationVerdict:
    """What is said of `items`, found by `finder`, over a corpus of which `texts` is a sample; the same for the same.

    Sampled texts that hold an item are left out: what is planted into them could be told from that no more.
    """
    settings = finder.settings
    held = {number for number, _ in finder.hits(pa.array(texts, pa.large_string()))}
    texts = [text for number, text in enumerate(texts) if number not in held]
    return DecontaminationVerdict(
        benchmarks=_benchmarks(items),
        unread=dict(sorted(unread.items())),
        parameters={name: str(value) for name, value in settings.model_dump().items()},
        recall={way: _recall(way, items, finder, texts, settings) for way in WAYS},
        false_positives=_false_positives(finder.index.weighed(), texts, settings),
    )


def _benchmarks(items: Sequence[Item]) -> dict[str, Benchmark]:
    families: dict[str, list[Item]] = {}
    for item in items:
        families.setdefault(item.item.split(":", 1)[0], []).append(item)
    return {
        name: Benchmark(items=len(of_name), sha256=sha256_of_items(of_name))
        for name, of_name in sorted(families.items())
    }


def _recall(
    way: Way, items: Sequence[Item], finder: Finder, texts: Sequence[str], settings: Decontaminate
) -> PlantedRecall:
    drawn = random.Random(f"{SEED}:{way}")  # noqa: S311 - a seed, no secret
    able = [item for item in items if can(item, way)]
    chosen = drawn.sample(able, min(settings.planted, len(able)))
    documents = [planted(item, way, drawn.choice(texts) if texts else "", drawn) for item in chosen]
    tiers = Counter(
        next((hit.tier for hit in hits if hit.item == chosen[number].item), None)
        for number, hits in finder.hits(pa.array(documents, pa.large_string()))
    )
    told = {tier: tiers[tier] for tier in TIERS if tiers[tier]}
    return PlantedRecall(planted=len(chosen), found=sum(told.values()), tiers=told)


def _false_positives(weighed: Sequence[WeighedItem], texts: Sequence[str], settings: Decontaminate) -> FalsePositives:
    decoys = decoys_of(weighed)
    finder = Finder.of(decoys, settings)
    hit = sum(1 for _ in finder.hits(pa.array(texts, pa.large_string()))) if decoys else 0
    return FalsePositives(
        documents=len(texts), decoys=len(decoys), hit=hit, upper_per_million=ceil(1e6 * upper_end(hit, len(texts)))
    )


def decoys_of(weighed: Sequence[WeighedItem]) -> list[WeighedItem]:
    """As many items that nobody wrote: the halves of two stems and of two contexts, and the options of a third item.

    Part of a decoy may stand in a text that holds an item, or speaks of its matter; the whole of it by chance alone.
    """
    drawn = random.Random(f"{SEED}:decoys")  # noqa: S311 - a seed, no secret
    one, other, third = (drawn.sample(weighed, len(weighed)) for _ in range(3))
    mixed = [
        (a, b, c)
        for a, b, c in zip(one, other, third, strict=True)
        if a.stem != b.stem and c.stem not in {a.stem, b.stem}
    ]
    return [
        WeighedItem(f"decoy:{number}", a.stem.joined(b.stem), a.context.joined(b.context), c.options)
        for number, (a, b, c) in enumerate(mixed)
    ]


def upper_end(hit: int, of: int) -> float:
    """The upper end of Clopper and Pearson's 95 % interval of `hit` out of `of`, by bisection; 1 where `of` is 0."""
    if hit >= of:
        return 1.0
    low, high = hit / of, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        chance = sum(exp(_log_chance(k, of, middle)) for k in range(hit + 1))
        low, high = (middle, high) if chance > 1 - CONFIDENCE else (low, middle)
    return float(f"{high:.3g}")


def _log_chance(hit: int, of: int, rate: float) -> float:
    ways = lgamma(of + 1) - lgamma(hit + 1) - lgamma(of - hit + 1)
    return ways + hit * log(rate) + (of - hit) * log1p(-rate)
