from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.duplicates.dedup import dedup
from curate.engine.progress import Progress
from schemas.config import Dedup
from schemas.failure import Failure

QUIET = Progress(shown=False)


def test_groups_are_the_same_bytes_at_any_worker_count(tmp_path: Path) -> None:
    base = [" ".join(f"w{i}x{j}" for j in range(80)) for i in range(60)]
    texts = base + [text.replace("x40 ", " changed ", 1) for text in base[::3]]
    table = pa.table({"doc_id": [f"d{i}" for i in range(len(texts))], "text": texts})
    pq.write_table(table, tmp_path / "docs.parquet", row_group_size=16)
    written = []
    for workers in (1, 2):
        found = dedup([tmp_path / "docs.parquet"], tmp_path / f"out{workers}", Dedup(), workers=workers, progress=QUIET)
        assert found["documents"] == len(texts)
        written.append(Path(found["groups"]).read_bytes())
    assert written[0] == written[1]
    groups = pq.read_table(tmp_path / "out1" / "groups.parquet")
    assert groups.schema.names == ["doc_id", "survivor", "similarity"]
    assert groups.num_rows == 20
    assert [path.name for path in (tmp_path / "out1").iterdir()] == ["groups.parquet"]


def test_a_table_without_the_columns_is_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1], "text": ["a"]}), tmp_path / "docs.parquet")
    with pytest.raises(Failure, match=r"docs\.parquet: has no column 'doc_id'"):
        dedup([tmp_path / "docs.parquet"], tmp_path / "out", Dedup(), workers=1, progress=QUIET)
    with pytest.raises(Failure, match="no such file"):
        dedup([tmp_path / "absent.parquet"], tmp_path / "out", Dedup(), workers=1, progress=QUIET)
