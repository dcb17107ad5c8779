import ast
from pathlib import Path

import pytest

from finetune import gate
from finetune.gate import open_dataset
from finetune.train import train
from schemas.failure import Failure, Refusal


def test_the_gate_gives_a_verified_dataset(workspace):
    dataset = open_dataset(workspace.recipe(), workspace.root)
    assert dataset.read("train", ["doc_id"]).num_rows == 25


def test_a_flipped_byte_is_refused_naming_the_shard_and_no_model_is_loaded(workspace, monkeypatch):
    shard = workspace.root / "datasets/tiny/1.0.0/shards/train-00001.parquet"
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    recipe = workspace.recipe()
    loaded = []
    monkeypatch.setattr("finetune.train.load_model", lambda *_, **__: loaded.append("model"))
    with pytest.raises(Refusal, match=r"train-00001\.parquet"):
        train(open_dataset(recipe, workspace.root), recipe, workspace.root)
    assert not loaded
    assert not (workspace.root / "models").exists()


def test_a_byte_flipped_after_the_gate_is_refused_too(workspace):
    recipe = workspace.recipe()
    dataset = open_dataset(recipe, workspace.root)
    shard = workspace.root / "datasets/tiny/1.0.0/shards/heldout-00000.parquet"
    shard.write_bytes(shard.read_bytes()[:-1] + b"\x00")
    with pytest.raises(Refusal, match=r"heldout-00000\.parquet"):
        train(dataset, recipe, workspace.root)
    assert not list((workspace.root / "models").glob("*tiny*"))


def test_another_purpose_is_refused(workspace):
    with pytest.raises(Refusal, match="commercial"):
        open_dataset(workspace.recipe(purpose="commercial"), workspace.root)


def test_another_key_is_refused(workspace, tmp_path):
    from audit.keys import create_signing_key

    other = tmp_path / "other"
    create_signing_key(other / "vault", other / "audit", "other.example/key")
    with pytest.raises(Refusal):
        open_dataset(workspace.recipe(trust=str(other / "audit/signer.vkey")), workspace.root)


def test_a_dataset_without_a_certificate_is_refused(workspace):
    (workspace.root / "datasets/tiny/1.0.0/certificate.json").unlink()
    with pytest.raises(Refusal, match="no certificate"):
        open_dataset(workspace.recipe(), workspace.root)


def test_the_gate_is_the_only_place_that_opens_data():
    """No other file of the room imports a reader of tables, or verification; so none can take a path to data."""
    doors = {"pyarrow.parquet", "pyarrow.dataset", "polars", "duckdb", "audit.dataset.verify_dataset"}
    for path in Path(gate.__file__).parent.glob("*.py"):
        if path.name == "gate.py":
            continue
        imported = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        assert not imported & doors, path.name


def test_a_missing_dataset_is_one_line(workspace):
    with pytest.raises(Failure) as caught:
        open_dataset(workspace.recipe(dataset="datasets/none/1.0.0"), workspace.root)
    assert "\n" not in str(caught.value)
