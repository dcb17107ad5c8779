import random

from hypothesis import given, settings
from hypothesis import strategies as st

from curate.contamination.bound import bound_of
from curate.contamination.folding import folded_words
from curate.contamination.items import Item
from curate.contamination.options import HALF
from curate.contamination.passage import place
from curate.contamination.planting import WAYS, Way, can, planted
from curate.contamination.rarity import counted, weigh
from schemas.config import Decontaminate


@given(st.randoms(use_true_random=False), st.integers(0, 59), st.sampled_from(WAYS))
@settings(max_examples=60, deadline=None)
def test_no_part_weighs_more_in_order_or_in_any_order_than_the_bound_says(
    items: list[Item], prose: list[str], drawn: random.Random, number: int, way: Way
) -> None:
    if not can(items[number], way):
        return
    item = weigh(items, counted(prose), Decontaminate())[number]
    words = folded_words(planted(items[number], way, prose[0], drawn))
    words = words[: drawn.randint(0, len(words))]
    stem, options, half = bound_of(item).most(words)
    laid = [place(part, words) for part in (item.stem, *item.options)]
    assert max(laid[0].in_order, laid[0].in_any_order) <= stem
    assert sum(option.in_order for option in laid[1:]) <= options
    assert sum(option.complete >= HALF for option in laid[1:]) <= half


def test_what_stands_there_is_counted(items: list[Item]) -> None:
    item = weigh(items, counted([]), Decontaminate())[0]
    text = " ".join((items[0].stem, *items[0].options))
    assert bound_of(item).most(folded_words(text)) == (
        item.stem.total, sum(option.total for option in item.options), len(item.options)
    )  # fmt: skip
    assert bound_of(item).most([]) == (0.0, 0.0, 0)
