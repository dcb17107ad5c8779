"""What a reader yields: a `Document`, or a `Broken` record with its reason and remedy.

A reader knows what stands in its file, nothing of runs, policies, licences or languages: the ingest stage adds them.
"""

import datetime
from dataclasses import dataclass
from typing import Final

from schemas.extra import Extra

REMEDIES: Final = {
    "answer_base_undecidable": "state the answers as letters, or add explanations that name the answer: "
    "nothing in this file tells whether its answers count from 0 or from 1",
    "bad_encoding": "store the file as UTF-8",
    "corrupt_gzip": "copy the file again; what could still be unpacked was read",
    "corrupt_xz": "copy the file again; what could still be unpacked was read",
    "duplicate_id": "give each record of the file its own id; the first one was read",
    "malformed_csv": "close every quotation mark of the row, and double the ones inside a field (RFC 4180)",
    "malformed_fhir": "check the bundle with a FHIR R4 validator",
    "malformed_json": "write each record as valid JSON (RFC 8259)",
    "malformed_parquet": "write the table again; what could still be read was read",
    "malformed_xml": "check the record with `xmllint --noout`",
    "missing_column": "add the missing column to the table, or map it under `columns` of the source",
    "missing_id": "give the record its id",
    "no_records": "check that the file fits the source's `reader`: it holds no record of that kind",
    "record_too_long": "split the record, or check for an end mark that was lost: it is over 64 MiB",
    "truncated_gzip": "copy the file again: it ends too early; what could still be unpacked was read",
    "truncated_xz": "copy the file again: it ends too early; what could still be unpacked was read",
    "undefined_entity": "write characters as themselves or as numbers: entities of a DTD are never looked up",
    "unexpected_shape": "give the record the fields of its source as published: one is missing or of another type",
    "wrong_column_count": "give the row as many fields as the header has",
}
"""Every reason for which a record is held back, and what to do about it. Fixed words: no value of the data gets in."""


@dataclass(frozen=True, slots=True)
class Document:
    """One record as its file states it; fields as in `schemas.document.DOCUMENT`.

    `record` counts from 0 within file number `file` of the unit that was read. Ids are raw here: the ingest stage turns
    those of personal sources into keyed tokens.
    """

    doc_id: str
    kind: str
    text: str
    extra: Extra
    record: int
    title: str | None = None
    subject_key: str | None = None
    version: int | None = None
    revised: datetime.date | None = None
    keys: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    file: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be read. `reason` is a countable name out of `REMEDIES`; no value of the data is in it."""

    record: int
    reason: str
    remedy: str
    file: int = 0


def broken(record: int, reason: str, *, file: int = 0) -> Broken:
    """The Broken record of that reason. Raises KeyError for a reason that `REMEDIES` does not know."""
    return Broken(record, reason, REMEDIES[reason], file)
