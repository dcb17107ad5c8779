"""Where the surrogates of a file of scrubbed notes stand, in a file beside it: CLEAN.jsonl, CLEAN.spans.jsonl.

    {"id", "text_sha256", "spans": [{"start", "end", "label"}]}      one line a note, in the order of the notes

Apart from the notes, because a surrogate hides a name that was not found only as long as nobody can tell the two apart:
the notes may be handed on, this file stays. It holds no value, neither an original nor a surrogate.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from deid.notes import read
from schemas.failure import Failure
from schemas.labels import Label
from schemas.span import Span


def beside(notes: Path) -> Path:
    """The file in which the spans of these notes stand, if they were scrubbed."""
    return notes.with_suffix(f".spans{notes.suffix}")


def line(note_id: str, text: str, spans: Sequence[Span]) -> str:
    """What the file says of one note."""
    places = [{"start": span.start, "end": span.end, "label": span.label.value} for span in spans]
    return json.dumps({"id": note_id, "text_sha256": _digest(text), "spans": places}) + "\n"


def read_marked(notes: Path) -> Iterator[tuple[dict[str, Any], list[Span] | None]]:
    """Each row with the spans of its text: those of the file beside, else its own (`spans`, as `deid detect` writes
    them), else None. By place, not overlapping.

    Raises Failure at a line of either file that is broken, and where the two do not belong together.
    """
    path = beside(notes)
    if not path.exists():
        for number, row in read(notes):
            yield row, None if row.get("spans") is None else _spans(notes, number, row)
        return
    try:
        with path.open(encoding="utf-8") as lines:
            for number, (_, row) in enumerate(read(notes), 1):
                yield row, _belonging(path, number, lines.readline(), row)
            if lines.readline():
                raise _strangers(path, number + 1)
    except UnicodeDecodeError:
        raise Failure(f"{path}: not UTF-8; scrub the notes again") from None


def _belonging(path: Path, number: int, written: str, row: dict[str, Any]) -> list[Span]:
    try:
        marks = json.loads(written)
    except ValueError:
        marks = None
    if not isinstance(marks, dict) or (marks.get("id"), marks.get("text_sha256")) != (row["id"], _digest(row["text"])):
        raise _strangers(path, number)
    return _spans(path, number, {**marks, "text": row["text"]})


def _strangers(path: Path, number: int) -> Failure:
    return Failure(
        f"{path}, line {number}: does not belong to the note of that line; scrub the notes again, "
        "or remove the file if they were changed since"
    )


def _spans(path: Path, number: int, row: dict[str, Any]) -> list[Span]:
    try:
        spans = sorted(Span(each["start"], each["end"], Label(each["label"])) for each in row["spans"])
        starts = [*(span.start for span in spans[1:]), len(row["text"])]
        if any(span.end > after for span, after in zip(spans, starts, strict=False)):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise Failure(
            f"{path}, line {number}: spans need start, end and a known label, lie in the text and do not overlap "
            "(values withheld)"
        ) from None
    return spans


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
