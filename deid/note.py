"""A note under analysis: its shadow, its tokens, the cues in them, and which characters are already decided."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from deid.clinical_items import figures
from deid.languages import token_languages
from deid.lexicon import Cue, cues
from deid.shadow import Shadow, shadow
from deid.tokens import Token, tokens
from schemas.labels import Label


class Hit(NamedTuple):
    """An identifier found in a shadow, `[start, end)`; `why` says by which pattern, check or cue."""

    start: int
    end: int
    label: Label
    score: float
    why: str


_INFLECTED = frozenset(("org",))
"""Words of addresses and institutions that are known with a case ending, too."""


@dataclass
class Note:
    """One text, analysed once. The recognizers share it; each character is decided by the first that claims it."""

    text: str
    shade: Shadow = field(init=False)
    hits: list[Hit] = field(default_factory=list)
    likelihood: Sequence[float] | None = None
    """How likely each token is part of an identifier for the sequence model; None where it was not asked."""

    def __post_init__(self) -> None:
        self.shade = shadow(self.text)
        self.s = self.shade.text
        self.taken = bytearray(len(self.s))

    @cached_property
    def tokens(self) -> list[Token]:
        """All tokens of the shadow."""
        return tokens(self.s)

    @cached_property
    def languages(self) -> list[str]:
        """The language of each token."""
        return token_languages(self.tokens, self.s)

    @cached_property
    def figure_tokens(self) -> frozenset[int]:
        """Indices of tokens that are parts of doses or of values of tests and vital signs."""
        return frozenset(i for start, end in figures(self.s) for i in range(*self.token_range(start, end)))

    @cached_property
    def labels(self) -> list[Cue]:
        """Label words of identifiers."""
        return cues(self.tokens, "labels.tsv")

    @cached_property
    def people(self) -> list[Cue]:
        """Titles, relations, roles and labels of persons."""
        return cues(self.tokens, "people.tsv")

    @cached_property
    def places(self) -> list[Cue]:
        """Words of addresses and institutions."""
        return cues(self.tokens, "places.tsv", _INFLECTED)

    @cached_property
    def veto_tokens(self) -> frozenset[int]:
        """Indices of tokens that say that the number beside them is no identifier (lot, ISBN, total)."""
        return frozenset(i for cue in self.labels if cue.kind == "veto" for i in range(cue.first, cue.last))

    @cached_property
    def _label_starts(self) -> list[int]:
        return [self.tokens[cue.first].start for cue in self.labels]

    def labels_before(self, place: int) -> list[Cue]:
        """The last few label words that begin before a place of the shadow, in order."""
        at = bisect_left(self._label_starts, place)
        return self.labels[max(0, at - 4) : at]

    def labels_after(self, place: int) -> list[Cue]:
        """The next few label words that begin at a place of the shadow or later, in order."""
        at = bisect_left(self._label_starts, place)
        return self.labels[at : at + 6]

    @cached_property
    def token_starts(self) -> list[int]:
        """Where each token begins."""
        return [token.start for token in self.tokens]

    def token_range(self, start: int, end: int) -> tuple[int, int]:
        """Indices of the tokens that begin inside `[start, end)`."""
        return bisect_left(self.token_starts, start), bisect_left(self.token_starts, end)

    @cached_property
    def part_tokens(self) -> frozenset[int]:
        """Indices of tokens that are parts of addresses (road, nagar, taluk)."""
        return frozenset(i for cue in self.places if cue.kind == "part" for i in range(cue.first, cue.last))

    def claim(self, start: int, end: int, label: Label, score: float, why: str) -> bool:
        """Take `[start, end)` unless some of it is taken; trailing punctuation and blanks are left off."""
        while end > start and self.s[end - 1] in " \n.,;:-/(":
            end -= 1
        while end > start and self.s[start] in " \n,;:)":
            start += 1
        if end <= start or not self.free(start, end):
            return False
        self.hits.append(Hit(start, end, label, score, why))
        self.taken[start:end] = b"\x01" * (end - start)
        return True

    def block(self, start: int, end: int) -> None:
        """Mark a range as decided and no identifier."""
        self.taken[start:end] = b"\x02" * (end - start)

    def free(self, start: int, end: int) -> bool:
        """Nothing in the range is decided yet."""
        return self.taken.count(0, start, end) == end - start
