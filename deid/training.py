"""What `shodhan deid train` does: the notes gathered, PyTorch looked for, progress shown."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from deid.tagger.notebook import notebook, parse
from schemas.failure import Failure, Missing


def train_model(
    output: Path, files: Sequence[Path], epochs: int, variants: int, seed: int, held_out: int, workers: int
) -> dict[str, Any]:
    """Train on the package's notes and those of `files`; the record. Raises Missing without PyTorch, Failure for a file
    that cannot be read.
    """
    if find_spec("torch") is None:
        raise Missing("training needs PyTorch; pip install 'shodhan[finetune]'")
    notes = notebook()
    for path in files:
        try:
            notes += parse(path.read_text(encoding="utf-8"), path.name)
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(f"{path}: cannot be read as UTF-8 text") from error
    from deid.tagger.record import train_and_record
    from deid.tagger.training import Recipe

    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("epochs", total=epochs)
        return train_and_record(
            notes,
            output,
            Recipe(seed=seed, epochs=epochs, variants=variants),
            held_out,
            workers,
            lambda done, _: bar.update(task, completed=done),
        )
