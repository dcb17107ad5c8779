"""Does this text hold that item? The parts of the item are laid over the stretch, and the result is judged.

A hit is one of these, where `bits` say how rare the words found are (see `rarity.py`):

- the question's stem in order, nearly whole or very rich in rare words;
- stem and options together, in whatever order, the options beside the stem;
- the context (what the question is asked about) in order, at least `min_coverage` of it.

Its tier is that of its worst part: `verbatim` (character by character but for blanks), `edited` (mistyped, case,
punctuation, words left out), `paraphrased` (options in another order, or a part worded anew).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, NamedTuple

import numpy as np

from curate.contamination.folding import Word
from curate.contamination.passage import USED, Placed, Spacing, place, stands_verbatim
from curate.contamination.rarity import Weighed, WeighedItem
from schemas.config import Decontaminate

Tier = Literal["verbatim", "edited", "paraphrased"]
TIERS: Final[tuple[Tier, ...]] = ("verbatim", "edited", "paraphrased")

WHOLE: Final = 0.75
"""A stem alone counts where so much of it stands in order like a copy,"""
RICH: Final = 2.0
"""and says `RICH` times `min_bits`; or where it stands verbatim and says `min_bits`;"""
VERY_RICH: Final = 3.0
"""or where `min_coverage` of it stands in order, like a copy or not, and says so many times `min_bits`."""

WELL_KNOWN: Final = 0.8
KNOWN: Final = 0.45
"""Of a stem so much must stand in order, with half of its options, and with most of them;"""
TOUCHED: Final = 0.35
TOUCHED_BITS: Final = 25.0
"""of one worded anew so much in any order, and so many bits or nearly all, with all of them."""
POOR: Final = 12.0
"""A stem that says less (all template) need not stand there."""

OPTION: Final = 0.6
SURE: Final = 0.75
"""Share of an option's words that must stand in order: with a stem that is known, and with one worded anew."""
HALF: Final = 0.5
MOST: Final = 0.7
"""Share of the options that must be found."""
BETWEEN: Final = 0.2
"""Options are a list: words between them that are no option's are at most so many of their words, and one."""

CERTAIN: Final = 0.4
"""Share of `min_bits` that is enough where stem and options stand verbatim."""


class Span(NamedTuple):
    """A place in a text, `[start, end)` in code points."""

    start: int
    end: int


@dataclass(frozen=True)
class Hit:
    """An item in a text. `score` is the share of the item's bits found; `spans` where each of its parts stands."""

    item: str
    tier: Tier
    score: float
    spans: tuple[Span, ...]


def verify(
    item: WeighedItem, text: str, words: Sequence[Word], stretches: dict[str, tuple[int, int]], settings: Decontaminate
) -> Hit | None:
    """Judge one item over one text. `stretches`: facet (`question`, `context`) to first and end word, as found."""
    low, high = _around(item, words, stretches)
    near = _spacing(item).undone(words[low:high])
    context = place(item.context, near) if "context" in stretches else None
    if context is not None and context.in_order < settings.min_coverage * max(item.context.total, settings.min_bits):
        context = None
    taken = list(near)
    if context is not None:
        _take(taken, context)
    stem = place(item.stem, taken)
    beside = _options(item.options, taken, stem, context)
    alone = _stem_alone(stem, text, near, settings)
    together = beside is not None and _together(item, stem, beside, text, near, settings)
    if context is None and not alone and not together:
        return None
    tiers, found, spans = list[Tier](), 0.0, list[Span]()
    if alone or together or stem.in_any_order >= TOUCHED * max(item.stem.total, POOR):
        tiers.append("paraphrased" if stem.moved(_less(taken, beside)) else _tier(stem, text, near))
        found += stem.in_any_order if tiers[-1] == "paraphrased" else stem.in_order
        spans += _span(stem, near)
    if context is not None:
        tiers.append(_tier(context, text, near))
        found += context.in_order
        spans += _span(context, near)
    if beside is not None and (together or beside.all_surely):
        tiers.append(beside.tier(text, near))
        found += beside.bits
        for option in beside.placed.values():
            spans += _span(option, near)
    worst = max(tiers, key=TIERS.index)
    return Hit(item.item, worst, round(min(1.0, found / max(item.total, 1.0)), 4), tuple(sorted(set(spans))))


@lru_cache(maxsize=4_096)
def _spacing(item: WeighedItem) -> Spacing:
    return Spacing((item.stem, item.context, *item.options))


