"""The cheap look before the search for what proves itself never spares anything."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid import residual
from deid.checksums import verhoeff
from deid.residual import proven


def _checked(digits: str) -> str:
    """Digits of which the last makes the Verhoeff sum right."""
    return next(digits[:-1] + last for last in string.digits if verhoeff(digits[:-1] + last))


def _sized(*sizes: int) -> st.SearchStrategy[str]:
    """Groups of so many digits, by what may stand between the groups of a number; the last a check digit or not."""

    def put(drawn: tuple[str, list[str], bool]) -> str:
        digits, between, right = drawn
        digits = _checked(digits) if right else digits
        groups, at = [], 0
        for size, sign in zip(sizes, [*between, ""], strict=True):
            groups += [digits[at : at + size], sign]
            at += size
        return "".join(groups)

    signs = st.lists(
        st.sampled_from(["", " ", "-", ".", "/", "  ", " -"]), min_size=len(sizes) - 1, max_size=len(sizes) - 1
    )
    return st.tuples(st.text(string.digits, min_size=sum(sizes), max_size=sum(sizes)), signs, st.booleans()).map(put)


_CODES = st.one_of(
    st.from_regex(r"[A-Z]{3}[ABCFGHJLPTEK][A-Z][ -]?[0-9]{4}[ -]?[A-Z]", fullmatch=True),
    st.from_regex(r"[A-Z]{4}0[A-Z0-9]{6}", fullmatch=True),
    st.sampled_from(["27AAPFU0939F1ZV", "27-AAPFU-0939-F-1-ZV", "rao@okaxis", "rao at gmail.com", "राव एट जीमेल.com"]),
)
_SHAPES = [
    (12,),
    (16,),
    (10,),
    (4, 4, 4),
    (4, 4, 4, 4),
    (5, 5),
    (3, 3, 4),
    (4, 3, 3),
    (5, 2, 3),
    (2, 4, 4),
    (4, 4, 2, 4),
]
_NUMBERS = st.one_of(*(_sized(*shape) for shape in _SHAPES))
# What stands before a number in notes; a masked start leaves its tail.
_PREFIXES = st.sampled_from(["", "+91 ", "91", "0091-", "0", "+0 ", "(0) ", "no.", "/", ",", "x", "5", "XXXX", "****"])
_TEXTS = st.lists(st.tuples(_PREFIXES, st.one_of(_NUMBERS, _CODES)).map("".join), min_size=1, max_size=3).map(" ".join)


@given(_TEXTS, st.sampled_from(["", "*", "****", "१", ".", " mg"]))
def test_the_cheap_look_spares_nothing(text: str, behind: str) -> None:
    said = proven(text + behind)
    with pytest.MonkeyPatch.context() as patch:
        for look in ("_may_hold_a_code", "_may_hold_an_address"):
            patch.setattr(residual, look, lambda _: True)
        assert proven(text + behind) == said


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("call 98765 43210", "phone_number_remains"),
        ("+91-98-7654-3210", "phone_number_remains"),
        ("2341 2341 2346", "valid_aadhaar_remains"),
        ("ABCPE1234F", "pan_remains"),
        ("SBIN0001234", "ifsc_remains"),
        ("27AAPFU0939F1ZV", "valid_gstin_remains"),
        ("rao@okaxis", "upi_id_remains"),
        ("rao at gmail", "email_remains"),
        ("54321 98765", None),
    ],
)
def test_what_proves_itself(text: str, reason: str | None) -> None:
    assert proven(text) == reason
