"""Workers end by themselves when their parent was killed: those of the engine, of detection and of tables."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ENGINE = """
import sys, time
from dataclasses import dataclass
from pathlib import Path
from curate.engine.local import LocalEngine

@dataclass(frozen=True)
class Wait:
    marker: Path
    def __call__(self):
        self.marker.with_suffix(".begun").write_text("")
        time.sleep(120 if self.marker.name == "0" else 0)
        self.marker.write_text("")

if __name__ == "__main__":
    # one worker is busy, the other idle
    LocalEngine(2).run([Wait(Path(sys.argv[1]) / str(n)) for n in range(2)], lambda _: None)
"""

DETECTION = """
import sys, time
from pathlib import Path
from deid.workers import detect_all
from schemas.policy import DeidPolicy

def texts():
    yield from ["Seen by Dr. Rao."] * 256  # as many as are given out at once
    Path(sys.argv[1], "0.begun").write_text("")
    time.sleep(120)

if __name__ == "__main__":
    list(detect_all(texts(), DeidPolicy(), 2))
"""


def of(word: str) -> list[str]:
    """Commands of the processes that have `word` in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().decode())
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("script", [ENGINE, DETECTION], ids=["engine", "detection"])
def test_no_worker_outlives_a_killed_parent(script: str, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(script)
    environment = os.environ | {"SHODHAN_TEST_OF": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, tmp_path / "work.py", tmp_path], env=environment)
    wait_for((tmp_path / "0.begun").exists)
    wait_for(lambda: sum("main(" in command for command in of(str(tmp_path))) >= 2)
    parent.kill()
    parent.wait()
    wait_for(lambda: not of(str(tmp_path)))


def wait_for(reached, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.1)
