"""Builds parts of Documents for the tests of stages."""

import datetime
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from audit.canonical import canonical_bytes
from schemas.document import DOCUMENT
from schemas.extra import ArticleExtra, NoteExtra, QuestionExtra

Part = Callable[..., pa.Table]


@pytest.fixture
def part() -> Part:
    """Give rows as keyword dictionaries; what is left out is plain."""

    def build(*rows: dict[str, Any]) -> pa.Table:
        return pa.Table.from_pylist([_document(i, row) for i, row in enumerate(rows)], schema=DOCUMENT)

    return build


def _document(number: int, row: dict[str, Any]) -> dict[str, Any]:
    kind = row.get("kind", "article")
    plain = {
        "article": ArticleExtra(),
        "note": NoteExtra(),
        "question": QuestionExtra(question="q", options=("a", "b")),
    }
    extra = row.pop("extra", None) or plain.get(kind, ArticleExtra())
    return {
        "doc_id": f"doc:{number}",
        "source": "src",
        "role": "train",
        "kind": kind,
        "text": f"text number {number} of this part of the corpus",
        "title": None,
        "subject_key": None,
        "language_mix": "en",
        "version": None,
        "revised": None,
        "keys": [],
        "flags": [],
        "terms": {"licence": "MIT", "purposes": ["research"]},
        "provenance": {"file": "file.xml", "sha256": "0" * 64, "record": number},
        "extra": canonical_bytes(extra).decode(),
    } | row


@pytest.fixture
def day() -> Callable[[int], datetime.date]:
    """A date of January 2020."""
    return lambda number: datetime.date(2020, 1, number)
