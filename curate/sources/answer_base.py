"""Do the numbers that name the right option count from 0 or from 1? Told by the file's own evidence, never guessed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_STATED: Final = re.compile(
    r"\b(?i:ans(?:wer)?|option)\b[\s.:\-,=*]*(?:(?i:is|are)\b[\s.:\-]*)?"
    r"(?:[(\[\"'‘’“”`]\s*([A-Ea-e])\s*[)\]\"'‘’“”`]|([A-Ea-e])(?=\s*(?:[.,:;)]|i\.e|$)))"
)
"""`Ans. is 'd' i.e.,`, `Ans. (c)`, `Ans: C,`, `Answer- b.`; a bare letter only before a mark: "a" is an article."""
_WORD: Final = re.compile(r"[^\W_]+")

STATED, NAMED = 2, 1
"""Weight of an explanation that states the letter, and of one that names one option and no other."""
ENOUGH, AGAINST = 3, 10
"""A base needs three points (one row that states the letter and names the option, say) and ten times the other's."""


@dataclass(slots=True)
class AnswerBase:
    """Evidence over the rows of one file. Show it every row, then ask."""

    range_bases: set[int] = field(default_factory=set)
    points: dict[int, int] = field(default_factory=lambda: {0: 0, 1: 0})
    rows: int = 0

    def see(self, number: int, options: Sequence[str], explanation: str | None) -> None:
        """A row whose answer is `number`, from 0 or from 1 into `options`; a negative one says nothing."""
        if number < 0:
            return
        self.rows += 1
        if number == 0:
            self.range_bases.add(0)
        elif number == len(options):
            self.range_bases.add(1)
        if not explanation:
            return
        for place, weight in ((stated_option(explanation), STATED), (named_option(explanation, options), NAMED)):
            if place is not None and number - place in self.points:
                self.points[number - place] += weight

    def decide(self) -> int | None:
        """0 or 1, or None where the evidence is missing or contradicts itself.

        The range proves it: a 0 is no option from 1, a number as large as there are options is none from 0. Without
        either, what the explanations say must be clear; against a clear word of theirs the range does not stand.
        """
        told = next((base for base in (0, 1) if self._clear(base)), None)
        if len(self.range_bases) == 2:
            return None
        if self.range_bases:
            (ranged,) = self.range_bases
            return ranged if told in {None, ranged} else None
        return told

    def _clear(self, base: int) -> bool:
        return self.points[base] >= max(ENOUGH, AGAINST * self.points[1 - base])


def stated_option(explanation: str) -> int | None:
    """The option whose letter the explanation states as the answer; None if it states none or several."""
    letters = {(quoted or bare).upper() for quoted, bare in _STATED.findall(explanation)}
    return ord(letters.pop()) - ord("A") if len(letters) == 1 else None


def named_option(explanation: str, options: Sequence[str]) -> int | None:
    """The one option whose words all stand in the explanation, in a row; None if none or several do.

    Words are compared by case-folded stems without a plural's s; an option of fewer than four letters names nothing.
    """
    text = _words(explanation)
    named = [
        place for place, option in enumerate(options) if len(words := _words(option)) > 5 and words in text
    ]  # a blank before and after, so over five signs is four letters or more
    return named[0] if len(named) == 1 else None


def _words(text: str) -> str:
    return f" {' '.join(word.removesuffix('s') for word in _WORD.findall(text.casefold()))} "
