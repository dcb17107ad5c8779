"""Rows of delimited text (RFC 4180): quoted fields, line breaks inside them; a broken row costs only itself."""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from curate.sources.streams import ByteStream, lines

MAX_ROW: Final = 1 << 22
"""Characters of one row: an opening quote that is never closed must not swallow the file."""

csv.field_size_limit(MAX_ROW)  # the module's own limit, 128 KiB, is less than a long discharge note


def rows(stream: ByteStream, delimiter: str = ",") -> Iterator[list[str] | str]:
    """Each row's fields, or the reason why it cannot be read (`bad_encoding`, `malformed_csv`, `record_too_long`).

    After a quoting error the lines behind the row's first are tried again as rows of their own, so what follows is not
    lost; whoever reads on must expect rows of the wrong length until the next good one (see `columns`).
    """
    feed = _Feed(stream)
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


def columns(stream: ByteStream, names: Sequence[str], delimiter: str = ",") -> Iterator[tuple[str, ...] | str]:
    """The named columns of each row, in that order, or the reason why the row cannot be read.

    Adds `missing_column` (the header lacks one; nothing else follows), `no_records` (no header), `wrong_column_count`.
    Lines between a quoting error and the next good row count as one broken record.
    """
    header: list[str] | None = None
    resync = False
    for row in rows(stream, delimiter):
        if isinstance(row, str):
            if header is None:
                yield row
                return
            if not (resync and row == "malformed_csv"):
                yield row
            resync = resync or row == "malformed_csv"
        elif header is None:
            header = [name.strip() for name in row]
            if any(name not in header for name in names):
                yield "missing_column"
                return
            places = [header.index(name) for name in names]
        elif len(row) == len(header):
            resync = False
            yield tuple(row[place] for place in places)
        elif not resync:
            yield "wrong_column_count"
    if header is None and stream.damage is None:
        yield "no_records"


class _Feed:
    """Decoded lines for `csv.reader`, which asks for more of them only while a row is open."""

    def __init__(self, stream: ByteStream) -> None:
        self._lines = lines(stream)
        self._pushed: deque[tuple[str, str | None]] = deque()
        self._taken: list[tuple[str, str | None]] = []
        self._size = 0
        self.reason: str | None = None
        self.ended = False

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
