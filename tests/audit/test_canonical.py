import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.canonical import canonical_bytes, parse_canonical, sha256_of

INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé", max_size=3), inner, max_size=4),
    max_leaves=12,
)


def test_known_bytes():
    # RFC 8785, section 3.2.3: keys are ordered by UTF-16 code units, not by code points
    value = {"\u20ac": 1, "\r": 2, "1": 3, "\U0001f600": 4, "\u00f6": 5, "\ufb33": 6}
    assert list(json.loads(canonical_bytes({"é": 1, "a": 2}))) == ["a", "é"]
    names = list(json.loads(canonical_bytes({k: v for k, v in value.items() if k != "\ufb33"})))
    assert names == ["\r", "1", "ö", "€", "😀"]
    assert canonical_bytes({"b": [1, None, True], "a": "x\n"}) == b'{"a":"x\\n","b":[1,null,true]}'


def test_strings_are_composed():
    assert canonical_bytes({"e\u0301": "e\u0301"}) == canonical_bytes({"é": "é"})
    with pytest.raises(ValueError, match="two keys"):
        canonical_bytes({"e\u0301": 1, "é": 2})


@pytest.mark.parametrize("value", [2**53, float("nan"), float("inf"), "\ud800", b"x", {1: 2}])
def test_what_json_cannot_say_exactly_is_refused(value):
    with pytest.raises((ValueError, TypeError)):
        canonical_bytes({"a": value})


@pytest.mark.parametrize(
    "data",
    [b'{"a":1.0}', b'{"a":1e2}', b'{"a":NaN}', b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"[]", b'{"a":-0}',
     b'{"a":1}\n', b'{"a":"\\u0041"}', '{"a":"e\u0301"}'.encode(), b'{"a":' + b"[" * 100_000, b"\xff", b""],
)  # fmt: skip
def test_any_other_spelling_is_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011 - many kinds of malformed input, one kind of error
        parse_canonical(data)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text("abcé", max_size=3), VALUES, max_size=5))
def test_bytes_and_value_determine_each_other(value):
    data = canonical_bytes(value)
    assert canonical_bytes(parse_canonical(data)) == data
    assert sha256_of(value) == sha256_of(dict(reversed(value.items())))
