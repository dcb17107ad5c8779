"""De-identify: rows of personal sources leave with every identifier that was found replaced.

Runs `deid` on the text, the title and every string of `extra` of a row together, so that they share its subject. A
row in which an original identifier is still readable afterwards goes to quarantine. Rows of other sources pass.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from audit.canonical import canonical_bytes
from curate.stage import Fate, Outcome, Stage, decided
from deid.key import load_key
from schemas.policy import DeidPolicy

if TYPE_CHECKING:
    from deid.detector import Detector

HELD_BACK = "hold this record back, or correct the policy (deid.operators) and run again"


@dataclass(frozen=True)
class Deidentify(Stage):
    """Replaces identifiers by `policy` under the key in `vault`, in the sources named `personal`."""

    policy: DeidPolicy
    vault: Path
    personal: frozenset[str]
    name = "deidentify"

    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:  # noqa: ARG002 - no state
        """Replace in the personal rows; counts `replaced_<LABEL>` spans."""
        docs = part.select(["source", "text", "title", "extra", "subject_key"]).to_pylist()
        fates: list[Fate | None] = [None] * len(docs)
        counts: Counter[str] = Counter()
        mine = [i for i, doc in enumerate(docs) if doc["source"] in self.personal]
        if mine:
            from deid.replace import Replacer  # Presidio takes seconds to import; only personal rows need it
            from deid.residual import residual

            detector, replacer = detector_of(self.policy), Replacer(self.policy, load_key(self.vault))
            slots = [_Strings(docs[i]) for i in mine]
            spans = iter(detector.detect([text for strings in slots for text in strings.texts]))
            for i, strings in zip(mine, slots, strict=True):
                originals: list[str] = []
                for j, text in enumerate(strings.texts):
                    found = next(spans)
                    counts.update(f"replaced_{span.label}" for span in found)
                    originals += [text[s.start : s.end] for s in found if self._replaces(s.label)]
                    strings.texts[j] = replacer.replace(text, found, docs[i]["subject_key"])
                docs[i] = strings.back()
                reason = residual(["\n".join(strings.texts)], [originals], detector)[0]
                fates[i] = Fate(reason, quarantined=True, remedy=HELD_BACK) if reason else None
        for column in ("text", "title", "extra"):
            place = part.schema.get_field_index(column)
            values = pa.array([doc[column] for doc in docs], pa.string())
            part = part.set_column(place, part.schema.field(column), values)
        return decided(part, self.name, fates, counts)

    def _replaces(self, label: Any) -> bool:
        return self.policy.operators.get(label, self.policy.default) != "keep"


def detector_of(policy: DeidPolicy) -> "Detector":
    """The detector of this process: models are loaded once."""
    return _detector(policy.model_dump_json())


@lru_cache(maxsize=1)
def _detector(policy: str) -> "Detector":
    from deid.detector import Detector

    return Detector(DeidPolicy.model_validate_json(policy))


class _Strings:
    """Every string of a row that a reader of the data would see, in one list that can be written back."""

    def __init__(self, doc: dict[str, Any]) -> None:
        self._doc = doc
        self._extra = json.loads(doc["extra"])
        self.texts = [doc["text"], doc["title"] or ""]
        self._walk(self._extra, self._note)

    def back(self) -> dict[str, Any]:
        rest = iter(self.texts[2:])
        extra = self._walk(self._extra, lambda _: next(rest))
        title = self.texts[1] if self._doc["title"] is not None else None
        return self._doc | {"text": self.texts[0], "title": title, "extra": canonical_bytes(extra).decode()}

    def _note(self, text: str) -> str:
        self.texts.append(text)
        return text

    def _walk(self, value: Any, give: Callable[[str], str]) -> Any:
        if isinstance(value, str):
            return give(value)
        if isinstance(value, list):
            return [self._walk(item, give) for item in value]
        if isinstance(value, dict):
            return {key: self._walk(item, give) for key, item in value.items()}
        return value


def detectors(policy: DeidPolicy) -> tuple[str, ...]:
    """Name and version of what detects: for the certificate."""
    packages = ("shodhan", "presidio-analyzer", "presidio-anonymizer", "spacy", policy.english_model.replace("_", "-"))
    return tuple(f"{package} {version(package)}" for package in packages)
