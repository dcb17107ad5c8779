"""Shodhan beside other tools on the same notes, in one table: identifiers hidden, over-redaction, speed, memory.

    .venv/bin/python tests/benchmarks/peers.py [--only presidio,openmed] [--check-set] [--labels] [--json totals.json]

The others are installed in environments of their own (environments.py; their settings: with_*.py), each at its best
offline, that is, the setting that hid most of the working set. All run without network, where the kernel allows that.

Scored by ../shared/gold/score.py on dev_a and dev_b, and by ../shared/probes/score.py ids. The working set is the notes
whose number is not divisible by three; the others are scored with --check-set only, and no leak is printed of either.
Labels play no part in what counts as hidden; --labels prints which label of a tool was taken for which of ours.

Speed: (n - 1) / (time of n - time of 1), so that start-up is left out, on one process over 300 varied notes of about
150 words (varied_notes.py), none of them scored. Memory: of that run.
"""

import argparse
import collections
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from environments import FOLDER, environment
from gold_notes import SHODHAN
from measured import commit, cut_off, detect
from shared import SHARED
from varied_notes import described, varied_notes

HERE = Path(__file__).parent
GOLD, PROBES = SHARED / "gold", SHARED / "probes"
SPEED_NOTES = 300


@dataclass(frozen=True)
class Tool:
    """One column of the table."""

    title: str
    settings: str


TOOLS = {
    "shodhan": Tool("Shodhan", "as installed"),
    "presidio": Tool(
        "Presidio 2.2.366",
        "its recognizers and all six Indian ones, threshold 0, en_core_web_md 3.7.1; its larger models are on hubs",
    ),
    "openmed": Tool(
        "OpenMed 3.1.0",
        "rules only (English, Hinglish and all Indian packs, safety sweep, ABDM, name list); its models are on a hub",
    ),
    "dpdp_scrub": Tool(
        "dpdp-scrub 0.0.5", "all rules, min_confidence 0.3; it has none for names, and its model is unpublished"
    ),
}


