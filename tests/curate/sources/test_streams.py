import gzip
import lzma
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.sources.streams import CHUNK, MAX_RECORD, ByteStream, lines
from schemas.failure import Failure

TEXT = "".join(f"{number} खून की जाँच, Hb {number % 17} g/dL\n" for number in range(3_000)).encode()


def unpack(path):
    stream = ByteStream(path)
    return b"".join(stream), stream.damage


@pytest.mark.parametrize(("suffix", "pack"), [(".txt", bytes), (".gz", gzip.compress), (".xz", lzma.compress)])
def test_plain_gzip_and_xz_give_the_same_bytes(tmp_path, suffix, pack):
    path = tmp_path / f"file{suffix}"
    path.write_bytes(pack(TEXT))
    assert unpack(path) == (TEXT, None)


def test_the_first_bytes_decide_not_the_suffix(tmp_path):
    packed, plain = tmp_path / "packed.xml", tmp_path / "plain.xml.gz"
    packed.write_bytes(gzip.compress(TEXT))
    plain.write_bytes(TEXT)
    assert unpack(packed) == unpack(plain) == (TEXT, None)


def test_members_of_a_gzip_file_are_joined_and_padding_is_ignored(tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:]) + bytes(512))
    assert unpack(path) == (TEXT, None)


@given(st.integers(min_value=0))
@settings(max_examples=60, deadline=None)
def test_a_gzip_file_cut_anywhere_gives_a_prefix_and_says_so(tmp_path_factory, cut):
    packed = gzip.compress(TEXT, mtime=0)
    path = tmp_path_factory.mktemp("cut") / "file.gz"
    path.write_bytes(packed[: cut % len(packed)])
    content, damage = unpack(path)
    assert TEXT.startswith(content)
    assert damage == "truncated_gzip"


def test_only_the_checksum_of_a_cut_file_may_be_missing(tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(TEXT)[:-8])
    assert unpack(path) == (TEXT, "truncated_gzip")


def test_an_xz_file_cut_anywhere_gives_a_prefix_and_says_so(tmp_path):
    packed = lzma.compress(TEXT)
    path = tmp_path / "file.xz"
    for cut in range(0, len(packed), 97):
        path.write_bytes(packed[:cut])
        content, damage = unpack(path)
        assert TEXT.startswith(content)
        assert damage == "truncated_xz"


def test_a_flipped_byte_is_damage_and_what_stands_before_it_is_read(tmp_path):
    path = tmp_path / "file.gz"
    noise = random.Random(1).randbytes(500_000)  # incompressible: stored as it is, so damage stays where it was done
    packed = bytearray(gzip.compress(noise, mtime=0))
    packed[300_000:300_400] = bytes(400)
    path.write_bytes(packed)
    content, damage = unpack(path)
    assert damage == "corrupt_gzip"
    assert content[:299_000] == noise[:299_000]


def test_garbage_after_the_last_member_is_damage(tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(TEXT) + b"garbage")
    assert unpack(path) == (TEXT, "corrupt_gzip")


def test_a_bomb_comes_in_small_chunks(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(64 * CHUNK)))
    sizes = [len(chunk) for chunk in ByteStream(path)]
    assert sum(sizes) == 64 * CHUNK
    assert max(sizes) <= CHUNK


def test_a_file_that_is_not_there_is_a_failure_that_names_it(tmp_path):
    with pytest.raises(Failure, match=r"gone\.xml"):
        unpack(tmp_path / "gone.xml")


@given(
    st.lists(st.binary(max_size=30).filter(lambda line: not set(line) & set(b"\r\n"))),
    st.sampled_from([b"\n", b"\r\n"]),
)
@settings(deadline=None)
def test_lines_are_those_of_the_file(tmp_path_factory, rows, end):
    rows = [b"first", *rows]  # a first line that looks like gzip, xz or a byte-order mark is none of this test's
    path = tmp_path_factory.mktemp("lines") / "file"
    path.write_bytes(b"".join(row + end for row in rows))
    assert list(lines(ByteStream(path))) == rows
    path.write_bytes(end.join([*rows, b"last"]))
    assert list(lines(ByteStream(path))) == [*rows, b"last"]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo")
    assert list(lines(ByteStream(path))) == [b"one", b"two"]


def test_a_line_without_end_does_not_fill_the_memory(tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(b"a\n" + b"x" * (MAX_RECORD + 5) + b"\nb\n", compresslevel=1))
    assert list(lines(ByteStream(path))) == [b"a", None, b"b"]
