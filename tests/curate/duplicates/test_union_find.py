from hypothesis import given
from hypothesis import strategies as st

from curate.duplicates.union_find import UnionFind


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))), st.randoms())
def test_groups_do_not_depend_on_the_order_of_pairs(pairs: list[tuple[int, int]], random: object) -> None:
    def groups(ordered: list[tuple[int, int]]) -> list[list[int]]:
        joined = UnionFind()
        for a, b in ordered:
            joined.union(a, b)
        return list(joined.groups())

    shuffled = [(b, a) for a, b in pairs]
    random.shuffle(shuffled)
    assert groups(pairs) == groups(shuffled)
    for group in groups(pairs):
        assert len(group) > 1
        assert group == sorted(set(group))
