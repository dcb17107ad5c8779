"""MIMIC-IV `hosp` tables (Johnson et al. 2023): each admission as one readable record.

Rows pass the tolerant CSV reader into a DuckDB database in a temporary folder of mode 0700, are joined there under a
fixed memory limit, and the folder is removed whatever happens. `___` stays where its publisher removed something.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from curate.sources.csv_rows import columns
from curate.sources.mimic_hosp_sql import ADMISSIONS, COUNT_REPEATED
from curate.sources.record import Broken, Document, broken
from curate.sources.streams import ByteStream
from schemas.config import Source
from schemas.extra import NoteExtra
from schemas.failure import Failure

if TYPE_CHECKING:
    import duckdb

_MEMORY_LIMIT: Final = "512MB"
_BATCH: Final = 10_000  # rows handed to DuckDB at once


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a table that are read, all as text; `required` tables must be there."""

    columns: tuple[str, ...]
    required: bool = False


TABLES: Final = {
    "admissions": Table(
        (
            *("subject_id", "hadm_id", "admittime", "dischtime", "deathtime", "admission_type", "admission_location"),
            *("discharge_location", "insurance", "language", "marital_status", "race", "hospital_expire_flag"),
        ),
        required=True,
    ),
    "patients": Table(("subject_id", "gender", "anchor_age", "anchor_year"), required=True),
    "diagnoses_icd": Table(("hadm_id", "seq_num", "icd_code", "icd_version")),
    "d_icd_diagnoses": Table(("icd_code", "icd_version", "long_title")),
    "procedures_icd": Table(("hadm_id", "seq_num", "chartdate", "icd_code", "icd_version")),
    "d_icd_procedures": Table(("icd_code", "icd_version", "long_title")),
    "services": Table(("hadm_id", "transfertime", "curr_service")),
    "prescriptions": Table(("hadm_id", "drug", "route")),
    "microbiologyevents": Table(
        ("hadm_id", "chartdate", "spec_type_desc", "test_name", "org_name", "ab_name", "interpretation", "comments")
    ),
    "labevents": Table(("hadm_id", "itemid", "charttime", "value", "valuenum", "valueuom", "flag")),
    "d_labitems": Table(("itemid", "label", "fluid")),
}
"""What is read, in this order. A table that is not there leaves its part of the record out."""


def table_name(path: Path) -> str:
    """`labevents` for `labevents.csv.gz`."""
    return path.name.lower().split(".", 1)[0]


def read(unit: tuple[Path, ...], source: Source) -> Iterator[Document | Broken]:  # noqa: ARG001
    """One Document an admission, in the order of `admissions`; `record` is its row there.

    A row of any table that cannot be read is Broken with the number of its file in the unit and its row. A second
    admission of the same id is Broken too (`duplicate_id`). Raises Failure where a required table is not in the folder.
    """
    import duckdb

    files = {table_name(path): (number, path) for number, path in enumerate(unit)}
    missing = [name for name, table in TABLES.items() if table.required and name not in files]
    if missing:
        raise Failure(
            f"{unit[0].parent}: no {missing[0]}.csv or {missing[0]}.csv.gz; name the folder of the hosp tables"
        )
    with (
        tempfile.TemporaryDirectory(prefix="shodhan-") as folder,
        duckdb.connect(f"{folder}/hosp.duckdb") as connection,
    ):
        connection.execute("SET threads = 1")
        connection.execute(f"SET memory_limit = '{_MEMORY_LIMIT}'")
        connection.execute(f"SET temp_directory = '{folder}'")
        for name, table in TABLES.items():
            fields = ", ".join(f"{column} VARCHAR" for column in table.columns)
            connection.execute(f"CREATE TABLE {name} (record BIGINT, {fields})")
            if name in files:
                yield from _load(connection, name, table, *files[name])
        yield from _admissions(connection, files["admissions"][0])


def _load(
    connection: "duckdb.DuckDBPyConnection", name: str, table: Table, number: int, path: Path
) -> Iterator[Broken]:
    """The rows of one file into its DuckDB table; an empty field is null."""
    stream = ByteStream(path)
    rows: list[tuple[int | str | None, ...]] = []
    index = 0
    for row in columns(stream, table.columns):
        if isinstance(row, str):
            yield broken(index, row, file=number)
        else:
            rows.append((index, *(field or None for field in row)))
            if len(rows) == _BATCH:
                _insert(connection, name, table, rows)
        index += 1
    _insert(connection, name, table, rows)
    if stream.damage is not None:
        yield broken(index, stream.damage, file=number)


def _insert(
    connection: "duckdb.DuckDBPyConnection", name: str, table: Table, rows: list[tuple[int | str | None, ...]]
) -> None:
    import pyarrow as pa

    if rows:
        fields = [pa.field("record", pa.int64()), *(pa.field(column, pa.string()) for column in table.columns)]
        batch = pa.table(
            [pa.array(values, field.type) for values, field in zip(zip(*rows, strict=True), fields, strict=True)],
            schema=pa.schema(fields),
        )
        connection.register("batch", batch)
        connection.execute(f"INSERT INTO {name} SELECT * FROM batch")  # noqa: S608 - a name out of TABLES
        connection.unregister("batch")
        rows.clear()


def _admissions(connection: "duckdb.DuckDBPyConnection", number: int) -> Iterator[Document | Broken]:
    for (record,) in connection.execute(COUNT_REPEATED).fetchall():
        yield broken(record, "duplicate_id", file=number)
    for (record,) in connection.execute("SELECT record FROM admissions WHERE hadm_id IS NULL ORDER BY 1").fetchall():
        yield broken(record, "missing_id", file=number)
    cursor = connection.execute(ADMISSIONS)
    while rows := cursor.fetchmany(256):
        for record, admission, subject, text in rows:
            yield Document(
                f"mimic-iv:{admission}",
                "note",
                text,
                NoteExtra(note_type="hospital admission"),
                record,
                subject_key=subject,
                file=number,
            )
