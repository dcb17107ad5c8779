import gzip
import shutil
import tempfile
from pathlib import Path

import pytest

from curate.sources.record import Broken, Document
from curate.sources.registry import READERS, find_files
from schemas.failure import Failure

ADMISSIONS = (
    "subject_id,hadm_id,admittime,dischtime,deathtime,admission_type,admission_location,discharge_location,insurance,"
    "language,marital_status,race,hospital_expire_flag\n"
)


def admission(subject, hadm, admitted="2150-01-02 10:00:00"):
    return f"{subject},{hadm},{admitted},2150-01-05 10:00:00,,URGENT,ER,HOME,Other,?,SINGLE,UNKNOWN,0\n"


@pytest.fixture
def hosp(tmp_path):
    """A folder with the two tables that must be there."""
    (tmp_path / "admissions.csv").write_text(ADMISSIONS + admission(1, 11) + admission(2, 22))
    (tmp_path / "patients.csv").write_text("subject_id,gender,anchor_age,anchor_year\n1,F,88,2148\n2,M,91,2150\n")
    return tmp_path


@pytest.fixture
def run(source):
    def read(folder):
        reader = READERS["mimic-hosp"]
        (unit,) = reader.units(find_files(source("mimic-hosp"), folder))
        return list(reader.read(unit, source("mimic-hosp")))

    return read


@pytest.fixture(scope="module")
def demo():
    """The real tables, read once."""
    from schemas.config import Source, Terms

    folder = Path(__file__).resolve().parents[4] / "shared" / "data" / "mimic_iv_demo"
    if not folder.is_dir():
        pytest.skip("the real files (../shared/data) are not on this machine")
    source = Source(reader="mimic-hosp", paths=(".",), terms=Terms(licence="ODbL"))
    (unit,) = READERS["mimic-hosp"].units(find_files(source, folder))
    return list(READERS["mimic-hosp"].read(unit, source))


def test_the_demo(demo):
    assert all(isinstance(record, Document) for record in demo)
    assert len({record.doc_id for record in demo}) == len(demo) == 169
    assert len({record.subject_key for record in demo}) == 60
    assert [record.record for record in demo] == list(range(169))
    assert sum("age over 89" in record.text for record in demo) == 7
    assert not any("age 9" in record.text for record in demo)
    assert any("___" in record.text for record in demo)
    assert not any("language ?" in record.text or record.subject_key in record.text for record in demo)


def test_an_admission_of_the_demo(demo):
    text = demo[0].text
    assert text.startswith(
        "HOSPITAL ADMISSION\nPatient: male, age 58, race HISPANIC/LATINO - PUERTO RICAN, marital status"
    )
    assert "DIAGNOSES\n1. Coronary atherosclerosis of native coronary artery (ICD-9 41401)\n2. " in text
    assert "- 2153-09-19: Single internal mammary-coronary artery bypass (ICD-9 3615)" in text
    assert "- Acetaminophen (PO, PO/NG, PR)" in text
    assert "- URINE, URINE CULTURE: NO GROWTH." in text
    assert "- Hemoglobin (Blood): 6.6 to 12.5 g/dL, 14 abnormal" in text


def test_only_two_tables(run, hosp):
    first, second = run(hosp)
    assert first.doc_id == "mimic-iv:11"
    assert (
        first.text.splitlines()[1]
        == "Patient: female, age over 89, race UNKNOWN, marital status SINGLE, insurance Other"
    )
    assert "age over 89" in second.text


def test_broken_rows_name_their_file(run, hosp):
    (hosp / "services.csv").write_bytes(
        b"hadm_id,transfertime,curr_service\n11,2150,MED\n11\n11,2151,EYE\n11,2151,\xff\n11,2152,SURG\n"
    )
    records = run(hosp)
    broken = [record for record in records if isinstance(record, Broken)]
    assert [(record.reason, record.record, record.file) for record in broken] == [
        ("wrong_column_count", 1, 2),
        ("bad_encoding", 3, 2),
    ]
    assert "Services: MED, EYE, SURG" in records[-2].text


def test_a_second_admission_of_the_same_id_is_broken(run, hosp):
    (hosp / "admissions.csv").write_text(ADMISSIONS + admission(1, 11) + admission(1, "") + admission(2, 11))
    duplicate, missing, document = run(hosp)
    assert (duplicate.reason, duplicate.record) == ("duplicate_id", 2)
    assert (missing.reason, missing.record) == ("missing_id", 1)
    assert (document.doc_id, document.subject_key) == ("mimic-iv:11", "1")


def test_a_cut_table_is_one_broken_and_the_rest_is_read(run, hosp):
    table = b"hadm_id,drug,route\n" + b"".join(b"11,Drug %d,PO\n" % number for number in range(5_000))
    (hosp / "prescriptions.csv.gz").write_bytes(gzip.compress(table, mtime=0)[:-3_000])
    records = run(hosp)
    (broken,) = [record for record in records if isinstance(record, Broken)]
    assert broken.reason == "truncated_gzip"
    assert records[-2].text.count("- Drug ") == broken.record


def test_a_missing_table_is_a_failure_that_names_it(run, hosp):
    (hosp / "patients.csv").unlink()
    with pytest.raises(Failure, match=r"no patients\.csv"):
        run(hosp)


def test_the_temporary_folder_is_gone_even_where_reading_stops(source, hosp, monkeypatch):
    place = hosp / "tmp"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    reader = READERS["mimic-hosp"]
    (unit,) = reader.units(find_files(source("mimic-hosp"), hosp))
    records = reader.read(unit, source("mimic-hosp"))
    next(records)
    (folder,) = place.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    records.close()
    assert list(place.iterdir()) == []


def test_two_folders_are_two_units(source, hosp, tmp_path):
    for name in ("a", "b"):
        (hosp / name).mkdir()
        shutil.copy(hosp / "admissions.csv", hosp / name)
    units = READERS["mimic-hosp"].units(find_files(source("mimic-hosp", "a", "b"), hosp))
    assert [[path.parent.name for path in unit] for unit in units] == [["a"], ["b"]]
