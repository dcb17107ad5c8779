"""How much of a question can stand among some words at most, wherever they stand: most candidates are settled by that.

A part of an item cannot weigh more in `verify.py` than those of its words that stand there at all, as they are or
mistyped. So what fails here would fail there, where it costs ten times as much.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from curate.contamination import kernel
from curate.contamination.folding import Word
from curate.contamination.options import HALF
from curate.contamination.passage import letters
from curate.contamination.rarity import WeighedItem


class Bound:
    """The words of a question, and what each says at most in stem and options."""

    def __init__(self, item: WeighedItem) -> None:
        parts = (item.stem, *item.options)
        vocabulary = {
            word: number for number, word in enumerate(sorted({word for part in parts for word in part.words}))
        }
        self._letters = letters(list(vocabulary))
        self._said = np.zeros((len(parts), len(vocabulary)))
        self._bits = np.zeros((len(parts), len(vocabulary)))
        for row, part in enumerate(parts):
            for word, bits, weight in zip(part.words, part.bits, part.weights, strict=True):
                self._said[row, vocabulary[word]] += weight
                self._bits[row, vocabulary[word]] += bits
        self._totals = np.maximum(self._bits[1:].sum(axis=1), 1e-9)

    def most(self, words: Sequence[Word]) -> tuple[float, float, int]:
        """Bits of the stem and of all options, and how many options are half there, at most."""
        there = np.empty(self._said.shape[1], dtype=np.bool_)
        kernel.anywhere(*self._letters, *letters([word.word for word in words]), there)
        said, bits = self._said @ there, self._bits[1:] @ there
        half = np.count_nonzero(bits / self._totals >= HALF)
        return float(said[0]), float(said[1:].sum()), int(half)


@lru_cache(maxsize=4_096)
def bound_of(item: WeighedItem) -> Bound:
    """The bound of an item."""
    return Bound(item)
