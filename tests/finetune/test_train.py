import json
import math
import shutil

import pytest

from audit.canonical import sha256_of
from audit.certificate import file_sha256
from finetune import run
from finetune.base import find_base
from finetune.gate import open_dataset
from finetune.model import load_adapter, load_tokenizer
from finetune.train import heldout_examples, probe_logits, reload_matches, train
from schemas.failure import Failure, Refusal
from schemas.recipe import TrainingRecord


def files(folder):
    return {path.relative_to(folder).as_posix(): file_sha256(path) for path in folder.rglob("*") if path.is_file()}


def test_the_loss_on_held_out_answers_falls(trained):
    record = trained[2]
    assert record.heldout_loss_after < record.heldout_loss_before - 0.2
    assert record.reload_identical


def test_the_record_binds_the_adapter_to_what_made_it(trained):
    workspace, recipe, record = trained
    folder = workspace.root / "models" / record.run
    certificate = workspace.root / recipe.dataset / "certificate.json"
    assert record.certificate_sha256 == file_sha256(certificate)
    assert record.model_sha256 == find_base(recipe.model, workspace.root, workspace.root).sha256
    assert record.adapter_files == files(folder / "adapter")
    assert set(record.adapter_files) == {"adapter_config.json", "adapter_model.safetensors"}
    assert TrainingRecord.model_validate_json((folder / "training.json").read_bytes()) == record
    assert (record.examples, record.heldout_examples, record.skipped) == (24, 6, {"no_example": 1})
    assert sorted(path.name for path in folder.iterdir()) == ["adapter", "measure.json", "training.json"]


def test_the_log_has_one_entry_with_the_records_digest(trained):
    workspace, recipe, record = trained
    again = train(open_dataset(recipe, workspace.root), recipe, workspace.root)
    assert again == record
    entries = [entry for entry in workspace.log.history().entries if entry.event == run.TRAINED]
    assert [entry.subject_sha256 for entry in entries] == [sha256_of(record)]
    assert entries[0].run == record.run


def test_no_path_of_this_machine_is_in_what_is_kept(trained):
    workspace, _, record = trained
    for path in (workspace.root / "models" / record.run).rglob("*.json"):
        assert str(workspace.root) not in path.read_text()
        assert str(workspace.model) not in path.read_text()


def test_training_again_elsewhere_gives_the_same_bytes(trained, workspace):
    """A fresh workspace with another key: another certificate, the same rows, so the same adapter."""
    _, _, record = trained
    recipe = workspace.recipe()
    again = train(open_dataset(recipe, workspace.root), recipe, workspace.root)
    assert again.adapter_files == record.adapter_files
    assert (again.heldout_loss_before, again.heldout_loss_after) == (
        record.heldout_loss_before,
        record.heldout_loss_after,
    )
    assert again.run != record.run  # the certificates differ


def test_another_seed_is_another_adapter(trained, workspace):
    recipe = workspace.recipe(seed=1, steps=2)
    other = train(open_dataset(recipe, workspace.root), recipe, workspace.root)
    assert other.adapter_files["adapter_model.safetensors"] != trained[2].adapter_files["adapter_model.safetensors"]


def test_without_quantisation_and_with_recomputation_it_trains_too(workspace):
    recipe = workspace.recipe(quantise=False, recompute_activations=True, steps=3)
    record = train(open_dataset(recipe, workspace.root), recipe, workspace.root)
    assert record.heldout_loss_after < record.heldout_loss_before
    assert not record.quantised


@pytest.fixture(scope="module")
def reloaded(trained):
    workspace, recipe, record = trained
    base = find_base(recipe.model, workspace.root, workspace.root)
    dataset = open_dataset(recipe, workspace.root)
    probe = heldout_examples(dataset, load_tokenizer(base), recipe).examples[0]
    adapter = workspace.root / "models" / record.run / "adapter"
    return base, adapter, probe, probe_logits(load_adapter(base, adapter, quantise=True), probe)


def test_the_adapter_reloads_to_identical_logits(reloaded):
    base, adapter, probe, expected = reloaded
    assert reload_matches(expected, probe, base, adapter, quantise=True)


def test_the_reload_check_sees_one_changed_weight(reloaded, tmp_path):
    from safetensors.torch import load_file, save_file

    base, adapter, probe, expected = reloaded
    changed = shutil.copytree(adapter, tmp_path / "adapter")
    weights = load_file(changed / "adapter_model.safetensors")
    name = sorted(weights)[0]
    weights[name][0, 0] += 0.01
    save_file(weights, changed / "adapter_model.safetensors")
    assert not reload_matches(expected, probe, base, changed, quantise=True)


def test_an_adapter_that_does_not_reload_to_the_same_is_not_kept(workspace, monkeypatch):
    monkeypatch.setattr("finetune.train.reload_matches", lambda *_, **__: False)
    recipe = workspace.recipe(steps=1)
    with pytest.raises(Failure, match="loaded anew"):
        train(open_dataset(recipe, workspace.root), recipe, workspace.root)
    assert [path.name for path in (workspace.root / "models").iterdir()] == [".lock"]
    assert not [entry for entry in workspace.log.history().entries if entry.event == run.TRAINED]


