"""A worker killed from outside in every step: the step is done again, and the bytes are those of a quiet run."""

import os
import shutil
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.curation import curate
from curate.durable import sha256_of
from curate.engine.local import LocalEngine
from curate.engine.progress import Progress
from curate.engine.task import Task
from curate.workspace import create_keys
from schemas.config import Dedup
from schemas.config import Engine as Settings


@dataclass(frozen=True)
class Dying:
    """A task whose worker is killed at the first try, some milliseconds after it began."""

    task: Task
    note: Path
    milliseconds: int

    @property
    def marker(self) -> Path:
        return self.task.marker

    def __call__(self) -> None:
        if not self.note.exists():
            self.note.write_text(type(self.task).__name__)
            threading.Timer(self.milliseconds / 1000, os.kill, (os.getpid(), signal.SIGKILL)).start()
            self.task()
            os.kill(os.getpid(), signal.SIGKILL)
        self.task()


class Killing(LocalEngine):
    """The local engine, but of each list of tasks one dies."""

    def __init__(self, notes: Path) -> None:
        super().__init__(1)
        self._notes, self._lists = notes, 0

    def run(self, tasks: Sequence[Task], done: Callable[[Task], None]) -> int:
        self._lists += 1
        victim = len(tasks) // 2
        note = self._notes / f"{self._lists:02d}"
        dying = (Dying(task, note, 7 * self._lists) if n == victim else task for n, task in enumerate(tasks))
        return super().run(list(dying), done)


@pytest.fixture
def killings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What died, one file each, while `Killing` is the engine."""
    notes = tmp_path / "notes"
    notes.mkdir()

    def killing(settings: Settings, folder: Path) -> LocalEngine:
        return Killing(notes) if settings.workers == 3 else LocalEngine(settings.workers)

    monkeypatch.setattr("curate.run.open_engine", killing)
    monkeypatch.setattr("curate.duplicates.dedup.open_engine", killing)
    return notes


def table() -> pa.Table:
    texts = [
        f"Mrs. Asha Rao {n}, seen for fever and cough; Tab Paracetamol {n} mg, come again. " * 3 for n in range(60)
    ]
    return pa.table({"doc_id": [f"n{n}" for n in range(len(texts))], "text": texts})


def digests(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): sha256_of(path) for path in sorted(root.rglob("*.parquet"))}


@pytest.mark.long
def test_in_every_step_of_a_run(tmp_path: Path, killings: Path, notes_config: Callable[[int], str]) -> None:
    root = tmp_path / "ws"
    root.mkdir()
    pq.write_table(table(), root / "notes.parquet")
    (root / "shodhan.yaml").write_text(notes_config(20))
    create_keys(root / "shodhan.yaml")
    shutil.copytree(root, tmp_path / "quiet")
    curate(root / "shodhan.yaml", workers=3)
    curate(tmp_path / "quiet" / "shodhan.yaml", workers=1)
    assert digests(root) == digests(tmp_path / "quiet")
    steps = [path.parent.name for path in sorted(root.rglob("stage.json"))]
    died = [path.read_text() for path in sorted(killings.iterdir())]
    assert died.count("IngestUnit") == 1
    assert died.count("ApplyPart") == len(steps) - 1
    assert died.count("Decide") == died.count("SketchPart") >= 3


def test_in_every_step_of_dedup(tmp_path: Path, killings: Path) -> None:
    from curate.duplicates.dedup import dedup

    pq.write_table(table(), tmp_path / "d.parquet", row_group_size=20)
    for name, workers in (("quiet", 1), ("killed", 3)):
        dedup(
            [tmp_path / "d.parquet"], tmp_path / name, Dedup(), index=tmp_path / f"index-{name}",
            engine=Settings(workers=workers), progress=Progress(shown=False),
        )  # fmt: skip
    assert digests(tmp_path / "quiet") == digests(tmp_path / "killed")
    assert {path.read_text() for path in killings.iterdir()} == {"SketchRows", "DecideRows", "DivideRows"}
