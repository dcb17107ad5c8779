"""Near duplicates before scrubbing and after: gold notes with planted copies under other patients.

    .venv/bin/python tests/benchmarks/scrubbed_duplicates.py

The working set of the gold notes (ids not divisible by three), each with one copy of a kind. Found is a pair whose copy
and original are in one group of `shodhan curate dedup`; false, two notes in one group of which neither is a copy of the
other.
"""

import json
import random
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
from shared import SHARED

from deid.key import open_vault, token
from deid.replace import Replacer
from schemas.labels import Label
from schemas.policy import DeidPolicy
from schemas.span import Span

SHODHAN = Path(sys.executable).with_name("shodhan")
GOLD = SHARED / "gold"
OTHERS = Replacer(DeidPolicy(), b"other people of the same form...")
WORD = re.compile(r"[^\W\d_]{5,}")
DOSE = re.compile(r"\d+(?= ?(?:mg|mcg|ml|gm|g|units?|iu)\b)", re.IGNORECASE)

Copy = Callable[[dict], str]


def same(note: dict) -> str:
    """The note as it is."""
    return note["text"]


def exchanged(note: dict) -> str:
    """With other people's identifiers in place of those that the gold marks: surrogates, by another key."""
    spans = [Span(mark["start"], mark["end"], Label(mark["label"])) for mark in note["spans"]]
    return OTHERS.replace(note["text"], spans, note["id"])


def line_more(note: dict) -> str:
    """With a line at its end."""
    return note["text"] + "\nReview after two weeks with reports, earlier if fever."


def other_dose(note: dict) -> str:
    """With the first dose doubled."""
    return DOSE.sub(lambda match: str(2 * int(match[0])), note["text"], count=1)


def typos(note: dict) -> str:
    """With two letters exchanged in each of two words outside identifiers."""
    text, drawn = note["text"], random.Random(note["id"])
    free = [
        match.start()
        for match in WORD.finditer(text)
        if all(match.end() <= mark["start"] or match.start() >= mark["end"] for mark in note["spans"])
    ]
    for at in drawn.sample(free, min(2, len(free))):
        text = text[: at + 1] + text[at + 2] + text[at + 1] + text[at + 3 :]
    return text


KINDS: dict[str, Copy] = {
    "the same text": same,
    "identifiers exchanged": exchanged,
    "a line more": line_more,
    "another dose": other_dose,
    "two typos": typos,
}


def main() -> None:
    """Scrub and look for duplicates, for each kind of copy."""
    if not GOLD.exists():
        sys.exit("skipped: ../shared/gold is not there, and this benchmark copies its notes")
    notes = [
        json.loads(line) for name in ("dev_a", "dev_b") for line in (GOLD / f"{name}.jsonl").open(encoding="utf-8")
    ]
    notes = [note for note in notes if int(note["id"].split("-")[1]) % 3]
    heads = ("before", "after, as written", "after, surrogate-aware", "scrubbed")
    print(f"{len(notes)} notes, each with a copy; pairs found (false pairs)")
    print(f"{'':24}" + "".join(f"{head:>24}" for head in heads))
    for kind, copy in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            cells = measured(notes, copy, Path(folder))
        print(f"{kind:24}" + "".join(f"{cell:>24}" for cell in cells), flush=True)


def measured(notes: list[dict], copy: Copy, folder: Path) -> list[str]:
    """Pairs before, after as written, after without surrogates; and how many notes the scrubbing left."""
    given, clean, vault = folder / "notes.jsonl", folder / "clean.jsonl", folder / "vault"
    with given.open("w", encoding="utf-8") as out:
        for note in notes:
            for patient, text in (("first", note["text"]), ("second", copy(note))):
                row = {"id": f"{note['id']} {patient}", "subject": f"{note['id']} {patient}", "text": text}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    run("deid", "key", "create", vault)
    scrubbed = run("deid", "scrub", given, "-o", clean, "--vault", vault, "--json", codes=(0, 3))
    key = open_vault(vault).key
    ids = {f"{note['id']} {patient}": note["id"] for note in notes for patient in ("first", "second")}
    tokens = {token(key, "note", name): base for name, base in ids.items()}
    cells = []
    for number, (path, more, bases) in enumerate(
        ((given, (), ids), (clean, ("--as-written",), tokens), (clean, (), tokens))
    ):
        out = folder / f"out{number}"
        run("curate", "dedup", path, "-o", out, *more)
        cells.append("{} ({})".format(*pairs(out / "groups.parquet", bases)))
    return [*cells, f"{scrubbed['written']} of {scrubbed['notes']}"]


def pairs(groups: Path, bases: dict[str, str]) -> tuple[int, int]:
    """Copies found in a group with their original, and pairs of notes in a group that are not copies."""
    members = defaultdict(list)
    for row in pq.read_table(groups).to_pylist():
        members[row["survivor"]].append(bases[row["doc_id"]])
    found = false = 0
    for survivor, others in members.items():
        group = [bases[survivor], *others]
        true = len(group) - len(set(group))
        found, false = found + true, false + len(group) * (len(group) - 1) // 2 - true
    return found, false


def run(*arguments: object, codes: tuple[int, ...] = (0,)) -> dict:
    """The command's JSON, where it was asked for."""
    done = subprocess.run([str(SHODHAN), *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        sys.exit(done.stderr)
    return json.loads(done.stdout) if "--json" in arguments else {}


if __name__ == "__main__":
    main()
