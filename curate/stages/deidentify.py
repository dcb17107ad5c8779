"""De-identify: rows of personal sources leave with every identifier that was found replaced.

Runs `deid` on the text, the title and every string of `extra` of a row together, so that they share its subject. A
row in which an original identifier is still readable afterwards goes to quarantine. Rows of other sources pass.

Where a source has a patient table, what it knows of a patient is searched in that patient's rows.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from audit.canonical import canonical_bytes
from curate.patients import PatientFile
from curate.stage import CorpusStage, Fate, Outcome, Stage, decided
from deid.key import Vault, opened
from schemas.failure import Failure
from schemas.policy import DeidPolicy
from schemas.span import Span

if TYPE_CHECKING:
    from deid.detector import Detector
    from deid.known import Known

BETWEEN: Final = "\n\n\x1e\n\n"
HELD_BACK: Final = "hold this record back, or correct the policy (deid.operators) and run again"


@dataclass(frozen=True)
class Deidentify(Stage):
    """Replaces identifiers by `policy` under the key in `vault`, in the sources named `personal`."""

    policy: DeidPolicy
    vault: Vault | Path
    personal: frozenset[str]
    patients: tuple[PatientFile, ...] = ()
    name = "deidentify"

    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:  # noqa: ARG002 - no state
        """Replace in the personal rows; counts spans as `replaced_<LABEL>` and, by policy, `kept_<LABEL>`.

        Those that a patient table knows are counted as `known_<LABEL>`, too.
        """
        docs = part.select(["source", "text", "title", "extra", "subject_key"]).to_pylist()
        fates: list[Fate | None] = [None] * len(docs)
        counts: Counter[str] = Counter()
        mine = [i for i, doc in enumerate(docs) if doc["source"] in self.personal]
        if mine:
            from deid.known import EVIDENCE
            from deid.replace import Replacer  # Presidio takes seconds to import; only personal rows need it
            from deid.residual import residual
            from deid.vault.rows import Row, Table

            vault, remembered = opened(self.vault), set[Row]()
            detector, replacer = detector_of(self.policy), Replacer(self.policy, vault.key)
            keeping = self.policy.keeping
            rows = [_Strings(docs[i]) for i in mine]
            table = self._known([docs[i] for i in mine])
            known = [table.get((docs[i]["source"], docs[i]["subject_key"])) for i in mine]
            detected = detector.detect([row.joined for row in rows], known)
            for i, row, found, patient in zip(mine, rows, detected, known, strict=True):
                spans = row.apart(found)
                counts.update(f"known_{span.label}" for span in spans if span.source.startswith(EVIDENCE))
                going = [span for span in spans if span.label not in keeping]
                counts.update(f"{'kept' if span.label in keeping else 'replaced'}_{span.label}" for span in spans)
                originals = [row.joined[span.start : span.end] for span in going]
                words, back = patient.words if patient else (), set[Row]()
                after = replacer.replace(row.joined, spans, docs[i]["subject_key"], words, back)
                docs[i] = row.back(after)
                reason = residual([after], [originals], keeping, [patient])[0]
                fates[i] = Fate(reason, quarantined=True, remedy=HELD_BACK) if reason else None
                remembered.update(back if reason is None else ())
            Table(vault).add(remembered)  # durable before the part is: what leaves can be led back
        for column in ("text", "title", "extra"):
            place = part.schema.get_field_index(column)
            values = pa.array([doc[column] for doc in docs], pa.string())
            part = part.set_column(place, part.schema.field(column), values)
        return decided(part, self.name, fates, counts)

    def _known(self, docs: Sequence[dict[str, Any]]) -> dict[tuple[str, str], "Known"]:
        """What the patient tables know of the patients of these rows, by source and subject."""
        from deid.known import Known

        found = {}
        for table in self.patients:
            subjects = [doc["subject_key"] for doc in docs if doc["source"] == table.source]
            for subject, identifiers in table.load(self.vault).known(subjects).items():
                found[table.source, subject] = Known(identifiers)
        return found


@dataclass(frozen=True)
class DeidentifyKnown(Deidentify, CorpusStage):
    """The same with patient tables. It looks at all rows first only to count who is in a table and who is not."""

    def sketch(self, part: pa.Table, number: int) -> pa.Table:  # noqa: ARG002 - order does not count
        """Whose each row is."""
        return part.select(["source", "subject_key"])

    def decide(self, sketches: Sequence[Path], state: Path, scratch: Path) -> Counter[str]:  # noqa: ARG002
        """Count patients, those without a note here, and notes whose patient is in no table; nothing to apply."""
        import pyarrow.parquet as pq

        notes: dict[str, Counter[str | None]] = {table.source: Counter() for table in self.patients}
        for sketch in sketches:
            rows = pq.read_table(sketch)
            for source, subject in zip(rows["source"].to_pylist(), rows["subject_key"].to_pylist(), strict=True):
                if source in notes:
                    notes[source][subject] += 1
        counts: Counter[str] = Counter()
        for table in self.patients:
            subjects = set(table.load(self.vault).subjects.to_pylist())
            mine = notes[table.source]
            counts["patients"] += len(subjects)
            counts["patients_without_notes"] += len(subjects - mine.keys())
            counts["notes_without_patient"] += sum(n for subject, n in mine.items() if subject not in subjects)
        return counts


def detector_of(policy: DeidPolicy) -> "Detector":
    """The detector of this process: models are loaded once."""
    return _detector(policy.model_dump_json())


@lru_cache(maxsize=1)
def _detector(policy: str) -> "Detector":
    from deid.detector import Detector

    return Detector(DeidPolicy.model_validate_json(policy))


class _Strings:
    """Every string of a row that a reader of the data would see, as one text that can be taken apart again.

    One text, so that what is sure in the dialogue is found in the note. `BETWEEN` holds a control character, and
    normalise left none in any string.
    """

    def __init__(self, doc: dict[str, Any]) -> None:
        self._doc = doc
        self._extra = json.loads(doc["extra"])
        self._texts = [doc["text"], doc["title"] or ""]
        self._walk(self._extra, self._note)
        self.joined = BETWEEN.join(self._texts)

    def apart(self, spans: Sequence[Span]) -> list[Span]:
        """`spans` on the joined text, cut where they reach over from one string into the next."""
        pieces = []
        for span in spans:
            start = span.start
            for piece in self.joined[span.start : span.end].split(BETWEEN):
                if piece:
                    pieces.append(replace(span, start=start, end=start + len(piece)))
                start += len(piece) + len(BETWEEN)
        return pieces

    def back(self, joined: str) -> dict[str, Any]:
        """The row with the strings of `joined` in their places."""
        texts = joined.split(BETWEEN)
        if len(texts) != len(self._texts):
            raise Failure("de-identification lost the border between two fields; this is a fault of Shodhan, report it")
        rest = iter(texts[2:])
        extra = self._walk(self._extra, lambda _: next(rest))
        title = texts[1] if self._doc["title"] is not None else None
        return self._doc | {"text": texts[0], "title": title, "extra": canonical_bytes(extra).decode()}

    def _note(self, text: str) -> str:
        self._texts.append(text)
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
    """Name and version of what detects, of the sequence model its digest: for the certificate."""
    from deid.recognizers.tagged import network

    packages = ("shodhan", "presidio-analyzer", "presidio-anonymizer", "spacy")
    model = f"name-model sha256:{network(policy.name_model).sha256}"
    own = policy.token_classifier
    if own is not None:
        from deid.token_classifier import TokenClassifierRecognizer

        model += f", token-classifier sha256:{TokenClassifierRecognizer(own).sha256}"
    return (*(f"{package} {version(package)}" for package in packages), model)
