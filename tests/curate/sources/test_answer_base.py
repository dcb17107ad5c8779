import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.answer_base import AnswerBase, named_option, stated_option

DRUGS = ("Aspirin", "Warfarin", "Heparin", "Clopidogrel")


@pytest.mark.parametrize(
    ("explanation", "option"),
    [
        ("Ans. is 'd' i.e., Roux en Y Duodenal Bypass", 3),
        ("Ans. (c) Vitamin B12 Ref: Harrison's 19th ed. P 640", 2),
        ("Ans: C", 2),
        ("Ans. A. Heparin", 0),
        ("Answer- B. Because", 1),
        ("Answer is (a) and so on", 0),
        ("ANSWER: (D) Bile", 3),
        ("Ans.b) something", 1),
        ("(Ans: ‘b’ Warfarin)", 1),
        ("The answer a patient gives is not reliable", None),
        ("An answer: a long one", None),
        ("Ans. is 'a' i.e., x; Ans. is 'b' i.e., y", None),
        ("Harrison's ed. c. 1998", None),
        ("answers (c) vary", None),
        ("", None),
    ],
)
def test_the_stated_letter(explanation, option):
    assert stated_option(explanation) == option


@pytest.mark.parametrize(
    ("explanation", "option"),
    [
        ("Low-dose aspirin blocks COX.", 0),
        ("Heparins act through antithrombin", 2),
        ("Warfarin, unlike heparin, is oral", None),
        ("None of these", None),
        ("aspirinated", None),
    ],
)
def test_the_named_option(explanation, option):
    assert named_option(explanation, DRUGS) == option


def test_an_option_of_a_few_letters_names_nothing():
    assert named_option("a big one", ("a", "big", "one", "two")) is None


def decide(*rows):
    base = AnswerBase()
    for number, explanation in rows:
        base.see(number, DRUGS, explanation)
    return base.decide()


def test_the_range_proves_the_base():
    assert decide((0, None), (3, None)) == 0
    assert decide((1, None), (4, None)) == 1
    assert decide((1, None), (2, None), (3, None)) is None


def test_a_range_of_both_is_a_contradiction():
    assert decide((0, None), (4, None)) is None


def test_one_row_that_states_and_names_is_enough():
    assert decide((2, "Ans. is 'c' i.e., Heparin")) == 0
    assert decide((3, "Ans. is 'c' i.e., Heparin")) == 1


def test_one_letter_alone_or_one_name_alone_is_not():
    assert decide((2, "Ans. is 'c'")) is None
    assert decide((2, "Heparin")) is None
    assert decide((2, "Ans. is 'c'"), (1, "Ans (b)")) == 0


def test_divided_explanations_decide_nothing():
    assert decide((2, "Ans. is 'c' i.e., Heparin"), (2, "Ans. is 'b' i.e., Warfarin")) is None


def test_explanations_overrule_no_range_but_void_it():
    one = (2, "Ans. is 'b' i.e., Warfarin")
    assert decide((0, None), one, one) is None


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=30),
    st.sampled_from([0, 1]),
    st.sampled_from(["Ans. is '{0}' i.e., {1}", "Ans. ({0}) {1} Ref: x", "{1} it is", "no word on it", None]),
)
def test_it_is_never_the_wrong_one(places, base, template):
    rows = [(place + base, template and template.format("abcd"[place], DRUGS[place])) for place in places]
    assert decide(*rows) in {base, None}
