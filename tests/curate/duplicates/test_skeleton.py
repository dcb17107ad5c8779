from hypothesis import given
from hypothesis import strategies as st

from curate.duplicates.skeleton import skeleton
from curate.words import words
from schemas.labels import Label
from schemas.span import Span


def test_a_span_becomes_a_word_for_its_label():
    text = "Anita Rao, MRN 41-2."
    spans = [Span(0, 9, Label.PERSON), Span(15, 19, Label.MEDICAL_RECORD_NUMBER)]
    assert words(skeleton(text, spans)) == ["theperson", "mrn", "themedicalrecordnumber"]
    assert skeleton(text, []) == text


def test_a_name_found_in_parts_is_one():
    assert skeleton("A. Rao met", [Span(0, 1, Label.PERSON), Span(3, 6, Label.PERSON)]) == " theperson  met"
    apart = skeleton("A and Rao", [Span(0, 1, Label.PERSON), Span(6, 9, Label.PERSON)])
    assert words(apart) == ["theperson", "and", "theperson"]
    kinds = skeleton("Pune 411001", [Span(0, 4, Label.LOCATION), Span(5, 11, Label.PIN_CODE)])
    assert words(kinds) == ["thelocation", "thepincode"]


@given(
    st.lists(st.tuples(st.sampled_from(["seen by", " and ", ", "]), *[st.text("pqr .", min_size=1)] * 2), max_size=9)
)
def test_it_does_not_depend_on_what_stands_in_the_spans(pieces):
    made = []
    for which in (1, 2):
        text, spans = "", []
        for piece in pieces:
            text += piece[0]
            spans.append(Span(len(text), len(text) + len(piece[which]), Label.PERSON))
            text += piece[which]
        made.append(skeleton(text, spans))
    assert made[0] == made[1]
