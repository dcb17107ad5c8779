"""What a recipe will do and need, before any weight is loaded; an impossible recipe is refused here, in a second."""

from collections import Counter
from pathlib import Path

from audit.dataset import VerifiedDataset
from finetune import memory, run
from finetune.base import find_base
from finetune.evaluate import choose_items
from finetune.model import load_tokenizer
from finetune.train import heldout_examples, training_examples
from schemas.recipe import Plan, Recipe


def make_plan(dataset: VerifiedDataset, recipe: Recipe, root: Path) -> Plan:
    """The plan of `recipe` on `dataset`: rows read and tokenised as training will do it, memory estimated.

    Raises Failure for a recipe that cannot work: nothing to train or measure on, more tokens than the model's context,
    more memory than there is; Refusal and Missing as training does.
    """
    base = find_base(recipe.model, root, root / recipe.workspace)
    need = memory.need(recipe, base)
    tokenizer = load_tokenizer(base)
    training, heldout = training_examples(dataset, tokenizer, recipe), heldout_examples(dataset, tokenizer, recipe)
    questions = Counter[str]()
    if recipe.evaluate_items and "evaluation" in dataset.predicate.splits:
        chosen = choose_items(dataset, tokenizer, seed=recipe.seed, per_benchmark=recipe.evaluate_items)
        questions.update(item.benchmark for item in chosen.items)
    return Plan(
        run=run.run_of(recipe, root, dataset, base).name,
        dataset=f"{dataset.predicate.dataset}/{dataset.predicate.version}",
        train_rows=training.rows,
        train_examples=len(training.examples),
        train_tokens=training.tokens,
        heldout_examples=len(heldout.examples),
        evaluation_questions=dict(sorted(questions.items())),
        skipped=dict(sorted(training.skipped.items())),
        truncated=training.truncated,
        steps=recipe.steps,
        epochs=round(recipe.steps * recipe.batch_size * recipe.accumulate / len(training.examples), 3),
        model_parameters=need.model_parameters,
        trained_parameters=need.trained_parameters,
        memory_bytes=need.bytes,
        memory_available_bytes=need.available,
        device=need.device,
    )
