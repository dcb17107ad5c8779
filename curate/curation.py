"""Curate: from a configuration file to a certified dataset, in five calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

from curate.configuration import load
from curate.engine.progress import Progress
from curate.plan import plan
from curate.release import Release, release, standing
from curate.run import FinishedStage, Run
from deid.disk import writing_to


@dataclass(frozen=True)
class Curation:
    """A finished run and what it released."""

    run: str
    stages: Sequence[FinishedStage]
    release: Release


def curate(config_path: Path, *, workers: int | None = None, progress: Progress | None = None) -> Curation:
    """Run, or resume, what `config_path` describes.

    Raises Failure for a mistake in the configuration or the inputs and Refusal where a key is missing or the terms of
    a source do not allow the purpose, and DiskFull, after which the same run goes on from where it stopped.
    """
    config = load(config_path)
    if workers is not None:
        config = config.model_copy(update={"engine": config.engine.model_copy(update={"workers": workers})})
    planned = plan(config, config_path.parent)
    for table in planned.patients:
        table.check()
    with writing_to(config.workspace, Path(gettempdir())):
        run = Run(planned, progress or Progress(shown=False))
        standing(run)  # a version that is taken stops the run before its hours of work, not after
        finished = run.stages()
        return Curation(planned.run, finished, release(run, finished))
