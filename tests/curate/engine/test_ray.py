"""The Ray engine keeps the promises of the local one; skipped where Ray is not installed."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from curate.engine.ray import RayEngine
from curate.engine.ray_driver import Attempt, installed
from curate.engine.task import Task
from schemas.failure import Failure, Missing

pytest.importorskip("ray", reason="the Ray engine needs the extra ray")


@dataclass(frozen=True)
class Write:
    """Writes its marker; the first `deaths` tries kill `victim`."""

    marker: Path
    deaths: int = 0
    victim: Callable[[], int] = os.getpid
    seconds: float = 0.0

    def __call__(self) -> None:
        tries = self.marker.with_suffix(".tries")
        before = int(tries.read_text()) if tries.exists() else 0
        tries.write_text(str(before + 1))
        if before < self.deaths:
            os.kill(self.victim(), signal.SIGKILL)
            time.sleep(120)
        time.sleep(self.seconds)
        self.marker.write_text("done")


@dataclass(frozen=True)
class Fail:
    marker: Path

    def __call__(self) -> None:
        raise Failure("records.csv, record 3: remedy")


class Unreadable(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__("7734501")


@dataclass(frozen=True)
class Surprise:
    marker: Path

    def __call__(self) -> None:
        raise Unreadable(1, 2)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RayEngine]:
    started = RayEngine(tmp_path_factory.mktemp("ray") / "engine", 2)
    yield started
    started.close()


def run(engine: RayEngine, tasks: list[Task]) -> list[str]:
    done = list[str]()
    peak = engine.run(tasks, lambda task: done.append(task.marker.name))
    assert peak > 10e6
    return sorted(done)


def raylet() -> int:
    """The node process that the worker which asks belongs to."""
    return os.getppid()


def workers(word: str) -> list[int]:
    """Processes that are given tasks, and have `word` in their environment. (Ray's agents, which are given none, take
    a minute to notice that they are alone.)
    """
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            named = (folder / "cmdline").read_bytes()
            if (b"ray::Map" in named or b"spawn_main" in named) and word.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def test_runs_each_task_once_and_none_that_is_done(engine: RayEngine, tmp_path: Path) -> None:
    (tmp_path / "0").write_text("by an earlier run")
    assert run(engine, [Write(tmp_path / str(i)) for i in range(7)]) == [str(i) for i in range(7)]
    assert (tmp_path / "0").read_text() == "by an earlier run"
    assert (tmp_path / "1.tries").read_text() == "1"


def test_nothing_is_started_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "0").write_text("by an earlier run")
    idle = RayEngine(tmp_path / "engine")
    assert idle.run([Write(tmp_path / "0")], lambda _: None) == 0
    assert not (tmp_path / "engine").exists()


def test_a_worker_killed_from_outside_is_retried(engine: RayEngine, tmp_path: Path) -> None:
    tasks: list[Task] = [Write(tmp_path / "a", deaths=1), Write(tmp_path / "b"), Write(tmp_path / "c")]
    assert run(engine, tasks) == ["a", "b", "c"]
    assert (tmp_path / "a.tries").read_text() == "2"


def test_a_task_that_always_kills_its_worker_is_reported(engine: RayEngine, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="killed 3 times"):
        run(engine, [Write(tmp_path / "a", deaths=99)])
    assert (tmp_path / "a.tries").read_text() == "3"


def test_a_tasks_own_failure_is_passed_on_and_the_engine_goes_on(engine: RayEngine, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="record 3"):
        run(engine, [Fail(tmp_path / "a")])
    assert run(engine, [Write(tmp_path / "b")]) == ["b"]


def test_an_error_that_cannot_travel_is_told_by_its_name_alone(tmp_path: Path) -> None:
    row = {"number": 3, "task": pickle.dumps(Surprise(tmp_path / "a"))}
    error = pickle.loads(Attempt(tmp_path, Path.cwd(), installed())(row)["error"])
    assert "Unreadable" in str(error)
    assert "7734501" not in str(error)


def test_a_node_with_other_code_or_without_the_folder_is_refused(tmp_path: Path) -> None:
    row = {"number": 0, "task": pickle.dumps(Write(tmp_path / "a"))}
    for attempt, why in (
        (Attempt(tmp_path, Path.cwd(), "other"), "other code"),
        (Attempt(tmp_path / "none", Path.cwd(), installed()), "share the workspace"),
    ):
        assert why in str(pickle.loads(attempt(row)["error"]))
    assert not (tmp_path / "a.tries").exists()


def test_a_node_process_killed_is_survived(tmp_path: Path) -> None:
    engine = RayEngine(tmp_path / "engine", 2)
    try:
        tasks: list[Task] = [Write(tmp_path / str(i), deaths=int(i == 1), victim=raylet) for i in range(5)]
        assert run(engine, tasks) == [str(i) for i in range(5)]
    finally:
        engine.close()
    assert not (tmp_path / "engine").exists()


HOLD = """
import sys
from pathlib import Path
from curate.engine.ray import RayEngine
from curate.engine.ray_driver import Attempt, installed
from tests_of_ray import Write

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    RayEngine(folder / "engine", 1).run([Write(folder / "a", seconds=120)], lambda _: None)
"""


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
def test_no_process_outlives_a_killed_parent(tmp_path: Path) -> None:
    (tmp_path / "tests_of_ray.py").write_text(Path(__file__).read_text())
    (tmp_path / "hold.py").write_text(HOLD)
    environment = os.environ | {"SHODHAN_TEST_OF": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, tmp_path / "hold.py", tmp_path], env=environment)
    until((tmp_path / "a.tries").exists)
    assert len(workers(str(tmp_path))) == 2  # the driver, and a worker
    parent.kill()
    parent.wait()
    until(lambda: not workers(str(tmp_path)))


def until(reached: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_without_ray_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Missing, match=r"pip install .*\[ray\]"):
        RayEngine(tmp_path / "engine")


def test_a_cluster_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    engine = RayEngine(tmp_path / "engine", address="127.0.0.1:1")
    try:
        with pytest.raises(Failure, match="cannot be joined"):
            engine.run([Write(tmp_path / "a")], lambda _: None)
    finally:
        engine.close()
