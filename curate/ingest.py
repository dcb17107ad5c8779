"""Ingest: one unit of a source (nearly always a file) becomes parts of Documents, and its broken records quarantine.

The reader states what the file says; this adds whose file it is, under which terms, and, where a source is personal,
turns ids into keyed tokens before the first table is written: `doc_id`, `subject_key` and keys of a personal source
are never stored as the hospital writes them, and its file is named by its place in the source alone.
"""

import itertools
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import pyarrow as pa

from audit.canonical import canonical_bytes
from curate.durable import sha256_of, write_json, write_parquet
from curate.sources.record import Broken, Document
from curate.sources.registry import READERS
from deid.disk import is_full
from deid.key import Vault, load_key, token
from schemas.config import Source
from schemas.document import DOCUMENT, PROVENANCE, QUARANTINED
from schemas.extra import Extra

STAGE = "ingest"

_Row: TypeAlias = tuple[Document, str]
"""A record, and its `extra` as it is stored."""


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
        for number, rows in enumerate(_batches(self._rows(broken), self.batch_rows)):
            part = self.folder / f"part-{self.number:05d}-{number:05d}.parquet"
            write_parquet(part, self._table(rows, key))
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

    def _rows(self, broken: list[dict[str, Any]]) -> Iterator[_Row]:
        reader = READERS[self.source.reader]
        try:
            for record in reader.read(tuple(file.path for file in self.files), self.source):
                if isinstance(record, Broken):
                    broken.append(self._broken(record.file, record.record, record.reason, record.remedy))
                elif (extra := _stored(record)) is None:
                    broken.append(self._broken(record.file, record.record, "bad_encoding", "store the file as UTF-8"))
                else:
                    yield record, extra
        except OSError as error:
            if is_full(error):  # of what a reader writes meanwhile: that is no fault of the file
                raise
            remedy = f"the file cannot be read ({error.strerror or type(error).__name__}): check that it is whole"
            broken.append(self._broken(0, -1, "unreadable_file", remedy))

    def _table(self, rows: Sequence[_Row], key: bytes | None) -> pa.Table:
        """The rows as `DOCUMENT`, a column at a time."""

        def hidden(kind: str, value: str) -> str:
            return value if key is None else keyed(key, self.source_name, kind, value)

        def same(name: str, value: object) -> pa.Array:
            return pa.repeat(pa.scalar(value, DOCUMENT.field(name).type), len(rows))

        records = [record for record, _ in rows]
        files = [self.files[record.file] for record in records]
        provenance = {
            "file": [file.name for file in files],
            "sha256": [file.sha256 for file in files],
            "record": [record.record for record in records],
        }
        columns = {
            "doc_id": [hidden("document", record.doc_id) for record in records],
            "source": same("source", self.source_name),
            "role": same("role", self.source.role),
            "kind": [record.kind for record in records],
            "text": [record.text for record in records],
            "title": [record.title for record in records],
            "subject_key": [record.subject_key and hidden("subject", record.subject_key) for record in records],
            "language_mix": same("language_mix", None),
            "version": [record.version for record in records],
            "revised": [record.revised for record in records],
            "keys": [[hidden("key", each) for each in record.keys] for record in records],
            "flags": [sorted(record.flags) for record in records],
            "terms": same(
                "terms", {"licence": self.source.terms.licence, "purposes": list(self.source.terms.purposes)}
            ),
            "provenance": pa.StructArray.from_arrays(
                [pa.array(provenance[field.name], field.type) for field in PROVENANCE], fields=list(PROVENANCE)
            ),
            "extra": [extra for _, extra in rows],
        }
        return pa.table(columns, schema=DOCUMENT)

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


_JSON: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def extra_json(extra: Extra) -> str:
    """What `canonical_bytes` spells, sooner: `extra` holds text, whole numbers and lists, no float, and its keys are
    ASCII, so that sorted JSON is RFC 8785 already. Text that is not in Normalization Form C goes the long way."""
    text = _JSON.encode(extra.model_dump())
    return text if unicodedata.is_normalized("NFC", text) else canonical_bytes(extra).decode()


def _stored(record: Document) -> str | None:
    """`extra` as it is stored; None where a string of the record is no UTF-8: JSON can smuggle in lone surrogates."""
    try:
        extra = extra_json(record.extra)
        "".join(
            (record.doc_id, record.text, record.title or "", record.subject_key or "", *record.keys, extra)
        ).encode()
    except (UnicodeEncodeError, ValueError):
        return None
    return extra


def _batches(rows: Iterable[_Row], size: int) -> Iterator[list[_Row]]:
    rows = iter(rows)
    while batch := list(itertools.islice(rows, size)):
        yield batch
