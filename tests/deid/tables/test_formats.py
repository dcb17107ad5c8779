import gzip

import pyarrow as pa
import pytest

from deid.tables.formats import ROWS, open_table, writer


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_a_csv_file_comes_out_as_it_went_in(tmp_path, name):
    text = 'a,b\n"",0791\n,2\n"x, ""y""\n z",३\n'.encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    table, out = open_table(tmp_path / name), tmp_path / f"out-{name}"
    with writer(out, table.kind, table.schema) as write:
        for batch in table.batches():
            write(batch)
    assert (gzip.decompress(out.read_bytes()) if name.endswith("gz") else out.read_bytes()) == text


@pytest.mark.parametrize("kind", ["parquet", "arrow", "csv", "tsv", "jsonl"])
def test_batches_are_bounded_and_in_order(tmp_path, kind):
    count, path = 2 * ROWS + 7, tmp_path / f"t.{kind}"
    whole = pa.table({"n": pa.array([str(n) for n in range(count)]), "m": pa.array(["ß"] * count)})
    with writer(path, kind, whole.schema) as write:
        for batch in whole.to_batches(max_chunksize=ROWS + 3):
            write(batch)
    batches = list(open_table(path).batches())
    assert max(batch.num_rows for batch in batches) <= ROWS
    assert pa.Table.from_batches(batches).equals(whole)
