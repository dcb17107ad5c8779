import pytest

from deid.tagger.notebook import notebook, parse
from schemas.failure import Failure
from schemas.labels import Label

NOTE = "=== t-1 | ta+en | opd_slip | plain\nPt ⟦PERSON|Kamala⟧ came\nUHID ⟦MEDICAL_RECORD_NUMBER|A1⟧\n"


def test_a_note_is_read_with_its_marks():
    (note,) = parse(NOTE, "t.txt")
    assert (note.id, note.languages, note.tag) == ("t-1", "ta+en", "plain")
    assert note.text == "Pt Kamala came\nUHID A1"
    assert [(note.text[s.start : s.end], s.label) for s in note.spans] == [
        ("Kamala", Label.PERSON),
        ("A1", Label.MEDICAL_RECORD_NUMBER),
    ]


@pytest.mark.parametrize("broken", ["⟦PERSON|a", "⟦NOBODY|a⟧", "⟦PERSON| ⟧", "a⟧"])
def test_a_broken_mark_is_named_by_its_note_alone(broken):
    with pytest.raises(Failure, match="note t-1") as failure:
        list(parse(NOTE + broken, "t.txt"))
    assert "Kamala" not in str(failure.value)


def test_a_broken_header_is_named_by_its_line():
    with pytest.raises(Failure, match="line 4"):
        list(parse(NOTE + "=== t-2 | en | plain\n", "t.txt"))


def test_the_package_has_notes_of_all_kinds_each_with_its_own_id():
    notes = notebook()
    assert len({note.id for note in notes}) == len(notes) > 500
    assert {note.tag for note in notes} == {"plain", "adversarial", "negative"}
    assert {span.label for note in notes for span in note.spans} == set(Label)
    assert all(bool(note.spans) == (note.tag != "negative") for note in notes)
