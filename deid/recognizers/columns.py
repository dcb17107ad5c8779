"""Values under the head of their column: "IP NO | BED | DRUG" and a line below "24-10077 | M-14 | …".

A line of two cells or more of which one is a label and nothing else is taken for a head; what stands in that column of
the lines below, as far as they have as many cells, is read as behind the label.
"""

import re
from functools import cache
from typing import NamedTuple

from deid.lexicon import group
from deid.note import Note
from deid.shadow import shadow
from deid.tokens import key
from schemas.labels import Label

_MARKS = ("\t", "|", ",", ";")
_WIDE = re.compile(r" {3,}")
_MOST_WORDS = 5  # of a cell that is a label
_MOST_LINES = 400
_NUMBERED = frozenset(("no", "number", "num", "nos", "id", "#", "code"))
_OF_WARDS = frozenset(("opd", "ipd", "op", "ip", "lab", "bed", "total"))
_OLD = re.compile(r"0?(9\d|1[01]\d)(?: ?[yY].{0,4}|[/ ][MF])?")
_SERIAL = re.compile(r"[2-5]\d{4}")
_VALUE = re.compile(r"[A-Za-z\d+][A-Za-z\d+\-/. ]{2,38}")
_NUMBER = re.compile(r"(?<!\w)\d")  # a head holds none: HBA1C is a word
_OWN_FORM = re.compile(r"[A-Z]{4}0[A-Z\d]{6}|[A-Z]{5}\d{4}[A-Z]|\d\d[A-Z]{5}\d{4}[A-Z][\dA-Z]Z[\dA-Z]")
_FEWEST = 4  # digits of a value
_FIGURE = re.compile(r"\d{1,3}(?:[.,]\d+)?|\d+ ?[a-zA-Z/%]+|\d+\.\d{1,3}|(?:\d{1,3}/\d{1,3} *)+")
_LENGTHS = {
    Label.PHONE_NUMBER.value: range(6, 14),
    Label.IN_AADHAAR.value: range(12, 17),
    Label.IN_ABHA_NUMBER.value: range(14, 15),
    Label.PIN_CODE.value: range(6, 7),
    Label.BANK_ACCOUNT.value: range(4, 19),
}
"""Digits of a value, where its kind says how many; of a masked one four are seen."""


class Cell(NamedTuple):
    """A line, or one cell of it: `[start, end)` of a shadow."""

    start: int
    end: int


def find(note: Note) -> None:
    """Claim them. Linear in the length of the text: a line is looked at as a head once, and as a line below once."""
    if "\n" not in note.s:
        return
    tabs, lines, heads, start = "\t" in note.text, list[Cell](), list[int](), 0
    for text in note.s.split("\n"):
        if (tabs or "," in text or "|" in text or ";" in text or "   " in text) and not _NUMBER.search(text):
            heads.append(len(lines))
        lines.append(Cell(start, start + len(text)))
        start += len(text) + 1
    done = 0
    for at in heads:
        if done <= at < len(lines) - 1:
            done = _table(note, lines, at)


def _table(note: Note, lines: list[Cell], at: int) -> int:
    """Claim the values of a table whose head is this line, and give the index of the line after it."""
    head = lines[at]
    mark = _mark(note, head)
    if mark is None or mark != _mark(note, lines[at + 1]):
        return at + 1
    if mark == "," and not _rows_alike(written(note, head), written(note, lines[at + 1])):
        return at + 1  # prose
    kinds = [_kind(note, cell) for cell in cells_of(note, head, mark)]
    if not any(kinds) or not note.s[lines[at + 1].start : lines[at + 1].end].strip():
        return at + 1
    below = at + 1
    while below < len(lines) and below - at < _MOST_LINES:
        cells = cells_of(note, lines[below], mark)
        if len(cells) < 2 or (mark == "" and len(cells) != len(kinds)):
            break
        if mark == "," and not _rows_alike(written(note, head), written(note, lines[below])):
            break
        for kind, cell in zip(kinds, cells, strict=False):
            if kind is not None:
                _claim(note, kind, cell)
        below += 1
    return max(at + 1, below)


