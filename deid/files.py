"""Files of notes through the detector and the replacer. Output is written beside and renamed: whole or not at all."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from deid.notes import dump, read
from deid.workers import detect_all
from schemas.failure import Failure
from schemas.policy import DeidPolicy
from schemas.span import Span


def read_policy(path: Path | None) -> DeidPolicy:
    """The policy in a YAML file, or the default one. Raises Failure naming the field that is wrong."""
    if path is None:
        return DeidPolicy()
    import yaml
    from pydantic import ValidationError

    try:
        return DeidPolicy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror})") from error
    except yaml.YAMLError as error:
        raise Failure(f"{path}: not YAML") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise Failure(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def detect_file(notes: Path, output: Path, policy: DeidPolicy, workers: int) -> dict[str, Any]:
    """Spans of every note, in the order of the notes; counts of notes and spans."""
    counts = {"notes": 0, "spans": 0}
    with written(output) as out, _progress("detect") as step:
        for row, spans in _detected(notes, policy, workers):
            out.write(dump({"id": row["id"], "text": row["text"], "spans": [_span(s) for s in spans]}))
            counts["notes"] += 1
            counts["spans"] += len(spans)
            step()
    return counts


def scrub_file(notes: Path, output: Path, vault: Path, policy: DeidPolicy, workers: int) -> dict[str, Any]:
    """Every note with its identifiers replaced; one that still holds an identifier is left out, counted by reason.

    A row's `subject` (or `subject_id`), where there is one, says whose record the note is of; it is not written.
    """
    from deid.key import load_key, token
    from deid.replace import Replacer
    from deid.residual import residual

    key = load_key(vault)
    replacer = Replacer(policy, key)
    held: Counter[str] = Counter()
    counts: dict[str, Any] = {"notes": 0, "written": 0, "held_back": held, "replaced": Counter()}
    with written(output) as out, _progress("scrub") as step:
        for row, spans in _detected(notes, policy, workers):
            text, subject = row["text"], row.get("subject", row.get("subject_id"))
            after = replacer.replace(text, spans, None if subject is None else str(subject))
            gone = [text[s.start : s.end] for s in spans if s.label not in policy.keeping]
            reason = residual([after], [gone], policy.keeping)[0]
            counts["notes"] += 1
            counts["replaced"].update(s.label.value for s in spans if s.label not in policy.keeping)
            if reason is None:
                out.write(dump({"id": token(key, "note", str(row["id"])), "text": after}))
                counts["written"] += 1
            else:
                held[reason] += 1
            step()
    return counts


def explain_note(notes: Path, note_id: str, policy: DeidPolicy) -> dict[str, Any]:
    """One note with its spans: `marked` holds the text with ⟦LABEL|…⟧ around each. Raises Failure when there is
    none.
    """
    for _, row in read(notes):
        if str(row["id"]) == note_id:
            spans = next(iter(detect_all([row["text"]], policy, 1)))
            marked = row["text"]
            for span in reversed(spans):
                marked = f"{marked[: span.start]}⟦{span.label}|{marked[span.start : span.end]}⟧{marked[span.end :]}"
            return {"id": row["id"], "marked": marked, "spans": [_span(s) for s in spans]}
    raise Failure(f"{notes}: no note has that id")


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "label": span.label.value, "score": span.score, "source": span.source}


def _detected(notes: Path, policy: DeidPolicy, workers: int) -> Iterator[tuple[dict[str, Any], list[Span]]]:
    """Rows with their spans; a row waits in a queue while its text is with a worker."""
    from collections import deque

    waiting: deque[dict[str, Any]] = deque()

    def texts() -> Iterator[str]:
        for _, row in read(notes):
            waiting.append(row)
            yield row["text"]

    for spans in detect_all(texts(), policy, workers):
        yield waiting.popleft(), spans


@contextmanager
def written(path: Path) -> Iterator[TextIO]:
    """A text file that appears under its name when it is whole."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as out:
            yield out
        beside.replace(path)
    except OSError as error:
        raise Failure(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[], None]]:
    """A counter on standard error; silent when that is no terminal."""
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn(what),
        TextColumn("{task.completed:.0f} notes"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=None)
        yield lambda: bar.advance(task)
