import csv
import gzip
import itertools
import unicodedata
from pathlib import Path

import pytest

from curate.synthetic import hospital, identifiers
from curate.synthetic.stay import Stay
from curate.synthetic.table import objects, rows

SEED = 11


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Stay]]:
    folder = tmp_path_factory.mktemp("hospital")
    return folder, hospital.write_hospital(folder, SEED)


def _notes(folder: Path, name: str) -> list[dict[str, str]]:
    with gzip.open(folder / "note" / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = text.casefold().split()
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def test_note_files_have_the_published_columns_and_ids(written: tuple[Path, list[Stay]]) -> None:
    folder, stays = written
    for name, kind in (("discharge", "DS"), ("radiology", "RR")):
        notes = _notes(folder, name)
        assert tuple(notes[0]) == hospital.NOTE_COLUMNS
        assert len({note["note_id"] for note in notes}) == len(notes)
        for note in notes:
            assert note["note_id"] == f"{note['subject_id']}-{kind}-{note['note_seq']}"
            assert note["charttime"] < note["storetime"]
    assert {stay.patient.subject_id for stay in stays} == {
        int(note["subject_id"]) for note in _notes(folder, "discharge")
    }
    assert 110 <= len(_notes(folder, "discharge")) + len(_notes(folder, "radiology")) <= 130


def test_every_language_and_script_occurs(written: tuple[Path, list[Stay]]) -> None:
    folder, stays = written
    assert {stay.language for stay in stays} == {"en", "hi", "hinglish", "ta", "bn"}
    text = "".join(note["text"] for note in _notes(folder, "discharge"))
    for script in ("DEVANAGARI", "TAMIL", "BENGALI"):
        assert any(unicodedata.name(sign, "").startswith(script) for sign in text)


def test_the_patient_table_carries_valid_numbers(written: tuple[Path, list[Stay]]) -> None:
    with (written[0] / "patients.csv").open(encoding="utf-8", newline="") as lines:
        patients = list(csv.DictReader(lines))
    assert len(patients) == hospital.PATIENTS
    assert tuple(patients[0]) == hospital.PATIENT_COLUMNS
    for patient in patients:
        assert identifiers.verhoeff(patient["aadhaar"]) == 0
        assert identifiers.luhn(patient["abha"].replace("-", "")) == 0
        assert patient["pin"].isdecimal()
        assert len(patient["pin"]) == 6


def test_each_summary_holds_its_patients_identifiers(written: tuple[Path, list[Stay]]) -> None:
    folder, stays = written
    texts = {int(note["subject_id"]): note["text"] for note in _notes(folder, "discharge")}
    kinds = dict.fromkeys(("aadhaar", "abha_number", "abha_address", "pan", "email", "policy", "plate", "upi"), 0)
    for stay in stays:
        text = texts[stay.patient.subject_id]
        assert stay.patient.person.given in text or stay.patient.person.given_native in text
        assert stay.uhid in text
        assert stay.ip_number in text
        assert stay.registration in text
        bare = text.replace(" ", "").replace("-", "")
        assert stay.patient.phone in bare
        for kind in kinds:
            value = str(getattr(stay.patient, kind))
            kinds[kind] += value.replace(" ", "").replace("-", "") in bare
    assert min(kinds.values()) > 0, kinds


def test_what_is_planted_is_a_duplicate_and_nothing_else_is(written: tuple[Path, list[Stay]]) -> None:
    notes = _notes(written[0], "discharge") + _notes(written[0], "radiology")
    sets = {note["note_id"]: _shingles(note["text"]) for note in notes}
    planted = {note["note_id"] for note in notes if note["note_seq"] == "2"}
    assert len(planted) == hospital.FORWARDED + 1
    for name in planted:
        first = sets[name[:-1] + "1"]
        assert len(first & sets[name]) / len(first | sets[name]) > 0.85
    assert sum(sets[name] == sets[name[:-1] + "1"] for name in planted) == 1
    rest = [shingles for name, shingles in sets.items() if name not in planted]
    assert max(len(one & two) / len(one | two) for one, two in itertools.combinations(rest, 2)) < 0.7


def test_native_spellings_keep_to_one_script_and_are_composed() -> None:
    script = {"north": "DEVANAGARI", "west": "DEVANAGARI", "south": "TAMIL", "east": "BENGALI"}
    for row in rows("names"):
        assert unicodedata.is_normalized("NFC", row["native"]), row["name"]
        assert all(unicodedata.name(sign).startswith(script[row["region"]]) for sign in row["native"]), row["name"]


def test_every_illness_is_told_in_every_language() -> None:
    for illness in objects("illnesses"):
        assert set(illness["complaint"]) == {"en", "hi", "hinglish", "ta", "bn"}
        assert set(illness["name"]) == {"en", "hi", "ta", "bn"}
        assert len(illness["course"]) == 4
        assert len(illness["exam"]) >= 2
        assert len(illness["labs"]) >= 3
        assert len(illness["drugs"]) >= 3
