"""Curate all of ../shared/data once and print rows, docs/s, MB/s and peak memory per stage.

.venv/bin/python tests/benchmarks/run.py [--workers N] [--keep FOLDER]
"""

import argparse
import tempfile
import time
from pathlib import Path

from process_tree import INTERVAL, ProcessTree
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
        watch = ProcessTree()
        start = time.monotonic()
        curation = curate(config, workers=options.workers, progress=Progress())
        seconds = time.monotonic() - start
        print_table(curation)
        print(f"seconds      {seconds:.1f}")
        print(f"whole-tree peak {watch.stop() / 1e6:,.0f} MB (proportional set size, sampled every {INTERVAL} s)")


if __name__ == "__main__":
    main()
