import pytest

from deid.checksums import aadhaar, luhn, luhn36, verhoeff


@pytest.mark.parametrize("digits", ["234123412346", "234567890124", "2341234123412341"])
def test_valid_aadhaar_and_vid(digits):
    assert aadhaar(digits)
    assert verhoeff(digits)


def test_any_single_mistake_is_seen():
    for place in range(12):
        for digit in "0123456789":
            changed = "234123412346"[:place] + digit + "234123412346"[place + 1 :]
            assert verhoeff(changed) == (changed == "234123412346")


def test_luhn():
    assert luhn("91234567890129")
    assert luhn("1234566")
    assert not luhn("1234567")


def test_gstin():
    assert luhn36("27AAPFU0939F1ZV")
    assert not luhn36("27AAPFU0939F1ZA")
