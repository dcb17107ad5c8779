"""`shodhan finetune …`: write a recipe, plan it, train it, score it, ask it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from audit.dataset import VerifiedDataset
    from schemas.recipe import Recipe

app = typer.Typer(help="Train and score a language model on certified data only.", no_args_is_help=True)

RecipeFile = Annotated[Path, typer.Argument(metavar="RECIPE.yaml", help="The recipe.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def init(recipe: RecipeFile) -> None:
    """Write a commented recipe to start from."""
    from finetune.recipes import write_recipe

    write_recipe(recipe)
    typer.echo(f"wrote {recipe}; edit it, then: shodhan finetune plan {recipe}")


@app.command()
def plan(recipe: RecipeFile, as_json: AsJson = False) -> None:
    """Say what a recipe will do and need, before training; refuse one that cannot work."""
    loaded, dataset = _open(recipe)
    from finetune import show
    from finetune.plan import make_plan

    made = make_plan(dataset, loaded, recipe.parent)
    if as_json:
        typer.echo(made.model_dump_json())
    else:
        show.plan(made)


@app.command()
def train(recipe: RecipeFile, as_json: AsJson = False) -> None:
    """Train an adapter (QLoRA) on a certified dataset; exit code 3 when its evidence does not hold.

    A recipe that was trained already is not trained again.
    """
    loaded, dataset = _open(recipe)
    from finetune import show
    from finetune.train import train as run_train

    with show.progress() as report:
        record = run_train(dataset, loaded, recipe.parent, report=report)
    if as_json:
        typer.echo(record.model_dump_json())
    else:
        show.training(record, recipe.parent / loaded.workspace)


@app.command()
def evaluate(recipe: RecipeFile, as_json: AsJson = False) -> None:
    """Score a trained adapter and its base on the dataset's questions, with intervals."""
    loaded, dataset = _open(recipe)
    from finetune import show
    from finetune.evaluate import evaluate as run_evaluate

    with show.progress() as report:
        record = run_evaluate(dataset, loaded, recipe.parent, report=report)
    if as_json:
        typer.echo(record.model_dump_json())
    else:
        show.evaluation(record)


@app.command()
def ask(
    recipe: RecipeFile,
    question: Annotated[str, typer.Argument(help="What to ask.", show_default=False)],
    max_new_tokens: Annotated[int, typer.Option(min=1, help="Tokens of the answer at most.")] = 128,
    as_json: AsJson = False,
) -> None:
    """Ask the trained model a question on this machine. Not medical advice."""
    loaded, dataset = _open(recipe)
    import json

    from finetune.infer import NOTICE
    from finetune.infer import ask as run_ask

    answer = run_ask(dataset, loaded, recipe.parent, question, max_new_tokens=max_new_tokens)
    if as_json:
        typer.echo(json.dumps({"answer": answer, "notice": NOTICE}, ensure_ascii=False))
    else:
        typer.echo(f"{answer}\n\n{NOTICE}")


def _open(path: Path) -> "tuple[Recipe, VerifiedDataset]":
    """The recipe, and its dataset through the gate; the libraries are looked for first, the data is opened last."""
    from finetune import libraries
    from finetune.gate import open_dataset
    from finetune.recipes import load_recipe

    recipe = load_recipe(path)
    libraries.require()
    return recipe, open_dataset(recipe, path.parent)