def main() -> None:
    """Detect with each tool, score, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(TOOLS), help="comma-separated: " + ", ".join(TOOLS))
    parser.add_argument("--check-set", action="store_true", help="score the check set and all notes, too")
    parser.add_argument("--labels", action="store_true", help="print which label was taken for which")
    parser.add_argument("--environments", type=Path, default=FOLDER, help="where the tools are installed")
    parser.add_argument("--json", type=Path, help="write the cells of the table here")
    options = parser.parse_args()
    if not GOLD.exists():
        sys.exit("skipped: ../shared/gold is not there, and this benchmark scores its notes")
    notes = [json.loads(line) for name in ("dev_a", "dev_b") for line in _lines(GOLD / f"{name}.jsonl")]
    sets = {"working set": [note for note in notes if _number(note) % 3]}
    if options.check_set:
        sets |= {"check set": [note for note in notes if _number(note) % 3 == 0], "all notes": notes}
    probes = [json.loads(line) for line in _lines(PROBES / "identifiers.jsonl")]
    speed = varied_notes(SPEED_NOTES)

    print(f"{datetime.date.today()}; Shodhan at {commit()}; {'no network' if cut_off() else 'network not cut off'}")
    print(f"speed and memory on {described(speed)}; load {os.getloadavg()[0]:.1f} before\n")
    columns = {}
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    for name in options.only.split(","):
        print(f"{name} ...", file=sys.stderr)
        columns[name] = _column(_command(name, options.environments), sets, probes, speed, labels=options.labels)
    _table(columns)
    for name in columns:
        print(f"\n{TOOLS[name].title}: {TOOLS[name].settings}.", end="")
    print("\nLabels play no part in what counts as hidden.")
    if options.json:
        options.json.write_text(json.dumps(columns, indent=1, ensure_ascii=False), encoding="utf-8")


def _command(name: str, environments: Path) -> list[str | Path]:
    if name == "shodhan":
        return [SHODHAN, "deid", "detect", "{notes}", "-o", "{spans}"]
    return [environment(name, environments), HERE / f"with_{name}.py", "{notes}", "{spans}"]


def _column(command, sets, probes, speed, *, labels: bool) -> dict[str, str]:
    """The cells of one tool, top to bottom."""
    cells: dict[str, str] = {}
    scored = max(sets.values(), key=len)
    found = {row["id"]: row for row in detect(command, scored).rows}
    for title, chosen in sets.items():
        cells |= {f"{title}: {row}": cell for row, cell in gold_cells(chosen, found).items()}
    marked = detect(command, probes).rows
    cells |= probe_cells(marked)
    one, many = detect(command, speed[:1]), detect(command, speed)
    cells["notes a second, start-up left out"] = f"{(len(speed) - 1) / (many.seconds - one.seconds):,.0f}"
    cells["notes a second of processor time"] = f"{(len(speed) - 1) / (many.processor - one.processor):,.0f}"
    cells["seconds for one note, start-up included"] = f"{one.seconds:.1f}"
    cells["peak memory, MB"] = f"{many.peak / 1e6:,.0f}"
    if labels:
        taken = collections.Counter(
            (span.get("own", span["label"]), span["label"]) for row in found.values() for span in row["spans"]
        )
        print("labels:", ", ".join(f"{own} as {ours} ({n})" for (own, ours), n in sorted(taken.items())))
    return cells


def gold_cells(notes: list[dict], found: dict[str, dict]) -> dict[str, str]:
    """Totals of ../shared/gold/score.py; its list of leaks stays unasked for."""
    with tempfile.TemporaryDirectory() as folder:
        gold, predicted = Path(folder) / "gold.jsonl", Path(folder) / "spans.jsonl"
        _write(gold, notes)
        _write(predicted, [found[note["id"]] for note in notes])
        text = _run([GOLD / "score.py", gold, "--predictions", predicted])
    cells = {}
    recall = {
        match[1]: f"{100 * int(match[2]) / int(match[3]):.1f} % [{match[4]}, {match[5]}] ({match[2]}/{match[3]})"
        for match in re.finditer(r"^(\w+) +(\d+)/(\d+) +recall.*\[-?([\d.]+)%, ([\d.]+)%\]", text, re.M)
    }
    for row, key in (
        ("hidden, plain notes", "plain"),
        ("hidden, adversarial notes", "adversarial"),
        ("hidden, all", "all"),
        ("hidden, PERSON", "PERSON"),
        ("hidden, LOCATION", "LOCATION"),
        ("hidden, DATE", "DATE"),
    ):
        cells[row] = recall[key]
    over = {
        match[1]: f"{100 * int(match[2]) / int(match[3]):.1f} %"
        for match in re.finditer(r"^over-redaction (\w+) +(\d+)/(\d+)", text, re.M)
    }
    cells |= {f"over-redaction, {tag} notes": over[tag] for tag in ("plain", "adversarial", "negative")}
    return cells


def probe_cells(marked: list[dict]) -> dict[str, str]:
    """Totals of ../shared/probes/score.py ids."""
    gold = PROBES / "identifiers.jsonl"
    with tempfile.TemporaryDirectory() as folder:
        predicted = Path(folder) / "spans.jsonl"
        _write(predicted, marked)
        text = _run([PROBES / "score.py", "ids", gold, predicted, "--brief"])
    cells = {}
    for row in ("marks hit", "negatives flagged"):
        match = re.search(rf"^{row} +(\d+) of +(\d+) .*95 % ([\d.]+)-([\d.]+)", text, re.M)
        assert match, f"score.py ids no longer prints {row!r}"
        share = 100 * int(match[1]) / int(match[2])
        cells[f"probes: {row}"] = f"{share:.1f} % [{match[3]}, {match[4]}] ({match[1]}/{match[2]})"
    return cells


def _table(columns: dict[str, dict[str, str]]) -> None:
    print("| | " + " | ".join(TOOLS[name].title for name in columns) + " |")
    print("|---|" + "---:|" * len(columns))
    for row in next(iter(columns.values())):
        print(f"| {row} | " + " | ".join(cells[row] for cells in columns.values()) + " |")


def _run(words: list[str | Path]) -> str:
    return subprocess.run([sys.executable, *map(str, words)], check=True, capture_output=True, text=True).stdout


def _write(path: Path, rows: list[dict]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line]


def _number(note: dict) -> int:
    return int(note["id"].split("-")[1])


if __name__ == "__main__":
    main()
