import random
from collections import Counter
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.contamination.finder import Finder
from curate.contamination.items import Item, items_of, plain, table_of
from curate.contamination.planting import WAYS, Way, can, edited, planted
from curate.contamination.rarity import counted, weigh
from curate.contamination.verify import Hit
from schemas.config import Decontaminate

SETTINGS = Decontaminate()


@pytest.fixture(scope="session")
def finder(items: list[Item], prose: list[str]) -> Finder:
    return Finder.of(weigh(items, counted(prose), SETTINGS), SETTINGS)


def found(finder: Finder, *texts: str) -> dict[int, list[Hit]]:
    return dict(finder.hits(pa.array(texts, pa.string())))


def written(item: Item) -> str:
    lines = [f"{letter}. {option}" for letter, option in zip("ABCD", item.options, strict=False)]
    return "\n".join(part for part in (item.stem, item.context, *lines) if part)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_copy_is_found_wherever_it_stands_and_its_places_say_what_it_is(
    finder: Finder, items: list[Item], prose: list[str], data: st.DataObject
) -> None:
    item = data.draw(st.sampled_from(items))
    before, after = (data.draw(st.sampled_from(["", *prose[:5], "ज्वर है। Øre, ﬁn \U0001d44e "])) for _ in range(2))
    text = f"{before}\n{written(item)}\n{after}"
    hits = {hit.item: hit for hit in found(finder, text)[0]}
    hit = hits[item.item]
    assert (hit.tier, hit.score) == ("verbatim", 1.0)
    pieces = [text[start:end] for start, end in hit.spans]
    for part in (item.stem, item.context, *item.options):
        assert not part or any(plain(part).rstrip("?.") == plain(piece) for piece in pieces)
    assert list(hit.spans) == sorted(hit.spans)


@pytest.mark.parametrize("way", WAYS)
def test_planted_items_are_found_and_told_apart(finder: Finder, items: list[Item], prose: list[str], way: Way) -> None:
    drawn = random.Random(f"test:{way}")
    able = [item for item in items if can(item, way)]
    texts = [planted(item, way, drawn.choice(prose), drawn) for item in able]
    hits = found(finder, *texts)
    tiers = Counter(
        next((hit.tier for hit in hits.get(number, []) if hit.item == item.item), "missed")
        for number, item in enumerate(able)
    )
    assert tiers["missed"] <= {"verbatim": 0, "edited": 1, "shuffled": 0, "reworded": 3}[way]
    main = {"verbatim": "verbatim", "edited": "edited", "shuffled": "paraphrased", "reworded": "paraphrased"}[way]
    assert tiers[main] >= 0.8 * len(able)


def test_text_without_items_is_left_alone(finder: Finder, prose: list[str]) -> None:
    assert (
        found(finder, *prose, "", "   ", "Which of the following statements is not true about it? A. No B. Yes") == {}
    )


def test_a_stem_and_its_options_must_stand_together(finder: Finder, items: list[Item], prose: list[str]) -> None:
    short = min((item for item in items if not item.context), key=lambda item: len(item.stem))
    half = short.stem.split()[: len(short.stem.split()) // 3]
    assert found(finder, " ".join(half), "; ".join(short.options), " ".join(half) + prose[0]) == {}


@given(st.randoms(use_true_random=False), st.integers(0, 59))
@settings(max_examples=40, deadline=None)
def test_whatever_an_edit_does_the_places_lie_on_the_text(
    finder: Finder, items: list[Item], drawn: random.Random, number: int
) -> None:
    text = edited(written(items[number]), drawn)
    for hits in found(finder, text).values():
        for hit in hits:
            assert all(0 <= start < end <= len(text) for start, end in hit.spans)
            assert 0 < hit.score <= 1


@given(st.randoms(use_true_random=False), st.integers(0, 59), st.sampled_from(WAYS))
@settings(max_examples=40, deadline=None)
def test_the_bound_loses_no_hit(
    finder: Finder, items: list[Item], prose: list[str], drawn: random.Random, number: int, way: Way
) -> None:
    if can(items[number], way):
        text = planted(items[number], way, edited(prose[0], drawn), drawn)
        words = text.split(" ")
        text = " ".join(words[drawn.randrange(len(words)) :])
        with patch("curate.contamination.verify._possible", return_value=True):
            every = found(finder, text)
        assert found(finder, text) == every


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_items_is_irrelevant(items: list[Item], prose: list[str], drawn: random.Random) -> None:
    shuffled = list(items)
    drawn.shuffle(shuffled)
    one, other = (table_of(each) for each in (items, shuffled))
    assert one == other
    texts = [planted(item, "edited", prose[0], random.Random(item.item)) for item in items[:20]]
    first, second = (
        found(Finder.of(weigh(items_of(table), counted(prose), SETTINGS), SETTINGS), *texts) for table in (one, other)
    )
    assert first == second
