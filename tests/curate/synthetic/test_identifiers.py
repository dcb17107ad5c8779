import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.synthetic import identifiers
from curate.synthetic.chance import chance

SEEDS = st.integers(min_value=0, max_value=10_000)


def test_published_vectors_hold() -> None:
    # facts sheet: python-stdnum's Aadhaar, and ABHA numbers of public API samples
    assert identifiers.verhoeff("234123412346") == 0
    assert identifiers.verhoeff("234567890124") == 0
    assert identifiers.luhn("91234567890129") == 0
    assert identifiers.luhn("91000000000018") == 0


@given(st.text(alphabet="0123456789", min_size=2, max_size=16), st.data())
def test_verhoeff_sees_every_single_error_and_neighbours_exchanged(digits: str, data: st.DataObject) -> None:
    valid = next(digits + check for check in "0123456789" if identifiers.verhoeff(digits + check) == 0)
    at = data.draw(st.integers(0, len(valid) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != valid[at]]))
    assert identifiers.verhoeff(valid[:at] + other + valid[at + 1 :]) != 0
    here = data.draw(st.integers(0, len(valid) - 2))
    if valid[here] != valid[here + 1]:
        exchanged = valid[:here] + valid[here + 1] + valid[here] + valid[here + 2 :]
        assert identifiers.verhoeff(exchanged) != 0


@given(SEEDS)
def test_forms(seed: int) -> None:
    draw = chance(seed, "forms")
    assert re.fullmatch(r"[2-9]\d{11}", aadhaar := identifiers.aadhaar(draw))
    assert identifiers.verhoeff(aadhaar) == 0
    assert re.fullmatch(r"91-\d{4}-\d{4}-\d{4}", abha := identifiers.abha_number(draw))
    assert identifiers.luhn(abha.replace("-", "")) == 0
    assert re.fullmatch(r"[6-9]\d{9}", identifiers.mobile(draw))
    assert re.fullmatch(r"[A-Z]{3}PS\d{4}[A-Z]", identifiers.pan(draw, "Sharma"))


@pytest.mark.parametrize("purpose", ["hospital", "literature"])
def test_chance_is_the_same_again_and_its_own_for_each_purpose(purpose: str) -> None:
    assert chance(3, purpose).random() == chance(3, purpose).random()
    assert chance(3, purpose).random() != chance(3, purpose + "x").random()
