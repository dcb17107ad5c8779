import pytest

from deid.linking.distance import FAR
from deid.linking.left_out import left_out
from deid.linking.parts import parts


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("Mahesh Bhingarde", "Mahesh Dattatray Bhingarde"),
        ("Bhingarde Mahesh", "महेश दत्तात्रय भिंगारदे"),
        ("Valliyammai Sockalingam", "S. Valliyammai Sockalingam"),
        ("N. S. Thirumalaivasan", "Thirumalaivasan Seetharaman"),
        ("Jigneshbhai Vaniya", "Jigneshbhai Becharbhai Vaniya"),
    ],
)
def test_two_parts_or_a_part_and_an_initial_tell_who_it_is(short, long):
    assert left_out(parts(short), parts(long)) < FAR


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("Ram Kumar", "Ram Kumar Yadav"),
        ("Gurmeet Singh", "Gurmeet Singh Brar"),
        ("Sunita Devi", "Sunita Devi Yadav"),
        ("Thirumalaivasan", "Thirumalaivasan Seetharaman"),
        ("N. K. Thirumalaivasan", "Thirumalaivasan Seetharaman"),
        ("Jigneshben Vaniya", "Jigneshbhai Becharbhai Vaniya"),
        ("Mahesh Dattatray Bhingarde", "Mahesh Bhingarde"),
        ("Mahesh Bhingarde", "Mahesh Bhingarde"),
    ],
)
def test_what_thousands_share_tells_nobody(short, long):
    assert left_out(parts(short), parts(long)) >= FAR
