"""One batch of a table, column by column: each becomes what its role says.

Gives a staged batch: `row` (number in the table, from 1), `subject` (token), `c<i>` for the i-th column of the policy's
output, and for a quasi-identifier all its rungs `q<i>_<level>` in place of `c<i>`, since the level is decided over the
whole table. Knows nothing of files; an error names column and row, never a cell.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from deid.known import Identifiers
from deid.tables import dates
from deid.tables.cells import Cells
from deid.tables.ladders import BESIDE, TOP, climb, names
from deid.tables.subjects import Subjects, Whose
from schemas.columns import (
    Column,
    ColumnPolicy,
    Date,
    DateTime,
    Day,
    Drop,
    Icd,
    Identifier,
    Keep,
    Quasi,
    Sensitive,
    Subject,
    TablePolicy,
    Text,
)
from schemas.failure import Failure


class Staged(NamedTuple):
    """A batch done: its rows that stay, the numbers of those that do not with the reason, and counts."""

    batch: pa.RecordBatch
    rows_in: int
    gone: list[tuple[int, str]]
    blanked: Counter[str]
    replaced: Counter[str]


class Columns:
    """The columns of one table under its policy. Raises Failure for a column that the policy does not name."""

    def __init__(self, table: str, schema: pa.Schema, policy: ColumnPolicy, folder: Path) -> None:
        self.policy, self._unreadable, self.folder = _policy_of(table, policy), policy.unreadable, folder
        self._schema = schema
        unnamed = [name for name in schema.names if name not in self.policy.columns]
        if unnamed:
            listed = ", ".join(f'"{name}"' for name in unnamed)
            raise Failure(
                f"the policy of table {table} does not name column {listed}; say under tables.{table}.columns what it "
                f"holds (drop, if it is not needed)"
            )
        self.roles: dict[str, Column] = {name: self.policy.columns[name] for name in schema.names}
        missing = [
            name
            for name, role in self.policy.columns.items()
            if isinstance(role, Quasi | Subject | Sensitive) and name not in self.roles
        ]
        if missing:
            raise Failure(
                f'table {table} has no column "{missing[0]}", which its policy counts on; take it out of '
                f"tables.{table}.columns"
            )
        self.subject = next((name for name, role in self.roles.items() if isinstance(role, Subject)), None)
        self.written = [name for name, role in self.roles.items() if not isinstance(role, Drop)]
        for name, role in self.roles.items():
            self._check(name, role)

    def _check(self, name: str, role: Column) -> None:
        try:
            if isinstance(role, Date | DateTime):
                dates.check_form(role.form)
            if isinstance(role, Quasi):
                rungs = len(names(role.ladder, self.folder))
                if isinstance(role.ladder, Day):
                    dates.check_form(role.ladder.form)
                if not role.least <= (rungs - 1 if role.most is None else role.most) < rungs:
                    raise Failure(f"its ladder has the levels 0 to {rungs - 1}; least and most must lie there")
                beside = role.ladder.version_column if isinstance(role.ladder, Icd) else None
                if beside is not None and beside not in self.roles:
                    raise Failure(f'the table has no column "{beside}" (version_column)')
        except Failure as failure:
            raise Failure(f'column "{name}": {failure}') from None

    @property
    def staged_schema(self) -> pa.Schema:
        """Of the batches that `apply` gives."""
        fields = [pa.field("row", pa.int64()), pa.field("subject", pa.string())]
        for place, name in enumerate(self.written):
            role = self.roles[name]
            if isinstance(role, Quasi):
                levels = range(len(names(role.ladder, self.folder)))
                fields += [pa.field(f"q{place}_{level}", pa.string()) for level in levels]
            else:
                fields.append(pa.field(f"c{place}", self._type(name, role)))
        return pa.schema(fields)

    def final_schema(self) -> pa.Schema:
        """Of the table that is written: names as they were; nothing of the old schema's metadata."""
        return pa.schema([pa.field(name, self._type(name, self.roles[name])) for name in self.written])

    def final(self, batch: pa.RecordBatch, levels: dict[str, int]) -> pa.RecordBatch:
        """A staged batch as it is written, each quasi-identifier at its level."""
        chosen = [
            f"q{place}_{levels[name]}" if isinstance(self.roles[name], Quasi) else f"c{place}"
            for place, name in enumerate(self.written)
        ]
        return pa.RecordBatch.from_arrays([batch[column] for column in chosen], schema=self.final_schema())

    def _type(self, name: str, role: Column) -> pa.DataType:
        kind = self._schema.field(name).type
        return kind if isinstance(role, Date | DateTime | Sensitive | Keep | Drop) else pa.string()

    def apply(self, batch: pa.RecordBatch, first: int, subjects: Subjects, cells: Cells) -> Staged:
        """Do a batch whose first row is number `first`. Raises Failure at an unreadable cell, if the policy says so."""
        work = _Work(batch, first, self._unreadable)
        whose = subjects.nobody(batch.num_rows) if self.subject is None else subjects.rows(work.text(self.subject))
        known = self._known(work, batch.num_rows)
        made: dict[str, pa.Array] = {"row": pa.array(range(first, first + batch.num_rows), pa.int64())}
        made["subject"] = whose.tokens
        for place, name in enumerate(self.written):
            match self.roles[name]:
                case Subject():
                    made[f"c{place}"] = whose.tokens
                case Identifier() as role:
                    values = cells.identifiers(work.text(name).to_pylist(), whose.scopes, role, name)
                    made[f"c{place}"] = pa.array(values, pa.string())
                case Date() | DateTime() as role:
                    made[f"c{place}"] = self._moved(work, name, whose, role.form, isinstance(role, DateTime))
                case Text():
                    done = cells.texts(work.text(name).to_pylist(), whose.scopes, known)
                    for at, read in enumerate(done):
                        if read is not None:
                            work.replaced.update(read.replaced)
                            if read.reason is not None:
                                work.gone.setdefault(at, read.reason)
                    made[f"c{place}"] = pa.array([read and read.text for read in done], pa.string())
                case Quasi() as role:
                    for level, rung in enumerate(self._rungs(work, name, whose, role)):
                        made[f"q{place}_{level}"] = rung
                case _:
                    made[f"c{place}"] = batch[name]
        staged = pa.RecordBatch.from_pydict(made, schema=self.staged_schema)
        if work.gone:
            staged = staged.filter(pa.array([at not in work.gone for at in range(batch.num_rows)], pa.bool_()))
        gone = [(first + at, reason) for at, reason in sorted(work.gone.items())]
        return Staged(staged, batch.num_rows, gone, work.blanked, work.replaced)

    def _known(self, work: "_Work", rows: int) -> Sequence[Identifiers]:
        """What the identifier columns of each row hold: it is searched in the row's texts."""
        asked = [
            (name, role.label) for name, role in self.roles.items() if isinstance(role, Identifier) and role.search
        ]
        if not asked or not any(isinstance(role, Text) for role in self.roles.values()):
            return [()] * rows
        columns = [[(label, cell) if cell else None for cell in work.text(name).to_pylist()] for name, label in asked]
        return [tuple(sorted({cell for cell in row if cell})) for row in zip(*columns, strict=True)]

    def _moved(self, work: "_Work", name: str, whose: Whose, form: str, timed: bool) -> pa.Array:
        try:
            moved = dates.move(work.batch[name], whose.days, form=form, timed=timed)
        except Failure as failure:
            raise Failure(f'column "{name}": {failure}') from None
        work.unreadable(name, moved.unreadable, "date")
        return moved.cells

    def _rungs(self, work: "_Work", name: str, whose: Whose, role: Quasi) -> list[pa.Array]:
        ladder = role.ladder
        if isinstance(ladder, Day):
            # first moved: a true month beside moved dates would tell how far they were moved
            cells = dates.iso_days(self._moved(work, name, whose, ladder.form, True), ladder.form)
        else:
            cells = work.text(name)
        cells = pc.if_else(pc.equal(pc.utf8_trim_whitespace(cells), ""), pa.scalar(None, pa.string()), cells)
        if isinstance(ladder, Icd) and ladder.version_column is not None:
            version = pc.fill_null(work.text(ladder.version_column), "")
            cells = pc.binary_join_element_wise(version, cells, BESIDE)
        coded = cells.dictionary_encode()
        up, below = climb(ladder, self.folder), len(names(ladder, self.folder)) - 1
        climbed = [up(value) for value in coded.dictionary.to_pylist()]
        bad = pa.array([rungs is None for rungs in climbed], pa.bool_()).take(coded.indices)
        work.unreadable(name, pc.fill_null(bad, False), "value")
        rungs = zip(*(each or (None,) * below for each in climbed), strict=True) if climbed else [()] * below
        found = [pa.array(rung, pa.string()).take(coded.indices) for rung in rungs]
        return [*found, pa.array([TOP] * len(cells), pa.string())]


