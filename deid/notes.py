"""JSON-lines files of notes: read one at a time, a broken line named by file and line number, never quoted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deid.measure import Gold
from schemas.failure import Failure
from schemas.labels import Label
from schemas.span import Span


def read(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number from 1, row) of each line that is not blank. A row has a string `text` and an `id`.

    Raises Failure at the first line that is broken.
    """
    try:
        lines = path.open(encoding="utf-8", errors="strict")
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror})") from error
    with lines:
        number = 0
        while True:
            number += 1
            try:
                line = lines.readline()
            except UnicodeDecodeError as error:
                raise Failure(f"{path}, line {number}: not UTF-8; convert the file first") from error
            if not line:
                return
            if line.strip():
                yield number, _row(path, number, line)


def _row(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise Failure(f"{path}, line {number}: not JSON; each line must be one object with id and text") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not isinstance(row.get("id"), str | int):
        raise Failure(f'{path}, line {number}: a row needs an "id" and a string "text" (values withheld)')
    return row


def read_gold(path: Path) -> Iterator[Gold]:
    """Marked notes: rows with `spans` of start, end, label, and perhaps `tag` and `language_mix`. Raises Failure."""
    for number, row in read(path):
        try:
            spans = tuple(Span(s["start"], s["end"], Label(s["label"])) for s in row["spans"])
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(
                f"{path}, line {number}: spans need start, end and a known label (values withheld)"
            ) from error
        yield Gold(str(row["id"]), row["text"], spans, str(row.get("tag", "plain")), str(row.get("language_mix", "?")))


def dump(row: dict[str, Any]) -> str:
    """One line of JSON, letters as they are; lone surrogates escaped, since no file of UTF-8 can hold them."""
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        line = json.dumps(row)
    return line + "\n"
