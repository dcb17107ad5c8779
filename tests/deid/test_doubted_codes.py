"""What the sequence model takes for a code and is none."""

from deid.note import Note
from deid.recognizers import doubted_codes
from deid.recognizers.tagged import MODEL
from schemas.labels import Label


def test_a_code_of_letters_alone_goes_unless_it_stands_beside_a_code() -> None:
    note = Note("K/c/o COPD, file MRD-4471, kept; told nine one")
    record = Label.MEDICAL_RECORD_NUMBER
    for value in ("K/c/o", "MRD", "4471", "nine one"):
        start = note.s.index(value)
        note.claim(start, start + len(value), record, 0.5, MODEL)
    note.claim(33, 37, record, 0.5, "label")
    doubted_codes.find(note)
    assert [note.s[hit.start : hit.end] for hit in note.hits] == ["MRD", "4471", "told", "nine one"]


def test_what_is_too_short_for_its_form_is_none() -> None:
    note = Note("BP 130/84 of voter XYZ 4471902")
    note.claim(3, 9, Label.IN_VOTER, 0.6, MODEL)
    note.claim(19, 22, Label.IN_VOTER, 0.6, MODEL)
    note.claim(23, 30, Label.IN_VOTER, 0.6, MODEL)
    doubted_codes.find(note)
    assert [note.s[hit.start : hit.end] for hit in note.hits] == ["XYZ", "4471902"]


def test_rows_of_readings_and_counting_are_no_numbers() -> None:
    for text, value in (
        ("97 96 95 97 94 93 95 96 log", "97 96 95 97 94 93 95 96"),
        ("told one two three four five six seven eight ok", "one two three four five six seven eight"),
        ("ninety three eighty six seventy nine seventy two sixty five fifty eight", None),
    ):
        note = Note(text)
        start = note.s.index(value) if value else 0
        note.claim(start, start + len(value or text), Label.PHONE_NUMBER, 0.9, MODEL)
        doubted_codes.find(note)
        assert note.hits == []


def test_a_labelled_row_stays() -> None:
    note = Note("mobile 98 97 96 95 94")
    note.claim(7, 21, Label.PHONE_NUMBER, 0.9, MODEL)
    doubted_codes.find(note)
    assert len(note.hits) == 1
