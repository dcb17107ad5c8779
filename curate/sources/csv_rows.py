"""Rows of delimited text (RFC 4180): quoted fields, line breaks inside them; a broken row costs only itself."""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from curate.sources.streams import ByteStream, lines

MAX_ROW: Final = 1 << 22
"""Characters of one row: an opening quote that is never closed must not swallow the file."""

_SURE = 100  # rows on one line each before a file counts as one whose rows are lines

csv.field_size_limit(MAX_ROW)  # the module's own limit, 128 KiB, is less than a long discharge note


def rows(stream: ByteStream, delimiter: str = ",") -> Iterator[list[str] | str]:
    """Each row's fields, or the reason why it cannot be read (`bad_encoding`, `malformed_csv`, `record_too_long`).

    After a quoting error the lines behind the row's first are tried again as rows of their own, so what follows is not
    lost; whoever reads on must expect pieces of the broken row until the next good one (see `columns`).
    """
    return _rows(_Feed(stream), stream, delimiter)


def columns(stream: ByteStream, names: Sequence[str], delimiter: str = ",") -> Iterator[tuple[str, ...] | str]:
    """The named columns of each row, in that order, or the reason why the row cannot be read.

    Adds `missing_column` (the header lacks one; nothing else follows), `no_records` (no header), `wrong_column_count`.

    Where fields hold line breaks, a line behind a broken row may be a piece of a field that happens to have as many
    commas as a row: such a piece must not become a record. There the broken row reaches to the next row of the right
    length whose first named column (the id) is filled and holds no blank, and it is one broken record however many
    lines it has. In a file whose rows are lines, each broken one counts.
    """
    feed = _Feed(stream)
    header: list[str] | None = None
    good_rows, rows_are_lines = 0, True
    lost = False  # behind a broken row, before the next one that is surely a row
    for row in _rows(feed, stream, delimiter):
        if header is None:
            if isinstance(row, str):
                yield row
                return
            header = [name.strip() for name in row]
            if any(name not in header for name in names):
                yield "missing_column"
                return
            places = [header.index(name) for name in names]
        elif not isinstance(row, str) and len(row) == len(header) and not (lost and _piece(row[places[0]])):
            lost = False
            good_rows += 1
            rows_are_lines = rows_are_lines and feed.lines == 1
            yield tuple(row[place] for place in places)
        elif not lost:
            yield row if isinstance(row, str) else "wrong_column_count"
            lost = not (rows_are_lines and good_rows >= _SURE)
    if header is None and stream.damage is None:
        yield "no_records"


def _piece(name: str) -> bool:
    """Whether what stands in the place of an id is rather a piece of text."""
    return not name or any(map(str.isspace, name))


def _rows(feed: "_Feed", stream: ByteStream, delimiter: str) -> Iterator[list[str] | str]:
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.begin()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            if stream.damage is not None and feed.ended:
                return  # the row was cut: it belongs to the damage
            feed.push_back()
            yield "malformed_csv"
            continue
        if feed.reason is not None:
            yield feed.reason
        elif row:
            yield row


class _Feed:
    """Decoded lines for `csv.reader`, which asks for more of them only while a row is open."""

    def __init__(self, stream: ByteStream) -> None:
        self._lines = lines(stream)
        self._pushed: deque[tuple[str, str | None]] = deque()
        self._taken: list[tuple[str, str | None]] = []
        self._size = 0
        self.reason: str | None = None
        self.ended = False

    @property
    def lines(self) -> int:
        """How many lines the row that was read last stood on."""
        return len(self._taken)

    def begin(self) -> None:
        """A new row starts with the next line."""
        self._taken.clear()
        self._size = 0
        self.reason = None
        self.ended = False

    def push_back(self) -> None:
        """Offer the lines of this row once more, all but the first."""
        self._pushed.extendleft(reversed(self._taken[1:]))

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self._pushed:
            entry = self._pushed.popleft()
        else:
            try:
                entry = _decoded(next(self._lines))
            except StopIteration:
                self.ended = True
                raise
        self._taken.append(entry)
        line, reason = entry
        self._size += len(line)
        self.reason = self.reason or reason
        if self._size > MAX_ROW:
            raise csv.Error("a row is too long")
        return line


def _decoded(raw: bytes | None) -> tuple[str, str | None]:
    if raw is None:
        return "\n", "record_too_long"
    try:
        return raw.decode() + "\n", None
    except UnicodeDecodeError:
        return raw.decode(errors="replace") + "\n", "bad_encoding"
