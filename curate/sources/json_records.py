"""Records of JSON text: one a line, or the members of one large object; each is parsed alone and breaks alone."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from curate.sources.streams import MAX_RECORD, ByteStream, lines

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_MEMBER: Final = re.compile(rb'(?<!\\)"(\d+)"\s*:\s*(?=\{)')
_KEY_LENGTH = 256  # bytes kept back while a member's key may straddle two chunks


def parse(raw: bytes) -> Any | str:
    """The JSON value, or the reason why there is none: `bad_encoding` or `malformed_json`.

    A string is never the value itself here: a JSON string on its own is `malformed_json` too. Half of a surrogate pair
    (`"\\ud83d"` alone) is `bad_encoding`: no UTF-8 can hold it.
    """
    try:
        value = json.loads(raw.decode())
        if _SURROGATE.search(raw):
            json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeDecodeError, UnicodeEncodeError):
        return "bad_encoding"
    except (ValueError, RecursionError):
        return "malformed_json"
    return "malformed_json" if isinstance(value, str) else value


def json_lines(stream: ByteStream) -> Iterator[dict[str, Any] | str]:
    """The object of each line (blank lines are skipped), or the reason why the line holds none."""
    empty = True
    for line in lines(stream):
        if line is None:
            empty = False
            yield "record_too_long"
        elif line.strip():
            empty = False
            value = parse(line)
            yield value if isinstance(value, dict | str) else "unexpected_shape"
    if empty and stream.damage is None:
        yield "no_records"


def numbered_members(stream: ByteStream) -> Iterator[tuple[str, dict[str, Any]] | str]:
    """The members of one object whose keys are numbers (`{"10808977": {...}, ...}`), each as key and object.

    A member reaches from its key to the next one: inside a JSON string a quotation mark is escaped, so what looks like
    a key is one. Memory is bounded by the largest member.
    """
    key: str | None = None
    empty = True
    for found, piece in _pieces(stream):
        if found == b"":
            yield "record_too_long"
        elif key is not None:
            yield _member(key, piece)
        empty = empty and found is None
        key = found.decode() if found else None
    if empty and stream.damage is None:
        yield "no_records"


def _member(key: str, piece: bytes) -> tuple[str, dict[str, Any]] | str:
    """The last member carries the file's closing brace along; every other one a comma."""
    piece = piece.rstrip().removesuffix(b",")
    value = parse(piece)
    if isinstance(value, str):
        value = parse(piece.removesuffix(b"}")) if value == "malformed_json" else value
    if isinstance(value, str):
        return value
    return (key, value) if isinstance(value, dict) else "unexpected_shape"


def _pieces(stream: ByteStream) -> Iterator[tuple[bytes | None, bytes]]:
    """Each key with what stood before it; at the end None with the rest, unless damage cut it; b"" for too long."""
    buffer, searched = b"", 0
    for chunk in stream:
        buffer += chunk
        while found := _MEMBER.search(buffer, searched):
            yield found[1], buffer[: found.start()]
            buffer, searched = buffer[found.end() :], 0
        searched = max(0, len(buffer) - _KEY_LENGTH)
        if len(buffer) > MAX_RECORD:
            yield b"", b""
            buffer, searched = b"", 0
    if stream.damage is None:
        yield None, buffer
