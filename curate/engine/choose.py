"""Which engine a configuration names."""

from pathlib import Path

from curate.engine.local import LocalEngine
from curate.engine.task import Engine
from schemas.config import Engine as Settings


def open_engine(settings: Settings, folder: Path) -> Engine:
    """The engine of that name, not yet started; what it writes of its own goes to `folder`, and is removed at the end.

    Raises Missing where it is not installed.
    """
    if settings.name == "local":
        return LocalEngine(settings.workers)
    from curate.engine.ray import RayEngine

    return RayEngine(folder, settings.workers, settings.address)
