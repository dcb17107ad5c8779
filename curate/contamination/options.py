"""The options of a question, found beside its stem: which of them, how surely, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from curate.contamination.folding import Word
from curate.contamination.passage import Placed, place, stands_verbatim, take
from curate.contamination.rarity import Weighed

HALF: Final = 0.45
LIKELY: Final = 0.6
SURE: Final = 0.75
"""Shares of an option's words (by bits) that stand in order: it may be there, it is likely there, it is there."""

STRANGE: Final = 0.25
"""Other words within an option are at most so many of its words."""

BETWEEN: Final = 0.2
"""Options are a list: words between them that are no option's are at most so many of their words, and one."""


@dataclass(frozen=True)
class Options:
    """The options that may be there, by their number; `between` words of that stretch are none of theirs."""

    options: tuple[Weighed, ...]
    placed: dict[int, Placed]
    between: int

    @property
    def total(self) -> float:
        """Bits of all options."""
        return sum(option.total for option in self.options)

    @property
    def bits(self) -> float:
        """Bits of what was found of them."""
        return sum(option.in_order for option in self.placed.values())

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last of their words."""
        spans = [option.span for option in self.placed.values()]
        return min(first for first, _ in spans), max(last for _, last in spans)

    def listed(self, share: float, complete: float) -> bool:
        """Whether such a share of the options, two at least, each so complete, stands as a list."""
        words = sum(len(option.part.words) for option in self.placed.values())
        found = sum(option.complete >= complete for option in self.placed.values())
        return self.between <= 1 + BETWEEN * words and found >= max(2, share * self._wanted)

    @property
    def shuffled(self) -> bool:
        """Whether they stand in another order than the item has them."""
        order = [self.placed[number].span[0] for number in sorted(self.placed)]
        return order != sorted(order)

    def verbatim(self, text: str, near: Sequence[Word]) -> bool:
        """Whether all of them stand character by character."""
        return len(self.placed) == self._wanted and all(
            stands_verbatim(option.part, text, near, *option.span) for option in self.placed.values()
        )

    @property
    def _wanted(self) -> int:
        return sum(bool(option.words) for option in self.options)


def options_beside(
    options: tuple[Weighed, ...], near: Sequence[Word], anchor: tuple[int, int] | None, end: int
) -> Options | None:
    """The options after word `end`, or before the words `anchor` where most are not found there; None without any.

    With no `anchor`, the options anywhere in `near`.
    """
    if anchor is None:
        found = _found(options, near, 0, len(near))
        return found if found.placed else None
    room = 2 * sum(len(option.words) for option in options) + 4 * len(options) + 12
    found = _found(options, near, end, min(len(near), end + room))
    if not found.listed(LIKELY, LIKELY):
        before = _found(options, near, max(0, anchor[0] - room), anchor[0])
        found = max(found, before, key=lambda each: (len(each.placed), each.bits))
    return found if found.placed else None


def _found(options: tuple[Weighed, ...], near: Sequence[Word], low: int, high: int) -> Options:
    """The options between two words; the longest first, and no word for two of them."""
    zone = list(near[low:high])
    placed: dict[int, Placed] = {}
    for number in sorted(range(len(options)), key=lambda number: (-len(options[number].words), number)):
        if not options[number].words or not zone:
            continue
        found = place(options[number], zone)
        if found.complete >= HALF and found.put_in <= STRANGE * len(found.part.words):
            take(zone, found)
            shifted = np.where(found.places >= 0, found.places + low, -1).astype(np.int32)
            placed[number] = Placed(found.part, shifted, found.anywhere, found.put_in)
    taken = {at for option in placed.values() for at in option.places[option.places >= 0].tolist()}
    stretch = range(min(taken, default=0), max(taken, default=-1) + 1)
    return Options(options, placed, sum(len(near[at].word) > 1 and at not in taken for at in stretch))
