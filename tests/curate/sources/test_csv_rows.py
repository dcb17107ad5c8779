import csv
import gzip
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from curate.sources.csv_rows import MAX_ROW, columns, rows
from curate.sources.streams import ByteStream


def table(tmp_path, content, names=("id", "text"), name="t.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return list(columns(ByteStream(path), names))


FIELD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=20)


@given(st.lists(st.lists(FIELD, min_size=2, max_size=4), min_size=1, max_size=20))
@settings(deadline=None)
def test_what_a_csv_writer_writes_is_read_back(tmp_path_factory, written):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(written)
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(text.getvalue().replace("\r\n", "\n").encode())
    first = [*written[0]]
    first[0] = first[0].removeprefix("\ufeff") if path.read_bytes().startswith(b"\xef\xbb\xbf") else first[0]
    assert list(rows(ByteStream(path))) == [first, *written[1:]]


def test_columns_are_found_by_name_and_line_breaks_stay_in_their_field(tmp_path):
    assert table(tmp_path, b'text,x,id\n"a\nb ""c""",,7\n') == [("7", 'a\nb "c"')]


def test_a_bad_byte_costs_its_row_only(tmp_path):
    assert table(tmp_path, b"id,text\n1,\xff\n2,b\n") == ["bad_encoding", ("2", "b")]


def test_a_short_row_costs_itself_only(tmp_path):
    assert table(tmp_path, b"id,text\n1\n2,b\n3,c,d\n4,e\n") == [
        "wrong_column_count",
        ("2", "b"),
        "wrong_column_count",
        ("4", "e"),
    ]


def test_an_open_quote_costs_one_record_and_the_next_is_read(tmp_path):
    content = b'id,text\n1,"one"\n2,"two\nlines of\nit\n3,"three"\n4,"four"\n'
    assert table(tmp_path, content) == [("1", "one"), "malformed_csv", ("3", "three"), ("4", "four")]


def test_pieces_of_a_broken_row_become_no_records(tmp_path):
    content = b'id,text\n1,"one\nmore"\n2,"two" or\nsaid he, and she\nand then, again"\n3,"three\nmore"\n'
    assert table(tmp_path, content) == [
        ("1", "one\nmore"),
        "malformed_csv",
        ("3", "three\nmore"),
    ]


def test_where_rows_are_lines_every_broken_one_counts(tmp_path):
    content = b"id,text\n" + b"1,a\n" * 100 + b"2\n3\n4,d\n"
    assert table(tmp_path, content)[100:] == ["wrong_column_count", "wrong_column_count", ("4", "d")]


def test_a_lost_quote_anywhere_in_real_notes(tmp_path, data):
    """Of 67 encounters at most two are lost, and no piece of a conversation becomes an encounter."""
    content = gzip.decompress((data / "aci_bench" / "train.csv.gz").read_bytes())
    names = ("encounter_id", "dialogue", "note")
    whole = {row[0] for row in table(tmp_path, content, names)}
    quotes = [place for place, sign in enumerate(content) if sign == ord('"')]
    for place in quotes[:: len(quotes) // 25]:
        found = table(tmp_path, content[:place] + content[place + 1 :], names)
        ids = {row[0] for row in found if not isinstance(row, str)}
        assert len(whole - ids) <= 2
        assert len(ids - whole) <= 1
        assert sum(isinstance(row, str) for row in found) <= 2


def test_an_open_quote_at_the_end_costs_one_record(tmp_path):
    assert table(tmp_path, b'id,text\n1,one\n2,"two\n3,three\n') == [("1", "one"), "malformed_csv", ("3", "three")]


def test_an_open_quote_does_not_swallow_a_large_file(tmp_path):
    count = MAX_ROW // 1_000 + 100
    found = table(tmp_path, b'id,text\n1,"open\n' + (b"2," + b"x" * 1_000 + b"\n") * count)
    assert found == ["malformed_csv"] + [("2", "x" * 1_000)] * count


def test_a_missing_column_ends_the_table(tmp_path):
    assert table(tmp_path, b"id,note\n1,a\n") == ["missing_column"]


def test_an_empty_table_has_no_records(tmp_path):
    assert table(tmp_path, b"") == ["no_records"]
    assert table(tmp_path, b"id,text\n") == []


def test_a_table_cut_anywhere_gives_whole_rows_only(tmp_path):
    content = b"id,text\n" + b"".join(b'%d,"note %d\nof two lines"\n' % (n, n) for n in range(200))
    whole = table(tmp_path, content)
    packed = gzip.compress(content, mtime=0)
    for cut in range(12, len(packed), 7):
        found = table(tmp_path, packed[:cut], name="t.csv.gz")
        assert found == whole[: len(found)]
