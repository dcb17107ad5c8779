from hypothesis import given
from hypothesis import strategies as st

from deid.known import Known, find
from deid.note import Note
from schemas.labels import Label

ANY = st.text(st.characters(), max_size=60)  # lone surrogates, too
DIGITS = st.text("0123456789०१२٣O lx*-/.,\n", max_size=40)


@given(
    st.lists(st.tuples(st.sampled_from(sorted(set(Label) - {Label.AGE_OVER_89})), ANY | DIGITS), max_size=6),
    ANY | DIGITS,
)
def test_no_table_and_no_note_is_too_strange(cells: list[tuple[Label, str]], text: str) -> None:
    note = Note(f"{text} {' '.join(cell for _, cell in cells)}")
    known = Known(tuple(cells))
    find(note, known)
    assert all(0 <= hit.start < hit.end <= len(note.s) for hit in note.hits)
    known.remains(text)
