"""One process at a time on one folder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.failure import Failure


@contextmanager
def alone(folder: Path, purpose: str) -> Iterator[None]:
    """Hold `folder/lock`; the kernel lets go of it when the process ends. Raises Failure where another holds it."""
    with (folder / "lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"{folder}: another process works on this {purpose}; wait for it, or end it") from None
        yield
