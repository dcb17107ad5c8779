"""Codes in a column without a head."""

from deid.note import Note
from deid.recognizers import code_columns
from schemas.labels import Label

_PEOPLE = ("Ramola", "Tuhina", "Gajraj")


def _found(rows: list[str]) -> list[str]:
    """The codes of a table whose names are known."""
    note = Note("\n".join(rows))
    for name in _PEOPLE:
        if name in note.s:
            note.claim(note.s.index(name), note.s.index(name) + len(name), Label.PERSON, 0.9, "test")
    code_columns.find(note)
    return [note.s[hit.start : hit.end] for hit in note.hits if hit.label is not Label.PERSON]


def test_codes_of_one_form_that_differ_are_codes_of_persons() -> None:
    assert _found(["Ramola | KTC-2041 | ok", "Tuhina | KTC-2042 | ok", "Gajraj | KTC-2043 |"]) == [
        "KTC-2041",
        "KTC-2042",
        "KTC-2043",
    ]


def test_tabs_part_cells_too() -> None:
    rows = ["Ramola\tKTC-2041\tok", "Tuhina\tKTC-2042\tok", "Gajraj\tKTC-2043\tno"]
    assert _found(rows) == ["KTC-2041", "KTC-2042", "KTC-2043"]


def test_two_rows_or_one_code_for_all_or_rows_of_nobody_say_nothing() -> None:
    assert not _found(["Ramola,KTC-2041,a", "Tuhina,KTC-2042,b"])
    assert not _found(["Ramola,KTC-2041,a", "Tuhina,KTC-2041,b", "Gajraj,KTC-2041,c"])
    assert not _found(["Tab,KTC-2041,a", "Inj,KTC-2042,b", "Cap,KTC-2043,c"])
    assert not _found(["Ramola,KTC-2041,a", "Tuhina,Q12345,b", "Gajraj,12-KT,c"])
