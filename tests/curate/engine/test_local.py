import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from curate.engine.local import LocalEngine
from curate.engine.task import Task
from schemas.failure import Failure


@dataclass(frozen=True)
class Write:
    """Writes its marker; the first `deaths` tries kill their own process."""

    marker: Path
    deaths: int = 0

    def __call__(self) -> None:
        tries = self.marker.with_suffix(".tries")
        before = int(tries.read_text()) if tries.exists() else 0
        tries.write_text(str(before + 1))
        if before < self.deaths:
            os.kill(os.getpid(), signal.SIGKILL)
        self.marker.write_text("done")


@dataclass(frozen=True)
class Fail:
    marker: Path

    def __call__(self) -> None:
        raise Failure("records.csv, record 3: remedy")


def run(tasks: list[Task], workers: int = 2) -> list[str]:
    engine, done = LocalEngine(workers), list[str]()
    try:
        engine.run(tasks, lambda task: done.append(task.marker.name))
    finally:
        engine.close()
    return sorted(done)


def test_runs_each_task_once_and_none_that_is_done(tmp_path: Path) -> None:
    (tmp_path / "0").write_text("by an earlier run")
    tasks: list[Task] = [Write(tmp_path / str(i)) for i in range(7)]
    assert run(tasks) == [str(i) for i in range(7)]
    assert (tmp_path / "0").read_text() == "by an earlier run"
    assert (tmp_path / "1.tries").read_text() == "1"


def test_a_worker_killed_from_outside_is_retried(tmp_path: Path) -> None:
    tasks: list[Task] = [Write(tmp_path / "a", deaths=1), Write(tmp_path / "b"), Write(tmp_path / "c")]
    assert run(tasks) == ["a", "b", "c"]


def test_a_task_that_always_kills_its_worker_is_reported(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="killed 3 times"):
        run([Write(tmp_path / "a", deaths=99)])


def test_a_tasks_own_failure_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="record 3"):
        run([Fail(tmp_path / "a")])
