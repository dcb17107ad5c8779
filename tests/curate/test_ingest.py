import gzip
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from audit.canonical import canonical_bytes
from curate.durable import sha256_of
from curate.ingest import IngestUnit, SourceFile, extra_json
from deid.key import create_key
from schemas.config import Columns, Source, Terms
from schemas.document import DOCUMENT
from schemas.extra import ArticleExtra, Section

TERMS = Terms(licence="internal")


def ingest(folder: Path, path: Path, source: Source, *, batch_rows: int = 2) -> dict[str, object]:
    for name in ("parts", "quarantine"):
        (folder / name).mkdir()
    file = SourceFile(path, "#0" if source.personal else path.name, sha256_of(path))
    unit = IngestUnit(7, "src", source, (file,), folder / "parts", folder / "quarantine", batch_rows, folder / "vault")
    unit()
    return json.loads(unit.marker.read_text())


def notes(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_ids_of_a_personal_source_are_tokens_from_the_first_table_on(tmp_path: Path) -> None:
    create_key(tmp_path / "vault")
    path = notes(tmp_path / "ramesh.jsonl", [{"id": f"MRN77{i}", "text": "a note", "who": "MRN77"} for i in range(5)])
    columns = Columns(id="id", text="text", subject="who")
    source = Source(reader="table", paths=("x",), personal=True, terms=TERMS, columns=columns)
    marker = ingest(tmp_path, path, source)
    assert marker["sources"] == {"src": {"rows_in": 5, "rows_out": 5, "quarantined": {}}}
    parts = sorted((tmp_path / "parts").glob("*.parquet"))
    assert [part.name for part in parts] == [f"part-00007-{i:05d}.parquet" for i in range(3)]
    rows = [row for part in parts for row in pq.read_table(part, schema=DOCUMENT).to_pylist()]
    assert "MRN77" not in json.dumps(rows, default=str)
    assert "ramesh" not in json.dumps(rows, default=str)
    assert len({row["doc_id"] for row in rows}) == 5
    assert len({row["subject_key"] for row in rows}) == 1
    assert [row["provenance"]["record"] for row in rows] == list(range(5))


def test_broken_records_are_counted_and_quarantined_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "torn.jsonl"
    path.write_text(
        '{"id": "1", "text": "good"}\n{"id": "2", "text": \n{"id": "3", "text": "\\ud800"}\n{"id": "4", "text": "x"}\n'
    )
    source = Source(reader="table", paths=("x",), terms=TERMS, columns=Columns(id="id", text="text"))
    marker = ingest(tmp_path, path, source, batch_rows=10)
    counted = marker["sources"]["src"]
    assert (counted["rows_in"], counted["rows_out"]) == (4, 2)
    (quarantine,) = (tmp_path / "quarantine").glob("*.parquet")
    rows = pq.read_table(quarantine).to_pylist()
    assert [row["provenance"]["record"] for row in rows] == [1, 2]
    assert all(row["reason"] and row["remedy"] and row["provenance"]["file"] == "torn.jsonl" for row in rows)


def test_a_truncated_gzip_gives_what_can_be_read_and_one_quarantined_record(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"id": str(i), "text": f"text {i * 7919}"}) + "\n" for i in range(2000))
    path = tmp_path / "torn.jsonl.gz"
    path.write_bytes(gzip.compress(lines.encode())[:-900])
    source = Source(reader="table", paths=("x",), terms=TERMS, columns=Columns(id="id", text="text"))
    counted = ingest(tmp_path, path, source, batch_rows=500)["sources"]["src"]
    assert 0 < counted["rows_out"] < 2000
    assert "truncated_gzip" in counted["quarantined"]


LEAF = st.text() | st.sampled_from(("e\u0301", "\n\u0303", "\u0344", '\x7f\x1f\u2028"\\', "\ud800"))


@given(
    texts=st.lists(LEAF, min_size=3, max_size=3),
    names=st.lists(LEAF, max_size=3),
    year=st.none() | st.integers(0, 9999),
)
def test_extra_is_stored_as_canonical_json(texts: list[str], names: list[str], year: int | None) -> None:
    sections = (Section(label=texts[0], text=texts[1]),)
    try:
        extra = ArticleExtra(journal=texts[2], mesh=tuple(names), year=year, sections=sections)
    except ValidationError:
        return  # pydantic refuses lone surrogates in some places
    try:
        expected = canonical_bytes(extra)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - any of them
            extra_json(extra).encode()
    else:
        assert extra_json(extra).encode() == expected
