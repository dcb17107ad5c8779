"""The detector: Presidio recognizers over one shared analysis of each text, overlaps resolved, spans on the
original.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from deid.analysis import analyse
from deid.collector import paused
from deid.known import EVIDENCE, Known
from deid.recognizers.tagged import network
from schemas.labels import Label
from schemas.policy import DeidPolicy
from schemas.span import Span

if TYPE_CHECKING:
    from deid.presidio import EntityRecognizer, RecognizerRegistry


class Detector:
    """Finds identifiers. One instance serves any number of texts; it keeps nothing of them.

    `recognizers` may be a RecognizerRegistry with others among them, a hospital's own; those are asked per text.
    """

    def __init__(self, policy: DeidPolicy, recognizers: "RecognizerRegistry | None" = None) -> None:
        self.policy = policy
        self._model = network(policy.name_model)
        self._labels = frozenset(Label)
        self._other: list[EntityRecognizer] = []
        # Presidio takes 0.7 s to import (docs/benchmarks.md): only where recognizers of others are asked.
        if recognizers is not None:
            from deid.registry import LabelRecognizer

            self._labels = frozenset(r.label for r in recognizers.recognizers if isinstance(r, LabelRecognizer))
            self._other += (r for r in recognizers.recognizers if not isinstance(r, LabelRecognizer))
        if policy.token_classifier is not None:
            from deid.token_classifier import TokenClassifierRecognizer

            self._other.append(TokenClassifierRecognizer(policy.token_classifier))

    def detect(self, texts: Sequence[str], known: Sequence[Known | None] | None = None) -> list[list[Span]]:
        """Spans of each text: sorted, not overlapping, in code points of the text as given, of the policy's least
        score or more. `known`: for each text what a patient table knows of its patient.

        Equal texts in one call are analysed once, where the same is known.
        """
        asked = list(zip(texts, known or [None] * len(texts), strict=True))
        found: dict[tuple[str, Known | None], list[Span]] = {}
        with paused():
            for text, patient in asked:
                if (text, patient) not in found:
                    found[text, patient] = self._spans(text, patient)
        return [found[each] for each in asked]

    def _spans(self, text: str, known: Known | None) -> list[Span]:
        note = analyse(text, self._model, known)
        spans = [
            Span(*note.shade.span(hit.start, hit.end), label=hit.label, score=hit.score, source=hit.why)
            for hit in note.hits
            if hit.label in self._labels and hit.score >= self.policy.min_score
        ]
        for recognizer in self._other:
            for result in recognizer.analyze(text, recognizer.supported_entities, None) or []:
                if result.entity_type in Label.__members__ and result.score >= self.policy.min_score:
                    spans.append(
                        Span(result.start, result.end, Label(result.entity_type), result.score, recognizer.name)
                    )
        return _apart(spans) if self._other else sorted(spans)


def _apart(spans: list[Span]) -> list[Span]:
    """Of overlapping spans a known one stays, then the one with the higher score, then the longer, then the earlier."""
    kept: list[Span] = []  # by place
    for span in sorted(spans, key=lambda s: (not s.source.startswith(EVIDENCE), -s.score, s.start - s.end, s.start)):
        at = bisect_left(kept, span.start, key=lambda other: other.start)
        if (at == 0 or kept[at - 1].end <= span.start) and (at == len(kept) or span.end <= kept[at].start):
            kept.insert(at, span)
    return kept
