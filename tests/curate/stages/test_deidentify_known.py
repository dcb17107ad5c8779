import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.configuration import load
from curate.ingest import keyed
from curate.patients import PatientFile, patient_files
from curate.plan import plan
from curate.stages.deidentify import Deidentify, DeidentifyKnown
from deid.key import create_key, load_key
from deid.patients import digest
from schemas.failure import Failure
from schemas.labels import Label
from schemas.patients import PatientTable
from schemas.policy import DeidPolicy

NAME = "Xyloqua Brindlewick"  # no list has it
TEXT = "came again, xyloqua brindlewick was better; 41 77 03 922 was told, Tab Metformin 500 mg BD after food"
SPEC = PatientTable(path="p.csv", key="mrn", columns={"name": Label.PERSON, "number": Label.OTHER_ID})
CONFIG = """\
sources:
  notes:
    reader: table
    paths: [n.csv]
    columns: {id: id, text: text, subject: mrn}
    personal: true
    patients: {path: p.csv, key: mrn, columns: {name: PERSON, number: OTHER_ID}}
    terms: {licence: l, purposes: [research]}
dataset: {published: 2026-01-01}
"""


@pytest.fixture
def table(tmp_path: Path) -> PatientFile:
    create_key(tmp_path / "vault")
    path = tmp_path / "p.csv"
    path.write_text(f"mrn,name,number\n7,{NAME},417703922\n9,Asha Rao,884411223\n")
    return PatientFile("notes", path, digest(path), SPEC)


def rows(vault: Path) -> list[dict[str, object]]:
    """A note of the patient in the table, one of another, one of nobody, one that is no note of this source."""
    key = load_key(vault)
    mine, other = keyed(key, "notes", "subject", "7"), keyed(key, "notes", "subject", "8")
    return [
        {"source": "notes", "kind": "note", "text": TEXT, "subject_key": mine},
        {"source": "notes", "kind": "note", "text": TEXT, "subject_key": other},
        {"source": "notes", "kind": "note", "text": TEXT},
        {"source": "elsewhere", "kind": "note", "text": TEXT, "subject_key": mine},
    ]


def test_what_the_table_knows_is_hidden_in_that_patients_notes_alone(
    part: Callable[..., pa.Table], table: PatientFile, tmp_path: Path
) -> None:
    vault = tmp_path / "vault"
    stage = DeidentifyKnown(DeidPolicy(), vault, frozenset({"notes"}), (table,))
    outcome = stage.apply(part(*rows(vault)), 0, None)
    mine, other, nobody, elsewhere = outcome.kept["text"].to_pylist()
    assert "xyloqua" not in mine
    assert "922" not in mine
    assert "Tab Metformin 500 mg BD after food" in mine
    assert "brindlewick" in other
    assert "brindlewick" in nobody
    assert elsewhere == TEXT
    assert (outcome.counts["known_PERSON"], outcome.counts["known_OTHER_ID"]) == (1, 1)
    alone = Deidentify(DeidPolicy(), vault, frozenset({"notes"})).apply(part(*rows(vault)[:1]), 0, None)
    assert "brindlewick" in alone.kept["text"].to_pylist()[0], "without the table it is not found"


def test_a_known_identifier_that_stands_afterwards_is_held_back(
    part: Callable[..., pa.Table], table: PatientFile, tmp_path: Path
) -> None:
    policy = DeidPolicy(operators={Label.ORGANIZATION: "keep"})
    row = rows(tmp_path / "vault")[0] | {"text": f"seen in {NAME} Memorial Hospital, Tab Metformin 500 mg"}
    outcome = DeidentifyKnown(policy, tmp_path / "vault", frozenset({"notes"}), (table,)).apply(part(row), 0, None)
    assert outcome.quarantined["reason"].to_pylist() == ["known_identifier_remains"]


def test_who_is_in_the_table_and_who_is_not_is_counted(
    part: Callable[..., pa.Table], table: PatientFile, tmp_path: Path
) -> None:
    stage = DeidentifyKnown(DeidPolicy(), tmp_path / "vault", frozenset({"notes"}), (table,))
    sketch = tmp_path / "sketch.parquet"
    pq.write_table(stage.sketch(part(*rows(tmp_path / "vault")), 0), sketch)
    counts = stage.decide([sketch], tmp_path / "state.parquet", tmp_path)
    assert counts == {"patients": 2, "patients_without_notes": 1, "notes_without_patient": 2}
    assert "ridlewick" not in json.dumps(counts)


def test_a_table_that_changes_under_way_stops_the_run(table: PatientFile, tmp_path: Path) -> None:
    table.path.write_text(table.path.read_text() + "10,Someone,1\n")
    with pytest.raises(Failure, match=r"p\.csv: the patient table changed"):
        table.load(tmp_path / "vault")


def test_the_table_is_part_of_the_plan(table: PatientFile, tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("id,mrn,text\n1,7,text\n")
    (tmp_path / "shodhan.yaml").write_text(CONFIG)
    first = plan(load(tmp_path / "shodhan.yaml"), tmp_path)
    assert first.patients == (table,)
    assert any(isinstance(stage, DeidentifyKnown) for stage in first.stages())
    table.path.write_text(table.path.read_text() + "10,Someone,1\n")
    assert plan(load(tmp_path / "shodhan.yaml"), tmp_path).run != first.run
    table.path.unlink()
    with pytest.raises(Failure, match=r"p\.csv: the patient table cannot be read"):
        patient_files(load(tmp_path / "shodhan.yaml"), tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("personal: true", "personal: false", "set personal: true"),
        (", subject: mrn}", "}", "columns.subject"),
        ("name: PERSON", "name: NAME", r"sources\.notes\.patients\.columns\.name"),
        ("key: mrn, columns: {name: PERSON, number: OTHER_ID}", "key: mrn, columns: {}", r"sources\.notes\.patients"),
    ],
)
def test_a_wrong_configuration_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "shodhan.yaml").write_text(CONFIG.replace(old, new))
    with pytest.raises(Failure, match=message):
        load(tmp_path / "shodhan.yaml")
