import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.checksums import aadhaar
from deid.native_spelling import native
from deid.tagger.notebook import Marked, Piece, notebook
from deid.tagger.synthesis import pools, variant
from deid.tokens import script
from schemas.labels import Label

NOTES = notebook()
POOLS = pools(NOTES)


@given(st.integers(0, len(NOTES) - 1), st.integers(0, 50))
def test_a_variant_is_a_function_of_note_and_seed_and_keeps_its_labels(index, seed):
    note = NOTES[index]
    made = variant(note, POOLS, seed)
    assert made == variant(note, POOLS, seed)
    assert {span.label for span in made.spans} <= {span.label for span in note.spans}
    assert all(made.text[span.start : span.end] for span in made.spans)


def test_the_first_variant_is_the_note():
    assert variant(NOTES[0], POOLS, 0) is NOTES[0]


def test_a_name_becomes_one_other_name_wherever_it_recurs():
    names = Piece("Suresh", Label.PERSON), Piece("SURESH", Label.PERSON)
    note = Marked("n", "en", "plain", (names[0], Piece(" came. ", None), names[1], Piece(" left", None)))
    fresh = [variant(note, POOLS, seed) for seed in range(1, 40)]
    pairs = [[p.text for p in made.pieces if p.label is Label.PERSON] for made in fresh]
    assert sum(len({name.casefold() for name in pair}) == 1 for pair in pairs) > 30  # a slip of typing may part them
    assert len({pair[0].casefold() for pair in pairs}) > 10


def test_an_aadhaar_keeps_its_layout_and_a_fitting_check_digit():
    note = Marked("n", "hi", "plain", (Piece("९९९९ ८८८८ ७७७७", Label.IN_AADHAAR),))
    for seed in range(1, 20):
        made = variant(note, POOLS, seed).text
        assert [len(group) for group in made.split()] == [4, 4, 4]
        assert aadhaar("".join(str(int(c)) for c in made if c.isdigit()))


@pytest.mark.parametrize("code", ["Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Arab"])
def test_a_name_is_spelt_in_one_script(code):
    for name in ("ramesh", "lakshmi", "irfan", "venkateswarlu", "oommen"):
        spelt = native(name, code)
        assert {script(letter) for letter in spelt if letter.isalpha()} == {code}
