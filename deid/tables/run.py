"""Tables in, de-identified tables and a report out; all of it or nothing.

The happy path:

1. read the policy, the key and the columns of every table; a column without a role stops here
2. make `.OUT.building` beside OUT (mode 0700), with a folder `work` for what is only needed on the way
3. for each table: stream its batches through the columns' roles into `work/staged.parquet`, quasi-identifiers with all
   their rungs; what must not be written is noted by row number in DuckDB
4. choose levels and groups to suppress (`anonymity`), over the whole table
5. stream the staged rows once more: drop what went, take each quasi-identifier at its level, write; then the list of
   suppressed rows
6. write `report.json`, remove `work`, sync, rename to OUT

Memory holds a few batches for each worker; DuckDB has a limit and spills into `work`. A killed call leaves
`.OUT.building`, which holds quasi-identifiers as they were written and which the next call removes.
"""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from deid.disk import writing_to
from deid.key import load_key
from deid.tables.anonymity import Groups, Rungs
from deid.tables.columns import Columns
from deid.tables.formats import Kind, Table, open_table, writer
from deid.tables.ladders import names, shown_from
from deid.tables.progress import progress
from deid.tables.work import Plan, Workshop, workshop
from schemas.columns import ColumnPolicy, Quasi, Sensitive
from schemas.failure import Failure
from schemas.table_report import AnonymityReport, TableReport, TablesReport

if TYPE_CHECKING:
    import duckdb

_MEMORY_LIMIT: Final = "1GB"


def deidentify_tables(
    paths: Iterable[Path],
    output: Path,
    policy: ColumnPolicy,
    folder: Path,
    vault: Path,
    *,
    source: str | None = None,
    parquet: bool = False,
    workers: int = 1,
) -> TablesReport:
    """De-identify tables by `policy` (whose paths are relative to `folder`) into the new folder `output`.

    A table keeps name and kind, or becomes Parquet. Beside it stands `<table>.suppressed.csv`: row numbers from 1, and
    reasons. `source` is a source of shodhan.yaml whose notes are of the same subjects: tokens and days are then those
    of `shodhan curate`; else those of `shodhan deid scrub`.

    Raises Failure for a table, column or cell that does not fit; Refusal without the key.
    """
    key = load_key(vault)
    tables = [open_table(path) for path in paths]
    targets = [Path(table.path.name.split(".", 1)[0] + ".parquet" if parquet else table.path.name) for table in tables]
    if len({table.name for table in tables}) < len(tables):
        raise Failure("two tables have one name; give them in calls of their own, each with its own output")
    described = tuple((table.path, table.name, table.schema) for table in tables)
    plan = Plan(described, policy, folder, key, source)
    columns = plan.columns()
    reports = []
    with _building(output) as building, workshop(plan, workers) as shop, progress(len(tables)) as bar:
        for number, (table, target) in enumerate(zip(tables, targets, strict=True)):
            bar.begin(table.name)
            reports.append(_Run(table, columns[number], building / target, parquet).go(shop, number, bar.rows))
            bar.end()
        report = TablesReport(tables=tuple(reports))
        _write(building / "report.json", json.dumps(report.model_dump(), indent=1, ensure_ascii=False) + "\n")
    return report


