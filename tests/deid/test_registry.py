import pytest
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NoOpNlpEngine

from deid.registry import LabelRecognizer, registry
from schemas.labels import Label


def test_every_label_has_a_recognizer():
    assert {r.label for r in registry().recognizers} == set(Label)


@pytest.mark.parametrize(("label", "text", "value"), [
    (Label.IN_ABHA_NUMBER, "ABHA 91-2345-6789-0129", "91-2345-6789-0129"),
    (Label.PERSON, "Dr. Lalitha Kumari came", "Lalitha Kumari"),
])  # fmt: skip
def test_one_alone_in_a_plain_engine(label, text, value):
    own = registry()
    own.recognizers = [LabelRecognizer(label)]
    engine = AnalyzerEngine(registry=own, nlp_engine=NoOpNlpEngine([{"lang_code": "en", "model_name": "none"}]))
    results = engine.analyze(text, language="en")
    assert [(r.entity_type, text[r.start : r.end]) for r in results] == [(label.value, value)]


def test_the_reason_is_told():
    recognizer = LabelRecognizer(Label.PHONE_NUMBER)
    [result] = recognizer.analyze("mobile 9876543210", ["PHONE_NUMBER"])
    assert "mobile" in result.analysis_explanation.textual_explanation
