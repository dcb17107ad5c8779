"""Presidio recognizers, one a label, in one registry: used by the Detector, and each alone in any AnalyzerEngine."""

from typing import Any

from deid.analysis import analyse
from deid.lexicon import rows
from deid.note import Note
from deid.presidio import AnalysisExplanation, EntityRecognizer, RecognizerRegistry, RecognizerResult
from deid.recognizers.tagged import network
from schemas.labels import Label

VERSION = "1.0"


class LabelRecognizer(EntityRecognizer):  # type: ignore[misc]
    """Finds one label. All recognizers share one analysis of a text: one decision per number, whoever asks.

    Works without NLP artifacts, so under any NlpEngine and in a plain AnalyzerEngine of any language it is made for.
    """

    def __init__(self, label: Label, language: str = "en") -> None:
        self.label = label
        context = [phrase for kind, phrase in rows("labels.tsv") if kind == label.value]
        name = f"Shodhan{''.join(part.title() for part in label.value.split('_'))}Recognizer"
        super().__init__([label.value], name=name, supported_language=language, version=VERSION, context=context)

    def load(self) -> None:
        """Nothing to load: tables are read when first used."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002
        """Results for this label in a text, offsets in code points of the text as given."""
        if self.label.value not in entities:
            return []
        return self.results(_remembered(text))

    def results(self, note: Note) -> list[RecognizerResult]:
        """This label's share of an analysis."""
        return [
            RecognizerResult(
                self.label.value,
                *note.shade.span(hit.start, hit.end),
                hit.score,
                AnalysisExplanation(self.name, hit.score, textual_explanation=hit.why),
                {RecognizerResult.RECOGNIZER_NAME_KEY: self.name, RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id},
            )
            for hit in note.hits
            if hit.label is self.label
        ]

    def enhance_using_context(
        self, text: str, raw_recognizer_results: list[RecognizerResult], *_: Any, **__: Any
    ) -> list[RecognizerResult]:
        """Context is part of the analysis: scores stand, whatever the text."""
        del text
        return raw_recognizer_results


_last: list[Note] = []


def _remembered(text: str) -> Note:
    """The analysis of the text asked for last, so that the recognizers of one engine do not repeat it."""
    if not _last or _last[0].text != text:
        _last[:] = [analyse(text, network())]
    return _last[0]


def registry(language: str = "en") -> RecognizerRegistry:
    """A registry with a recognizer for every label."""
    return RecognizerRegistry([LabelRecognizer(label, language) for label in Label], supported_languages=[language])
