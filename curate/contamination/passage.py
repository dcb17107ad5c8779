"""A part of an item laid over a stretch of text: which of its words stand there, in order or not, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.contamination import kernel
from curate.contamination.folding import Word
from curate.contamination.items import plain
from curate.contamination.rarity import Weighed

LEFT_OUT: Final = 3.0
PUT_IN: Final = 5.0
"""What a word costs that the text lacks, and one that it has between two of the part's, in bits."""

LONGEST_JOIN: Final = 4
"""So many words may have been written as one ("29yearold"), or one as so many."""

MANY_LEFT_OUT: Final = 0.25
FEW_PUT_IN: Final = 0.08
"""Shares of its words that a copy may lack, and may have put in, replaced or moved, and still be edited."""

LONG: Final = 4
"""A shorter word may be a short one mistyped: mistyped they are not told from others."""

TELLING: Final = 7.5
"""A word that says fewer bits stands close by anyway."""

EDGE: Final = 3
"""Words around a placed part that are looked at for its punctuation."""

SAME: Final = 2
"""What `kernel.alike` says of equal words."""

USED: Final = Word("", -1, -1)
"""Stands for a word that another part has taken."""


@dataclass(frozen=True)
class Placed:
    """A part over a stretch of words: its `i`-th word stands in the text as word `places[i]`, not in order where -1."""

    part: Weighed
    places: npt.NDArray[np.int32]
    anywhere: npt.NDArray[np.bool_]  # which of its words stand somewhere in the stretch, in order or not
    put_in: int  # words between those places that are none of the part's

    @property
    def in_order(self) -> float:
        """Bits of the words that stand in order."""
        return float(np.dot(self.places >= 0, np.array(self.part.weights, np.float64)))

    @property
    def in_any_order(self) -> float:
        """Bits of the words that stand in the stretch."""
        return float(np.dot(self.anywhere, np.array(self.part.weights, np.float64)))

    @property
    def complete(self) -> float:
        """Share of the part, templates too, that stands in order."""
        bits = np.array(self.part.bits, np.float64)
        return float(np.dot(self.places >= 0, bits) / max(bits.sum(), 1e-9))

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last word of the text in it; `(0, -1)` where there is none."""
        taken = self.places[self.places >= 0]
        return (int(taken[0]), int(taken[-1])) if taken.size else (0, -1)

    @property
    def edited(self) -> bool:
        """Whether it reads like a copy with words mistyped or left out, and hardly one put in or replaced."""
        size, matched = len(self.part.words), int(np.count_nonzero(self.places >= 0))
        return self.put_in <= int(FEW_PUT_IN * size) and size - matched <= MANY_LEFT_OUT * size + 1

    def moved(self, words: Sequence[Word]) -> bool:
        """Whether more than a few of its words that do not stand in order stand close by, in `words`."""
        first, last = self.span
        size, matched = len(self.part.words), set(self.places.tolist())
        near = range(max(0, first - size), min(len(words), last + size + 1))
        others = {words[at].word for at in near if at not in matched}
        words_of = zip(self.part.words, self.part.bits, self.places.tolist(), strict=True)
        moved = [word for word, bits, at in words_of if at < 0 and bits >= TELLING and word in others]
        return len(moved) > FEW_PUT_IN * size


def place(part: Weighed, words: Sequence[Word]) -> Placed:
    """Lay `part` over `words` by the best local alignment."""
    likeness = np.empty((len(part.words), len(words)), dtype=np.uint8)
    kernel.alike(*letters(part.words), *letters([word.word for word in words]), likeness)
    places = np.empty(len(part.words), dtype=np.int32)
    kernel.align(likeness, np.array(part.bits, dtype=np.float32), LEFT_OUT, PUT_IN, places)
    put_in = _put_in(places.tolist(), part.words, words)
    return Placed(part, places, (places >= 0) | (likeness == SAME).any(axis=1), put_in)


def take(words: list[Word], placed: Placed) -> None:
    """Leave the words of `placed` to nobody else."""
    for at in placed.places[placed.places >= 0]:
        words[at] = USED


def _put_in(places: list[int], part: Sequence[str], words: Sequence[Word]) -> int:
    """Words between two that are matched which are none of the part's; a short one may be a short one mistyped."""
    count, before, missing = 0, None, 0
    for word, at in zip(part, places, strict=True):
        if at < 0:
            missing += len(word) < LONG
        else:
            if before is not None:
                between = [len(each.word) < LONG for each in words[before + 1 : at] if each is not USED]
                count += len(between) - min(sum(between), missing)
            before, missing = at, 0
    return count


def letters(words: Sequence[str]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The code points of all words, and where each word starts among them."""
    points = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = np.zeros(len(words) + 1, dtype=np.int64)
    np.fromiter(map(len, words), np.int64, len(words)).cumsum(out=starts[1:])
    return points, starts


def stands_verbatim(part: Weighed, text: str, words: Sequence[Word], first: int, last: int) -> bool:
    """Whether `part` stands around the words `first` to `last` character by character, but for blanks."""
    start = words[first - EDGE].start if first >= EDGE else 0
    end = words[last + EDGE].end if last + EDGE < len(words) else len(text)
    return part.text in plain(text[start:end])


class Spacing:
    """How the words of an item may have been written as one, or one as several."""

    def __init__(self, parts: Sequence[Weighed]) -> None:
        self._known = {word for part in parts for word in part.words}
        self._beginnings = {word[:size] for word in self._known for size in range(1, len(word))}
        self._joined = {
            "".join(part.words[at : at + size]): part.words[at : at + size]
            for part in parts
            for size in range(2, LONGEST_JOIN + 1)
            for at in range(len(part.words) - size + 1)
        }

    def undone(self, words: Sequence[Word]) -> list[Word]:
        """`words`, where they were written so, as the item writes them."""
        found: list[Word] = []
        at = 0
        while at < len(words):
            word, start, end = words[at]
            size = 1
            if word in self._joined and word not in self._known:
                found += [Word(piece, start, end) for piece in self._joined[word]]
            elif (
                word in self._beginnings
                and word not in self._known
                and (size := self._pieces(words[at : at + LONGEST_JOIN])) > 1
            ):
                found.append(Word(_written(words[at : at + size]), start, words[at + size - 1].end))
            else:
                found.append(words[at])
            at += size
        return found

    def _pieces(self, words: Sequence[Word]) -> int:
        """How many of the first of `words` are one word of the item; 1 where none are."""
        written = words[0].word
        for size in range(2, len(words) + 1):
            if written not in self._beginnings:
                break
            written += words[size - 1].word
            if written in self._known:
                return size
        return 1


def _written(words: Sequence[Word]) -> str:
    return "".join(word.word for word in words)
