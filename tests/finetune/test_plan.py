import pytest

from finetune.base import find_base
from finetune.gate import open_dataset
from finetune.memory import need
from finetune.plan import make_plan
from schemas.failure import Failure


def planned(workspace, **changes):
    recipe = workspace.recipe(**changes)
    return make_plan(open_dataset(recipe, workspace.root), recipe, workspace.root)


def test_the_plan_is_what_training_does(trained):
    workspace, recipe, record = trained
    plan = make_plan(open_dataset(recipe, workspace.root), recipe, workspace.root)
    assert (plan.run, plan.train_examples, plan.train_tokens) == (record.run, record.examples, record.train_tokens)
    assert (plan.heldout_examples, plan.skipped, plan.truncated) == (6, record.skipped, record.truncated)
    assert plan.evaluation_questions == {"medmcqa-validation": 6, "medqa-test": 5}
    assert plan.epochs == 2.0


def test_parameters_are_counted_as_the_loaded_model_has_them(trained):
    workspace, recipe, record = trained
    from safetensors import safe_open

    base = find_base(recipe.model, workspace.root, workspace.root)
    made = need(recipe, base)

    def count(path):
        with safe_open(path, "np") as file:
            return sum(file.get_tensor(name).size for name in file.keys())  # noqa: SIM118

    adapter = workspace.root / "models" / record.run / "adapter" / "adapter_model.safetensors"
    assert made.trained_parameters == count(adapter)
    assert made.model_parameters == count(base.folder / "model.safetensors")


def test_more_tokens_than_the_context_are_refused(workspace):
    with pytest.raises(Failure, match="context is 512"):
        planned(workspace, max_tokens=1024)


def test_a_rank_above_the_matrices_is_refused(workspace):
    with pytest.raises(Failure, match=r"lora\.rank"):
        planned(workspace, lora={"rank": 65})


def test_more_memory_than_there_is_is_refused(workspace):
    with pytest.raises(Failure, match="of memory"):
        planned(workspace, batch_size=10_000_000)


def test_recomputing_activations_needs_less(workspace):
    recipe = workspace.recipe(batch_size=64)
    base = find_base(recipe.model, workspace.root, workspace.root)
    less = workspace.recipe(batch_size=64, recompute_activations=True)
    assert need(less, base).bytes < need(recipe, base).bytes
