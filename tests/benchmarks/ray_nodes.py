"""A Ray cluster of two nodes on this machine, one processor each, whose node processes (raylets) can be killed.

Used by ray_engine.py and tests/journeys/test_same_bytes.py. A driver joins the first node as long as it lives.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

RAY = Path(sys.executable).with_name("ray")
QUIET = os.environ | {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",
    "RAY_worker_niceness": "0",  # as the local engine's workers have; Ray's own is 15, and waits for all other jobs
}


class Nodes:
    """Started on entering, ended on leaving, and with them the folder that Ray writes to."""

    def __init__(self) -> None:
        self._folder, self._raylets, self.address = Path(), list[int](), ""

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="r-"))  # short: the path of a socket may have 107 bytes only
        said = self._start("--head", "--port=0", f"--temp-dir={self._folder}", "--include-dashboard=false")
        self.address = re.search(r"--address='([\d.]+:\d+)'", said)[1]
        self.add()
        return self

    def __exit__(self, *_: object) -> None:
        for pid in _pids(f"{self._folder}/"):
            _kill(pid)
        shutil.rmtree(self._folder, ignore_errors=True)

    def add(self) -> None:
        """One more node."""
        self._start(f"--address={self.address}")

    def busy(self, node: int) -> bool:
        """Whether a worker of that node (0 is the oldest that lives) has a task at this moment."""
        return len(self._raylets) > node and any("ray::Map" in _line(pid) for pid in _children(self._raylets[node]))

    def kill(self, node: int) -> None:
        """SIGKILL to the node's raylet."""
        _kill(self._raylets.pop(node))

    def kill_when(self, node: int, ready: Callable[[], bool], alive: Callable[[], bool]) -> bool:
        """Kill that node while it is at a task and `ready`; gives False where `alive` ended first."""
        while alive():
            if self.busy(node) and ready():
                self.kill(node)
                return True
            time.sleep(0.02)
        return False

    def _start(self, *arguments: str) -> str:
        command = [str(RAY), "start", *arguments, "--num-cpus=1", "--object-store-memory=100000000",
                   "--disable-usage-stats"]  # fmt: skip
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=QUIET)
        if done.returncode:
            sys.exit(f"ray start failed:\n{done.stderr}")
        raylets = (pid for pid in _pids(f"{self._folder}/") if "raylet/raylet" in _line(pid).split("\0")[0])
        self._raylets += [pid for pid in raylets if pid not in self._raylets]
        return done.stdout


def _pids(word: str) -> list[int]:
    found = (int(path.name) for path in Path("/proc").glob("[0-9]*"))
    return [pid for pid in found if pid != os.getpid() and word in _line(pid)]


def _line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
