"""The digest of the code that makes a run's bytes: part of the name of the run."""

import hashlib
from pathlib import Path
from typing import Final

from curate.durable import sha256_of

ROOMS: Final = ("audit", "curate", "deid", "schemas")


def code_digest() -> str:
    """SHA-256 over every file of the rooms that a run goes through."""
    top = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((top / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(top).as_posix()}\0{sha256_of(path)}\n".encode())
    return digest.hexdigest()
