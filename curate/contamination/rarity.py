"""How much it says that a word of an item stands in a text: bits, by how rare the word is.

A word that is common among the items or in the corpus says little; a phrase that many items share (a template: "which
of the following is true") says nothing; an option that many items offer ("all of the above") says no more than that.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from curate.contamination.folding import folded_words
from curate.contamination.items import Item
from schemas.config import Decontaminate

FEWEST: Final = 200_000
"""A count of words is taken as if out of at least so many: of little text nothing says that a word is common."""

COMMON: Final = 2
"""An option that more questions offer is a common one."""

MOST_BITS: Final = 16.0
STEP: Final = 4
"""Bits are whole quarters, so sums are exact in any order."""


@dataclass(frozen=True)
class Weighed:
    """A part of an item: its words, and what each says: `weights` is 0 for words of a template, `bits` never."""

    text: str
    words: tuple[str, ...]
    bits: tuple[float, ...]
    weights: tuple[float, ...]

    @property
    def total(self) -> float:
        """Bits of the whole part, without templates."""
        return sum(self.weights)

    def joined(self, other: "Weighed") -> "Weighed":
        """The first half of this part and the second half of another."""
        here, there = len(self.words) // 2, len(other.words) // 2
        words = self.words[:here] + other.words[there:]
        return Weighed(
            " ".join(words), words, self.bits[:here] + other.bits[there:], self.weights[:here] + other.weights[there:]
        )


@dataclass(frozen=True)
class WeighedItem:
    """An item whose words are weighed."""

    item: str
    stem: Weighed
    context: Weighed
    options: tuple[Weighed, ...]

    @property
    def total(self) -> float:
        """Bits of all parts."""
        return self.stem.total + self.context.total + sum(option.total for option in self.options)


def counted(texts: Iterable[str]) -> Counter[str]:
    """How often each folded word stands in the texts."""
    return Counter(word for text in texts for word, _, _ in folded_words(text))


def weigh(items: Sequence[Item], corpus: Counter[str], settings: Decontaminate) -> list[WeighedItem]:
    """Weigh every word of every item, by how often it stands in the items and in a sample of the corpus."""
    split = {text: tuple(word for word, _, _ in folded_words(text)) for text in _texts(items)}
    asked = sorted({item._replace(item="") for item in items})  # the same question under two ids is one
    own = Counter(word for item in asked for text in _texts([item]) for word in split[text])
    totals = own.total(), corpus.total()
    bits = {word: _bits(max(_share(own[word], totals[0]), _share(corpus[word], totals[1]))) for word in own}
    templates = _templates(asked, split, settings)
    offered = Counter(option for item in asked for option in {split[option] for option in item.options})
    questions = sum(bool(item.options) for item in asked)

    def part(text: str, *, option: bool = False) -> Weighed:
        words = split[text]
        plain = tuple(bits[word] for word in words)
        said = _without(words, plain, templates, settings.template_words)
        if option and offered[words] > COMMON:
            said = _at_most(said, _bits(offered[words] / questions))
        return Weighed(text, words, plain, said)

    return [
        WeighedItem(
            item.item, part(item.stem), part(item.context), tuple(part(option, option=True) for option in item.options)
        )
        for item in items
    ]


def _texts(items: Iterable[Item]) -> Iterable[str]:
    return (text for item in items for text in (item.stem, item.context, *item.options))


def _share(count: int, total: int) -> float:
    return count / max(total, FEWEST)


def _bits(share: float) -> float:
    return MOST_BITS if share <= 0 else round(min(MOST_BITS, max(0.0, -math.log2(share))) * STEP) / STEP


def _templates(
    items: Sequence[Item], split: dict[str, tuple[str, ...]], settings: Decontaminate
) -> set[tuple[str, ...]]:
    """The runs of words that more than `max_items` items hold in stem or context."""
    size = settings.template_words
    held: Counter[tuple[str, ...]] = Counter()
    for item in items:
        runs = {words[i : i + size] for words in (split[item.stem], split[item.context]) for i in range(len(words))}
        held.update(run for run in runs if len(run) == size)
    return {run for run, number in held.items() if number > settings.max_items}


def _without(
    words: tuple[str, ...], bits: tuple[float, ...], templates: set[tuple[str, ...]], size: int
) -> tuple[float, ...]:
    said = list(bits)
    for at in range(len(words) - size + 1):
        if words[at : at + size] in templates:
            said[at : at + size] = [0.0] * size
    return tuple(said)


def _at_most(bits: tuple[float, ...], most: float) -> tuple[float, ...]:
    total = sum(bits)
    if total <= most:
        return bits
    return tuple(math.floor(each * most / total * STEP) / STEP for each in bits)
