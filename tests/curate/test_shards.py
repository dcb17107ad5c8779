from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.shards import write_shards
from schemas.document import SHARD


def rows(splits: list[str]) -> list[dict[str, object]]:
    return [
        {
            "doc_id": f"d{number}", "source": "s", "role": "train", "kind": "article", "text": "t",
            "keys": [], "flags": [],
            "terms": {"licence": "MIT", "purposes": ["research"]}, "extra": "{}", "split": split,
            "provenance": {"file": "f", "sha256": "0", "record": number},
        }
        for number, split in enumerate(splits)
    ]  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["train", "heldout", "evaluation"]), min_size=1, max_size=40),
    st.integers(1, 15), st.integers(1, 15), st.integers(1, 9),
)  # fmt: skip
def test_shards_do_not_depend_on_how_the_parts_were_cut(
    tmp_path_factory: object, splits: list[str], first: int, second: int, per_shard: int
) -> None:
    folder: Path = tmp_path_factory.mktemp("shards")
    written = []
    for cut in (first, second):
        parts = []
        for start in range(0, len(splits), cut):
            parts.append(folder / f"{cut}-{start:03d}.parquet")
            pq.write_table(pa.Table.from_pylist(rows(splits)[start : start + cut], schema=SHARD), parts[-1])
        out = folder / f"out{len(written)}"
        counts = write_shards(parts, out, per_shard)
        assert sum(counts.values()) == len(splits)
        written.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert written[0] == written[1]
    tables = [pq.read_table(folder / "out0" / name) for name in sorted(written[0])]
    assert all(0 < table.num_rows <= per_shard for table in tables)
    kept = [doc for table in tables for doc in table["doc_id"].to_pylist()]
    assert sorted(kept) == sorted(f"d{number}" for number in range(len(splits)))
