"""Ingest: one unit of a source (nearly always a file) becomes parts of Documents, and its broken records quarantine.

The reader states what the file says; this adds whose file it is, under which terms, and, where a source is personal,
turns ids into keyed tokens before the first table is written: `doc_id`, `subject_key` and keys of a personal source
are never stored as the hospital writes them, and its file is named by its place in the source alone.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from audit.canonical import canonical_bytes
from curate.durable import sha256_of, write_json, write_parquet
from curate.sources.record import Broken, Document
from curate.sources.registry import READERS
from deid.disk import is_full
from deid.key import Vault, load_key, token
from schemas.config import Source
from schemas.document import DOCUMENT, QUARANTINED

STAGE = "ingest"


@dataclass(frozen=True)
class SourceFile:
    """A file of a source: where it is, what it is called in provenance, and the SHA-256 of its bytes."""

    path: Path
    name: str
    sha256: str


@dataclass(frozen=True)
class IngestUnit:
    """The task of reading one unit. `number` is the unit's place in the corpus."""

    number: int
    source_name: str
    source: Source
    files: tuple[SourceFile, ...]
    folder: Path
    quarantine: Path
    batch_rows: int
    vault: Vault | Path

    @property
    def marker(self) -> Path:
        """Written when all parts of the unit are."""
        return self.folder / f"unit-{self.number:05d}.json"

    def __call__(self) -> None:
        """Read the unit and write its parts, its quarantine and its marker."""
        key = load_key(self.vault) if self.source.personal else None
        counts: Counter[str] = Counter()
        broken: list[dict[str, Any]] = []
        outputs: dict[str, str] = {}
        for number, rows in enumerate(_batches(self._rows(key, broken), self.batch_rows)):
            part = self.folder / f"part-{self.number:05d}-{number:05d}.parquet"
            write_parquet(part, pa.Table.from_pylist(rows, schema=DOCUMENT))
            outputs[part.name] = sha256_of(part)
            counts["rows_out"] += len(rows)
        if broken:
            write_parquet(self.quarantine / self._name, pa.Table.from_pylist(broken, schema=QUARANTINED))
        reasons = Counter(row["reason"] for row in broken)
        record = {
            "rows_in": counts["rows_out"] + len(broken),
            "rows_out": counts["rows_out"],
            "quarantined": dict(reasons),
        }
        write_json(self.marker, {"sources": {self.source_name: record}, "counts": {}, "outputs": outputs})

    @property
    def _name(self) -> str:
        return f"01-{STAGE}-{self.number:05d}.parquet"

    def _rows(self, key: bytes | None, broken: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        reader = READERS[self.source.reader]
        try:
            for record in reader.read(tuple(file.path for file in self.files), self.source):
                if isinstance(record, Broken):
                    broken.append(self._broken(record.file, record.record, record.reason, record.remedy))
                elif not _encodable(record):
                    broken.append(self._broken(record.file, record.record, "bad_encoding", "store the file as UTF-8"))
                else:
                    yield self._row(record, key)
        except OSError as error:
            if is_full(error):  # of what a reader writes meanwhile: that is no fault of the file
                raise
            remedy = f"the file cannot be read ({error.strerror or type(error).__name__}): check that it is whole"
            broken.append(self._broken(0, -1, "unreadable_file", remedy))

    def _row(self, record: Document, key: bytes | None) -> dict[str, Any]:
        def hidden(kind: str, value: str) -> str:
            return value if key is None else keyed(key, self.source_name, kind, value)

        return {
            "doc_id": hidden("document", record.doc_id),
            "source": self.source_name,
            "role": self.source.role,
            "kind": record.kind,
            "text": record.text,
            "title": record.title,
            "subject_key": record.subject_key and hidden("subject", record.subject_key),
            "language_mix": None,
            "version": record.version,
            "revised": record.revised,
            "keys": [hidden("key", each) for each in record.keys],
            "flags": sorted(record.flags),
            "terms": {"licence": self.source.terms.licence, "purposes": list(self.source.terms.purposes)},
            "provenance": self._provenance(record.file, record.record),
            "extra": canonical_bytes(record.extra).decode(),
        }

    def _broken(self, file: int, record: int, reason: str, remedy: str) -> dict[str, Any]:
        return {
            "source": self.source_name,
            "stage": STAGE,
            "reason": reason,
            "remedy": remedy,
            "provenance": self._provenance(file, record),
        }

    def _provenance(self, file: int, record: int) -> dict[str, Any]:
        return {"file": self.files[file].name, "sha256": self.files[file].sha256, "record": record}


def keyed(key: bytes, source: str, kind: str, value: str) -> str:
    """What stands for an id of a personal source, in every table of a run."""
    return f"{source}:{token(key, kind, value)}"


def _encodable(record: Document) -> bool:
    """Whether every string can be stored as UTF-8: JSON can smuggle in lone surrogates."""
    try:
        for text in (record.doc_id, record.text, record.title, record.subject_key, *record.keys):
            (text or "").encode()
        record.extra.model_dump_json()
    except (UnicodeEncodeError, ValueError):
        return False
    return True


def _batches(rows: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    rows = iter(rows)
    while batch := list(itertools.islice(rows, size)):
        yield batch
