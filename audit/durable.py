"""Writes that survive a power cut: a file is whole and new, or as it was before; nothing in between.

The system calls of the happy path, in order:

1. open a new file beside the target (exclusive, so a symbolic link planted there is not followed)
2. write, fsync, close
3. rename it over the target (`replace`), or link it to a name that must be free (`create`)
4. fsync the folder
"""

import os
from pathlib import Path


def replace(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put `data` at `path`, whatever stood there. Raises OSError."""
    beside = _write_beside(path, data, mode)
    beside.rename(path)
    sync_folder(path.parent)


def create(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put `data` at `path`, where nothing may stand yet. Raises FileExistsError and other OSError."""
    beside = _write_beside(path, data, mode)
    try:
        os.link(beside, path)
    finally:
        beside.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names created, renamed or removed in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def beside_name(path: Path) -> Path:
    """Where the new bytes of `path` stand until they are whole; a killed writer may leave such a file."""
    return path.with_name(f".{path.name}.new")


def _write_beside(path: Path, data: bytes, mode: int) -> Path:
    beside = beside_name(path)
    beside.unlink(missing_ok=True)  # what a killed writer left; two writers at once are kept out by their callers' lock
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        beside.unlink()  # a full disk needs the room
        raise
    return beside
