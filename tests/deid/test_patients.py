import datetime
import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from deid.patients import digest, read_patients
from schemas.failure import Failure
from schemas.labels import Label
from schemas.patients import PatientTable

SPEC = PatientTable(
    path="p", key="mrn", columns={"name": Label.PERSON, "born": Label.DATE, "phone": Label.PHONE_NUMBER}
)
EXPECTED = {
    "7": ((Label.DATE, "1956-08-15"), (Label.PERSON, "Sulochana Deshpande"), (Label.PHONE_NUMBER, "9845061237")),
    "8": ((Label.PERSON, "Asha"), (Label.PERSON, "Asha Rao"), (Label.PHONE_NUMBER, "9900112233")),
}
CSV = (
    "mrn,name,born,phone,secret\n7,Sulochana Deshpande,1956-08-15,9845061237,x\n"
    '8,Asha,,9900112233,"a\nb"\n8,Asha Rao,,9900112233,\n'
)


def tables(folder: Path) -> list[Path]:
    day = datetime.date(1956, 8, 15)
    table = pa.table(
        {
            "mrn": pa.array([7, 8, 8]),
            "name": pa.array(["Sulochana Deshpande", "Asha", "Asha Rao"]).dictionary_encode(),
            "born": pa.array([day, None, None]),
            "phone": pa.array([9845061237.0, 9900112233.0, None]),  # as pandas has numbers beside nulls
        }
    )
    (folder / "p.csv").write_text(CSV)
    (folder / "p.tsv").write_text(CSV.replace(",", "\t"))
    (folder / "p.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    (folder / "p.jsonl").write_text(
        '{"mrn": 7, "name": "Sulochana Deshpande", "born": "1956-08-15", "phone": 9845061237}\n'
        '{"mrn": 8, "name": "Asha", "born": null, "phone": 9900112233}\n{"mrn": 8, "name": "Asha Rao"}\n'
    )
    pq.write_table(table, folder / "p.parquet")
    feather.write_feather(table, folder / "p.arrow")
    return [folder / name for name in ("p.csv", "p.tsv", "p.csv.gz", "p.jsonl", "p.parquet", "p.arrow")]


def test_any_table_says_the_same(tmp_path: Path) -> None:
    for path in tables(tmp_path):
        patients = read_patients(path, SPEC)
        assert patients.known(["7", "8", "9", None]) == EXPECTED, path.name
        assert len(patients) == 3
        assert patients.subjects.to_pylist() == ["7", "8"]


def test_the_key_is_turned_into_what_the_notes_have(tmp_path: Path) -> None:
    path = tables(tmp_path)[0]
    patients = read_patients(path, SPEC, lambda key: f"notes:{key * 2}")
    assert list(patients.known(["notes:77"])) == ["notes:77"]
    assert patients.known(["7"]) == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("mrn,name,phone\n7,Sulochana,98\n", 'no column "born"'),
        ("mrn,name,name,born,phone\n7,Sulochana,x,y,98\n", 'no column "name", or more than one'),
        ("mrn,name,born,phone\n7,Sulochana,x,98\n7,Sulochana,9845061237\n", "row 2 has more or fewer cells"),
        ("mrn,name,born,phone\n7,Sulochana,x,98\n ,Sulochana,x,98\n", "row 2 has nothing in the key column"),
        (b"mrn,name,born,phone\n7,Sulochana \xff,x,98\n", "malformed or not UTF-8"),
        ("", "cannot be read"),
    ],
)
def test_a_bad_table_stops_with_file_and_remedy_and_no_value(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Failure, match=message) as failure:
        read_patients(path, SPEC)
    said = str(failure.value)
    assert said.startswith(f"{path}: ")
    assert "Sulochana" not in said
    assert "9845061237" not in said
    assert failure.value.__cause__ is None, "the reader's own message quotes the data"


@pytest.mark.parametrize("name", ["none.csv", "none.parquet", "none.jsonl", "none.arrow"])
def test_a_missing_table_is_named(tmp_path: Path, name: str) -> None:
    for read in (lambda: read_patients(tmp_path / name, SPEC), lambda: digest(tmp_path / name)):
        with pytest.raises(Failure, match=name):
            read()


@pytest.mark.parametrize("name", ["p.parquet", "p.jsonl", "p.arrow"])
def test_no_table_of_its_kind(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("Sulochana 9845061237")
    with pytest.raises(Failure, match="cannot be read") as failure:
        read_patients(tmp_path / name, SPEC)
    assert "Sulochana" not in str(failure.value)


def test_a_column_of_lists_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    pq.write_table(pa.table({"mrn": [1], "name": [["Sulochana"]], "born": ["x"], "phone": ["y"]}), path)
    with pytest.raises(Failure, match='column "name" holds no text'):
        read_patients(path, SPEC)


def test_an_age_is_no_identifier_to_search_for() -> None:
    with pytest.raises(ValueError, match="birth date"):
        PatientTable(path="p", key="mrn", columns={"age": Label.AGE_OVER_89})
