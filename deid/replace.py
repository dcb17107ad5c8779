"""What stands in the place of an identifier: a surrogate, a tag, a token, the label, the value itself, by policy.

Presidio's anonymizer does the work; ours is one more of its operators, beside the stock ones `replace` and `keep`.
"""

import datetime
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import regex

from deid.chance import Chance, Draw
from deid.cipher import Cipher
from deid.collector import paused
from deid.dates import around, days, shift
from deid.generalise import generalise
from deid.linking.identity import identity
from deid.mask import masked
from deid.presidio import AnonymizerEngine, Operator, OperatorConfig, OperatorType, RecognizerResult
from deid.residual import proven
from deid.shadow import shadow
from deid.surrogates import surrogate
from deid.tokens import key as fold
from deid.vault.rows import Row
from schemas.failure import Refusal
from schemas.labels import Label
from schemas.policy import DeidPolicy
from schemas.span import Span

_TRIES = 16
_LONG = 200  # characters of a value that is drawn at most twice: the work must not grow with its length and the tries
_TOGETHER = 64  # spans given to the engine at once
_LONGEST = 8  # words of an original that is looked for within a surrogate
_FEW = 200  # originals up to which it is quicker to look for each than for every run of words
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


class Made(Operator):  # type: ignore[misc]
    """Replaces a value by `params["made"][value]`, which the Replacer made with the key."""

    def operate(self, text: str = "", params: dict[str, Any] | None = None) -> str:
        """The made-up value."""
        return str((params or {})["made"][text])

    def validate(self, params: dict[str, Any] | None = None) -> None:
        """A map of made-up values must be there."""
        if not isinstance((params or {}).get("made"), dict):
            raise ValueError("the operator needs the map `made`")

    def operator_name(self) -> str:
        """Its name in an OperatorConfig."""
        return "made"

    def operator_type(self) -> OperatorType:
        """It anonymizes."""
        return OperatorType.Anonymize


class Replaced(NamedTuple):
    """A text after replacement, and where in it stands what was found: also what the policy keeps; by place."""

    text: str
    spans: list[Span]


