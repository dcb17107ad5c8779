"""Near duplicates against brute force: real PubMed records and planted edits, every pair that shares a shingle.

    .venv/bin/python tests/benchmarks/near_duplicates.py

Prints the share of pairs, by exact Jaccard, that `shodhan curate dedup` puts in one group, and documents a second.
"""

import random
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
from planted import edited, records

from curate.duplicates.dedup import dedup
from curate.engine.progress import Progress
from curate.words import shingles, words
from schemas.config import Dedup, Engine

PLANTED = 2_000
COMMON = 300
"""A shingle in more records than this is boilerplate; a pair is still counted by its rarer shingles."""


def main() -> None:
    """Make the corpus, find groups, compare."""
    documents = corpus()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "docs.parquet"
        documents.write_parquet(path, row_group_size=4_096)
        for workers in (1, 2):
            start = time.monotonic()
            dedup([path], Path(folder) / str(workers), Dedup(), engine=Engine(workers=workers), progress=Progress())
            print(f"{workers} worker(s): {documents.height / (time.monotonic() - start):,.0f} documents/s")
        one, two = ((Path(folder) / str(workers) / "groups.parquet").read_bytes() for workers in (1, 2))
        print("same bytes at 1 and 2 workers:", one == two)
        groups = pl.read_parquet(Path(folder) / "2" / "groups.parquet")
        dropped = pl.read_parquet(Path(folder) / "2" / "dropped").filter(pl.col("reason") == "near_duplicate")
    survivor = dict(groups.select("doc_id", "survivor").iter_rows())
    names = documents["doc_id"].to_list()
    pairs = jaccard_of_all(documents["text"].to_list())
    for low, high in ((0.8, 0.85), (0.85, 0.9), (0.9, 1.01)):
        near = [pair for pair, similarity in pairs.items() if low <= similarity < high]
        found = sum(survivor.get(names[a], names[a]) == survivor.get(names[b], names[b]) for a, b in near)
        print(f"Jaccard {low} to {high}: {found} of {len(near)} pairs in one group ({found / max(1, len(near)):.4f})")
    texts = dict(documents.iter_rows())
    wrong = 0
    for name, survivor_of_it, similarity in dropped.select("doc_id", "survivor", "similarity").iter_rows():
        one, other = runs(texts[name]), runs(texts[survivor_of_it])
        wrong += similarity != len(one & other) / len(one | other) or similarity < 0.8
    print(f"{dropped.height} dropped; {wrong} of them not near a document that stays, or with another similarity to it")
    below = groups.filter(pl.col("similarity") < 0.8).height
    print(f"{groups.height} rows, {below} of them joined to their survivor through a third document")


def corpus() -> pl.DataFrame:
    """The records of two files, and copies with one to six words changed; seeded."""
    rows = list(records())
    drawn = random.Random(1)
    long = [text for _, text in rows if len(text.split()) > 100]
    rows += [(f"planted:{number}", edited(drawn.choice(long), drawn)) for number in range(PLANTED)]
    return pl.DataFrame(rows, schema=["doc_id", "text"], orient="row")


def runs(text: str) -> set[tuple[str, ...]]:
    """The shingles themselves, not hashed."""
    found = words(text)
    return {tuple(found[i : i + 5]) for i in range(max(1, len(found) - 4))}


def jaccard_of_all(texts: list[str]) -> dict[tuple[int, int], float]:
    """Exact Jaccard of every pair that shares a shingle and reaches 0.8."""
    sets = [shingles(text, 5) for text in texts]
    sizes = np.array([found.size for found in sets])
    held = pl.DataFrame({"row": np.repeat(np.arange(len(sets)), sizes), "shingle": np.concatenate(sets)})
    shared = held.group_by("shingle").agg("row").filter(pl.col("row").list.len().is_between(2, COMMON))
    counted: Counter[tuple[int, int]] = Counter()
    for rows in shared["row"].to_list():
        rows.sort()
        counted.update((a, b) for i, a in enumerate(rows) for b in rows[i + 1 :])
    exact = {(a, b): n / (sizes[a] + sizes[b] - n) for (a, b), n in counted.items()}
    return {pair: similarity for pair, similarity in exact.items() if similarity >= 0.8}


if __name__ == "__main__":
    main()
