"""Peak memory of a process and everything it started, sampled while it runs."""

import os
import threading
from pathlib import Path

INTERVAL = 0.1  # seconds between samples


class TreeMemory:
    """Samples the proportional set size of a process and its children; shared pages count once."""

    def __init__(self, pid: int | None = None) -> None:
        """Watch `pid`, else this process."""
        self._pid, self._peak, self._stopped = str(pid or os.getpid()), 0, threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """End sampling; gives the largest sum in bytes."""
        self._stopped.set()
        self._thread.join()
        return self._peak

    def _sample(self) -> None:
        while True:
            self._peak = max(self._peak, sum(_pss(pid) for pid in _tree(self._pid)))
            if self._stopped.wait(INTERVAL):
                return


def _tree(pid: str) -> list[str]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            found += _tree(child)
    return found


def _pss(pid: str) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
