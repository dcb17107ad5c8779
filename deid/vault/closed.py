"""Files that nobody but their owner may open: read only where that holds, written whole or not at all.

The system calls of a write, in order:

1. open a new file beside the target (exclusive, so a link planted there is not followed; mode 0600)
2. write, fsync, close
3. rename it over the target (`replace`), or link it to a name that must be free (`create`)
4. fsync the folder
"""

import contextlib
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

from schemas.failure import Failure, Refusal

_OTHERS = 0o077


def read(path: Path) -> bytes:
    """The bytes of a regular file of mode 0600 or less. No symbolic link is followed.

    Raises FileNotFoundError where nothing is there, and Refusal for a link, no regular file, one that other users may
    read, and one that cannot be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        if path.is_symlink():
            raise Refusal(f"{path}: a symbolic link; put the file itself there") from None
        raise Refusal(f"{path}: cannot be read ({error.strerror})") from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise Refusal(f"{path}: no regular file")
        if stat.S_IMODE(found.st_mode) & _OTHERS:
            raise Refusal(f"{path}: other users may read it; close it with: chmod 600 {path}")
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read()
    finally:
        os.close(handle)


def check_folder(folder: Path) -> None:
    """Raises Refusal where other users may look into `folder`."""
    if stat.S_IMODE(folder.stat().st_mode) & _OTHERS:
        raise Refusal(f"{folder}: other users may look into it; close it with: chmod 700 {folder}")


def make_folder(folder: Path) -> None:
    """A folder of mode 0700, made or closed. Raises Failure where it cannot be."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        sync_folder(folder.parent)
    except OSError as error:
        raise Failure(f"{folder}: no folder can be made there ({error.strerror})") from None


def create(path: Path, data: bytes) -> None:
    """Put `data` at `path`, where nothing may stand yet. Raises FileExistsError, and Failure where it cannot."""
    with _beside(path, data) as beside:
        os.link(beside, path)


def replace(path: Path, data: bytes) -> None:
    """Put `data` at `path`, whatever stood there: the old bytes are gone only when the new ones are durable.

    Raises Failure where it cannot.
    """
    with _beside(path, data) as beside:
        beside.rename(path)


def sync_folder(folder: Path) -> None:
    """Make names created, renamed or removed in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _beside(path: Path, data: bytes) -> Iterator[Path]:
    beside = path.with_name(f".{path.name}.{threading.get_native_id()}.new")
    try:
        beside.unlink(missing_ok=True)  # what a killed writer of the same number left
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield beside
        sync_folder(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise Failure(f"{path}: cannot be written ({error.strerror})") from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
