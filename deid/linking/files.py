"""Files of names: rows in, the key of a person for each row out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deid.files import written
from deid.key import load_key
from deid.linking.keys import person_keys
from deid.linking.link import Row
from deid.notes import dump
from schemas.failure import Failure

_SCOPES = ("all", "note")


def link_file(names: Path, output: Path, vault: Path | None) -> dict[str, int]:
    """Write {"surface", "person_key"} for each row, in order; how many rows, people, and rows without a key.

    Reads `surface`, `note` and `scope` and nothing else. Raises Failure at the first row that is broken.
    """
    key = None if vault is None else load_key(vault)
    rows = list(read_names(names))
    keys = person_keys(rows, key)
    with written(output) as out:
        for row, person in zip(rows, keys, strict=True):
            out.write(dump({"surface": row.surface, "person_key": person}))
    return {"rows": len(rows), "people": len({k for k in keys if k is not None}), "unsure": keys.count(None)}


def read_names(path: Path) -> Iterator[Row]:
    """The rows of a file of names. Raises Failure naming the line that is broken, without its values."""
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _row(path, number, line)
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise Failure(f"{path}: not UTF-8; convert the file first") from error


def _row(path: Path, number: int, line: str) -> Row:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Failure(f"{path}, line {number}: not JSON; each line must be one object with a surface") from error
    if not isinstance(row, dict) or not isinstance(row.get("surface"), str):
        raise Failure(f'{path}, line {number}: a row needs a string "surface" (values withheld)')
    note, scope = row.get("note"), row.get("scope") or "all"
    if not (note is None or isinstance(note, str | int)) or scope not in _SCOPES:
        raise Failure(f'{path}, line {number}: "note" must be a string and "scope" one of {", ".join(_SCOPES)}')
    return Row(row["surface"], None if note is None else str(note), scope)
