import errno
from pathlib import Path

import duckdb
import polars as pl
import pytest

from deid.disk import DiskFull, is_full, writing_to
from schemas.failure import Failure


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError("Error writing bytes to file. Detail: [errno 28] No space left on device"),
        pl.exceptions.ComputeError("No space left on device (os error 28)"),
        duckdb.IOException('IO Error: Could not write file "x": No space left on device'),
    ],
    ids=["errno", "quota", "arrow", "polars", "duckdb"],
)
def test_a_full_disk_is_told_by_whoever_raises_it(error: Exception, tmp_path: Path) -> None:
    assert is_full(error)
    said = r"the disk is full \([\d,.]+ MB free\); make space and run again"
    with pytest.raises(DiskFull, match=said) as raised, writing_to(tmp_path):
        _in_other_words(error)
    assert str(tmp_path) in str(raised.value)


def _in_other_words(error: Exception) -> None:
    try:
        raise error
    except Exception:
        raise Failure("notes.jsonl: cannot be written") from None


@pytest.mark.parametrize(
    "error", [OSError(errno.EACCES, "Permission denied"), ValueError("no space left on device"), Failure("x")]
)
def test_other_errors_pass_as_they_are(error: Exception, tmp_path: Path) -> None:
    with pytest.raises(type(error)) as raised, writing_to(tmp_path):
        raise error
    assert raised.value is error


def test_a_folder_that_is_not_there_yet_is_named(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="a/b"), writing_to(tmp_path / "a" / "b"):
        raise OSError(errno.ENOSPC, "")
