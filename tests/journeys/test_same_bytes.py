"""Equal input, equal bytes: at one worker and two, on Ray, run twice, and killed at random moments and resumed."""

import importlib.util
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from curate.durable import sha256_of

KILLS = 2  # more of them in tests/benchmarks/kills.py
SHODHAN = Path(sys.executable).with_name("shodhan")


def digests(workspace: Path) -> dict[str, str]:
    """Every file of every dataset, and what every stage wrote down of itself, by name."""
    kept = [path for path in (workspace / "datasets").rglob("*") if path.is_file()]
    kept += [path for path in (workspace / "runs").rglob("*.parquet")]
    return {path.relative_to(workspace).as_posix(): sha256_of(path) for path in sorted(kept)}


@pytest.fixture
def fresh(demo: Path, tmp_path: Path) -> Path:
    """The demo's input and keys, nothing run yet, an empty log."""
    shutil.copytree(demo, tmp_path / "demo", ignore=shutil.ignore_patterns("runs", "datasets", "models"))
    for path in (tmp_path / "demo/audit").iterdir():
        if path.name != "signer.vkey":
            path.unlink()
    for path in (tmp_path / "demo/vault").iterdir():
        if path.name == "checkpoint":
            path.unlink()
    return tmp_path / "demo"


def test_one_worker_gives_the_bytes_of_two(demo: Path, fresh: Path, shodhan: Callable[..., object]) -> None:
    shodhan("curate", "run", "shodhan.yaml", "--workers", 1, cwd=fresh)
    assert digests(fresh) == digests(demo)


def test_ray_gives_the_bytes_of_the_local_engine(demo: Path, fresh: Path, shodhan: Callable[..., object]) -> None:
    pytest.importorskip("ray", reason="the Ray engine needs the extra ray")
    config = fresh / "shodhan.yaml"
    config.write_text(f"{config.read_text()}\nengine: {{name: ray, workers: 2}}\n")
    shodhan("curate", "run", "shodhan.yaml", cwd=fresh)
    assert digests(fresh) == digests(demo)
    assert not list((fresh / "runs").glob("*/engine"))


@pytest.fixture
def ray_nodes() -> ModuleType:
    """The module of that name in tests/benchmarks."""
    pytest.importorskip("ray", reason="the Ray engine needs the extra ray")
    path = Path(__file__).parents[1] / "benchmarks" / "ray_nodes.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for Ray's processes in /proc")
def test_two_ray_nodes_that_lose_one_give_the_bytes_of_the_local_engine(
    demo: Path, fresh: Path, ray_nodes: ModuleType
) -> None:
    config = fresh / "shodhan.yaml"
    with ray_nodes.Nodes() as nodes:
        config.write_text(f"{config.read_text()}\nengine: {{name: ray, address: '{nodes.address}'}}\n")
        run = subprocess.Popen([str(SHODHAN), "curate", "run", "shodhan.yaml"], cwd=fresh, env=ray_nodes.QUIET,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # fmt: skip
        midst = (fresh / "runs").glob
        assert nodes.kill_when(1, lambda: any(midst("*/02-*/*.json")), lambda: run.poll() is None)
        assert run.wait(600) == 0, run.stderr.read().decode()
    assert digests(fresh) == digests(demo)


def test_the_same_run_again_does_nothing(demo: Path, shodhan: Callable[..., object]) -> None:
    def written() -> dict[Path, int]:
        kept = [*(demo / "runs").rglob("stage.json"), *(demo / "datasets").rglob("*"), demo / "audit/entries.jsonl"]
        return {path: path.stat().st_mtime_ns for path in kept}

    before = written()
    shodhan("curate", "run", "shodhan.yaml", cwd=demo)
    assert written() == before


def test_killed_at_random_moments_and_resumed(demo: Path, fresh: Path, shodhan: Callable[..., object]) -> None:
    drawn = random.Random(7)
    for _ in range(KILLS):
        run = subprocess.Popen(
            [str(SHODHAN), "curate", "run", "shodhan.yaml", "--workers", "2"], cwd=fresh,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        time.sleep(drawn.uniform(2.0, 12.0))
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    shodhan("curate", "run", "shodhan.yaml", cwd=fresh)
    assert digests(fresh) == digests(demo)
    assert not list((fresh / "runs").rglob("*.tmp"))


def test_a_version_that_is_taken_is_never_overwritten(
    demo: Path, tmp_path: Path, shodhan: Callable[..., object]
) -> None:
    root = tmp_path / "demo"
    shutil.copytree(demo, root, ignore=shutil.ignore_patterns("runs"))
    config = root / "shodhan.yaml"
    config.write_text(config.read_text().replace("threshold: 0.8", "threshold: 0.9"))
    before = digests(root)
    done = shodhan("curate", "run", "shodhan.yaml", cwd=root, code=1)
    assert "raise dataset.version" in done.stderr
    assert digests(root) == before
    assert (root / "audit/entries.jsonl").read_bytes() == (demo / "audit/entries.jsonl").read_bytes()


def test_a_part_that_was_changed_between_two_runs_is_refused(
    demo: Path, tmp_path: Path, shodhan: Callable[..., object]
) -> None:
    shutil.copytree(demo, tmp_path / "demo")
    part = next((tmp_path / "demo").glob("runs/*/07-deidentify/part-*.parquet"))
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(bytes(data))
    done = shodhan("curate", "run", "shodhan.yaml", cwd=tmp_path / "demo", code=3)
    (line,) = done.stderr.strip().splitlines()
    assert part.name in line
