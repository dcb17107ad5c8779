"""A curated demo workspace, made as a user makes it, for journeys that only look at it; and a smaller configuration."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SHODHAN = Path(sys.executable).with_name("shodhan")
QUIET = os.environ | {"NO_COLOR": "1", "COLUMNS": "160"}

NOTES = """\
version: 1
sources:
  notes:
    reader: table
    paths: [notes.parquet]
    columns: {{id: doc_id, text: text}}
    personal: true
    terms: {{licence: internal, purposes: [research]}}
dataset: {{name: notes, version: 1.0.0, published: 2026-11-22, heldout_share: 0}}
engine: {{batch_rows: {rows}}}
"""

Shodhan = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def shodhan() -> Shodhan:
    """Run `shodhan` with these arguments in a folder; `code` is the exit code that is expected."""

    def run(*arguments: object, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(SHODHAN), *map(str, arguments)], cwd=cwd, env=QUIET, capture_output=True, text=True, timeout=600,
            check=False,
        )  # fmt: skip
        assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def demo(shodhan: Shodhan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace that `shodhan demo --no-train` leaves. Look, don't touch: copy it to change it."""
    folder = tmp_path_factory.mktemp("journey")
    shodhan("demo", "demo", "--no-train", cwd=folder)
    return folder / "demo"


@pytest.fixture(scope="session")
def notes_config() -> Callable[[int], str]:
    """The configuration of a workspace with the personal notes of notes.parquet, in parts of so many rows."""
    return lambda rows: NOTES.format(rows=rows)