def _around(item: WeighedItem, words: Sequence[Word], stretches: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """The stretches, and as much before and after as the question is long."""
    margin = len(item.stem.words) + 2 * sum(len(option.words) for option in item.options) + 16
    low = min(first for first, _ in stretches.values()) - margin
    high = max(end for _, end in stretches.values()) + margin
    return max(0, low), min(len(words), high)


def _stem_alone(stem: Placed, text: str, near: Sequence[Word], settings: Decontaminate) -> bool:
    total, found = stem.part.total, stem.in_order
    if found < settings.min_bits:
        return False
    if found >= RICH * settings.min_bits and found >= WHOLE * total and stem.edited:
        return True
    if found >= VERY_RICH * settings.min_bits and found >= settings.min_coverage * total:
        return True
    return _tier(stem, text, near) == "verbatim"


def _together(
    item: WeighedItem, stem: Placed, beside: "_Options", text: str, near: Sequence[Word], settings: Decontaminate
) -> bool:
    found = stem.in_any_order + beside.bits
    if found < settings.min_coverage * (item.stem.total + beside.total):
        return False
    if not _known_well_enough(stem, beside):
        return False
    if found >= settings.min_bits:
        return True
    exact = beside.tier(text, near) == "verbatim" and _tier(stem, text, near) == "verbatim"
    return exact and found >= CERTAIN * settings.min_bits


def _known_well_enough(stem: Placed, beside: "_Options") -> bool:
    total = stem.part.total
    if total >= TOUCHED_BITS and stem.in_order >= WELL_KNOWN * total:
        return beside.found(HALF)
    if total < POOR or stem.in_order >= KNOWN * total:
        return beside.found(MOST)
    return beside.all_surely and stem.in_any_order >= max(TOUCHED * total, min(TOUCHED_BITS, WHOLE * total))


@dataclass(frozen=True)
class _Options:
    """The options found, by their number, and how many words between them are none of theirs."""

    options: tuple[Weighed, ...]
    placed: dict[int, Placed]
    between: int

    @property
    def total(self) -> float:
        return sum(option.total for option in self.options)

    @property
    def bits(self) -> float:
        return sum(option.in_order for option in self.placed.values())

    @property
    def wanted(self) -> int:
        return sum(bool(option.words) for option in self.options)

    @property
    def listed(self) -> bool:
        words = sum(len(option.part.words) for option in self.placed.values())
        return self.between <= 1 + BETWEEN * words

    def found(self, share: float) -> bool:
        return self.listed and len(self.placed) >= max(2, share * self.wanted)

    @property
    def all_surely(self) -> bool:
        sure = all(option.complete >= SURE for option in self.placed.values())
        return self.listed and sure and len(self.placed) == self.wanted

    def tier(self, text: str, near: Sequence[Word]) -> Tier:
        order = [self.placed[number].span[0] for number in sorted(self.placed)]
        if order != sorted(order):
            return "paraphrased"
        exact = len(self.placed) == self.wanted and all(
            stands_verbatim(option.part, text, near, *option.span) for option in self.placed.values()
        )
        return "verbatim" if exact else "edited"


def _options(
    options: tuple[Weighed, ...], near: Sequence[Word], stem: Placed, context: Placed | None
) -> _Options | None:
    """The options after the stem (and the context), or before it where they are not found there."""
    if not options:
        return None
    room = 2 * sum(len(option.words) for option in options) + 4 * len(options) + 12
    first, last = stem.span
    anchored = stem.complete >= OPTION
    after = max(last, context.span[1] if context is not None else -1) + 1
    if not anchored:
        after = context.span[1] + 1 if context is not None else 0
        room = len(near)
    best = _found(options, near, after, min(len(near), after + room))
    if anchored and not best.found(MOST):
        before = _found(options, near, max(0, first - room), first)
        best = max(best, before, key=lambda found: (len(found.placed), found.bits))
    return best if best.placed else None


def _found(options: tuple[Weighed, ...], near: Sequence[Word], low: int, high: int) -> _Options:
    """The options between two words; the longest first, and no word for two of them."""
    zone = list(near[low:high])
    placed: dict[int, Placed] = {}
    for number in sorted(range(len(options)), key=lambda number: (-len(options[number].words), number)):
        if not options[number].words or not zone:
            continue
        found = place(options[number], zone)
        if found.complete >= OPTION:
            _take(zone, found)
            shifted = np.where(found.places >= 0, found.places + low, -1).astype(np.int32)
            placed[number] = Placed(found.part, shifted, found.anywhere, found.put_in)
    taken = [at for option in placed.values() for at in option.places[option.places >= 0].tolist()]
    span = near[min(taken) : max(taken) + 1] if taken else []
    held = set(taken)
    between = sum(len(word.word) > 1 and at not in held for at, word in enumerate(span, start=min(taken, default=0)))
    return _Options(options, placed, between)


def _less(words: Sequence[Word], options: _Options | None) -> list[Word]:
    left = list(words)
    for option in options.placed.values() if options is not None else ():
        _take(left, option)
    return left


def _take(words: list[Word], placed: Placed) -> None:
    for at in placed.places[placed.places >= 0]:
        words[at] = USED


def _tier(placed: Placed, text: str, near: Sequence[Word]) -> Tier:
    if placed.places.min(initial=0) >= 0 and stands_verbatim(placed.part, text, near, *placed.span):
        return "verbatim"
    return "edited" if placed.edited else "paraphrased"


def _span(placed: Placed, near: Sequence[Word]) -> list[Span]:
    first, last = placed.span
    return [Span(near[first].start, near[last].end)] if last >= 0 else []
