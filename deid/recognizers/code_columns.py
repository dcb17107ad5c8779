"""Columns of codes that have no head: three rows or more that each name somebody, and in one place of all of them a
code of one form that differs from row to row ("… | KTC-2041 | …", "… | KTC-2042 | …").
"""

import re

from deid.note import Note
from deid.recognizers.columns import Cell, cells_of, written
from schemas.labels import Label

_MARKS = ("|", "\t", ",", ";")
_CODE = re.compile(r"(?=[A-Z\d/\-]*\d{3})(?=[A-Z\d/\-]*[A-Z]{2})[A-Z]{2,6}[A-Z\d/\-]{3,18}")
_ROWS, _MOST = 3, 400
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[A-Z]")
_FEWEST = 2  # cells of a row


def find(note: Note) -> None:
    """Claim them. Linear in the length of the text: a line is part of one table."""
    people = sorted(hit.start for hit in note.hits if hit.label is Label.PERSON)
    marks = [mark for mark in _MARKS if (note.text if mark == "\t" else note.s).count(mark) >= _ROWS * _FEWEST]
    if note.s.count("\n") < _ROWS - 1 or len(people) < _ROWS or not marks:
        return
    rows: list[list[Cell]] = []
    mark, start = "", 0
    for text in (*note.s.split("\n"), ""):
        line = Cell(start, start + len(text))
        sign = next((each for each in marks if written(note, line).count(each) >= _FEWEST), "")
        if rows and (sign != mark or len(rows) == _MOST):
            _table(note, rows, people)
            rows = []
        mark = sign
        if sign:
            rows.append([_bare(note, cell) for cell in cells_of(note, line, sign)])
        start = line.end + 1


def _bare(note: Note, cell: Cell) -> Cell:
    """A cell without the blanks around what it says."""
    said = note.s[cell.start : cell.end]
    start = cell.start + len(said) - len(said.lstrip())
    return Cell(start, start + len(said.strip()))


def _table(note: Note, rows: list[list[Cell]], people: list[int]) -> None:
    if len(rows) < _ROWS:
        return
    named, at = list[list[Cell]](), 0
    for row in rows:
        while at < len(people) and people[at] < row[0][0]:
            at += 1
        if at < len(people) and people[at] < row[-1][1]:
            named.append(row)
    for column in range(max(map(len, named), default=0)) if len(named) >= _ROWS else ():
        codes = [row[column] for row in named if column < len(row) and _CODE.fullmatch(note.s, *row[column])]
        said = {note.s[start:end] for start, end in codes}
        if len(codes) >= _ROWS and len(said) == len(codes) and len({_form(code) for code in said}) == 1:
            for start, end in codes:
                note.claim(start, end, Label.MEDICAL_RECORD_NUMBER, 0.6, "column of codes")


def _form(code: str) -> str:
    return _LETTER.sub("A", _DIGIT.sub("0", code))
