"""Batches of tables done: in this process, or by worker processes, in the same order."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from deid.pool import Pool
from deid.tables.cells import Cells
from deid.tables.columns import Columns, Staged
from deid.tables.subjects import Subjects
from schemas.columns import ColumnPolicy
from schemas.failure import Failure

_Task: TypeAlias = tuple[int, pa.RecordBatch, int]
"""The number of a table, a batch of it, and which row of the table is the first of that."""


@dataclass(frozen=True)
class Plan:
    """What a process must know to do a batch of any of the tables. The key reaches it over a pipe."""

    tables: tuple[tuple[Path, str, pa.Schema], ...]
    policy: ColumnPolicy
    folder: Path
    """What paths in the policy are relative to."""
    key: bytes
    source: str | None

    def columns(self) -> list[Columns]:
        """The tables' columns. Raises Failure for the first whose policy does not fit."""
        found = []
        for path, name, schema in self.tables:
            try:
                found.append(Columns(name, schema, self.policy, self.folder))
            except Failure as failure:
                raise Failure(f"{path}: {failure}") from None
        return found


class Hands:
    """Does batches, here or in a worker process."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._columns = plan, plan.columns()
        self._subjects = Subjects(plan.key, plan.source, plan.policy.text)
        self._cells = Cells(plan.key, plan.policy.text)

    def do(self, table: int, batch: pa.RecordBatch, first: int) -> Staged:
        """One batch of the table of that number, whose first row is `first`."""
        try:
            return self._columns[table].apply(batch, first, self._subjects, self._cells)
        except Failure as failure:
            raise Failure(f"{self._plan.tables[table][0]}: {failure}") from None


class Workshop:
    """Hands in this process, or in a pool."""

    def __init__(self, plan: Plan, pool: Pool | None) -> None:
        self._hands = Hands(plan) if pool is None else None
        self._pool = pool

    def staged(self, table: int, batches: Iterable[pa.RecordBatch]) -> Iterator[Staged]:
        """Each batch of a table done, in order. Raises Failure where workers were killed too often over the same."""
        tasks = _tasks(table, batches)
        if self._pool is not None:
            yield from self._pool.in_order(_do, tasks)
        elif self._hands is not None:
            for task in tasks:
                yield self._hands.do(*task)


def _tasks(table: int, batches: Iterable[pa.RecordBatch]) -> Iterator[_Task]:
    first = 1
    for batch in batches:
        yield table, batch, first
        first += batch.num_rows


@contextmanager
def workshop(plan: Plan, workers: int) -> Iterator[Workshop]:
    """A workshop of so many processes; one works in this process."""
    if workers <= 1:
        yield Workshop(plan, None)
        return
    with Pool(workers, _start, plan) as pool:
        yield Workshop(plan, pool)


_own: list[Hands] = []  # of a worker process


def _start(plan: Plan) -> None:
    _own[:] = [Hands(plan)]


def _do(task: _Task) -> Staged:
    return _own[0].do(*task)
