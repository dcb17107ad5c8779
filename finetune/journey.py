"""From a recipe to a scored adapter, in three public calls; what `shodhan demo` ends with."""

from pathlib import Path

from finetune import show
from finetune.evaluate import evaluate
from finetune.gate import open_dataset
from finetune.recipes import load_recipe
from finetune.train import train
from schemas.recipe import EvaluationRecord, TrainingRecord


def train_and_evaluate(recipe_path: Path) -> tuple[TrainingRecord, EvaluationRecord]:
    """Train the recipe in the file `recipe_path`, score it, and print both. Raises as `train` and `evaluate`."""
    recipe, root = load_recipe(recipe_path), recipe_path.parent
    dataset = open_dataset(recipe, root)
    with show.progress() as report:
        training = train(dataset, recipe, root, report=report)
    show.training(training, root / recipe.workspace)
    with show.progress() as report:
        evaluation = evaluate(dataset, recipe, root, report=report)
    show.evaluation(evaluation)
    return training, evaluation