class _Run:
    """One table."""

    def __init__(self, table: Table, columns: Columns, target: Path, parquet: bool) -> None:
        self._table, self._columns, self._target = table, columns, target
        self._kind: Kind = "parquet" if parquet else table.kind
        self._work = target.parent / "work"
        self._quasi = [
            Rungs(
                column=name,
                staged=f"q{place}",
                names=names(role.ladder, columns.folder),
                least=role.least,
                most=len(names(role.ladder, columns.folder)) - 1 if role.most is None else role.most,
                shown_from=shown_from(role.ladder),
            )
            for place, name in enumerate(columns.written)
            if isinstance(role := columns.roles[name], Quasi)
        ]
        # the order of the policy decides between columns that are equal
        order = list(columns.policy.columns)
        self._quasi.sort(key=lambda each: order.index(each.column))
        self._sensitive = [
            f"c{at}" for at, name in enumerate(columns.written) if isinstance(columns.roles[name], Sensitive)
        ]

    def go(self, shop: Workshop, number: int, step: Callable[[int], None]) -> TableReport:
        """Stage, settle, write; the report."""
        import duckdb

        self._work.mkdir(mode=0o700)
        with duckdb.connect(f"{self._work}/gone.duckdb") as connection:
            connection.execute(f"SET memory_limit = '{_MEMORY_LIMIT}'")
            connection.execute(f"SET temp_directory = '{self._work}/spill'")
            connection.execute("CREATE TABLE gone (row BIGINT, reason VARCHAR)")
            rows_in, blanked, replaced = self._stage(shop, number, connection, step)
            levels, anonymity = self._settle(connection)
            self._final(connection, levels)
            suppressed = dict(connection.execute("SELECT reason, count(*) FROM gone GROUP BY 1 ORDER BY 1").fetchall())
        shutil.rmtree(self._work)
        return TableReport(
            table=self._table.name,
            rows_in=rows_in,
            rows_out=rows_in - sum(suppressed.values()),
            suppressed=suppressed,
            columns={name: role.role for name, role in self._columns.roles.items()},
            blanked=dict(sorted(blanked.items())),
            replaced=dict(sorted(replaced.items())),
            anonymity=anonymity,
            sha256=_sha256(self._target),
        )

    def _stage(
        self, shop: Workshop, number: int, connection: "duckdb.DuckDBPyConnection", step: Callable[[int], None]
    ) -> tuple[int, Counter[str], Counter[str]]:
        rows_in, blanked, replaced = 0, Counter[str](), Counter[str]()
        with writer(self._work / "staged.parquet", "parquet", self._columns.staged_schema) as write:
            for staged in shop.staged(number, self._table.batches()):
                write(staged.batch)
                if staged.gone:
                    went = pa.table(
                        dict(zip(("row", "reason"), map(list, zip(*staged.gone, strict=True)), strict=True))
                    )
                    connection.register("went", went)
                    connection.execute("INSERT INTO gone SELECT row, reason FROM went")
                    connection.unregister("went")
                rows_in += staged.rows_in
                blanked += staged.blanked
                replaced += staged.replaced
                step(staged.rows_in)
        return rows_in, blanked, replaced

    def _settle(self, connection: "duckdb.DuckDBPyConnection") -> tuple[dict[str, int], AnonymityReport | None]:
        if self._columns.policy.anonymity is None:
            return {}, None
        staged = str(self._work / "staged.parquet").replace("'", "''")
        connection.execute(f"CREATE VIEW staged AS SELECT * FROM read_parquet('{staged}')")  # noqa: S608 - our own file
        return Groups(connection, self._columns.policy.anonymity, self._quasi, self._sensitive).settle()

    def _final(self, connection: "duckdb.DuckDBPyConnection", levels: dict[str, int]) -> None:
        import pyarrow.parquet as pq

        with (
            pq.ParquetFile(self._work / "staged.parquet") as staged,
            writer(self._target, self._kind, self._columns.final_schema()) as write,
        ):
            for batch in staged.iter_batches(batch_size=1 << 14, use_threads=False):
                if batch.num_rows:
                    write(self._columns.final(_staying(batch, connection), levels))
        went = connection.sql("SELECT row, reason FROM gone ORDER BY row")
        suppressed = self._target.with_name(f"{self._table.name}.suppressed.csv")
        schema = pa.schema([("row", pa.int64()), ("reason", pa.string())])
        with writer(suppressed, "csv", schema) as write:
            for batch in went.to_arrow_reader(1 << 14):
                write(batch.cast(schema))


def _staying(batch: pa.RecordBatch, connection: "duckdb.DuckDBPyConnection") -> pa.RecordBatch:
    """A staged batch without the rows that went; its rows are in order."""
    import pyarrow.compute as pc

    first, last = batch["row"][0].as_py(), batch["row"][-1].as_py()
    query = connection.sql("SELECT row FROM gone WHERE row BETWEEN ? AND ?", params=[first, last])
    went = query.to_arrow_table()["row"]
    return batch.filter(pc.invert(pc.is_in(batch["row"], value_set=went.combine_chunks()))) if len(went) else batch


@contextmanager
def _building(output: Path) -> Iterator[Path]:
    """A new folder beside `output` that takes its place when all went well, and goes away when not."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise Failure(f"{output}: is there already; name a new folder")
    output = output.absolute()
    beside = output.with_name(f".{output.name}.building")
    with writing_to(output.parent, kept="no output was written yet"):
        try:
            shutil.rmtree(beside, ignore_errors=True)
            output.parent.mkdir(parents=True, exist_ok=True)
            beside.mkdir(mode=0o700)
            try:
                yield beside
                _sync(beside)
                beside.rename(output)
                _sync(output.parent)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
        except OSError as error:
            raise Failure(f"{output}: cannot be written ({error.strerror}); check place and permissions") from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
