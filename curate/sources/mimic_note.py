"""MIMIC-IV-Note (Johnson et al. 2023): `discharge.csv.gz` and `radiology.csv.gz`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from curate.sources.csv_rows import columns
from curate.sources.record import Broken, Document, broken
from curate.sources.streams import ByteStream
from schemas.config import Source
from schemas.extra import NoteExtra

COLUMNS: Final = ("note_id", "subject_id", "note_type", "text")
_TYPES: Final = {
    "DS": "discharge summary",
    "AD": "discharge addendum",
    "RR": "radiology report",
    "AR": "radiology addendum",
}
"""The codes of `note_type` as the data set's own page explains them."""


def read(unit: tuple[Path, ...], source: Source) -> Iterator[Document | Broken]:  # noqa: ARG001
    """One Document a note; `___` stands where its publisher removed something, and is kept."""
    stream = ByteStream(unit[0])
    index = 0
    for row in columns(stream, COLUMNS):
        if isinstance(row, str):
            yield broken(index, row)
        elif not row[0].strip():
            yield broken(index, "missing_id")
        else:
            note, subject, kind, text = row
            extra = NoteExtra(note_type=_TYPES.get(kind.strip(), kind.strip()) or None)
            yield Document(
                f"mimic-iv-note:{note.strip()}", "note", text, extra, index, subject_key=subject.strip() or None
            )
        index += 1
    if stream.damage is not None:
        yield broken(index, stream.damage)
