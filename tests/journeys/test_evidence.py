"""A byte that changed, anywhere in the evidence: every door stays shut, with one line that says why."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

DATASET = Path("datasets/demo/1.0.0")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x01
    path.write_bytes(bytes(data))


@pytest.fixture
def copy(demo: Path, tmp_path: Path) -> Path:
    shutil.copytree(demo, tmp_path / "demo", ignore=shutil.ignore_patterns("runs", "sources"))
    return tmp_path / "demo"


def test_what_the_demo_leaves_verifies(demo: Path, shodhan: Callable[..., object]) -> None:
    done = shodhan("audit", "verify", DATASET, cwd=demo)
    assert "1.0.0" in done.stdout


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda root: flip(root / DATASET / "shards/train-00000.parquet"), "train-00000.parquet"),
        (lambda root: flip(root / DATASET / "certificate.json"), "certificate.json"),
        (lambda root: flip(root / DATASET / "README.md"), "README.md"),
        (lambda root: flip(root / "audit/entries.jsonl"), "log:"),
        (lambda root: flip(root / "audit/checkpoint"), "checkpoint"),
        (lambda root: (root / DATASET / "shards/heldout-00000.parquet").unlink(), "heldout-00000.parquet"),
        (lambda root: shutil.copy(root / DATASET / "shards/train-00000.parquet",
                                  root / DATASET / "shards/train-00001.parquet"), "train-00001.parquet"),
    ],
    ids=["shard", "certificate", "card", "log", "checkpoint", "missing", "extra"],
)  # fmt: skip
@pytest.mark.parametrize("door", ["verify", "train"])
def test_damage_is_refused_in_one_line(
    copy: Path, shodhan: Callable[..., object], damage: Callable[[Path], object], named: str, door: str
) -> None:
    if door == "train":
        pytest.importorskip("torch", reason="training needs the finetune extra")
    damage(copy)
    command = ("audit", "verify", DATASET) if door == "verify" else ("finetune", "train", "recipe.yaml")
    done = shodhan(*command, cwd=copy, code=3)
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("shodhan: ")
    assert named in line
    assert not (copy / "models").exists()


def test_another_key_is_refused(copy: Path, shodhan: Callable[..., object], tmp_path: Path) -> None:
    shodhan("init", "other", cwd=tmp_path)
    key = tmp_path / "other/audit/signer.vkey"
    done = shodhan("audit", "verify", DATASET, "--key", key, cwd=copy, code=3)
    assert len(done.stderr.strip().splitlines()) == 1
    shutil.copy(key, copy / "audit/signer.vkey")
    shodhan("audit", "verify", DATASET, cwd=copy, code=3)


def test_a_purpose_that_was_not_certified_is_refused(demo: Path, shodhan: Callable[..., object]) -> None:
    shodhan("audit", "verify", DATASET, "--purpose", "advertising", cwd=demo, code=3)
