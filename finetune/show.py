"""What a person sees: progress on stderr while it is a terminal, results as plain text on stdout."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from finetune.phases import Report, silent
from schemas.recipe import EvaluationRecord, Plan, TrainingRecord


@contextmanager
def progress() -> Iterator[Report]:
    """A bar a phase on stderr; silent when stderr is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield silent
        return
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, int] = {}

        def report(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = bars.add_task(phase, total=total)
            bars.update(tasks[phase], completed=done)  # type: ignore[arg-type]

        yield report


def plan(made: Plan) -> None:
    """Print a plan."""
    questions = ", ".join(f"{name} {count}" for name, count in made.evaluation_questions.items()) or "none"
    skipped = ", ".join(f"{reason} {count}" for reason, count in made.skipped.items()) or "none"
    for line in (
        f"run           models/{made.run} on {made.dataset}",
        f"examples      {made.train_examples:,} of {made.train_rows:,} rows, {made.train_tokens:,} tokens; "
        f"{made.truncated:,} with a shortened input; rows left out: {skipped}",
        f"steps         {made.steps:,}, {made.epochs:g} passes over the examples",
        f"measured on   {made.heldout_examples:,} held-out examples; questions: {questions}",
        f"parameters    {made.model_parameters:,} frozen, {made.trained_parameters:,} trained in the adapter",
        f"memory        about {made.memory_bytes / 1e9:.1f} GB on {made.device}; "
        f"{made.memory_available_bytes / 1e9:.1f} GB are free",
    ):
        typer.echo(line)


def training(record: TrainingRecord, workspace: Path) -> None:
    """Print what training did."""
    for line in (
        f"adapter        {workspace / 'models' / record.run / 'adapter'}",
        f"held-out loss  {record.heldout_loss_before:.4f} before, {record.heldout_loss_after:.4f} after "
        f"({record.heldout_examples} examples, {record.heldout_answer_tokens:,} tokens)",
        f"trained on     {record.examples:,} examples in {record.steps:,} steps",
        f"certificate    {record.certificate_sha256}",
        "reloaded       the saved adapter gives the same logits, bit for bit",
    ):
        typer.echo(line)


def evaluation(record: EvaluationRecord) -> None:
    """Print the scores, base and adapter side by side."""
    typer.echo("accuracy with 95% interval (Wilson)")
    for benchmark, scores in record.scores.items():
        for name, score in scores.items():
            typer.echo(
                f"  {benchmark:<24} {name:<8} {score.accuracy:6.1%}  [{score.low:.1%}, {score.high:.1%}]  "
                f"{score.correct} of {score.items}"
            )
        if change := record.differences.get(benchmark):
            typer.echo(
                f"  {'':<24} of the same questions: {change.gained} gained, {change.lost} lost "
                f"(McNemar p = {change.p_value:.2f})"
            )
    typer.echo(f"  {record.note}")
