"""Curate all of ../shared/data once and print rows, docs/s, MB/s and peak memory per stage.

.venv/bin/python tests/benchmarks/run.py [--workers N] [--keep FOLDER]
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path

from shared import workspace

from curate.curation import curate
from curate.engine.progress import Progress
from curate.table import print_table


def main() -> None:
    """Run and print; `whole-tree peak` adds up main process and workers at the same moment."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="leave the workspace here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = workspace(options.keep or Path(folder))
        watch = TreeMemory()
        start = time.monotonic()
        curation = curate(config, workers=options.workers, progress=Progress())
        seconds = time.monotonic() - start
        print_table(curation)
        print(f"seconds      {seconds:.1f}")
        print(f"whole-tree peak {watch.stop() / 1e6:,.0f} MB (proportional set size, sampled every 0.2 s)")


class TreeMemory:
    """Samples the proportional set size of this process and its children; shared pages count once."""

    def __init__(self) -> None:
        self._peak, self._stopped = 0, threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """End sampling; gives the largest sum in bytes."""
        self._stopped.set()
        self._thread.join()
        return self._peak

    def _sample(self) -> None:
        while not self._stopped.wait(0.2):
            self._peak = max(self._peak, sum(_pss(pid) for pid in _tree("self")))


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


if __name__ == "__main__":
    main()
