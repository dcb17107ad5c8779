import random

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import canonical_bytes, parse_canonical
from curate.contamination.finder import Finder
from curate.contamination.items import Item
from curate.contamination.planting import WAYS, can, planted, reworded
from curate.contamination.rarity import counted, weigh
from curate.contamination.verdict import decoys_of, upper_end, verdict
from schemas.config import Decontaminate

SETTINGS = Decontaminate(planted=40)


def test_the_verdict_says_what_was_looked_for_and_how_well(items: list[Item], prose: list[str]) -> None:
    finder = Finder.of(weigh(items, counted(prose), SETTINGS), SETTINGS)
    told = verdict(items, finder, prose, {"malformed_json": 2})
    assert told == verdict(items, finder, prose, {"malformed_json": 2}), "the same each time"
    assert told.benchmarks["exam"].items == len(items)
    assert told.benchmarks == verdict(items[::-1], finder, prose, {}).benchmarks
    assert told.benchmarks != verdict(items[1:], finder, prose, {}).benchmarks
    assert told.unread == {"malformed_json": 2}
    assert told.recall["verbatim"].found == told.recall["verbatim"].planted == 40
    assert set(told.recall) == set(WAYS)
    assert told.false_positives.documents == len(prose)
    assert told.false_positives.hit == 0
    assert type(told).model_validate(parse_canonical(canonical_bytes(told))) == told, "it can be signed"


def test_a_decoy_is_no_item(items: list[Item], prose: list[str]) -> None:
    weighed = weigh(items, counted(prose), SETTINGS)
    stems = {item.stem.words for item in weighed}
    decoys = decoys_of(weighed)
    assert decoys
    assert all(decoy.stem.words not in stems for decoy in decoys)
    assert not list(Finder.of(decoys, SETTINGS).hits(pa.array(prose)))


@given(st.integers(0, 30), st.integers(0, 5_000))
def test_the_upper_end_is_above_the_rate_and_falls_with_more_documents(hit: int, more: int) -> None:
    assert hit / (hit + more + 1) < upper_end(hit, hit + more + 1) <= 1
    assert upper_end(hit, hit + 2 * more + 5) <= upper_end(hit, hit + more + 1)


def test_none_of_so_many_is_the_rule_of_three_and_a_bit() -> None:
    assert upper_end(0, 1_000) == 0.00368
    assert upper_end(3, 100_000) == 8.77e-05
    assert upper_end(0, 0) == 1.0


@given(st.randoms(use_true_random=False), st.sampled_from(WAYS), st.integers(0, 59))
def test_planting_adds_to_the_text_and_takes_nothing(
    items: list[Item], prose: list[str], drawn: random.Random, way: str, number: int
) -> None:
    if not can(items[number], way):  # type: ignore[arg-type]
        return
    text = planted(items[number], way, prose[0], drawn)  # type: ignore[arg-type]
    assert set(prose[0].split()) <= set(text.split())
    assert len(text) > len(prose[0])


@given(st.randoms(use_true_random=False))
def test_a_stem_worded_anew_is_another(drawn: random.Random) -> None:
    assert reworded("what is the vector of kala azar", ["other"], drawn) != "what is the vector of kala azar"
