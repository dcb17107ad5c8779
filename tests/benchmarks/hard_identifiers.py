"""Identifiers in disguise, and what looks like one: marks hit and negative notes flagged, set by set.

    .venv/bin/python tests/benchmarks/hard_identifiers.py [ROWS.jsonl ...]

Without files: tests/deid/hard_identifiers.jsonl and ../shared/probes/identifiers.jsonl where it is. A mark is hit when
at least 99 % of its characters are in findings, of whatever label; a negative note is flagged by any finding
(`score.py ids` of the probe). The numbers are random and nobody's. Counts only; no value is printed.
"""

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

from deid.detector import Detector
from schemas.policy import DeidPolicy

HERE = Path(__file__).resolve()
SETS = HERE.parents[1] / "deid" / "hard_identifiers.jsonl"
PROBE = HERE.parents[3] / "shared" / "probes" / "identifiers.jsonl"


def load(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def score(rows: list[dict]) -> dict[str, Counter[str]]:
    """By set: marks, marks hit, negative notes, negative notes flagged."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    found = Detector(DeidPolicy()).detect([row["text"] for row in rows])
    for row, spans in zip(rows, found, strict=True):
        count = counts[row["set"]]
        covered = {place for span in spans for place in range(span.start, span.end)}
        if row["polarity"] == "negative":
            count["negative"] += 1
            count["flagged"] += bool(spans)
        for mark in row["spans"]:
            places = range(mark["start"], mark["end"])
            count["marks"] += 1
            count["hit"] += sum(place in covered for place in places) >= 0.99 * len(places)
    return counts


def main() -> None:
    """Print a row a set."""
    files = [Path(each) for each in sys.argv[1:]] or [SETS, *([PROBE] if PROBE.exists() else [])]
    rows = [row | {"set": row.get("set", path.stem)} for path in files for row in load(path)]
    for name, count in score(rows).items():
        hit, flagged = count["hit"] / max(1, count["marks"]), count["flagged"] / max(1, count["negative"])
        print(
            f"{name:16} hit {count['hit']}/{count['marks']} {100 * hit:.1f} %   "
            f"flagged {count['flagged']}/{count['negative']} {100 * flagged:.1f} %"
        )


if __name__ == "__main__":
    main()
