"""How well known names are found, and how often the table of one patient meets the notes of another.

    .venv/bin/python tests/benchmarks/known_names.py NOTES.jsonl FOLDER_OF_TEXTS ...

The names are those of the synthetic hospital, each in Latin letters and in its region's script; the notes are yours.
"""

import datetime
import json
import random
import string
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from curate.synthetic.people import patient
from curate.synthetic.table import rows
from deid.known import Known, find
from deid.note import Note
from schemas.labels import Label

DAY = datetime.date(2024, 1, 1)


def found(known: str, written: str) -> bool:
    """Whether a name is hidden in whole where it is written so."""
    note = Note(f"seen {written} today")
    find(note, Known(((Label.PERSON, known),)))
    return any(hit.start <= 5 and hit.end >= 5 + len(written) for hit in note.hits)


def slip(draw: random.Random, name: str) -> str:
    """One letter wrong, lost, too many, or two swapped; never the first."""
    at, letter = draw.randrange(1, len(name) - 1), draw.choice(string.ascii_lowercase)
    return draw.choice(
        (
            name[:at] + letter + name[at + 1 :],
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        )
    )


def texts(paths: list[Path]) -> Iterator[str]:
    """Texts of JSON lines (the check set left out: ids whose number three divides) and of the files of folders."""
    for path in paths:
        for file in sorted(path.rglob("*.*")) if path.is_dir() else [path]:
            if file.suffix == ".jsonl":
                noted = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
                yield from (row["text"] for row in noted if int("0" + "".join(filter(str.isdigit, row["id"]))) % 3)
            else:
                yield file.read_text(encoding="utf-8", errors="replace")[:5_000]


def identifiers(draw: random.Random, number: int) -> tuple[tuple[Label, str], ...]:
    """What the registration desk of the synthetic hospital knows of one more patient."""
    region = draw.choice(("north", "west", "south", "east"))
    who = patient(draw, 24_000_000 + number, region, draw.choice("MF"), draw.choice(("adult", "old", "young")), DAY)
    return (
        (Label.PERSON, who.person.name),
        (Label.DATE, who.birth_date.isoformat()),
        (Label.PHONE_NUMBER, who.phone),
        (Label.IN_AADHAAR, who.aadhaar),
        (Label.IN_ABHA_NUMBER, who.abha_number),
        (Label.LOCATION, who.address),
        (Label.PIN_CODE, who.pin),
        (Label.MEDICAL_RECORD_NUMBER, str(who.subject_id)),
        (Label.EMAIL_ADDRESS, who.email),
        (Label.IN_UPI_ID, who.upi),
    )


def main() -> None:
    """Print one line for each question."""
    draw = random.Random(1)
    names = [(row["name"], row["native"]) for row in rows("names")]
    slips = [(name, slip(draw, name)) for name, _ in names if len(name) >= 5 for _ in range(5)]
    asked = {
        "Latin letters known, native written": names,
        "native known, Latin letters written": [(native, name) for name, native in names],
        "one slip": slips,
        "one slip, in lower case": [(name, seen.lower()) for name, seen in slips],
    }
    for question, pairs in asked.items():
        hits = sum(found(known, written) for known, written in pairs)
        print(f"{question:40} {hits / len(pairs):7.1%} of {len(pairs)}")
    wrong = pairs = characters = 0
    seconds = 0.0
    for text in texts([Path(name) for name in sys.argv[1:]]):
        for _ in range(2):
            known, note = Known(identifiers(draw, pairs)), Note(text)
            start = time.perf_counter()
            find(note, known)
            seconds += time.perf_counter() - start
            wrong, pairs, characters = wrong + len(note.hits), pairs + 1, characters + len(text)
    if pairs:
        print(
            f"notes of others: {wrong} spans in {pairs} pairs of note and patient, {characters:,} characters searched"
        )
        print(f"{seconds / characters * 1e6:.2f} ms for 1,000 characters, cutting into tokens included")


if __name__ == "__main__":
    main()
