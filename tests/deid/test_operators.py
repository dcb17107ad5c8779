"""Each operator of the policy, where it fits and what it leaves."""

import re
from typing import get_args

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from deid.cipher import Cipher
from deid.files import read_policy
from deid.generalise import generalise
from deid.known import Known
from deid.mask import MASK, masked
from deid.replace import Replacer
from deid.residual import residual
from schemas.failure import Failure
from schemas.labels import Label
from schemas.policy import FITTING, DeidPolicy, Operator
from schemas.span import Span

KEY = b"k" * 32


def put(text, marks, policy, key=KEY, subject="s", remembered=None):
    """`text` with each (label, value) of `marks` replaced."""
    spans = [Span(text.index(value), text.index(value) + len(value), label) for label, value in marks]
    after = Replacer(policy, key).replace(text, spans, subject, remembered=remembered)
    gone = [value for label, value in marks if label not in policy.keeping]
    return after, residual([after], [gone], policy.keeping)[0]


NOTE = "Vimala of Pune 411001, 92 yrs, seen 14/08/2023, mobile 98765 43210"
MARKS = [
    (Label.PERSON, "Vimala"), (Label.LOCATION, "Pune"), (Label.PIN_CODE, "411001"), (Label.AGE_OVER_89, "92"),
    (Label.DATE, "14/08/2023"), (Label.PHONE_NUMBER, "98765 43210"),
]  # fmt: skip


def test_generalise_and_mask():
    fields = {label: "generalise" for label in FITTING["generalise"]}
    policy = DeidPolicy(default="redact", operators=fields | {Label.PHONE_NUMBER: {"mask": 4}})
    after, reason = put(NOTE, MARKS, policy)
    assert after == "[PERSON] of Maharashtra 411, 90+ yrs, seen 2023, mobile _____ _3210"
    assert reason is None


def test_token_and_encrypt():
    policy = DeidPolicy(default="token", operators={Label.PHONE_NUMBER: "encrypt", Label.DATE: "shift"})
    after, reason = put(NOTE, MARKS, policy)
    assert reason is None
    assert re.match(r"\[PERSON:[a-z2-7]{20}\] of \[LOCATION:", after)
    assert Cipher(KEY).decrypt(after[after.index("[PHONE_NUMBER=") :]) == "98765 43210"
    assert re.search(r"seen \d\d/\d\d/202[123]", after)
    assert put(NOTE, MARKS, policy)[0] == after
    assert put(NOTE, MARKS, policy, subject="t")[0] != after
    other = put(NOTE, MARKS, policy, key=b"o" * 32)[0]
    assert not set(re.findall(r"[a-z2-7]{20,}", other)) & set(re.findall(r"[a-z2-7]{20,}", after))


def test_one_value_one_token_however_it_is_written():
    policy = DeidPolicy(default="token")
    text = "98765 43210, ९८७६५४३२१०"
    after, _ = put(text, [(Label.PHONE_NUMBER, value) for value in text.split(", ")], policy)
    assert len(set(after.split(", "))) == 1


def test_shift_is_what_a_surrogate_is_to_a_date():
    shifted = put(NOTE, MARKS, DeidPolicy(operators={Label.DATE: "shift"}))
    assert shifted == put(NOTE, MARKS, DeidPolicy())


@pytest.mark.parametrize("operator", get_args(Operator))
@pytest.mark.parametrize("label", Label)
def test_every_operator_where_it_fits_leaves_no_value(operator, label):
    if label not in FITTING.get(operator, frozenset(Label)):
        with pytest.raises(ValidationError, match=f"operators.{label}: {operator} does not fit; surrogate, tag"):
            DeidPolicy(operators={label: operator})
        return
    policy = DeidPolicy(operators={label: operator})
    value = "14/08/2023" if label is Label.DATE else "AB12 3456-7890"
    after, reason = put(f"so {value} it is", [(label, value)], policy)
    assert (value in after) == (operator == "keep")
    assert reason is None


