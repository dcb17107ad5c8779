"""A patient table beside the notes: what nothing finds alone is gone from the dataset, at any number of workers."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

CONFIG = """\
version: 1
workspace: {workspace}
sources:
  notes:
    reader: table
    paths: [notes.csv]
    columns: {{id: note_id, text: text, subject: patient}}
    personal: true
    {patients}
    terms: {{licence: internal, purposes: [research]}}
dataset: {{name: known, version: 1.0.0, published: 2026-11-22, heldout_share: 0}}
dedup: {{threshold: 1.0}}
engine: {{batch_rows: 2}}
"""
PATIENTS = "patients: {path: desk.csv, key: uhid, columns: {name: PERSON, number: OTHER_ID, born: DATE}}"
NAMES = ("Xyloqua Brindlewick", "Vorundel Quaspip", "Jemblin Strothwaye", "Oglamar Teviskun", "Wexna Pluorbid")
TEXT = "came again on foot, {} was better and slept well; no fever, Tab Metformin 500 mg BD after food, visit {} of {}"


@pytest.fixture
def folder(tmp_path: Path, shodhan: Callable[..., object]) -> Path:
    with (tmp_path / "notes.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["note_id", "patient", "text"])
        for number, name in enumerate(NAMES):
            rows.writerow([f"n{number}", f"U{number}", TEXT.format(name.lower(), number + 2, f"41 77 03 92{number}")])
    with (tmp_path / "desk.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["uhid", "name", "number", "born"])
        for number, name in enumerate(NAMES[:4]):  # the last patient is not in the table
            rows.writerow([f"U{number}", name, f"41770392{number}", "1956-08-15"])
        rows.writerow(["U99", "Somebody Else", "1", ""])  # and one of the table has no note
    for name, patients in (("one", PATIENTS), ("two", PATIENTS), ("none", "")):
        (tmp_path / f"{name}.yaml").write_text(CONFIG.format(workspace=name, patients=patients))
    shodhan("init", tmp_path / "made", cwd=tmp_path)
    for name in ("one", "two", "none"):
        for part in ("vault", "audit"):
            (tmp_path / name / part).mkdir(parents=True, mode=0o700)
            for path in (tmp_path / "made" / part).iterdir():
                (tmp_path / name / part / path.name).write_bytes(path.read_bytes())
                (tmp_path / name / part / path.name).chmod(0o600)
    return tmp_path


def texts(workspace: Path) -> list[str]:
    shards = sorted((workspace / "datasets/known/1.0.0/shards").glob("train*"))
    return [text for shard in shards for text in pq.read_table(shard)["text"].to_pylist()]


def test_known_identifiers_are_gone(folder: Path, shodhan: Callable[..., object]) -> None:
    for name, workers in (("one", 1), ("two", 2), ("none", 2)):
        shodhan("curate", "run", f"{name}.yaml", "--workers", workers, cwd=folder)
    assert texts(folder / "one") == texts(folder / "two")
    seen = "\n".join(texts(folder / "one"))
    words = [word for name in NAMES[:4] for word in name.lower().split()]
    assert not [word for word in words if word in seen]
    assert "41 77 03 92" not in seen.replace("41 77 03 924", "")
    assert seen.count("Tab Metformin 500 mg BD after food") == len(NAMES)
    alone = "\n".join(texts(folder / "none"))
    assert [word for word in words if word in alone], "without the table some remain: the test can fail"
    (stage,) = (folder / "one").glob("runs/*/07-deidentify/stage.json")
    counts = json.loads(stage.read_text())["record"]["counts"]
    assert (counts["patients"], counts["patients_without_notes"], counts["notes_without_patient"]) == (5, 1, 1)
    assert not list((folder / "one").glob("runs/*/07-deidentify/working"))
