"""What a process and everything it started took, sampled while it runs: peak memory, and processor time."""

import os
import threading
from pathlib import Path

INTERVAL = 0.1  # seconds between samples; a process may work so long before its end without being counted
TICKS = os.sysconf("SC_CLK_TCK")


class ProcessTree:
    """Samples a process and its children: proportional set size (shared pages count once) and processor time."""

    def __init__(self, pid: int | None = None) -> None:
        """Watch `pid`, else this process."""
        self._pid, self._peak, self._stopped = str(pid or os.getpid()), 0, threading.Event()
        self._ticks: dict[str, int] = {}
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """End sampling; gives the largest sum of memory in bytes."""
        self._stopped.set()
        self._thread.join()
        return self._peak

    @property
    def processor(self) -> float:
        """Seconds of processor time of all processes seen, also of those that the first one never waited for."""
        return sum(self._ticks.values()) / TICKS

    def _sample(self) -> None:
        while True:
            pids = _tree(self._pid)
            self._ticks |= {pid: ticks for pid in pids if (ticks := _ticks(pid))}
            self._peak = max(self._peak, sum(map(_pss, pids)))
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


def _ticks(pid: str) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])  # utime and stime: proc(5), fields 14 and 15


def _pss(pid: str) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
