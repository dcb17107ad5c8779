import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from deid.shadow import shadow

any_text = st.text(st.characters(), max_size=200)


@given(any_text)
def test_every_shadow_character_has_a_place_in_the_original(text):
    shade = shadow(text)
    for i in range(len(shade.text)):
        start, end = shade.span(i, i + 1)
        assert 0 <= start < end <= len(text)


@given(st.text(st.characters(categories=["Nd"]), min_size=1, max_size=30))
def test_digits_of_every_script_are_folded(text):
    assert shadow(text).text == "".join(str(unicodedata.decimal(c)) for c in text)


def test_invisible_characters_are_left_out_and_spans_come_back():
    text = "LKO\u200b589\u200b548"
    shade = shadow(text)
    assert shade.text == "LKO589548"
    assert shade.span(0, 9) == (0, len(text))


def test_spaces_dashes_and_full_width():
    assert shadow("９１\u00a0–\u2009x").text == "91 - x"


def test_lone_surrogates_pass():
    assert shadow("a\ud800é").text == "a\ud800é"
