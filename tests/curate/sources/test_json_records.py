import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.sources.json_records import json_lines, numbered_members, parse
from curate.sources.streams import ByteStream

VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.integers(0, 10**9).map(str), st.dictionaries(st.text(max_size=5), VALUE, max_size=4), min_size=1, max_size=6
    ),
    st.sampled_from([None, 4]),
)
@settings(deadline=None)
def test_members_are_those_of_the_object(tmp_path_factory, members, indent):
    path = tmp_path_factory.mktemp("json") / "m.json"
    # A key of digits inside a member would look like a member: the real files have none.
    if any(_has_number_key(member) for member in members.values()):
        return
    path.write_text(json.dumps(members, indent=indent), encoding="utf-8", errors="surrogatepass")
    assert list(numbered_members(ByteStream(path))) == list(members.items())


def _has_number_key(value):
    if isinstance(value, dict):
        return any(key.isascii() and key.isdecimal() for key in value) or any(map(_has_number_key, value.values()))
    return isinstance(value, list) and any(map(_has_number_key, value))


def test_a_broken_member_costs_itself_only(tmp_path):
    path = tmp_path / "m.json"
    path.write_bytes(b'{"1": {"a": 1}, "2": {"a": ], "3": {"a": "x}, "4": {"a": "\xff"}, "5": {"a": 5}}')
    assert list(numbered_members(ByteStream(path))) == [
        ("1", {"a": 1}),
        "malformed_json",
        "malformed_json",
        "bad_encoding",
        ("5", {"a": 5}),
    ]


def test_a_cut_object_gives_its_whole_members(tmp_path):
    members = {str(number): {"text": "x" * number, "list": [number]} for number in range(100, 160)}
    packed = gzip.compress(json.dumps(members).encode(), mtime=0)
    path = tmp_path / "m.json.gz"
    for cut in range(12, len(packed) - 9):
        path.write_bytes(packed[:cut])
        stream = ByteStream(path)
        found = list(numbered_members(stream))
        assert found == list(members.items())[: len(found)]
        assert stream.damage == "truncated_gzip"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'"text"', "malformed_json"),
        (b"{", "malformed_json"),
        (b"[" * 200_000, "malformed_json"),
        (b'{"a": "\xe9"}', "bad_encoding"),
        (b'{"a": "\\ud83d"}', "bad_encoding"),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}),
    ],
)
def test_parse(raw, value):
    assert parse(raw) == value


def test_lines_that_hold_no_object_are_named(tmp_path):
    path = tmp_path / "l.jsonl"
    path.write_bytes(b'{"a": 1}\n\n[1]\n{"a": \n{"a": 2}')
    assert list(json_lines(ByteStream(path))) == [{"a": 1}, "unexpected_shape", "malformed_json", {"a": 2}]
    path.write_bytes(b"\n")
    assert list(json_lines(ByteStream(path))) == ["no_records"]
