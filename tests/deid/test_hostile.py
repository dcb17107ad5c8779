"""No text is too strange for the detector; tests/benchmarks/hostile_inputs.py asks more of them, and for their time."""

import importlib.util
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from deid.detector import Detector
from deid.known import Known
from deid.replace import Replacer
from schemas.labels import Label
from schemas.policy import DeidPolicy


def _load():
    path = Path(__file__).parents[1] / "benchmarks" / "hostile_texts.py"
    spec = importlib.util.spec_from_file_location("hostile_texts", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


hostile = _load()
KNOWN = Known(
    (
        (Label.PERSON, "Ramesh Kumar"),
        (Label.PERSON, "மீனாட்சி சுந்தரம்"),
        (Label.PHONE_NUMBER, "98765 43210"),
        (Label.MEDICAL_RECORD_NUMBER, "KMH-220917"),
        (Label.LOCATION, "12 Gandhi Road, Adyar, Chennai 600020"),
        (Label.DATE, "1956-03-14"),
    )
)


@pytest.fixture(scope="module")
def detector():
    return Detector(DeidPolicy())


@pytest.fixture(scope="module", params=["surrogate", "tag", "redact"])
def replacer(request):
    return Replacer(DeidPolicy(default=request.param), b"k" * 32)


@pytest.mark.parametrize("family", hostile.FAMILIES)
def test_spans_of_every_family_lie_apart_inside_the_text(detector, family):
    hostile.scrubbed(detector, Replacer(DeidPolicy(), b"k" * 32), hostile.text(family, 500))


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(note=hostile.hostile_texts())
def test_no_text_is_too_strange(detector, replacer, note):
    hostile.scrubbed(detector, replacer, note)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(note=hostile.hostile_texts())
def test_nor_beside_a_patient_table(detector, note):
    spans = detector.detect([note], [KNOWN])[0]
    assert all(0 <= span.start < span.end <= len(note) for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    KNOWN.remains(note)


def test_long_values_are_replaced_whole(detector):
    note = "UHID: KMH-220917 " + "9" * 5000 + " " + "Dr. Ramesh Kumar, " * 200
    after = Replacer(DeidPolicy(default="tag"), b"k" * 32).replace(note, detector.detect([note])[0], None)
    assert "Ramesh" not in after
    assert "KMH-220917" not in after
