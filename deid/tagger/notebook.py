"""The notes that were written for training: marked text files in `notes/`, read as pieces.

    === en-001 | en | discharge_summary | plain
    Name: Mrs ⟦PERSON|Kamala Devi⟧, bed 4

Nobody in them exists. A piece is a stretch of text with the label of its mark, or none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

import regex

from schemas.failure import Failure
from schemas.labels import Label
from schemas.span import Span

_HEADER = regex.compile(r"=== (\S+) \| ([^|]+?) \| (\w+) \| (plain|adversarial|negative)[ \t]*")
_MARK = regex.compile(r"⟦([A-Z_0-9]+)\|([^⟦⟧]*)⟧")


class Piece(NamedTuple):
    """A stretch of a note; `label` is None outside identifiers."""

    text: str
    label: Label | None


@dataclass(frozen=True, slots=True)
class Marked:
    """A marked note. `languages` as written in its header, `tag` plain, adversarial or negative."""

    id: str
    languages: str
    tag: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The note without its marks."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The marks, in code points of `text`."""
        found, at = [], 0
        for piece in self.pieces:
            if piece.label is not None:
                found.append(Span(at, at + len(piece.text), piece.label))
            at += len(piece.text)
        return tuple(found)


def notebook() -> list[Marked]:
    """All notes of the package, in the order of file names."""
    folder = files(__package__) / "notes"
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".txt")), key=lambda path: path.name)
    return [note for path in paths for note in parse(path.read_text(encoding="utf-8"), path.name)]


def parse(text: str, name: str) -> Iterator[Marked]:
    """The notes of one file. Raises Failure at a header or a mark that cannot be read, with its line."""
    head: tuple[str, str, str] | None = None
    body: list[str] = []
    for number, line in enumerate([*text.split("\n"), "==="], 1):
        if not line.startswith("==="):
            body.append(line)
            continue
        if head is not None:
            yield Marked(*head, tuple(_pieces("\n".join(body).strip("\n"), f"{name}: note {head[0]}")))
        match = _HEADER.fullmatch(line)
        if match is None and line != "===":
            raise Failure(f"{name}, line {number}: a header is === id | languages | document type | tag")
        head, body = (match[1], match[2], match[4]) if match else None, []


def _pieces(marked: str, where: str) -> Iterator[Piece]:
    at = 0
    for match in _MARK.finditer(marked):
        if match[1] not in Label.__members__ or not match[2].strip():
            raise Failure(f"{where}: a mark is ⟦LABEL|text⟧ with a label of the policy")
        if match.start() > at:
            yield Piece(marked[at : match.start()], None)
        yield Piece(match[2], Label(match[1]))
        at = match.end()
    if at < len(marked):
        yield Piece(marked[at:], None)
    if any(bracket in _MARK.sub("", marked) for bracket in "⟦⟧"):
        raise Failure(f"{where}: a bracket of a mark has no partner")
