"""ACI-Bench, MIMIC-IV-Note and any mapped table."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.sources import aci_bench
from schemas.config import Columns
from schemas.failure import Failure

NOTES = b"""note_id,subject_id,hadm_id,note_type,note_seq,charttime,storetime,text
10-DS-1,10,20,DS,1,2180-05-07 00:00:00,2180-05-09 15:26:00," \nName:  ___                  Unit No:   ___

Chief Complaint: ""pain""
"
10-RR-2,10,,RR,2,2180-05-07 00:00:00,2180-05-09 15:26:00,EXAMINATION:  CHEST
"""


@pytest.mark.parametrize(("name", "rows", "first"), [("train", 67, "D2N001"), ("valid", 20, "D2N068")])
def test_aci_bench(data, name, rows, first):
    records = list(aci_bench.read((data / "aci_bench" / f"{name}.csv.gz",), None))
    assert len({record.doc_id for record in records}) == len(records) == rows
    assert records[0].doc_id == f"aci-bench:{first}"
    assert records[0].text.startswith("CHIEF COMPLAINT\n\n")
    assert all("[doctor]" in record.extra.dialogue for record in records)
    assert all(record.subject_key is None and not record.keys for record in records)


def test_mimic_notes(read):
    summary, report = read("mimic-note", NOTES, "discharge.csv.gz")
    assert summary.doc_id == "mimic-iv-note:10-DS-1"
    assert summary.subject_key == report.subject_key == "10"
    assert summary.text == ' \nName:  ___                  Unit No:   ___\n\nChief Complaint: "pain"\n'
    assert (summary.extra.note_type, report.extra.note_type) == ("discharge summary", "radiology report")


def test_mimic_notes_with_broken_rows(read):
    short, nameless, latin = b"10-DS-3,10,20\n", b",10,20,DS,1,,,text\n", b"10-DS-4,10,20,DS,1,,,caf\xe9\n"
    unclosed, good = b'10-DS-5,10,20,DS,1,,,"open\n', b"10-DS-6,1,2,DS,1,,,ok\n"
    records = read("mimic-note", good.join((NOTES + short, nameless, latin, unclosed, b"")), "discharge.csv")
    assert [getattr(record, "reason", "ok") for record in records] == [
        *("ok", "ok", "wrong_column_count", "ok", "missing_id", "ok", "bad_encoding", "ok", "malformed_csv", "ok")
    ]
    assert "caf" not in repr(records[6])


def test_a_cut_file_of_notes(read, tmp_path):
    path = tmp_path / "discharge.csv.gz"
    path.write_bytes(gzip.compress(NOTES * 1, mtime=0)[:-20])
    *_, last = read("mimic-note", path)
    assert last.reason == "truncated_gzip"


MAPPED = Columns(id="no", text=("history", "plan"), title="head", subject="patient")
ROWS = [
    {"no": 1, "history": "Hx", "plan": "", "head": "A", "patient": "p1", "other": [1]},
    {"no": 2, "history": "Hx", "plan": "खून की जाँच", "head": None, "patient": 7, "other": []},
    {"no": None, "history": "Hx", "plan": "P", "head": "", "patient": None, "other": None},
]


def write_table(path):
    columns = ("no", "history", "plan", "head", "patient")
    cells = [["" if row[name] is None else str(row[name]) for name in columns] for row in ROWS]
    if path.suffix in {".csv", ".tsv"}:
        mark = "," if path.suffix == ".csv" else "\t"
        path.write_text("".join(mark.join(row) + "\n" for row in [list(columns), *cells]))
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    else:
        pq.write_table(pa.table({name: [row[i] or None for row in cells] for i, name in enumerate(columns)}), path)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_a_table_says_the_same_in_every_format(read, tmp_path, suffix):
    path = tmp_path / f"clinic{suffix}"
    write_table(path)
    first, second, third = read("table", path, columns=MAPPED)
    assert (first.doc_id, first.text, first.title, first.subject_key, first.kind) == (
        "clinic:1",
        "Hx",
        "A",
        "p1",
        "note",
    )
    assert (second.doc_id, second.text, second.title, second.subject_key) == ("clinic:2", "Hx\n\nखून की जाँच", None, "7")
    assert third.reason == "missing_id"


def test_a_table_without_a_mapped_column(read, tmp_path):
    for suffix in (".csv", ".parquet"):
        path = tmp_path / f"clinic{suffix}"
        write_table(path)
        (record,) = read("table", path, columns=Columns(id="no", text="gone"))
        assert record.reason == "missing_column"
    path = tmp_path / "clinic.jsonl"
    path.write_text('{"no": 1}\n{"no": 2, "gone": "here"}\n{"no": 3, "gone": ["x"]}')
    records = read("table", path, columns=Columns(id="no", text="gone", kind="article"))
    assert [getattr(record, "reason", record.record) for record in records] == ["missing_column", 1, "unexpected_shape"]
    assert records[1].kind == "article"


def test_a_source_without_columns_is_a_failure(read, tmp_path):
    with pytest.raises(Failure, match="columns"):
        read("table", b"id,text\n", "t.csv")


def test_a_damaged_parquet_file_is_broken(read, tmp_path):
    path = tmp_path / "clinic.parquet"
    write_table(path)
    content = path.read_bytes()
    for cut in (0, 3, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:cut])
        assert [record.reason for record in read("table", path, columns=MAPPED)] == ["malformed_parquet"]


def test_a_parquet_cell_that_is_no_utf8_costs_its_row(read, tmp_path):
    path = tmp_path / "clinic.parquet"
    text = pa.array([b"good", b"caf\xe9", b"good"]).cast(pa.binary()).view(pa.string())
    pq.write_table(pa.table({"no": ["1", "2", "3"], "note": text}), path)
    records = read("table", path, columns=Columns(id="no", text="note"))
    assert [getattr(record, "reason", "ok") for record in records] == ["ok", "bad_encoding", "ok"]
