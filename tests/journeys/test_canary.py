"""No identifier outside the data: canaries go through every command, and everything that was written is searched.

What may hold a canary: the parts of a run before de-identification, and what `deid` writes where it is told to.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

NAME = "Sulochana Deshpande"
AADHAAR = "2341 2341 2346"
PHONE = "98450 61237"
PATIENT = "UHID7734501"
CANARIES = ("sulochana", "deshpande", AADHAAR, AADHAAR.replace(" ", ""), PHONE, PHONE.replace(" ", ""), "7734501")

NOTE = """\
City Hospital
Patient name: Mrs. {name}    Age: 54 yrs / F    UHID: {patient}
Aadhaar No: {aadhaar}   Mobile: {phone}

HISTORY: Mrs. {name} has had polyuria for two months. Note number {number} of this stay.
TREATMENT: Tab Metformin 500 mg BD after food, Tab Telmisartan 40 mg OD, review of HbA1c and creatinine.
DIAGNOSIS: Type 2 diabetes mellitus with hypertension, visit number {number} in this clinic.
"""

CONFIG = """\
version: 1
sources:
  notes:
    reader: table
    paths: [input]
    columns: {id: note_id, text: text, subject: patient}
    personal: true
    patients: {path: data-patients.csv, key: uhid, columns: {name: PERSON, aadhaar: IN_AADHAAR, phone: PHONE_NUMBER}}
    terms: {licence: internal, purposes: [research]}
dataset: {name: canary, version: 1.0.0, published: 2026-11-22, heldout_share: 0}
dedup: {threshold: 1.0}
"""

BEFORE_DEIDENTIFY = ("01-", "02-", "03-", "04-", "05-", "06-")


@pytest.fixture
def workspace(tmp_path: Path, shodhan: Callable[..., object]) -> Path:
    """A workspace whose every input holds canaries: text, ids, a file name, a broken record."""
    root = tmp_path / "ws"
    shodhan("init", root, cwd=tmp_path)
    (root / "shodhan.yaml").write_text(CONFIG)
    (root / "input").mkdir()
    with (root / "input" / f"{PATIENT}-sulochana.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["note_id", "patient", "text"])
        for number in range(6):
            text = NOTE.format(name=NAME, aadhaar=AADHAAR, phone=PHONE, patient=PATIENT, number=number)
            rows.writerow([f"{PATIENT}-{number}", PATIENT, text])
    with (root / "input" / "broken.csv").open("wb") as file:
        file.write(b"note_id,patient,text\n")
        file.write(f"{PATIENT}-x,{PATIENT},{NAME} \xff{PHONE}\n".encode("latin-1"))
        file.write(f"{PATIENT}-y,{PATIENT},{NAME},{PHONE},too,many\n".encode())
    text = NOTE.format(name=NAME, aadhaar=AADHAAR, phone=PHONE, patient=PATIENT, number=0)
    notes = [{"id": f"{PATIENT}-{number}", "text": text} for number in range(2)]
    (root / "notes.jsonl").write_text("".join(json.dumps(note) + "\n" for note in notes))
    columns = {"doc_id": [note["id"] for note in notes], "text": [note["text"] for note in notes]}
    pq.write_table(pa.table(columns), root / "data-notes.parquet")
    row = f"{PATIENT},{NAME},{AADHAAR},{PHONE}\n"
    (root / "data-patients.csv").write_text(f"uhid,name,aadhaar,phone\n{row}")
    (root / "data-torn.csv").write_text(f"uhid,name,aadhaar,phone\n{row}{NAME},{AADHAAR},{PHONE}\n")
    (root / "torn.yaml").write_text(CONFIG.replace("data-patients.csv", "data-torn.csv"))
    (root / "patients.yaml").write_text("{path: data-patients.csv, key: uhid, columns: {name: PERSON}}")
    (root / "torn.jsonl").write_text(json.dumps(notes[0]) + "\n" + json.dumps(notes[1])[:60] + "\n")
    return root


def test_no_canary_outside_the_data(workspace: Path, tmp_path: Path) -> None:
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    home.mkdir()
    scratch.mkdir()
    said = []
    commands = [
        ("curate", "run", "shodhan.yaml", "--workers", "2"),
        ("curate", "run", "torn.yaml"),
        ("curate", "status", "shodhan.yaml"),
        ("curate", "run", "shodhan.yaml", "--json"),
        ("audit", "verify", "datasets/canary/1.0.0"),
        ("audit", "log", "--audit", "audit"),
        ("audit", "prove", "9", "-o", "entry.tlog-proof", "--audit", "audit"),
        ("curate", "dedup", "data-notes.parquet", "-o", "data-dedup"),
        ("deid", "detect", "notes.jsonl", "-o", "data-spans.jsonl"),
        ("deid", "detect", "torn.jsonl", "-o", "data-torn.jsonl"),
        ("deid", "detect", "notes.jsonl", "-o", "data-known.jsonl", "--patients", "patients.yaml"),
        ("deid", "scrub", "notes.jsonl", "-o", "scrubbed.jsonl", "--vault", "vault"),
        ("deid", "evaluate", "data-spans.jsonl"),
        ("deid", "evaluate", "data-spans.jsonl", "--json"),
    ]
    shodhan = Path(sys.executable).with_name("shodhan")
    environment = os.environ | {"HOME": str(home), "TMPDIR": str(scratch), "COLUMNS": "200"}
    for command in commands:
        done = subprocess.run(
            [shodhan, *command], cwd=workspace, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == (1 if {"torn.jsonl", "torn.yaml"} & {*command} else 0), (command, done.stderr)
        assert "Traceback" not in done.stderr
        said.append((" ".join(command), done.stdout + done.stderr))
    assert pq.read_table(next(workspace.glob("datasets/canary/1.0.0/shards/train*"))).num_rows > 0
    searched = [*said, *written(workspace), *written(home), *written(scratch)]
    assert len(searched) > 40
    leaks = [(where, canary) for where, what in searched for canary in CANARIES if canary.casefold() in what.casefold()]
    assert not leaks


def written(root: Path) -> Iterator[tuple[str, str]]:
    """Every file outside the data, and its name, as (where, what can be read in it)."""
    for path in sorted(root.rglob("*")):
        where = path.relative_to(root).as_posix()
        if where.startswith(("input", "notes.jsonl", "torn.jsonl", "data-")) or not path.is_file():
            continue
        if (
            where.startswith("runs/")
            and where.split("/")[2].startswith(BEFORE_DEIDENTIFY)
            and path.suffix == ".parquet"
        ):
            yield where, path.name
            continue
        if path.suffix == ".parquet":
            yield where, where + json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False)
        else:
            yield where, where + path.read_bytes().decode("utf-8", "replace")
