"""Containment against brute force: real records and articles, planted whole texts, notes copied forward; every pair.

    .venv/bin/python tests/benchmarks/containment.py [--growth 250000 500000 1000000] [--only growth]

The corpus: the records of two PubMed files; the articles of PMC with their abstracts as documents of their own; 1,000
long texts, each made of 5 to 60 records around one abstract of which up to 3 in a hundred words are changed; 100 stays
of ten days, whose note of each day is that of the day before and new lines (varied_notes.py). Truth is the exact share
of the shingles of every document in every longer one. `--growth` times `shodhan curate dedup` with
and without containment on the planted corpus of planted.py.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
from near_duplicates import runs
from planted import records, write
from process_tree import ProcessTree
from shared import SHARED
from varied_notes import varied_notes

from curate.duplicates import containment
from curate.duplicates.dedup import row_groups
from curate.duplicates.dedup_tasks import SketchRows
from curate.duplicates.store import SketchStore
from curate.sources import jats
from curate.words import shingles
from schemas.config import Dedup

SHODHAN = Path(sys.executable).with_name("shodhan")
THRESHOLD, LEAST, CHECKED = 0.9, 20, 300


def main() -> None:
    """Make the corpus, find what is contained, compare; then time it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--growth", type=int, nargs="*", default=[])
    parser.add_argument("--records", type=int, default=100_000, help="the last so many of the real records")
    parser.add_argument("--only", choices=["growth"])
    parser.add_argument(
        "--planted", type=Path, default=Path("/tmp/planted"), help="where the corpora of growth are kept"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.only != "growth":
            against_brute_force(Path(folder), options.records)
        for number in options.growth:
            growth(Path(folder), number, options.planted)


def against_brute_force(folder: Path, limit: int) -> None:
    """Recall and precision, and the same from files in another order and an index made in parts."""
    documents = corpus(limit)
    print(f"{documents.height:,} documents, near duplicates among them")
    start = time.process_time()
    found, counted = contained_in(documents, folder / "all")
    print(f"{time.process_time() - start:.1f} s of processor with sketches and compilation; counted: {dict(counted)}")
    containment.ENTRIES_AT_ONCE, containment.PAIRS_AT_ONCE = 50_000, 1_000
    print("the same in parts:", found == contained_in(documents, folder / "parts")[0])
    texts = dict(documents.iter_rows())
    best = best_shares(texts)
    other = sum(best.get(name) != share for name, (_, share) in found.items())
    print(f"{len(found):,} found; of {other} the share is not that of brute force")
    for kind in ("", "pubmed", "article", "pmc", "within", "stay"):
        for low, high in ((0.9, 0.95), (0.95, 1.0), (1.0, 1.01)):
            true = [name for name, share in best.items() if name.startswith(kind) and low <= share < high]
            hit = sum(name in found for name in true)
            print(f"{kind or 'all'}, share {low} to {min(high, 1.0)}: {hit} of {len(true)} found", flush=True)
    drawn = random.Random(1).sample(sorted(found), min(CHECKED, len(found)))
    wrong = 0
    for name in drawn:
        container, share = found[name]
        mine, theirs = runs(texts[name]), runs(texts[container])
        wrong += share != len(mine & theirs) / len(mine) or share < THRESHOLD or len(mine) > len(theirs)
    print(f"by the shingles themselves, not their hashes: {wrong} of {len(drawn)} drawn ones not so")


def contained_in(documents: pl.DataFrame, folder: Path) -> tuple[dict[str, tuple[str, float]], Counter[str]]:
    """What `containment.contained` says of each document, in this process; none is dropped."""
    folder.mkdir(parents=True)
    documents.write_parquet(folder / "docs.parquet", row_group_size=4_096)
    tasks = [
        SketchRows(group, Dedup(), folder / f"{group.number}.arrow") for group in row_groups([folder / "docs.parquet"])
    ]
    for task in tasks:
        task()
    table, counted = containment.contained(
        SketchStore([task.marker for task in tasks]), np.empty(0, np.int64), lambda them: np.zeros(them.size, bool),
        threshold=THRESHOLD, min_shingles=LEAST,
    )  # fmt: skip
    columns = (table[name].to_pylist() for name in ("doc_id", "container", "containment"))
    return {name: (container, share) for name, container, share in zip(*columns, strict=True)}, counted


def corpus(limit: int) -> pl.DataFrame:
    """Ids and texts; seeded."""
    rows = list(records()[-limit:])
    drawn = random.Random(1)
    for path in sorted((SHARED / "data" / "jats").glob("*.gz")):
        for article in jats.read((path,), None):
            sections = article.text.split("\n\n")
            rows.append((f"article:{path.name}", article.text))
            rows.append((f"pmc-abstract:{path.name}", "\n\n".join(sections[1:3])))
    long = [text for _, text in rows if len(text.split()) > 100]
    for number in range(1_000):
        abstract = drawn.choice(long)
        words = abstract.split()
        for _ in range(int(len(words) * drawn.uniform(0, 0.15) / 5)):
            words[drawn.randrange(len(words))] = f"edit{drawn.randrange(100_000)}"
        around = drawn.choices(long, k=drawn.randint(5, 60))
        rows.append((f"within:{number}", abstract + f" This is text number {number}."))
        rows.append((f"whole:{number}", "\n\n".join([*around[:3], " ".join(words), *around[3:]])))
    notes = [note["text"] for note in varied_notes(1_000)]
    for stay in range(100):
        text = ""
        for day in range(10):
            text = f"{text}\n{notes[stay * 10 + day]}" if day else notes[stay * 10]
            rows.append((f"stay{stay}:{day}", text))
    return pl.DataFrame(rows, schema=["doc_id", "text"], orient="row")


def best_shares(texts: dict[str, str]) -> dict[str, float]:
    """The largest exact share of each document of `LEAST` shingles or more in a longer one, from `THRESHOLD` on.

    Without loss: of any n (1 - THRESHOLD) + 1 shingles of a document one is in every text that has that share of all
    of them, so the rarest ones name all candidates (prefix filter: Chaudhuri, Ganti and Kaushik, ICDE 2006).
    """
    names = list(texts)
    sets = [shingles(text, 5) for text in texts.values()]
    sizes = np.array([found.size for found in sets])
    _, number, times = np.unique(np.concatenate(sets), return_inverse=True, return_counts=True)
    owners = np.repeat(np.arange(len(sets)), sizes)[np.argsort(number, kind="stable")]
    first = np.concatenate([[0], np.cumsum(times)])
    numbers = np.split(number, np.cumsum(sizes)[:-1])
    mine = np.zeros(times.size, dtype=bool)
    best: dict[str, float] = {}
    for document, held in enumerate(numbers):
        if held.size < LEAST:
            continue
        rarest = held[np.argsort(times[held], kind="stable")][: int(held.size * (1 - THRESHOLD) + 1e-9) + 1]
        others = np.unique(np.concatenate([owners[first[each] : first[each + 1]] for each in rarest]))
        others = others[(sizes[others] > held.size)]
        mine[held] = True
        share = max((np.count_nonzero(mine[numbers[other]]) / held.size for other in others), default=0.0)
        mine[held] = False
        if share >= THRESHOLD:
            best[names[document]] = share
    return best


def growth(folder: Path, number: int, planted: Path) -> None:
    """Seconds and memory of the command with and without containment."""
    path = planted / f"{number}.parquet"
    planted.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        write(number, path)
    for how in ("off", "report"):
        out = folder / f"{number}-{how}"
        start = time.monotonic()
        process = subprocess.Popen([SHODHAN, "curate", "dedup", path, "-o", out, "--json", "--contained", how],
                                   stdout=subprocess.DEVNULL)  # fmt: skip
        tree = ProcessTree(process.pid)
        if process.wait():
            sys.exit("shodhan curate dedup failed")
        peak = tree.stop()
        print(
            f"{number:,} documents, containment {how}: {time.monotonic() - start:.1f} s, {tree.processor:.1f} s of "
            f"processor, {peak / 1e9:.2f} GB"
        )


if __name__ == "__main__":
    main()
