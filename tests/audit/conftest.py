"""A small certified workspace, made anew for each test that changes it."""

import datetime
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit.certificate import certify
from audit.keys import Signer, create_signing_key
from audit.log import Log, now
from schemas.certificate import Predicate
from schemas.document import SHARD
from schemas.log_entry import CERTIFIED, LogEntry
from schemas.stage_record import SourceCount

ORIGIN = "hospital.example/test"


@dataclass(frozen=True)
class Workspace:
    root: Path
    dataset: Path
    signer: Signer
    certificate_sha256: str

    @property
    def audit(self) -> Path:
        return self.root / "audit"

    @property
    def vault(self) -> Path:
        return self.root / "vault"


def row(number: int, *, split: str = "train", purposes: tuple[str, ...] = ("research",)) -> dict[str, object]:
    return {
        "doc_id": f"made:{number}",
        "source": "made",
        "role": "train",
        "kind": "article",
        "text": f"Sentence number {number}.",
        "keys": [f"made:{number}"],
        "flags": [],
        "terms": {"licence": "CC0-1.0", "purposes": list(purposes)},
        "provenance": {"file": "made.jsonl", "sha256": "0" * 64, "record": number},
        "extra": "{}",
        "split": split,
    }


def write_shard(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=SHARD), path, compression="zstd")


def make_predicate(**changes: object) -> Predicate:
    fields: dict[str, object] = {
        "dataset": "made",
        "version": "1.0.0",
        "published": datetime.date(2026, 1, 2),
        "run": "a" * 64,
        "code_sha256": "b" * 64,
        "config_sha256": "c" * 64,
        "purpose": "research",
        "licences": ("CC0-1.0",),
        "splits": {"train": 5, "heldout": 2},
        "sources": {"made": SourceCount(rows_in=9, rows_out=7, dropped={"too_short": 2})},
        "stages": (),
        "evaluation_sources": (),
        "deid": None,
    }
    return Predicate.model_validate(fields | changes)


def make_entry(number: int, **changes: object) -> LogEntry:
    fields: dict[str, object] = {
        "event": "stage.finished",
        "recorded_at": "2026-01-02T03:04:05Z",
        "component": "curate",
        "component_version": "0.1.0",
        "run": "r1",
        "subject_sha256": f"{number:064x}",
        "subject_name": f"stage:{number:02}",
        "counts": {"rows_in": number},
    }
    return LogEntry.model_validate(fields | changes)


def make_workspace(root: Path) -> Workspace:
    create_signing_key(root / "vault", root / "audit", ORIGIN)
    signer = Signer.load(root / "vault", ORIGIN)
    dataset = root / "datasets" / "made" / "1.0.0"
    write_shard(dataset / "shards" / "train-00000.parquet", [row(i) for i in range(3)])
    write_shard(dataset / "shards" / "train-00001.parquet", [row(i) for i in range(3, 5)])
    write_shard(dataset / "shards" / "heldout-00000.parquet", [row(i, split="heldout") for i in range(5, 7)])
    (dataset / "README.md").write_text("A card.\n")
    digest = certify(dataset, make_predicate(), signer)
    log = Log.open(root / "audit", signer)
    log.append([make_entry(i) for i in range(4)])
    log.append_once(
        [
            LogEntry(
                event=CERTIFIED,
                recorded_at=now(),
                component="curate",
                component_version="0.1.0",
                run="a" * 64,
                subject_sha256=digest,
                subject_name="certificate:made/1.0.0",
            )
        ]
    )
    return Workspace(root, dataset, signer, digest)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path)


@pytest.fixture
def entry():
    return make_entry


@pytest.fixture
def predicate():
    return make_predicate


@pytest.fixture
def shard_row():
    return row


@pytest.fixture
def shard():
    return write_shard
