"""A patient table in memory: Arrow columns, and of a few patients at a time what the table knows of them.

About as large as the table is on disk uncompressed. Values leave it only for the search in the notes: an error names
the file, the row and the remedy, never a cell.
"""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from deid.known import Identifiers
from schemas.failure import Failure
from schemas.labels import Label
from schemas.patients import PatientTable

_ROWS = 65_536  # of a column turned into Python at a time


class Patients:
    """Subject and identifiers of each row of a table."""

    def __init__(self, table: pa.Table, labels: dict[str, Label]) -> None:
        self._table, self._labels = table, labels

    def __len__(self) -> int:
        return int(self._table.num_rows)

    @property
    def subjects(self) -> pa.Array:
        """Whose rows these are, each once."""
        return pc.unique(self._table["subject"])

    def known(self, subjects: Iterable[str | None]) -> dict[str, Identifiers]:
        """What the table knows of these subjects; who has no row is not there. Sorted, so independent of row order."""
        wanted = pa.array(sorted({subject for subject in subjects if subject is not None}), pa.string())
        rows = self._table.filter(pc.is_in(self._table["subject"], value_set=wanted)).to_pylist()
        found: dict[str, set[tuple[Label, str]]] = {}
        for row in rows:
            mine = found.setdefault(row["subject"], set())
            mine.update((label, row[column]) for column, label in self._labels.items() if (row[column] or "").strip())
        return {subject: tuple(sorted(values)) for subject, values in found.items()}


def read_patients(path: Path, spec: PatientTable, subject: Callable[[str], str] = str) -> Patients:
    """Read the table that `spec` describes from `path`; `subject` turns a key into what the notes have for it.

    Raises Failure where the file is missing or no table, a column is not there, or a row cannot be read or has no key.
    """
    names = [spec.key, *(column for column in spec.columns if column != spec.key)]
    table = _read(path, names)
    keys = _text(path, table, spec.key)
    empty = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(keys), ""), True)
    if pc.any(empty).as_py():
        row = pc.index(empty, True).as_py()
        raise Failure(f'{path}: row {row + 1} has nothing in the key column "{spec.key}"; fill it, or take the row out')
    subjects: list[pa.Array] = []
    for batch in range(0, table.num_rows, _ROWS):
        cells = keys.slice(batch, _ROWS).to_pylist()
        subjects.append(pa.array([subject(cell.strip()) for cell in cells], pa.string()))
    columns = {column: _text(path, table, column) for column in spec.columns}
    # a column may be called "subject" itself
    named = {f"{place}": column for place, column in enumerate(columns.values())}
    whole = pa.table({"subject": pa.chunked_array(subjects, pa.string()), **named})
    return Patients(whole, {f"{place}": label for place, label in enumerate(spec.columns.values())})


def digest(path: Path) -> str:
    """SHA-256 of the table's bytes. Raises Failure where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Failure(f"{path}: the patient table cannot be read ({error.strerror}); check `patients.path`") from None


def _read(path: Path, names: list[str]) -> pa.Table:
    """The named columns. pyarrow's own messages quote the data, so none of them is passed on."""
    name = path.name.lower().removesuffix(".gz")
    broken: list[int] = []
    try:
        if name.endswith((".parquet", ".pq")):
            import pyarrow.parquet as pq

            _chosen(path, pq.read_schema(path).names, names)
            return pq.read_table(path, columns=names)
        if name.endswith((".arrow", ".feather", ".ipc")):
            from pyarrow import feather

            table = feather.read_table(path, memory_map=False)
        elif name.endswith((".jsonl", ".ndjson", ".json")):
            from pyarrow import json

            table = json.read_json(path)
        else:
            table = _csv(path, names, "\t" if name.endswith((".tsv", ".tab")) else ",", broken)
    except OSError as error:
        why = error.strerror or "is no table of this kind"
        raise Failure(f"{path}: the patient table cannot be read ({why}); check `patients.path`") from None
    except (pa.ArrowException, UnicodeDecodeError):
        where = f"row {broken[0]} has more or fewer cells than the header" if broken else "it is malformed or not UTF-8"
        raise Failure(f"{path}: the patient table cannot be read: {where}; mend it") from None
    _chosen(path, table.column_names, names)
    return table.select(names)


def _csv(path: Path, names: list[str], delimiter: str, broken: list[int]) -> pa.Table:
    from pyarrow import csv

    def note(row: Any) -> str:
        broken.append(row.number - 1 if row.number else 0)  # the header is the first
        return "error"

    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note)
    types = dict.fromkeys(names, pa.string())  # "0791" is no number
    convert = csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
    return csv.read_csv(path, csv.ReadOptions(use_threads=False), parse, convert)


def _chosen(path: Path, there: list[str], names: list[str]) -> None:
    missing = [name for name in names if there.count(name) != 1]
    if missing:
        raise Failure(
            f'{path}: the patient table has no column "{missing[0]}", or more than one; '
            f"correct `patients`, or the table's header"
        )


def _text(path: Path, table: pa.Table, name: str) -> pa.ChunkedArray:
    """A column as text; whole numbers that pandas made floating point as whole numbers."""
    column = table[name]
    try:
        if pa.types.is_floating(column.type) and pc.all(pc.equal(pc.floor(column), column)).as_py() is not False:
            column = column.cast(pa.int64())
        if pa.types.is_timestamp(column.type):
            column = column.cast(pa.date32(), safe=False)
        return column.cast(pa.string())
    except pa.ArrowException:
        raise Failure(
            f'{path}: column "{name}" holds no text, number or date; leave it out of `patients.columns`'
        ) from None
