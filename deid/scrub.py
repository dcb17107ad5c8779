"""Notes from as they came to the lines that are written of them: detected, replaced, checked.

Knows nothing of files and processes; a worker does it whole, so that only text goes back and forth.
"""

from collections import Counter
from collections.abc import Sequence

from deid.collector import paused
from deid.detector import Detector
from deid.key import token
from deid.known import Known
from deid.marks import line
from deid.notes import dump
from deid.replace import Replacer
from deid.residual import residual
from deid.scrubbed import Given, Scrubbed
from deid.vault.rows import Row
from schemas.policy import DeidPolicy
from schemas.span import Span


class Scrubber:
    """Scrubs notes by one policy with one key."""

    def __init__(self, policy: DeidPolicy, key: bytes) -> None:
        self._detector, self._replacer = Detector(policy), Replacer(policy, key)
        self._keeping, self._key = policy.keeping, key

    def scrub(self, notes: Sequence[Given]) -> list[Scrubbed]:
        """Each of the notes scrubbed."""
        patients = {note.identifiers: Known(note.identifiers) for note in notes if note.identifiers}
        known = [patients.get(note.identifiers) for note in notes]
        detected = self._detector.detect([note.text for note in notes], known)
        with paused():
            return list(map(self._one, notes, detected, known))

    def _one(self, note: Given, spans: list[Span], known: Known | None) -> Scrubbed:
        going = [span for span in spans if span.label not in self._keeping]
        remembered = set[Row]()
        words = known.words if known else ()
        after, places = self._replacer.replaced(note.text, spans, note.subject, words, remembered)
        originals = [note.text[span.start : span.end] for span in going]
        replaced = Counter(span.label.value for span in going)
        reason = residual([after], [originals], self._keeping, [known])[0]
        if reason is not None:
            return Scrubbed(reason, "", "", [], replaced)
        name = token(self._key, "note", note.id)
        rows = [row._replace(scope=row.scope and token(self._key, "subject", row.scope)) for row in remembered]
        return Scrubbed(None, dump({"id": name, "text": after}), line(name, after, places), rows, replaced)
