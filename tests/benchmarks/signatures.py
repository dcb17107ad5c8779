"""MinHash signatures from UTF-8 text, 128 permutations, 5-word shingles: Shodhan's kernel and others, in one run.

    .venv/bin/python tests/benchmarks/signatures.py [--documents 40000]

The same texts of 1.4 kB for all (planted.py), as a column in memory. Timed is from texts to signatures, after one round
to warm up; the tools take turns and the best of three rounds counts. Daft uses all cores by itself; rensa and
datasketch know one core, so they are measured as they come and also on halves in two processes. Their shingles are
made in the shortest way that Python has: `" ".join` over `text.lower().split()`.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from environments import environment
from planted import write

HERE = Path(__file__).resolve().parent
ROUNDS = 3


def main() -> None:
    """A table of documents a second and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=40_000)
    options = parser.parse_args()
    pythons = {
        "shodhan": Path(sys.executable), "shodhan, one thread": Path(sys.executable), "daft": environment("daft"),
        "rensa": environment("rensa"), "rensa, two processes": environment("rensa"),
        "datasketch": Path(sys.executable), "datasketch, two processes": Path(sys.executable),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "docs.parquet"
        write(options.documents, path)
        command = [str(HERE / "with_signatures.py"), str(path)]
        tools = {
            name: subprocess.Popen(
                [str(python), *command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for name, python in pythons.items()
        }
        best = dict.fromkeys(tools, float("inf"))
        for turn in range(ROUNDS + 1):
            for name, process in tools.items():
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write("go\n")
                process.stdin.flush()
                seconds = float(process.stdout.readline())
                if turn:
                    best[name] = min(best[name], seconds)
        for process in tools.values():
            process.communicate()
    for name, seconds in best.items():
        ratio = seconds / best["shodhan"]
        print(f"{name}: {options.documents / seconds:,.0f} documents/s; shodhan is {ratio:.1f} times as fast")


if __name__ == "__main__":
    main()
