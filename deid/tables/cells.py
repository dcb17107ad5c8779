"""Cells with identifiers in them: a value that is one, and a text that holds some. Each distinct cell is done once."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

from deid.key import token
from deid.known import Identifiers, Known
from schemas.columns import Identifier
from schemas.labels import Label
from schemas.policy import DeidPolicy
from schemas.span import Span

if TYPE_CHECKING:
    from deid.detector import Detector
    from deid.replace import Replacer


class Read(NamedTuple):
    """A text after replacement, or why it must not be written; and the identifiers replaced in it by label."""

    text: str | None
    reason: str | None
    replaced: Counter[str]


class Cells:
    """Replaces under one key and policy. The detector is loaded when the first text comes."""

    def __init__(self, key: bytes, policy: DeidPolicy) -> None:
        self._key, self._policy = key, policy
        self._token = lru_cache(maxsize=1 << 16)(partial(token, key))
        self._value = lru_cache(maxsize=1 << 16)(self._replaced)

    def identifiers(
        self, cells: Sequence[str | None], scopes: Sequence[str | None], column: Identifier, name: str
    ) -> list[str | None]:
        """What stands for each value of an identifier's column; blank cells stay."""
        if column.operator == "token":
            kind = column.kind or name
            made = {cell: self._token(kind, cell.strip()) for cell in set(cells) if cell and cell.strip()}
            return [made.get(cell, cell) if cell else cell for cell in cells]
        by_patient = self._policy.scope == "patient"
        return [
            self._value(column.label, column.operator, cell, scope if by_patient else None)
            if cell and cell.strip()
            else cell
            for cell, scope in zip(cells, scopes, strict=True)
        ]

    def _replaced(self, label: Label, operator: str, value: str, scope: str | None) -> str:
        bare = value.strip()
        return self._replacer(operator).replace(bare, [Span(0, len(bare), label)], scope)

    @lru_cache(maxsize=16)  # noqa: B019 - one Cells a process
    def _replacer(self, operator: str | None) -> "Replacer":
        from deid.replace import Replacer

        if operator is None:
            return Replacer(self._policy, self._key)
        return Replacer(DeidPolicy(default=operator, scope=self._policy.scope), self._key)

    def texts(
        self, cells: Sequence[str | None], scopes: Sequence[str | None], known: Sequence[Identifiers]
    ) -> list[Read | None]:
        """Each text with its identifiers replaced. `known` are those that stand in other columns of the same row."""
        rows = [
            (cell, scope, row) if cell and cell.strip() else None
            for cell, scope, row in zip(cells, scopes, known, strict=True)
        ]
        asked = list(dict.fromkeys(row for row in rows if row is not None))
        done = dict(zip(asked, self._read(asked), strict=True))
        return [row and done[row] for row in rows]

    def _read(self, asked: list[tuple[str, str | None, Identifiers]]) -> list[Read]:
        from deid.residual import residual

        prepared = {identifiers: Known(identifiers) for _, _, identifiers in asked if identifiers}
        patients = [prepared.get(identifiers) for _, _, identifiers in asked]
        spans = self._detector.detect([text for text, _, _ in asked], patients) if asked else []
        keeping, found = self._policy.keeping, []
        for (text, scope, _), those, patient in zip(asked, spans, patients, strict=True):
            going = [span for span in those if span.label not in keeping]
            after = self._replacer(None).replace(text, those, scope, patient.words if patient else ())
            reason = residual([after], [[text[s.start : s.end] for s in going]], keeping, [patient])[0]
            found.append(Read(None if reason else after, reason, Counter(span.label.value for span in going)))
        return found

    @cached_property
    def _detector(self) -> "Detector":
        from deid.detector import Detector

        return Detector(self._policy)