class _Work:
    """What comes up while a batch is done: rows that go, cells left blank."""

    def __init__(self, batch: pa.RecordBatch, first: int, unreadable: str) -> None:
        self.batch, self._first, self._unreadable = batch, first, unreadable
        self.gone: dict[int, str] = {}
        self.blanked: Counter[str] = Counter()
        self.replaced: Counter[str] = Counter()
        self.text = cache(self._text)

    def _text(self, name: str) -> pa.Array:
        """A column as text; whole numbers that pandas made floating point as whole numbers."""
        cells = self.batch[name]
        try:
            if pa.types.is_floating(cells.type):
                whole = pc.fill_null(pc.equal(pc.floor(cells), cells), False)
                numbers = pc.if_else(whole, cells, pa.scalar(None, cells.type)).cast(pa.int64(), safe=False)
                return pc.if_else(whole, numbers.cast(pa.string()), cells.cast(pa.string()))
            return cells.cast(pa.string())
        except pa.ArrowException:
            raise Failure(f'column "{name}" holds no text, number or date; give it the role keep or drop') from None

    def unreadable(self, name: str, which: pa.Array, what: str) -> None:
        """Cells that are not what their column says, as the policy treats them."""
        count = pc.sum(which).as_py() or 0
        if not count:
            return
        if self._unreadable == "error":
            row = self._first + pc.index(which, True).as_py()
            raise Failure(
                f'row {row}, column "{name}": no {what} of the kind that the policy says, or no subject beside it; '
                f"mend it, or set unreadable to blank or suppress"
            )
        if self._unreadable == "blank":
            self.blanked[name] += count
            return
        for at in pc.indices_nonzero(which).to_pylist():
            self.gone.setdefault(at, f"unreadable_{what}")


def _policy_of(table: str, policy: ColumnPolicy) -> TablePolicy:
    found = policy.tables.get(table)
    if found is None:
        raise Failure(
            f"the policy does not name table {table}; say under tables.{table}.columns what each column holds"
        )
    return found
