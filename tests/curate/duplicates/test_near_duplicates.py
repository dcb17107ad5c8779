import itertools
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.duplicates import near_duplicates, store
from curate.duplicates.banding import banding
from curate.duplicates.sketch import sketch
from curate.durable import write_arrow
from curate.words import jaccard, shingles
from schemas.config import Dedup
from schemas.failure import Failure

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


def grouped(
    texts: list[str], folder: Path, cuts: int = 1, threshold: float = THRESHOLD, classes: list[str] | None = None
) -> pa.Table:
    folder.mkdir(parents=True)
    size = -(-len(texts) // cuts)
    settings = Dedup(threshold=threshold)
    paths = []
    for first in range(0, len(texts), size):
        chunk = texts[first : first + size]
        rows = range(first, first + len(chunk))
        batch = sketch(
            pa.array(rows, pa.int64()),
            pa.array([f"d{row:04d}" for row in rows]),
            pa.array(chunk),
            pa.array([""] * len(chunk) if classes is None else classes[first : first + size]),
            # Ranks as of equal texts, so that the order of doc_id decides.
            pa.array([0] * len(chunk)),
            settings,
        )
        batch = batch.set_column(2, batch.schema.field("rank"), pa.array([0] * len(chunk), pa.int64()))
        paths.append(folder / f"{first}.arrow")
        write_arrow(paths[-1], [batch], batch.schema)
    return near_duplicates.group(paths, threshold=threshold, bands=banding(threshold, 128).bands)[0]


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


def test_documents_of_different_classes_are_never_duplicates(tmp_path: Path) -> None:
    text = " ".join(f"w{i}" for i in range(30))
    table = grouped([text] * 4, tmp_path / "a", classes=["train", "evaluation", "train", "evaluation"])
    assert table.select(["doc_id", "survivor"]).to_pylist() == [
        {"doc_id": "d0002", "survivor": "d0000"},
        {"doc_id": "d0003", "survivor": "d0001"},
    ]


class Band:
    """As much of a store as a band needs: its buckets, by place, and the document at each place."""

    def __init__(self, buckets: list[int], numbers: list[int]) -> None:
        self.buckets, self.numbers = np.array(buckets, np.uint64), np.array(numbers, np.int32)

    def __len__(self) -> int:
        return int(np.count_nonzero(self.numbers >= 0))

    def band(self, band: int) -> np.ndarray:
        return self.buckets


@given(st.lists(st.integers(0, 30) | st.integers(0, 2**64 - 1), max_size=200), st.randoms(use_true_random=False))
def test_full_buckets_are_those_of_two_or_more(buckets: list[int], drawn: random.Random) -> None:
    numbers = [-1 if drawn.random() < 0.1 else 0 for _ in buckets]
    places = [place for place, number in enumerate(numbers) if number == 0]
    for number, place in enumerate(drawn.sample(places, len(places))):
        numbers[place] = number
    members, starts = near_duplicates._full_buckets(Band(buckets, numbers), 0)
    wanted: dict[int, list[int]] = {}
    for bucket, number in sorted(zip(buckets, numbers, strict=True)):
        if number >= 0:
            wanted.setdefault(bucket, []).append(number)
    found = [members[first:last].tolist() for first, last in itertools.pairwise(starts)]
    assert found == [each for each in wanted.values() if len(each) > 1]


def test_more_documents_than_have_numbers_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_DOCUMENTS", 3)
    with pytest.raises(Failure, match="4 documents are more than 3"):
        grouped(["a b c"] * 4, tmp_path / "a")
