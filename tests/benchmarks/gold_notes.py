"""Score `shodhan deid detect` on the gold notes: all, the working set, and the check set (every third note).

    .venv/bin/python tests/benchmarks/gold_notes.py

Totals only; what leaked in the check set is not to be read (../shared/gold/README.md).
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from shared import SHARED

SHODHAN = Path(sys.executable).with_name("shodhan")
GOLD = SHARED / "gold"


def main() -> None:
    """Detect once, score three times."""
    if not GOLD.exists():
        sys.exit("skipped: ../shared/gold is not there, and this benchmark scores its notes")
    notes = [
        json.loads(line) for name in ("dev_a", "dev_b") for line in (GOLD / f"{name}.jsonl").open(encoding="utf-8")
    ]
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        predicted = detect(notes, Path(folder))
        seconds = time.monotonic() - start
        for title, chosen in (
            ("all", notes),
            ("working set", [note for note in notes if int(note["id"].split("-")[1]) % 3]),
            ("check set", [note for note in notes if int(note["id"].split("-")[1]) % 3 == 0]),
        ):
            print(f"== {title}: {len(chosen)} notes")
            print(score(chosen, predicted, Path(folder)))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{len(notes)} notes in {seconds:.1f} s, start-up included; peak {peak:,.0f} MB")


def detect(notes: list[dict[str, object]], folder: Path) -> Path:
    """Run the command on the bare texts."""
    given, found = folder / "notes.jsonl", folder / "spans.jsonl"
    given.write_text("".join(json.dumps({"id": n["id"], "text": n["text"]}) + "\n" for n in notes), encoding="utf-8")
    subprocess.run([str(SHODHAN), "deid", "detect", str(given), "-o", str(found)], check=True, capture_output=True)
    return found


def score(notes: list[dict[str, object]], predicted: Path, folder: Path) -> str:
    """The totals of ../shared/gold/score.py."""
    gold = folder / "gold.jsonl"
    gold.write_text("".join(json.dumps(note, ensure_ascii=False) + "\n" for note in notes), encoding="utf-8")
    command = [sys.executable, str(GOLD / "score.py"), str(gold), "--predictions", str(predicted)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