@given(value=st.text(max_size=30), kept=st.integers(0, 4))
def test_a_mask_hides_at_least_as_much_as_it_shows(value, kept):
    after = masked(value, kept)
    seen = regex.compile(r"(?=[\p{L}\p{N}\p{S}])\X")
    before, left = len(seen.findall(value)), len(seen.findall(after.replace(MASK, " ")))
    assert left <= min(kept, before // 2)


@pytest.mark.parametrize(
    ("value", "kept", "after"),
    [
        ("98765 43210", 4, "_____ _3210"),
        ("९८७६५-४३२१०", 2, "_____-___१०"),
        ("AB/123456", 0, "__/______"),
        ("1234567", 4, "_______"),
        ("1234 5678", 4, "____ 5678"),
    ],
)
def test_masked(value, kept, after):
    assert masked(value, kept) == after


@pytest.mark.parametrize(
    ("label", "value", "coarse"),
    [
        (Label.DATE, "14/08/2023", "2023"),
        (Label.DATE, "१४/०८/२०२३", "२०२३"),
        (Label.DATE, "2023-08-14", "2023"),
        (Label.DATE, "20230814", "2023"),
        (Label.DATE, "14082023", "2023"),
        (Label.DATE, "3/4/99", "1999"),
        (Label.DATE, "14 Aug 23", "2023"),
        (Label.DATE, "Aug 14, 2023", "2023"),
        (Label.DATE, "March 3", None),
        (Label.DATE, "12/08", None),
        (Label.DATE, "31/02/2023", "2023"),
        (Label.DATE, "2023 to 2024", None),
        (Label.PIN_CODE, "411 001", "411"),
        (Label.PIN_CODE, "४११००१", "४११"),
        (Label.PIN_CODE, "4110", None),
        (Label.AGE_OVER_89, "९३", "९०+"),
        (Label.AGE_OVER_89, "ninety two", "90+"),
        (Label.LOCATION, "Flat 3, MG Road, Pune", "Maharashtra"),
        (Label.LOCATION, "चेन्नई", "Tamil Nadu"),
        (Label.LOCATION, "পাটনা", "Bihar"),
        (Label.LOCATION, "Aurangabad", None),  # in Maharashtra and in Bihar
        (Label.LOCATION, "Nowhereville", None),
        (Label.LOCATION, "Pune and Patna", None),
        (Label.PERSON, "Vimala", None),
    ],
)
def test_generalised(label, value, coarse):
    assert generalise(label, value) == coarse


@given(label=st.sampled_from(list(Label)), value=st.text(st.characters(), max_size=40))
def test_generalise_takes_any_text(label, value):
    coarse = generalise(label, value)
    assert coarse is None or len(coarse) <= 44


def test_what_is_no_coarser_is_redacted():
    after, reason = put(
        "from Delhi today", [(Label.LOCATION, "Delhi")], DeidPolicy(operators={"LOCATION": "generalise"})
    )
    assert after == "from [LOCATION] today"
    assert reason is None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("operators: {PERSON: shift}", "policy.yaml: operators.PERSON: shift does not fit"),
        ("operators: {PERSON: {mask: 4}}", "operators.PERSON: mask does not fit"),
        ("operators: {PHONE_NUMBER: {mask: 9}}", "less than or equal to 4"),
        ("operators: {PHONE_NUMBER: {mask: 4, with: x}}", "[Ee]xtra"),
        ("operators: {PHONE_NUMBER: {hash: 4}}", "mask"),
        ("operators: {PHONE_NUMBER: hash}", "operators.PHONE_NUMBER.*'generalise'"),
        ("default: generalise", "default, and so operators.PERSON: generalise does not fit"),
        ("default: hash", "default"),
        ("reidentification: 3", "reidentification"),
    ],
)
def test_a_policy_that_makes_no_sense_is_named(tmp_path, written, said):
    path = tmp_path / "policy.yaml"
    path.write_text(written)
    with pytest.raises(Failure, match=said):
        read_policy(path)


def test_a_mask_is_nothing_that_a_patient_table_takes_for_a_number():
    known = Known(((Label.PHONE_NUMBER, "98450 61237"), (Label.IN_AADHAAR, "2341 2341 2346")))
    for value in ("98450 61237", "2341 2341 2346"):
        assert not known.remains(f"number {masked(value, 4)} of hers")
        assert known.remains(f"number {value} of hers")


def test_what_leads_back_is_remembered_where_the_policy_says_so():
    rows = set()
    put(NOTE, MARKS, DeidPolicy(), remembered=rows)
    assert not rows
    policy = DeidPolicy(default="tag", operators={"PERSON": "surrogate", "DATE": "shift"}, reidentification=True)
    after, _ = put(NOTE, MARKS, policy, remembered=rows)
    assert {(row.scope, row.label, row.original) for row in rows} == {
        ("s", "PERSON", "Vimala"),
        ("s", "DATE", "14/08/2023"),
    }
    assert all(row.replacement in after for row in rows)
