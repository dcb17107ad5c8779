import itertools
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasketch import MinHash

from curate.duplicates import near_duplicates
from curate.duplicates.near_duplicates import banding
from curate.words import jaccard, shingles

THRESHOLD = 0.8


def corpus(seed: int, originals: int = 60) -> list[str]:
    """Texts of 40 to 120 words, and copies of half of them with one to five words changed."""
    drawn = random.Random(seed)
    vocabulary = [f"word{i}" for i in range(3000)]
    texts = [" ".join(drawn.choices(vocabulary, k=drawn.randint(40, 120))) for _ in range(originals)]
    for text in list(texts[: originals // 2]):
        words = text.split()
        for _ in range(drawn.randint(1, 5)):
            words[drawn.randrange(len(words))] = drawn.choice(vocabulary)
        texts.append(" ".join(words))
    drawn.shuffle(texts)
    return texts


def grouped(texts: list[str], folder: Path, cuts: int = 1, threshold: float = THRESHOLD) -> pa.Table:
    folder.mkdir(parents=True)
    size = -(-len(texts) // cuts)
    paths = []
    for first in range(0, len(texts), size):
        chunk = texts[first : first + size]
        rows = range(first, first + len(chunk))
        table = near_duplicates.sketch(
            rows, [f"d{row:04d}" for row in rows], chunk, [""] * len(chunk), [""] * len(chunk),
            threshold=threshold, shingle_words=5, permutations=128,
        )  # fmt: skip
        paths.append(folder / f"{first}.parquet")
        pq.write_table(table, paths[-1])
    return near_duplicates.group(paths, threshold=threshold, scratch=folder)[0]


@pytest.mark.parametrize("seed", range(5))
def test_finds_every_pair_that_brute_force_finds(seed: int, tmp_path: Path) -> None:
    texts = corpus(seed)
    sets = [shingles(text, 5) for text in texts]
    near = {(a, b) for a, b in itertools.combinations(range(len(texts)), 2) if jaccard(sets[a], sets[b]) >= 0.85}
    assert near, "the corpus holds near duplicates"
    table = grouped(texts, tmp_path / "one")
    survivor = dict(zip(table["doc_id"].to_pylist(), table["survivor"].to_pylist(), strict=True))

    def root(row: int) -> str:
        return survivor.get(f"d{row:04d}", f"d{row:04d}")

    assert all(root(a) == root(b) for a, b in near)
    for row in table.to_pylist():
        exact = jaccard(sets[int(row["doc_id"][1:])], sets[int(row["survivor"][1:])])
        assert row["similarity"] == exact
        assert row["survivor"] not in survivor, "a survivor stays"


def test_the_cut_into_parts_changes_nothing(tmp_path: Path) -> None:
    texts = corpus(9)
    assert grouped(texts, tmp_path / "one", 1) == grouped(texts, tmp_path / "many", 7)


def test_a_chain_is_one_group_but_only_near_duplicates_of_what_stays_go(tmp_path: Path) -> None:
    texts = [" ".join(f"w{i + j}" for j in range(100)) for i in range(0, 60, 6)]  # neighbours share 90 of 110 shingles
    sets = {f"d{i:04d}": shingles(text, 5) for i, text in enumerate(texts)}
    table = grouped(texts, tmp_path / "a")
    assert set(table["survivor"].to_pylist()) == {"d0000"}
    assert table.num_rows == len(texts) - 1
    going = {row["doc_id"]: row["kept_twin"] for row in table.to_pylist() if row["kept_twin"]}
    staying = sorted(sets.keys() - going.keys())
    assert all(jaccard(sets[doc], sets[twin]) >= THRESHOLD and twin in staying for doc, twin in going.items())
    assert all(jaccard(sets[a], sets[b]) < THRESHOLD for a, b in itertools.combinations(staying, 2))
    assert len(staying) > 1


def test_unrelated_empty_and_short_texts_are_no_duplicates(tmp_path: Path) -> None:
    assert grouped(["", "", "...", "a b c", "a b d", "x y z"], tmp_path / "a").num_rows == 0
    assert grouped(["A b, c", "a B C!"], tmp_path / "b")["doc_id"].to_pylist() == ["d0001"]


def test_boilerplate_is_compared_with_leaders(tmp_path: Path) -> None:
    text = " ".join(f"w{i}" for i in range(30))
    table = grouped([text] * (near_duplicates.ALL_PAIRS + 40), tmp_path / "a")
    assert table.num_rows == near_duplicates.ALL_PAIRS + 39
    assert set(table["survivor"].to_pylist()) == {"d0000"}


def test_the_stated_recall_is_what_the_formula_gives() -> None:
    cut = banding(0.8, 128)
    assert (cut.bands, cut.rows) == (18, 7)
    assert round(cut.recall(0.8), 3) == 0.986
    assert round(cut.recall(0.85), 3) == 0.999


def test_signatures_are_datasketchs_own() -> None:
    hashes = shingles("one two three four five six seven eight", 5)
    reference = MinHash(num_perm=128, scheme="affine32", hashfunc=lambda value: value)
    for value in hashes.tolist():
        reference.update(value & 0xFFFFFFFF)
    assert (near_duplicates._signatures([hashes], 128)[0] == reference.hashvalues).all()
