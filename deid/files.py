"""Files of notes through the detector and the replacer. Output is written beside and renamed: whole or not at all."""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from deid.disk import writing_to
from deid.known import Identifiers
from deid.marks import beside
from deid.notes import dump, read
from deid.patients import Patients, read_patients
from deid.scrubbed import Given
from deid.workers import detect_all, detect_known, scrub_all
from schemas.failure import Failure
from schemas.patients import PatientTable
from schemas.policy import DeidPolicy
from schemas.span import Span

_REMEMBERED = 1 << 16  # rows of the re-identification table that are written together
_LOOKED_UP = 64  # notes whose patients are looked up in the table together


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
        first = error.errors(include_input=False, include_url=False)[0]
        said = (".".join(map(str, first["loc"])), first["msg"])
        raise Failure(f"{path}: {': '.join(filter(None, said))}") from error


def patients_of(path: Path | None) -> Patients | None:
    """The patient table that a YAML file names (`path`, `key`, `columns`), relative to that file."""
    if path is None:
        return None
    import yaml
    from pydantic import ValidationError

    try:
        spec = PatientTable.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        raise Failure(f"{path}: cannot be read; name a YAML file with path, key and columns") from None
    except yaml.YAMLError:
        raise Failure(f"{path}: not YAML; it must hold path, key and columns") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise Failure(f"{path}: {where}: {first['msg'].lower()}; see docs/deid.md") from None
    return read_patients(path.parent / spec.path, spec)


def detect_file(
    notes: Path, output: Path, policy: DeidPolicy, workers: int, patients: Patients | None = None
) -> dict[str, Any]:
    """Spans of every note, in the order of the notes; counts of notes and spans.

    Of a row whose `subject` (or `subject_id`) stands in `patients`, what the table knows is searched, too.
    """
    counts = {"notes": 0, "spans": 0}
    with written(output) as out, _progress("detect") as step:
        waiting: deque[dict[str, Any]] = deque()  # rows whose text is with a worker

        def asked() -> Iterator[tuple[str, Identifiers]]:
            for row, known in _known(notes, patients):
                waiting.append(row)
                yield row["text"], known

        for spans in detect_known(asked(), policy, workers):
            row = waiting.popleft()
            out.write(dump({"id": row["id"], "text": row["text"], "spans": [_span(s) for s in spans]}))
            counts["notes"] += 1
            counts["spans"] += len(spans)
            step()
    return counts


def scrub_file(
    notes: Path, output: Path, vault: Path, policy: DeidPolicy, workers: int, patients: Patients | None = None
) -> dict[str, Any]:
    """Every note with its identifiers replaced; one that still holds an identifier is left out, counted by reason.

    A row's `subject` (or `subject_id`), where there is one, says whose record the note is of; it is not written.
    Where the surrogates stand goes to a file of its own (see deid/marks.py). Where the policy says so, the vault
    remembers which surrogate stands for what.
    """
    from deid.key import open_vault
    from deid.vault.rows import Row, Table

    opened = open_vault(vault)
    table, rows = Table(opened), set[Row]()
    held: Counter[str] = Counter()
    counts: dict[str, Any] = {"notes": 0, "written": 0, "held_back": held, "replaced": Counter()}
    given = (Given(str(row["id"]), row["text"], _subject(row), known) for row, known in _known(notes, patients))
    with written(output) as out, written(beside(output)) as marks, _progress("scrub") as step:
        for note in scrub_all(given, policy, opened.key, workers):
            counts["notes"] += 1
            counts["replaced"].update(note.replaced)
            if note.held is None:
                out.write(note.note)
                marks.write(note.marks)
                counts["written"] += 1
                rows.update(note.rows)
                if len(rows) >= _REMEMBERED:
                    table.add(rows)
                    rows.clear()
            else:
                held[note.held] += 1
            step()
        table.add(rows)  # before the output has its name: what it holds can be led back
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


def _subject(row: dict[str, Any]) -> str | None:
    subject = row.get("subject", row.get("subject_id"))
    return None if subject is None else str(subject).strip()


def _known(notes: Path, patients: Patients | None) -> Iterator[tuple[dict[str, Any], Identifiers]]:
    """Rows of a file with what is known of their patients."""
    source = (row for _, row in read(notes))
    while rows := list(islice(source, _LOOKED_UP)):
        known = patients.known(map(_subject, rows)) if patients else {}
        for row in rows:
            yield row, known.get(_subject(row) or "", ())


@contextmanager
def written(path: Path) -> Iterator[TextIO]:
    """A text file that appears under its name when it is whole."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with writing_to(path.parent, kept="no output was written yet"):
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
