"""Does this text hold that item? The parts of the item are laid over the stretch, and the result is judged.

A hit is one of these, where `bits` say how rare the words found are (see `rarity.py`):

- the question's stem in order, nearly whole or very rich in rare words;
- stem and options together, in whatever order, the options beside the stem;
- the context (what the question is asked about) in order, at least `min_coverage` of it.

Its tier is that of its worst part: `verbatim` (character by character but for blanks), `edited` (mistyped, case,
punctuation, words left out), `paraphrased` (options in another order, or a part worded anew).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, NamedTuple

import numpy as np

from curate.contamination.bound import bound_of
from curate.contamination.folding import Word
from curate.contamination.options import HALF, LIKELY, SURE, Options, options_beside
from curate.contamination.passage import Placed, Spacing, place, stands_verbatim, take
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

WELL_KNOWN: Final = 0.65
KNOWN: Final = 0.45
TOUCHED: Final = 0.4
"""How much of a stem must stand there: like a copy, with half of its options; in order, with most of them; in any
order, beside all of them."""

IN_ORDER: Final = 0.5
"""Options in their own order ask for so much less of the stem."""

HALF_OF_THEM: Final = 0.5
MOST_OF_THEM: Final = 0.7
ALL_OF_THEM: Final = 1.0

TELLING: Final = 22.0
"""What is found of it must say so much, or be nearly the whole;"""
POOR: Final = 12.0
"""one that says less than this (all template) need not be there."""

ANCHORED: Final = 0.6
"""Where so much of the stem stands in order, the options are looked for beside it."""

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
    item: WeighedItem, text: str, words: Sequence[Word], facets: Collection[str], settings: Decontaminate
) -> Hit | None:
    """Judge one item over the `words` that stand `around` what was found of its `facets` (`question`, `context`)."""
    near = _spacing(item).undone(words)
    if "context" not in facets and not _possible(item, near, settings):
        return None
    taken = list(near)
    context = _context(item.context, near, settings) if "context" in facets else None
    if context is not None:
        take(taken, context)
    stem = place(item.stem, taken)
    anchor = stem.span if stem.complete >= ANCHORED else context.span if context is not None else None
    end = max(stem.span[1] if stem.complete >= ANCHORED else -1, context.span[1] if context is not None else -1) + 1
    options = options_beside(item.options, taken, anchor, end) if item.options else None
    alone = _alone(stem, text, near, settings)
    if options is not None and not alone:
        stem = _beside(stem, taken, options)
    together = options is not None and _together(stem, options, text, near, settings)
    if context is None and not alone and not together:
        return None
    return _hit(item, stem if alone or together or _touched(stem) else None, context, options, together, text, near)


def around(item: WeighedItem, stretches: Collection[tuple[int, int]]) -> tuple[int, int]:
    """First and end word of the stretches, and as much before and after as the question is long; may pass the end."""
    margin = len(item.stem.words) + 2 * sum(len(option.words) for option in item.options) + 16
    return max(0, min(first for first, _ in stretches) - margin), max(end for _, end in stretches) + margin


def _hit(
    item: WeighedItem,
    stem: Placed | None,
    context: Placed | None,
    options: Options | None,
    together: bool,
    text: str,
    near: Sequence[Word],
) -> Hit:
    tiers, found, spans = list[Tier](), 0.0, list[Span]()
    if stem is not None:
        others = _less(near, options, context)
        tiers.append("paraphrased" if stem.moved(others) else _tier(stem, text, near))
        found += stem.in_any_order if tiers[-1] == "paraphrased" else stem.in_order
        spans += _span(stem, near)
    if context is not None:
        tiers.append(_tier(context, text, near))
        found += context.in_order
        spans += _span(context, near)
    if options is not None and (together or options.listed(ALL_OF_THEM, SURE)):
        tiers.append("paraphrased" if options.shuffled else "verbatim" if options.verbatim(text, near) else "edited")
        found += options.bits
        for option in options.placed.values():
            spans += _span(option, near)
    worst = max(tiers, key=TIERS.index)
    return Hit(item.item, worst, round(min(1.0, found / max(item.total, 1.0)), 4), tuple(sorted(set(spans))))


@lru_cache(maxsize=4_096)
def _spacing(item: WeighedItem) -> Spacing:
    return Spacing((item.stem, item.context, *item.options))


def _possible(item: WeighedItem, near: Sequence[Word], settings: Decontaminate) -> bool:
    """Whether so much of the question stands there, in whatever order, that `_alone` or `_together` may be true."""
    stem, options, half = bound_of(item).most(near)
    total, total_of_options = item.stem.total, sum(option.total for option in item.options)
    alone = min(total, max(RICH * settings.min_bits, min(WHOLE, settings.min_coverage) * total))
    if stem >= alone >= settings.min_bits:
        return True
    touched = total < POOR or stem >= IN_ORDER * max(TOUCHED * total, min(TELLING, WHOLE * total))
    return touched and half >= 2 and stem + options >= settings.min_coverage * (total + total_of_options)


def _context(part: Weighed, near: Sequence[Word], settings: Decontaminate) -> Placed | None:
    found = place(part, near)
    return found if found.in_order >= settings.min_coverage * max(part.total, settings.min_bits) else None


def _alone(stem: Placed, text: str, near: Sequence[Word], settings: Decontaminate) -> bool:
    total, found = stem.part.total, stem.in_order
    if found < settings.min_bits:
        return False
    if found >= RICH * settings.min_bits and found >= WHOLE * total and stem.edited:
        return True
    if found >= VERY_RICH * settings.min_bits and found >= settings.min_coverage * total:
        return True
    return _tier(stem, text, near) == "verbatim"


def _beside(stem: Placed, near: Sequence[Word], options: Options) -> Placed:
    """The stem as it stands beside the options, where it hardly stands in order."""
    if stem.in_order >= KNOWN * stem.part.total:
        return stem
    first, last = options.span
    reach = 2 * len(stem.part.words) + 8
    low = max(0, first - reach)
    words = _less(near, options, None)[low : last + reach + 1]
    found = place(stem.part, words)
    return Placed(
        found.part, np.where(found.places >= 0, found.places + low, -1).astype(np.int32), found.anywhere, found.put_in
    )


def _together(stem: Placed, options: Options, text: str, near: Sequence[Word], settings: Decontaminate) -> bool:
    found, total = stem.in_any_order + options.bits, stem.part.total + options.total
    if found < settings.min_coverage * total or not _known(stem, options):
        return False
    exact = not options.shuffled and options.verbatim(text, near) and _tier(stem, text, near) == "verbatim"
    return found >= settings.min_bits * (CERTAIN if exact else 1.0)


def _known(stem: Placed, options: Options) -> bool:
    """Whether as much of the stem stands there as these options ask for."""
    total = stem.part.total
    telling = min(TELLING, WHOLE * total)
    if total >= TELLING and stem.in_order >= WELL_KNOWN * total and stem.edited:
        return options.listed(HALF_OF_THEM, HALF)
    if total < POOR or stem.in_order >= max(KNOWN * total, telling):
        return options.listed(MOST_OF_THEM, LIKELY)
    return options.listed(ALL_OF_THEM, SURE) and _touched(stem, 1.0 if options.shuffled else IN_ORDER)


def _touched(stem: Placed, share: float = 1.0) -> bool:
    total = stem.part.total
    return stem.in_any_order >= share * max(TOUCHED * total, min(TELLING, WHOLE * total))


def _less(words: Sequence[Word], options: Options | None, context: Placed | None) -> list[Word]:
    """The words without those of options and context."""
    left = list(words)
    for option in options.placed.values() if options is not None else ():
        take(left, option)
    if context is not None:
        take(left, context)
    return left


def _tier(placed: Placed, text: str, near: Sequence[Word]) -> Tier:
    if placed.places.min(initial=0) >= 0 and stands_verbatim(placed.part, text, near, *placed.span):
        return "verbatim"
    return "edited" if placed.edited else "paraphrased"


def _span(placed: Placed, near: Sequence[Word]) -> list[Span]:
    first, last = placed.span
    return [Span(near[first].start, near[last].end)] if last >= 0 else []
