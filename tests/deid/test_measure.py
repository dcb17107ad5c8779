import pytest

from deid.measure import Gold, score, wilson
from schemas.labels import Label
from schemas.span import Span


def test_hidden_leaked_and_over():
    gold = Gold("n", "Ram met Sita there", (Span(0, 3, Label.PERSON), Span(8, 12, Label.PERSON)))
    scores = score([gold], [[Span(0, 3, Label.LOCATION), Span(4, 7, Label.PERSON)]])
    cell = scores.cells["all", "all"]
    assert (cell.hidden, cell.spans) == (1, 2)
    assert scores.confusion == {("PERSON", "LOCATION"): 1}
    assert [leak.text for leak in scores.leaks] == ["Sita"]
    assert scores.over("plain") == pytest.approx(3 / 8)
    assert "Sita" not in str(scores.as_json())


def test_a_native_case_ending_is_forgiven():
    gold = Gold("n", "रफिकुलपुरको", (Span(0, len("रफिकुलपुरको"), Label.PERSON),))
    assert score([gold], [[Span(0, 9, Label.PERSON)]]).cells["all", "all"].hidden == 1


def test_wilson():
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert wilson(0, 0) == (0.0, 1.0)
