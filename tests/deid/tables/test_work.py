import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from deid.tables import work
from deid.tables.work import Plan, workshop
from schemas.columns import ColumnPolicy
from schemas.failure import Failure

TABLE = pa.table({"mrn": [f"7{n:03}" for n in range(240)], "ward": ["B"] * 240})
BATCHES = TABLE.to_batches(max_chunksize=10)
POLICY = ColumnPolicy.model_validate({"tables": {"visits": {"columns": {"mrn": "subject", "ward": "keep"}}}})


def plan(folder: Path) -> Plan:
    return Plan(((folder / "visits.csv", "visits", TABLE.schema),), POLICY, folder, bytes(range(32)), None)


def killing() -> Iterator[pa.RecordBatch]:
    """The batches; meanwhile a worker is killed, twice."""
    for number, batch in enumerate(BATCHES):
        if number in (8, 16):  # beyond the batches that are drawn before the first worker is started
            os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
        yield batch


def test_same_rows_at_any_number_of_workers_and_after_kills(tmp_path: Path) -> None:
    with workshop(plan(tmp_path), 1) as alone, workshop(plan(tmp_path), 2) as two:
        staged = list(alone.staged(0, BATCHES))
        assert [each.rows_in for each in staged] == [10] * 24
        assert list(two.staged(0, BATCHES)) == staged
        assert list(two.staged(0, killing())) == staged
        assert list(two.staged(0, BATCHES)) == staged  # the table after that


def test_workers_that_are_always_killed_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_do", _die)
    with workshop(plan(tmp_path), 2) as two, pytest.raises(Failure, match="killed 3 times"):
        list(two.staged(0, BATCHES))


def _die(task: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