def _rows_alike(head: str, row: str) -> bool:
    """As many commas in both; or more in the row, where those of the head and the first of the row have no blank behind
    them: the last cell is prose.
    """
    wanted = head.count(",")
    if row.count(",") == wanted:
        return True
    return ", " not in head and row.count(",") > wanted and ", " not in ",".join(row.split(",")[: wanted + 1])


def _mark(note: Note, line: Cell) -> str | None:
    """What parts the cells of a line."""
    raw = written(note, line)
    for mark in _MARKS:
        if mark in raw:
            return mark
    return "" if _WIDE.search(raw.strip()) else None


def written(note: Note, line: Cell) -> str:
    """The line with its tabs, which a shadow has as blanks."""
    places = note.shade.places
    if "\t" not in note.text:
        return note.s[line.start : line.end]
    if places is None:
        return note.text[line.start : line.end]
    return "".join(note.text[places[i]] for i in range(line.start, line.end))


def cells_of(note: Note, line: Cell, mark: str) -> list[Cell]:
    """The cells of a line, parted by a mark or, where it is empty, by wide gaps."""
    raw, cells, start = written(note, line), [], 0
    cuts = [m.span() for m in (_WIDE.finditer(raw) if not mark else re.finditer(re.escape(mark), raw))]
    for cut in (*cuts, (len(raw), len(raw))):
        cells.append(Cell(line.start + start, line.start + cut[0]))
        start = cut[1]
    return cells


def _kind(note: Note, cell: Cell) -> str | None:
    """The kind of label that a cell is, "day" or "age"; None where it is something else, or holds a number."""
    tokens = [note.tokens[i] for i in range(*note.token_range(cell.start, cell.end))]
    words = [token for token in tokens if token.kind == "word"]
    if not words or len(words) > _MOST_WORDS or any(token.kind == "number" for token in tokens):
        return None
    keys = {token.key for token in words}
    if keys & _listed("column_dates"):
        return "day"
    if keys & _listed("column_ages"):
        return "age"
    for cue in reversed(note.labels_before(cell.end)):
        if note.tokens[cue.first].start < cell.start:
            break
        phrase = cue.phrase
        weak = phrase in group("labelled_weak") or phrase in _OF_WARDS
        if cue.kind != "veto" and (not weak or words[-1].key in _NUMBERED):
            return cue.kind
        if cue.kind == "veto" or phrase in _OF_WARDS:
            return "veto"
    return None


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(key(shadow(word).text) for word in group(name))


def _claim(note: Note, kind: str, cell: Cell) -> None:
    text = note.s[cell.start : cell.end]
    start = cell.start + len(text) - len(text.lstrip(" =\"'"))
    value = text.strip(" =\"'")
    end = start + len(value)
    if not value or not note.free(start, end):
        return
    if kind == "veto":
        if _VALUE.fullmatch(value) and not _OWN_FORM.fullmatch(value):
            note.block(start, end)  # a lot, a price, a code of goods
    elif kind == "age":
        if old := _OLD.fullmatch(value):
            note.claim(start + old.start(1), start + old.end(1), Label.AGE_OVER_89, 0.8, "column")
    elif kind == "day":
        if _SERIAL.fullmatch(value):
            note.claim(start, end, Label.DATE, 0.8, "column")
    elif not _may_be(kind, value):
        return
    elif any(i in note.figure_tokens for i in range(*note.token_range(start, end))):
        return  # a dose or the value of a test: a line of prose with as many commas
    else:
        note.claim(start, end, Label(kind), 0.8, "column")


def _may_be(kind: str, value: str) -> bool:
    """Whether a cell is long enough for its kind, and no ratio or figure."""
    digits = sum(c.isdigit() for c in value)
    if not _VALUE.fullmatch(value) or _FIGURE.fullmatch(value) or digits < _FEWEST:
        return False
    return digits in _LENGTHS.get(kind, range(_FEWEST, 25))
