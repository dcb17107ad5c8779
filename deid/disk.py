"""A full disk, whoever meets it: told apart from other errors, and said in one line that names the folder.

Python and Arrow raise OSError with its number. Polars and DuckDB only say so in words, and some of our own errors are
raised in its place; then it is their cause or context.
"""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from schemas.failure import Failure

NUMBERS: Final = {errno.ENOSPC, errno.EDQUOT}

WORDS: Final = ("no space left on device", "disk quota exceeded", "max_temp_directory_size")
"""As the C library says it; the last as DuckDB does, which spills into nine tenths of what is free."""

LIBRARIES: Final = ("polars", "duckdb", "_duckdb", "pyarrow")


class DiskFull(Failure):
    """No room for what was to be written."""


def is_full(error: BaseException | None) -> bool:
    """Whether a full disk, or a full share of it (quota), is what `error` says, or what it was raised for."""
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in NUMBERS:
            return True
        if type(error).__module__.partition(".")[0] in LIBRARIES or type(error) is OSError:
            said = str(error).lower()
            if any(words in said for words in WORDS):
                return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def writing_to(folder: Path, *others: Path, kept: str = "what was finished is kept") -> Iterator[None]:
    """Turn the error of a full disk into DiskFull; of several folders it names the one with the least room."""
    try:
        yield
    except DiskFull:
        raise
    except Exception as error:
        if not is_full(error):
            raise
        named = min((folder, *others), key=_free).absolute()
        raise DiskFull(
            f"{named}: the disk is full ({_free(named) / 1e6:,.1f} MB free); make space and run again: {kept}"
        ) from None


def _free(folder: Path) -> int:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
