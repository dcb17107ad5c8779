"""Whose row it is: the keyed token that is written, the scope of surrogates, and how far dates move.

All three are those of the subject's notes: with a source, as `shodhan curate` makes them for that source of
shodhan.yaml; without, as `shodhan deid scrub` does for a row with that `subject`.
"""

from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa

from deid.chance import Chance
from deid.dates import days
from deid.key import token
from schemas.policy import DeidPolicy


class Subject(NamedTuple):
    """What stands for one subject."""

    token: str
    scope: str
    days: int


class Whose(NamedTuple):
    """By row: the token (null without a subject), and how far its dates move (null without)."""

    tokens: pa.Array
    days: pa.Array
    scopes: list[str | None]


class Subjects:
    """Subjects under one key. A subject's number is taken without blanks around it."""

    def __init__(self, key: bytes, source: str | None, policy: DeidPolicy) -> None:
        self._key, self._source, self._policy = key, source, policy
        self.of = lru_cache(maxsize=1 << 16)(self._of)

    def _of(self, number: str) -> Subject:
        keyed = token(self._key, "subject", number)
        if self._source is not None:
            keyed = f"{self._source}:{keyed}"
        scope = keyed if self._source is not None else number
        chance = Chance(self._key, "days", scope if self._policy.scope == "patient" else "")
        return Subject(keyed, scope, days(chance.below, whole_weeks=self._policy.keep_weekday))

    def rows(self, cells: pa.Array) -> Whose:
        """Of a column of numbers (text); each distinct number is looked at once."""
        coded = cells.dictionary_encode()
        found = [self.of(number.strip()) if number.strip() else None for number in coded.dictionary.to_pylist()]
        tokens = pa.array([each and each.token for each in found], pa.string())
        moves = pa.array([each and each.days for each in found], pa.int32())
        scopes = [None if at is None or found[at] is None else found[at] for at in coded.indices.to_pylist()]
        return Whose(tokens.take(coded.indices), moves.take(coded.indices), [each and each.scope for each in scopes])

    def nobody(self, rows: int) -> Whose:
        """Of a table without a subject."""
        return Whose(pa.nulls(rows, pa.string()), pa.nulls(rows, pa.int32()), [None] * rows)