def test_without_a_signing_key_nothing_is_trained(workspace, monkeypatch):
    (workspace.root / "vault" / "signing.pem").unlink()
    recipe = workspace.recipe()
    loaded = []
    monkeypatch.setattr("finetune.train.load_model", lambda *_, **__: loaded.append("model"))
    with pytest.raises(Refusal, match="signing key"):
        train(open_dataset(recipe, workspace.root), recipe, workspace.root)
    assert not loaded


def test_a_dataset_without_held_out_rows_is_a_failure_that_says_so(workspace):
    workspace.certified([each for each in workspace.rows() if each["split"] != "heldout"], "unheld")
    recipe = workspace.recipe(dataset="datasets/unheld/1.0.0")
    with pytest.raises(Failure, match="heldout"):
        train(open_dataset(recipe, workspace.root), recipe, workspace.root)


def test_rows_of_which_none_fits_are_counted_in_the_failure(workspace):
    recipe = workspace.recipe(max_tokens=16)
    with pytest.raises(Failure, match="answer_does_not_fit 24"):
        train(open_dataset(recipe, workspace.root), recipe, workspace.root)


def test_a_training_that_diverges_is_not_kept(workspace, monkeypatch):
    # At which learning rate a real one diverges depends on the processor, so the loss after training is set.
    losses = iter([3.1, math.nan])
    monkeypatch.setattr("finetune.train.answer_loss", lambda *_: next(losses))
    recipe = workspace.recipe(steps=1)
    with pytest.raises(Failure, match="diverged"):
        train(open_dataset(recipe, workspace.root), recipe, workspace.root)
    assert [path.name for path in (workspace.root / "models").iterdir()] == [".lock"]


def test_a_recipe_that_cannot_work_is_refused_before_the_model_is_loaded(workspace, monkeypatch):
    monkeypatch.setattr("finetune.train.load_model", lambda *_, **__: pytest.fail("loaded"))
    recipe = workspace.recipe(max_tokens=1024)
    with pytest.raises(Failure, match="context"):
        train(open_dataset(recipe, workspace.root), recipe, workspace.root)


def copy_of(trained, tmp_path):
    workspace, recipe, record = trained
    root = shutil.copytree(workspace.root, tmp_path / "copy")
    return root, recipe, root / "models" / record.run


def test_a_changed_adapter_is_refused_by_name(trained, tmp_path):
    root, recipe, folder = copy_of(trained, tmp_path)
    weights = folder / "adapter" / "adapter_model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(Refusal, match=r"adapter_model\.safetensors"):
        train(open_dataset(recipe, root), recipe, root)


def test_a_pickle_added_to_the_adapter_is_refused(trained, tmp_path):
    root, recipe, folder = copy_of(trained, tmp_path)
    (folder / "adapter" / "adapter_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(Refusal, match=r"adapter_model\.bin"):
        train(open_dataset(recipe, root), recipe, root)


def test_a_missing_record_is_refused(trained, tmp_path):
    root, recipe, folder = copy_of(trained, tmp_path)
    (folder / "training.json").unlink()
    with pytest.raises(Refusal, match="is missing"):
        train(open_dataset(recipe, root), recipe, root)


def test_a_record_that_the_log_does_not_know_is_refused(trained, tmp_path):
    root, recipe, folder = copy_of(trained, tmp_path)
    record = json.loads((folder / "training.json").read_text())
    record["heldout_loss_after"] = 0.001
    (folder / "training.json").write_text(json.dumps(record))
    with pytest.raises(Refusal, match="not in the log"):
        train(open_dataset(recipe, root), recipe, root)


def test_a_run_killed_before_its_folder_stood_is_trained_again_and_logged_once(trained, tmp_path):
    """Killed between the log entry and the rename: the folder is not there, the entry is."""
    root, recipe, folder = copy_of(trained, tmp_path)
    before = files(folder)
    shutil.rmtree(folder)
    train(open_dataset(recipe, root), recipe, root)
    measured = {"measure.json"}
    assert {k: v for k, v in files(folder).items() if k not in measured} == {
        k: v for k, v in before.items() if k not in measured
    }
    entries = [line for line in (root / "audit/entries.jsonl").read_text().splitlines() if run.TRAINED in line]
    assert len(entries) == 1


def test_two_trainings_at_once_are_kept_apart(workspace):
    recipe = workspace.recipe()
    dataset = open_dataset(recipe, workspace.root)
    this = run.run_of(recipe, workspace.root, dataset, find_base(recipe.model, workspace.root, workspace.root))
    with run.kept_whole(this), pytest.raises(Failure, match="another training"):
        train(dataset, recipe, workspace.root)
