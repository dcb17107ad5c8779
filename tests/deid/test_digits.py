import unicodedata

import pytest
import regex

from deid.chance import Draw
from deid.detector import Detector
from deid.digits import decimal, digit_like
from deid.replace import Replacer
from deid.shadow import shadow
from deid.surrogates import surrogate
from schemas.labels import Label
from schemas.policy import DeidPolicy

EVERY = regex.findall(r"\p{Nd}", "".join(map(chr, range(0x20000))))


def test_what_regex_takes_for_a_digit_is_one_everywhere():
    assert shadow("".join(EVERY)).text == "".join(str(decimal(c)) for c in EVERY)
    assert all(decimal(c) == unicodedata.decimal(c) for c in EVERY if unicodedata.decimal(c, None) is not None)
    assert [decimal(c) for c in "x²½"] == [None] * 3


@pytest.mark.parametrize("zero", [c for c in EVERY if decimal(c) == 0])
def test_every_script_has_ten_digits_in_a_row(zero):
    row = [digit_like(zero, value) for value in range(10)]
    assert [decimal(c) for c in row] == list(range(10))
    assert all(digit_like(c, 0) == zero for c in row)


@pytest.mark.parametrize("zero", ["0", "०", "\U00016130"])
@pytest.mark.parametrize("label", [Label.MEDICAL_RECORD_NUMBER, Label.PHONE_NUMBER, Label.PERSON])
def test_a_surrogate_keeps_the_digits_script_and_none_of_its_digits_by_rule(zero, label):
    value = "".join(digit_like(zero, int(c)) for c in "9876501234")
    made = surrogate(label, value, Draw(b"k" * 32, ("s", label.value), ("0",)))
    assert made != value
    assert len(made) == 10
    assert {digit_like(c, 0) for c in made} == {zero}


def test_digits_that_python_does_not_know_go_as_others_do():
    text = "Phone " + "".join(digit_like("\U00016130", int(c)) for c in "9876501234") + " and 0\U00016130A"
    policy = DeidPolicy()
    spans = Detector(policy).detect([text])[0]
    assert any(span.label is Label.PHONE_NUMBER and span.start == 6 and span.end == 16 for span in spans)
    after = Replacer(policy, b"k" * 32).replace(text, spans, "s")
    assert text[6:16] not in after
