"""ACI-Bench (Yim et al. 2023): visit notes with the conversation that each was written from."""

from collections.abc import Iterator
from pathlib import Path

from curate.sources.csv_rows import columns
from curate.sources.record import Broken, Document, broken
from curate.sources.streams import ByteStream
from schemas.config import Source
from schemas.extra import NoteExtra


def read(unit: tuple[Path, ...], source: Source) -> Iterator[Document | Broken]:  # noqa: ARG001
    """One Document an encounter: the note is the text, the conversation stands in `extra.dialogue`."""
    stream = ByteStream(unit[0])
    index = 0
    for row in columns(stream, ("encounter_id", "dialogue", "note")):
        if isinstance(row, str):
            yield broken(index, row)
        elif not row[0].strip():
            yield broken(index, "missing_id")
        else:
            encounter, dialogue, note = row
            extra = NoteExtra(note_type="visit note", dialogue=dialogue or None)
            yield Document(f"aci-bench:{encounter.strip()}", "note", note, extra, index)
        index += 1
    if stream.damage is not None:
        yield broken(index, stream.damage)
