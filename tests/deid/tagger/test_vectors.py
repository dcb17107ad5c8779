"""Vectors kept by key: what was made, whatever was asked before, and nothing that a caller did to its copy."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from deid.tagger import vectors
from deid.tagger.vectors import Vectors


@given(st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=8), max_size=8))
def test_rows_are_what_was_made_however_often_the_table_was_full(asked: list[list[int]]) -> None:
    rows, vectors._ROWS = vectors._ROWS, 8
    try:
        kept = Vectors[int](2, lambda key: np.array([key, -key], np.float32))
        for keys in asked:
            found = kept(keys)
            assert found.tolist() == [[key, -key] for key in keys]
            found += 1
    finally:
        vectors._ROWS = rows


def test_no_rows_are_an_empty_array() -> None:
    assert Vectors[int](3, lambda key: np.zeros(3, np.float32))([]).shape == (0, 3)


def test_what_was_forgotten_is_made_again() -> None:
    made: list[int] = []
    kept = Vectors[int](1, lambda key: np.full(1, made.append(key) or key, np.float32))
    assert kept([4, 4]).tolist() == kept([4]).tolist() * 2
    kept.forget()
    assert kept([4]).tolist() == [[4]]
    assert made == [4, 4]
