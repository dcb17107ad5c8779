"""Byte equality on ../shared/data: one worker against two, and a run killed at random moments and resumed.

.venv/bin/python tests/benchmarks/kills.py [--kills 10] [--seed 1]
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from shared import workspace

from curate.durable import sha256_of

SHODHAN = Path(sys.executable).with_name("shodhan")


def main() -> None:
    """Print one line a comparison; exit code 1 where any differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        first, second, killed = (Path(folder) / name for name in ("first", "second", "killed"))
        workspace(first)
        for other in (second, killed):
            shutil.copytree(first, other)
        start = time.monotonic()
        run(first, workers=2)
        seconds = time.monotonic() - start
        run(second, workers=1)
        drawn = random.Random(options.seed)
        for number in range(options.kills):
            wait = drawn.uniform(0.05, 1.0) * seconds / 3
            print(f"kill {number + 1} after {wait:.1f} s, in {kill(killed, wait)}")
        run(killed, workers=2)
        same = digests(first)
        verdicts = {"one worker": digests(second) == same, "killed and resumed": digests(killed) == same}
        for what, equal in verdicts.items():
            print(f"{what}: {len(same)} files {'byte-identical' if equal else 'DIFFER'}")
        sys.exit(not all(verdicts.values()))


def run(folder: Path, *, workers: int) -> None:
    """`shodhan curate run`, to its end."""
    command = [str(SHODHAN), "curate", "run", "shodhan.yaml", "--workers", str(workers)]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def kill(folder: Path, seconds: float) -> str:
    """Start a run, SIGKILL it and its workers after `seconds`; gives the stage it was in."""
    command = [str(SHODHAN), "curate", "run", "shodhan.yaml", "--workers", "2"]
    process = subprocess.Popen(command, cwd=folder, start_new_session=True, stdout=subprocess.DEVNULL)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    stages = sorted(path.name for path in folder.glob("runs/*/[0-9]*"))
    return stages[-1] if stages else "start-up"


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of the dataset."""
    return {p.relative_to(folder).as_posix(): sha256_of(p) for p in (folder / "datasets").rglob("*") if p.is_file()}


if __name__ == "__main__":
    main()
