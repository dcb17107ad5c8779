"""MinHash signatures from UTF-8 text, 128 permutations, 5-word shingles: Shodhan's kernel and others, in one run.

    .venv/bin/python tests/benchmarks/signatures.py [--documents 40000]

The same texts of 1.4 kB for all (planted.py), as a column in memory. Timed is from texts to signatures, after one round
to warm up; the tools take turns and the best of three rounds counts. Daft uses all cores by itself; rensa and
datasketch know one core, so they are measured as they come and also in two processes. Seconds of processor are told as
well: they say what is true of one core where other jobs run. Their shingles are
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
        best, processor = dict.fromkeys(tools, float("inf")), dict.fromkeys(tools, float("inf"))
        for turn in range(ROUNDS + 1):
            for name, process in tools.items():
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write("go\n")
                process.stdin.flush()
                seconds, used = map(float, process.stdout.readline().split())
                if turn:
                    best[name], processor[name] = min(best[name], seconds), min(processor[name], used)
        for process in tools.values():
            process.communicate()
    for name, seconds in best.items():
        told = (
            f"{name}: {options.documents / seconds:,.0f} documents/s (shodhan: {seconds / best['shodhan']:.1f} times)"
        )
        if "processes" not in name:
            ratio = processor[name] / processor["shodhan"]
            told += f"; {options.documents / processor[name]:,.0f} a second of processor (shodhan: {ratio:.1f} times)"
        print(told)


if __name__ == "__main__":
    main()
