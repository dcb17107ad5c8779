"""How much clinical content `shodhan deid detect` leaves as it was: gold notes, ACI-Bench and PriMock57.

    .venv/bin/python tests/benchmarks/clinical_content.py [--changed 20] [--check-set]

The gold notes are marked, so an item that touches an identifier is left out; the others are not marked, and every item
counts. `--changed N` shows N changed items of ACI-Bench and PriMock57 each, which are acted and openly licensed; of the
gold notes nothing is shown. The gold's check set (every third note) is counted only with `--check-set`.
"""

import argparse
import csv
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from shared import SHARED

from deid.clinical_content import clinical_content
from deid.measure import Gold
from deid.notes import dump, read_gold
from schemas.labels import Label
from schemas.span import Span

SHODHAN = Path(sys.executable).with_name("shodhan")


def main() -> None:
    """A table a source; a source that is not there is skipped, and that is said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changed", type=int, default=0, help="show so many changed items of the acted notes")
    parser.add_argument("--check-set", action="store_true", help="count the gold's check set, too")
    options = parser.parse_args()
    sources: list[tuple[str, Path, Callable[[Path], list[Gold]]]] = [
        ("gold, working set", SHARED / "gold", lambda path: gold(path, check=False)),
        ("ACI-Bench", SHARED / "data" / "aci_bench", aci_bench),
        ("PriMock57", SHARED / "data" / "primock57" / "notes", primock57),
    ]
    if options.check_set:
        sources.insert(1, ("gold, check set", SHARED / "gold", lambda path: gold(path, check=True)))
    for name, path, read in sources:
        if not path.exists():
            print(f"{name}: skipped, {path} is not there")
            continue
        notes = read(path)
        content = clinical_content(notes, detect(notes))
        print(f"{name}: {len(notes)} notes")
        for kind, share in (*content.kinds.items(), ("all", content.all)):
            low, high = share.interval
            print(f"  {kind:10} {share.unchanged:5}/{share.items:<5} {share.share:8.2%}  [{low:.2%}, {high:.2%}]")
        texts = {note.id: note.text for note in notes}
        for changed in content.changed[: 0 if name.startswith("gold") else options.changed]:
            start, end, kind = changed.item
            around = texts[changed.note][max(0, start - 30) : end + 30]
            print(f"    {changed.note} {kind} {texts[changed.note][start:end]!r} in {around!r}")


def gold(folder: Path, *, check: bool) -> list[Gold]:
    """The marked notes of one set: the check set is every third note."""
    notes = [note for name in ("dev_a", "dev_b") for note in read_gold(folder / f"{name}.jsonl")]
    return [note for note in notes if (int(note.id.split("-")[1]) % 3 == 0) == check]


def aci_bench(folder: Path) -> list[Gold]:
    """The visit notes, not the dialogues."""
    csv.field_size_limit(1 << 30)
    notes = []
    for part in ("train", "valid"):
        with gzip.open(folder / f"{part}.csv.gz", "rt", encoding="utf-8", newline="") as lines:
            notes += [Gold(row["encounter_id"], row["note"], ()) for row in csv.DictReader(lines)]
    return notes


def primock57(folder: Path) -> list[Gold]:
    """The GP notes, not the transcripts."""
    paths = sorted(folder.glob("*.json"))
    return [Gold(path.stem, json.loads(path.read_text(encoding="utf-8"))["note"], ()) for path in paths]


def detect(notes: list[Gold]) -> list[list[Span]]:
    """Run the command on the bare texts."""
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "notes.jsonl", Path(folder) / "spans.jsonl"
        given.write_text("".join(dump({"id": note.id, "text": note.text}) for note in notes), encoding="utf-8")
        subprocess.run([str(SHODHAN), "deid", "detect", str(given), "-o", str(found)], check=True, capture_output=True)
        rows = [json.loads(line) for line in found.read_text(encoding="utf-8").split("\n") if line]
    return [[Span(s["start"], s["end"], Label(s["label"])) for s in row["spans"]] for row in rows]


if __name__ == "__main__":
    main()
