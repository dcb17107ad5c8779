import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from audit.card import dataset_card
from audit.croissant import croissant
from schemas.certificate import DeidEvidence
from schemas.config import Dataset
from schemas.stage_record import SourceCount, StageRecord

DEID = DeidEvidence(
    policy_sha256="d" * 64, detectors=("rules 1.0", "names 0.1"), replaced={"PERSON": 1234}, residual_quarantined=1
)
STAGES = [
    StageRecord(
        stage="05-quality",
        run="r",
        sources={
            "made": SourceCount(rows_in=9, rows_out=7, dropped={"too_short": 1}, quarantined={"bad_encoding": 1}),
            "other": SourceCount(rows_in=2, rows_out=1, dropped={"too_short": 1}),
        },
    )
]


@pytest.fixture
def settings():
    return Dataset(
        name="made",
        version="1.0.0",
        published=datetime.date(2026, 1, 2),
        description="Made for a test, with *marks* and <b>tags</b>.",
        creator="A hospital",
    )


@pytest.fixture
def described(workspace, settings, predicate):
    """The dataset's folder with its metadata written, as a run does before it certifies."""
    stated = predicate(deid=DEID, evaluation_sources=("exam",), splits={"train": 5, "heldout": 2, "evaluation": 0})
    metadata = croissant(settings, stated, workspace.dataset)
    (workspace.dataset / "croissant.json").write_text(json.dumps(metadata))
    (workspace.dataset / "README.md").write_text(dataset_card(settings, stated, STAGES))
    return workspace.dataset


def test_mlcroissant_accepts_it_without_a_warning(described):
    tool = Path(sys.executable).with_name("mlcroissant")
    done = subprocess.run(
        [tool, "validate", "--jsonld", described / "croissant.json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Done." in done.stderr
    assert "warning" not in done.stderr.lower()


def test_mlcroissant_loads_every_record(described):
    mlcroissant = pytest.importorskip("mlcroissant")
    dataset = mlcroissant.Dataset(jsonld=str(described / "croissant.json"))
    rows = list(dataset.records("train"))
    assert [r["train/doc_id"] for r in rows] == [f"made:{i}".encode() for i in range(5)]
    assert rows[0]["train/terms.purposes"] == [b"research"]
    assert rows[1]["train/provenance.record"] == 1
    assert rows[0]["train/title"] is None
    assert len(list(dataset.records("heldout"))) == 2
    assert [r["splits/name"] for r in dataset.records("splits")] == ["train", "heldout"]


def test_every_shard_is_named_with_its_digest(described, workspace):
    metadata = json.loads((described / "croissant.json").read_text())
    files = {f["contentUrl"]: f["sha256"] for f in metadata["distribution"] if f["@type"] == "cr:FileObject"}
    assert sorted(files) == [f"shards/{p.name}" for p in sorted((described / "shards").iterdir())]
    assert all(len(digest) == 64 for digest in files.values())
    assert str(workspace.root) not in json.dumps(metadata)


def test_ids_are_unique(described):
    metadata = json.loads((described / "croissant.json").read_text())
    nodes = metadata["distribution"] + metadata["recordSet"] + [f for r in metadata["recordSet"] for f in r["field"]]
    ids = [node["@id"] for node in nodes]
    assert len(ids) == len(set(ids))


def test_datasets_loads_the_folder_offline(described, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(described), cache_dir=str(tmp_path / "cache"))
    assert {name: part.num_rows for name, part in loaded.items()} == {"train": 5, "heldout": 2}
    assert loaded["train"]["doc_id"] == [f"made:{i}" for i in range(5)]


def test_the_card_tells_what_left_and_why(described):
    card = (described / "README.md").read_text()
    assert "| 05-quality | dropped: too_short | 2 |" in card
    assert "| 05-quality | quarantined: bad_encoding | 1 |" in card
    assert "| PERSON | 1,234 |" in card
    assert "| made | 9 | 7 | 2 | 0 |" in card
    assert r"\*marks\* and \<b\>tags\</b\>" in card
    assert "shodhan audit verify" in card


def test_a_card_without_personal_sources_says_so(settings, predicate):
    card = dataset_card(settings, predicate(), [])
    assert "nothing was de-identified" in card
    assert "Nothing left." in card


def test_equal_input_gives_equal_bytes(settings, predicate, workspace):
    assert dataset_card(settings, predicate(), STAGES) == dataset_card(settings, predicate(), STAGES)
    assert croissant(settings, predicate(), workspace.dataset) == croissant(settings, predicate(), workspace.dataset)
