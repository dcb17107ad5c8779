"""Batches through worker processes: results in order, and no more batches under way than there are hands for them."""

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.pool import AsyncResult, Pool
from pathlib import Path

import pyarrow as pa

from deid.orphan import end_with_parent
from deid.tables.cells import Cells
from deid.tables.columns import Columns, Staged
from deid.tables.subjects import Subjects
from schemas.columns import ColumnPolicy
from schemas.failure import Failure


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

    def __init__(self, plan: Plan, pool: Pool | None, workers: int) -> None:
        self._hands = Hands(plan) if pool is None else None
        self._pool, self._most = pool, 2 * workers

    def staged(self, table: int, batches: Iterable[pa.RecordBatch]) -> Iterator[Staged]:
        """Each batch of a table done, in order."""
        waiting: deque[AsyncResult[Staged]] = deque()
        first = 1
        for batch in batches:
            if self._hands is not None:
                yield self._hands.do(table, batch, first)
            elif self._pool is not None:
                waiting.append(self._pool.apply_async(_do, (table, batch, first)))
                if len(waiting) >= self._most:
                    yield waiting.popleft().get()
            first += batch.num_rows
        while waiting:
            yield waiting.popleft().get()


@contextmanager
def workshop(plan: Plan, workers: int) -> Iterator[Workshop]:
    """A workshop of so many processes; one works in this process."""
    if workers <= 1:
        yield Workshop(plan, None, 1)
        return
    # The workers are the parallelism; threads of NumPy and Polars beside them would only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with multiprocessing.get_context("forkserver").Pool(workers, _start, (plan,)) as pool:
        yield Workshop(plan, pool, workers)


_own: list[Hands] = []  # of a worker process


def _start(plan: Plan) -> None:
    end_with_parent()
    _own[:] = [Hands(plan)]


def _do(table: int, batch: pa.RecordBatch, first: int) -> Staged:
    return _own[0].do(table, batch, first)
