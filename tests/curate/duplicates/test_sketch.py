"""The compiled kernel against the definitions: curate/words.py, character by character, and datasketch itself."""

import random
import sys
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.duplicates.sketch import signatures
from curate.words import shingles


def checked(texts: list[str], size: int, permutations: int = 128) -> None:
    minima, sets = signatures(pa.array(texts, pa.large_string()), size, permutations)
    for text, signature, found in zip(texts, minima, sets, strict=True):
        expected = shingles(text, size)
        assert found.values.to_numpy().tolist() == expected.tolist()
        reference = MinHash(num_perm=permutations, scheme="affine32", hashfunc=int)
        reference.update_batch((expected & np.uint64(0xFFFFFFFF)).tolist())
        assert signature.dtype == reference.hashvalues.dtype
        assert (signature == reference.hashvalues).all()


def in_words(script: list[str], seed: int) -> str:
    drawn = random.Random(seed)
    chosen = ["".join(drawn.choices(script, k=drawn.randint(1, 12))) for _ in range(drawn.randint(1, 80))]
    return "".join(word + drawn.choice([" ", ", ", "\n", "—", "।"]) for word in chosen)


def scripts() -> dict[str, list[str]]:
    """Every letter, mark and digit of Unicode by the first word of its name: LATIN, DEVANAGARI, CJK and 200 more."""
    found: dict[str, list[str]] = {}
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if unicodedata.category(char)[0] in "LMN":
            found.setdefault(unicodedata.name(char, "UNNAMED").split()[0], []).append(char)
    return found


def test_random_text_of_all_scripts_gives_what_datasketch_gives() -> None:
    texts = [in_words(chars, seed) for seed, chars in enumerate(scripts().values())]
    assert len(texts) > 200
    checked(texts, 5)


def test_every_character_is_folded_and_classed_as_python_does() -> None:
    codes = [code for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    texts = ["".join(chr(code) + " x"[code % 2] for code in codes[at : at + 64]) for at in range(0, len(codes), 64)]
    _, sets = signatures(pa.array(texts, pa.large_string()), 2, 16)
    for text, found in zip(texts, sets, strict=True):
        assert found.values.to_numpy().tolist() == shingles(text, 2).tolist()


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.text(max_size=200), max_size=6), st.integers(1, 7))
def test_any_text_gives_what_the_definition_gives(texts: list[str], size: int) -> None:
    checked(texts, size, 16)


@pytest.mark.parametrize("text", ["", " ", "ß" * 40, "ŉ ΐ ﬃ", "x" * 5000, "a " * 3000, "İ\u0345 \u0345", "a\0b"])
def test_edges(text: str) -> None:
    checked([text, "and one that follows", text], 5)


def test_a_slice_of_a_column_is_read_where_it_stands() -> None:
    texts = pa.array(["one two three", "two three four", "three four five"], pa.large_string())
    whole, sets = signatures(texts, 2, 32)
    part, part_sets = signatures(texts[1:], 2, 32)
    assert (part == whole[1:]).all()
    assert part_sets.to_pylist() == sets[1:].to_pylist()


def test_bytes_that_are_no_utf8_belong_to_no_word() -> None:
    data = b"ab\xffcd \xe0\xa4 ef\xf0\x9f"
    broken = pa.LargeStringArray.from_buffers(1, pa.py_buffer(np.array([0, len(data)], np.int64)), pa.py_buffer(data))
    assert signatures(broken, 1, 16)[1][0].as_py() == shingles("ab cd ef", 1).tolist()