class Replacer:
    """Applies a policy's operators with one key. Raises Refusal without a key of 32 bytes."""

    def __init__(self, policy: DeidPolicy, key: bytes) -> None:
        if len(key) != 32:
            raise Refusal("surrogates need the pseudonym key; make one with: shodhan deid key create VAULT")
        self.policy, self._key, self._cipher = policy, key, Cipher(key)
        self._chosen = {label: policy.operator(label) for label in Label}
        self._engine = AnonymizerEngine()
        self._engine.add_anonymizer(Made)

    def replace(
        self,
        text: str,
        spans: Sequence[Span],
        subject: str | None,
        avoid: Collection[str] = (),
        remembered: set[Row] | None = None,
    ) -> str:
        """The text that `replaced` gives."""
        return self.replaced(text, spans, subject, avoid, remembered).text

    def replaced(
        self,
        text: str,
        spans: Sequence[Span],
        subject: str | None,
        avoid: Collection[str] = (),
        remembered: set[Row] | None = None,
    ) -> Replaced:
        """`text` with every span replaced. `subject` is the patient's key, within whose record a value keeps its
        surrogate.

        Spans must lie inside the text and not overlap: ValueError otherwise. No surrogate equals an original of the
        text, or holds a word of `avoid` (keys). What the policy lets the vault remember is added to `remembered`.
        """
        end, ordered = 0, sorted(spans)
        for span in ordered:
            if span.start < end or span.end > len(text):
                raise ValueError("spans overlap or leave the text")
            end = span.end
        with paused():
            return self._replaced(text, ordered, subject, avoid, remembered)

    def _replaced(
        self, text: str, ordered: list[Span], subject: str | None, avoid: Collection[str], remembered: set[Row] | None
    ) -> Replaced:
        scope = subject or "" if self.policy.scope == "patient" else ""
        originals = {_flat(text[span.start : span.end]) for span in ordered}.union(avoid)
        made = self._made(text, ordered, scope, originals)
        if remembered is not None and self.policy.reidentification:
            remembered.update(self._rows(scope, made))
        operators = {label.value: self._config(label, values) for label, values in made.items()}
        # The engine copies its text for every span, so it is given a few spans and the text that they stand in.
        pieces, placed, reached, length = [], list[Span](), 0, 0
        for first in range(0, len(ordered), _TOGETHER):
            group = ordered[first : first + _TOGETHER]
            results = [RecognizerResult(s.label.value, s.start - reached, s.end - reached, s.score) for s in group]
            piece = text[reached : group[-1].end]
            after = self._engine.anonymize(piece, results, operators, merge_entities_with_spaces=False)
            pieces.append(after.text)
            placed += (Span(length + i.start, length + i.end, Label(i.entity_type)) for i in after.items if i.text)
            reached, length = group[-1].end, length + len(after.text)
        return Replaced("".join((*pieces, text[reached:])), sorted(placed))

    def _made(self, text: str, spans: Sequence[Span], scope: str, originals: set[str]) -> dict[Label, dict[str, str]]:
        """By label what stands for each value; nothing for a value that is kept or whose label alone is given."""
        made: dict[Label, dict[str, str]] = {}
        tags: dict[tuple[Label, str], str] = {}
        count = Counter[Label]()
        persons = {text[span.start : span.end] for span in spans if span.label is Label.PERSON}
        # A figure is -bhai or -ben, which stays.
        heard = {part for person in persons for part in identity(person) if not part.isdigit()}
        near = around({text[span.start : span.end] for span in spans if span.label is Label.DATE})
        for span in spans:
            value, label, chosen = text[span.start : span.end], span.label, self._chosen[span.label]
            values = made.setdefault(label, {})
            if value in values or chosen in ("keep", "redact"):
                continue
            if chosen in ("surrogate", "shift"):
                values[value] = self._surrogate(label, value, scope, originals, near, heard)
            elif chosen == "tag":
                flat = label, _same(label, value)
                if flat not in tags:
                    count[label] += 1
                    tags[flat] = f"[{label}_{count[label]}]"
                values[value] = tags[flat]
            elif chosen == "token":
                values[value] = self._cipher.token(label, scope, _same(label, value))
            elif chosen == "encrypt":
                values[value] = self._cipher.encrypt(label, scope, value)
            elif chosen == "mask":
                values[value] = masked(value, self.policy.shown(label))
            else:
                coarse = generalise(label, value)
                values[value] = f"[{label}]" if coarse is None or _flat(coarse) in originals else coarse
        return made

    def _rows(self, scope: str, made: dict[Label, dict[str, str]]) -> Iterator[Row]:
        """What leads back from the replacements of a text: only from those which stand for one value of the scope."""
        for label, values in made.items():
            if self._chosen[label] in ("surrogate", "shift", "token"):
                for value, new in values.items():
                    if new != f"[{label}]":
                        yield Row(scope, label.value, new, value)

    def _config(self, label: Label, values: dict[str, str]) -> OperatorConfig:
        match self._chosen[label]:
            case "keep":
                return OperatorConfig("keep", {})
            case "redact":
                return OperatorConfig("replace", {"new_value": f"[{label}]"})
            case _:
                return OperatorConfig("made", {"made": values})

    def _surrogate(
        self,
        label: Label,
        value: str,
        scope: str,
        originals: set[str],
        near: datetime.date | None,
        heard: set[str],
    ) -> str:
        """A surrogate that is none of the originals and has no real one's form, by another draw where it would be."""
        if label is Label.DATE:
            by = days(Chance(self._key, "days", scope).below, whole_weeks=self.policy.keep_weekday)
            moved = shift(value, by, near)
            if moved is None or moved == value or _tells(moved, originals):
                return f"[{label}]"
            return moved
        for attempt in range(_TRIES if len(value) < _LONG else 2):
            draw = Draw(self._key, (scope, label.value), (str(attempt),))
            new = surrogate(label, value, draw, heard, originals)
            if not _holds(new, originals) and not _looks_real(new):
                return new
        return f"[{label}]"


def _looks_real(value: str) -> bool:
    """Whether a made-up value has by chance the form of a real one: four letters and seven digits may be an IFSC."""
    return any(map(str.isdigit, value)) and proven(value) is not None


def _holds(value: str, originals: set[str]) -> bool:
    """Whether an original is a made-up value, or, of three characters or more, one of its parts between blanks or a run
    of its words, flat.
    """
    if _flat(value) in originals or any(len(part) > 2 and part in originals for part in map(_flat, value.split())):
        return True
    words = list(map(_flat, _WORD.findall(value)))
    said = "".join(words)
    if len(originals) <= _FEW and not any(original in said for original in originals if len(original) > 2):
        return False
    runs = ("".join(words[first : first + n]) for first in range(len(words)) for n in range(1, _LONGEST + 1))
    return any(len(run) > 2 and run in originals for run in runs)


def _tells(date: str, originals: set[str]) -> bool:
    """Whether one of the originals, of three characters or more, stands in a moved date with no letter beside it."""
    edges = [match.start() for match in re.finditer(r"\b|$", date)]
    pieces = (_flat(date[start:end]) for at, start in enumerate(edges) for end in edges[at + 1 :])
    return any(len(piece) > 2 and piece in originals for piece in pieces)


def _same(label: Label, value: str) -> str:
    """What two values of a label have in common that are one: persons how their names sound, in any script."""
    return (label is Label.PERSON and " ".join(identity(value))) or _flat(value)


@lru_cache(maxsize=1 << 15)
def _flat(text: str) -> str:
    """A value with digits folded, in one case, without blanks: equal for equal identifiers."""
    return fold("".join(shadow(text).text.split()))
