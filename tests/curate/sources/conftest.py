"""The real files, where this checkout stands beside them, and small files of a test's own."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from curate.sources.record import Broken, Document
from curate.sources.registry import READERS
from schemas.config import Columns, Source, Terms

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.fixture
def data() -> Path:
    """The folder of real files; the test is skipped where there is none."""
    if not DATA.is_dir():
        pytest.skip("the real files (../shared/data) are not on this machine")
    return DATA


@pytest.fixture
def source() -> Callable[..., Source]:
    """A Source with one reader and these paths."""

    def make(reader: str, *paths: str, columns: Columns | None = None) -> Source:
        return Source(reader=reader, paths=paths or (".",), terms=Terms(licence="test"), columns=columns)

    return make


@pytest.fixture
def read(source: Callable[..., Source], tmp_path: Path) -> Callable[..., list[Document | Broken]]:
    """Everything that a reader yields from a file, or from bytes that are written to a file of that name first."""

    def run(
        reader: str, file: Path | bytes, name: str = "file", columns: Columns | None = None
    ) -> list[Document | Broken]:
        if isinstance(file, bytes):
            path = tmp_path / name
            path.write_bytes(gzip.compress(file, mtime=0) if name.endswith(".gz") else file)
            file = path
        records = list(READERS[reader].read((file,), source(reader, columns=columns)))
        assert [record.record for record in records] == list(range(len(records)))
        for record in records:
            if isinstance(record, Document):
                "\n".join((record.doc_id, record.text, record.title or "", record.extra.model_dump_json())).encode()
        return records

    return run
