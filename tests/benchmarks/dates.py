"""Share of marked dates that are moved in their form, not replaced by [DATE], and how long one takes.

    .venv/bin/python tests/benchmarks/dates.py

Over the notes of the package and, where ../shared is there, the working set of its gold notes; a check set is not read.
A date counts as moved where 31 weeks back give another text. Whether it is the right one is for tests/deid/dates.
"""

import json
import time
from collections.abc import Iterator

from shared import SHARED

from deid.dates import shift
from deid.tagger.notebook import notebook
from schemas.labels import Label

BACK = -31 * 7
GOLD = SHARED / "gold"


def main() -> None:
    """One line for each source."""
    shift("1 May 2024", BACK)  # the tables are read once
    sources = {"notes of the package": list(_notebook()), "gold notes, working set": list(_gold())}
    for title, dates in sources.items():
        if not dates:
            print(f"{title}: skipped, ../shared/gold is not there")
            continue
        start = time.perf_counter()
        moved = sum(shift(date, BACK) not in (None, date) for date in dates)
        took = (time.perf_counter() - start) / len(dates)
        print(f"{title}: {moved} of {len(dates)} ({moved / len(dates):.1%}), {took * 1e6:.0f} us each")


def _notebook() -> Iterator[str]:
    for note in notebook():
        yield from (piece.text for piece in note.pieces if piece.label is Label.DATE)


def _gold() -> Iterator[str]:
    for name in ("dev_a", "dev_b") if GOLD.exists() else ():
        for line in (GOLD / f"{name}.jsonl").open(encoding="utf-8"):
            note = json.loads(line)
            if int(note["id"].split("-")[1]) % 3:
                yield from (note["text"][s["start"] : s["end"]] for s in note["spans"] if s["label"] == "DATE")


if __name__ == "__main__":
    main()
