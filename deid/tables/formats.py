"""Tables as streams of record batches: Parquet, Arrow (Feather), CSV and TSV (also .gz), JSON lines (also .gz).

Cells of CSV and TSV are text and stay letter for letter; an empty cell is null, a quoted empty one is empty text.
Dictionaries and the wide string types of Arrow become plain strings. Equal batches give equal bytes: no clock, no name
and no foreign metadata is written.
pyarrow's own messages quote the data, so none of them is passed on.
"""

import csv
import gzip
import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, Literal

import polars as pl
import pyarrow as pa

from schemas.failure import Failure

Kind = Literal["parquet", "arrow", "csv", "tsv", "jsonl"]
ROWS: Final = 16_384  # of a batch
_BLOCK: Final = 1 << 22  # bytes of a CSV file read at once; a row must fit
_ENDINGS: Final[dict[str, Kind]] = {
    ".parquet": "parquet", ".pq": "parquet", ".arrow": "arrow", ".feather": "arrow", ".ipc": "arrow", ".csv": "csv",
    ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table on disk; its batches may be read again and again."""

    path: Path
    kind: Kind
    schema: pa.Schema

    @property
    def name(self) -> str:
        """`labevents` for `labevents.csv.gz`."""
        return self.path.name.lower().split(".", 1)[0]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """In the order of the file, of `ROWS` rows at most. Raises Failure naming the row that cannot be read."""
        with _readable(self.path):
            for batch in _READERS[self.kind](self.path, self.schema):
                for start in range(0, batch.num_rows, ROWS):
                    yield batch.slice(start, ROWS)


def open_table(path: Path) -> Table:
    """Look at a table's columns. Raises Failure where it is missing, of no known kind, or names a column twice."""
    endings = [ending for ending in path.suffixes if ending.lower() != ".gz"]
    kind = _ENDINGS.get(endings[-1].lower()) if endings else None
    if kind is None or (path.name.lower().endswith(".gz") and kind in ("parquet", "arrow")):
        raise Failure(
            f"{path}: no table of a known kind; give .parquet, .arrow, .csv, .tsv, .jsonl (the last three .gz)"
        )
    with _readable(path):
        schema = _SCHEMAS[kind](path)
    twice = [name for name in schema.names if schema.names.count(name) > 1]
    if twice or not schema.names:
        raise Failure(f"{path}: " + (f'column "{twice[0]}" stands there twice; rename one' if twice else "no columns"))
    return Table(path, kind, schema)


@contextmanager
def writer(path: Path, kind: Kind, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """Write batches of `schema` to a new file, synced at the end. The caller gives the file its place."""
    with path.open("xb") as file:
        with _WRITERS[kind](file, path, schema) as write:
            yield write
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or "it is damaged or of another kind than its name says"
        raise Failure(f"{path}: cannot be read ({why}); check the file") from None
    except (pa.ArrowException, UnicodeDecodeError):
        raise Failure(f"{path}: cannot be read: it is malformed, damaged or not UTF-8; mend it") from None


def _opened(path: Path) -> Any:
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")


# Parquet and Arrow


def _plain(schema: pa.Schema) -> pa.Schema:
    return pa.schema([pa.field(field.name, _plain_type(field.type)) for field in schema])


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return _plain_type(kind.value_type)
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) else kind


def _parquet_schema(path: Path) -> pa.Schema:
    import pyarrow.parquet as pq

    return _plain(pq.read_schema(path))


def _parquet(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS, use_threads=False):
            yield batch.cast(schema)


def _ipc(path: Path) -> Any:
    """A file of Arrow, or a stream."""
    try:
        file = pa.ipc.open_file(pa.OSFile(str(path)))
        return file.schema, (file.get_batch(index) for index in range(file.num_record_batches))
    except pa.ArrowInvalid:
        stream = pa.ipc.open_stream(pa.OSFile(str(path)))
        return stream.schema, stream


def _arrow_schema(path: Path) -> pa.Schema:
    return _plain(_ipc(path)[0])


def _arrow(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in _ipc(path)[1]:
        yield batch.cast(schema)


# CSV and TSV


def _delimiter(path: Path) -> str:
    return "\t" if path.name.lower().removesuffix(".gz").endswith((".tsv", ".tab")) else ","


def _csv_schema(path: Path) -> pa.Schema:
    with _opened(path) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        header = next(csv.reader(text, delimiter=_delimiter(path)), [])
    return pa.schema([pa.field(name, pa.string()) for name in header])


def _csv(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    from pyarrow import csv as arrow_csv

    broken: list[int] = []

    def note(row: Any) -> str:
        broken.append((row.number or 1) - 1)  # the header is the first
        return "error"

    parse = arrow_csv.ParseOptions(delimiter=_delimiter(path), newlines_in_values=True, invalid_row_handler=note)
    types = {field.name: field.type for field in schema}  # "0791" is no number
    convert = arrow_csv.ConvertOptions(
        column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
    )
    try:
        yield from arrow_csv.open_csv(
            str(path), arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK), parse, convert
        )
    except pa.ArrowInvalid:
        if not broken:
            raise
        raise Failure(f"{path}: row {broken[0]} has more or fewer cells than the header; mend it") from None


# JSON lines. Each line is an object of its own, so this loops over rows, as nothing in Arrow reads dates as text.


def _json_rows(path: Path) -> Iterator[list[dict[str, Any]]]:
    number = 0
    with _opened(path) as file:
        while lines := list(islice(file, ROWS)):
            rows = []
            for line in lines:
                number += 1
                try:
                    row = json.loads(line) if line.strip() else None
                except (ValueError, RecursionError):
                    row = line
                if row is not None and not isinstance(row, dict):
                    raise Failure(f"{path}: row {number} is no JSON object; mend it")
                rows.append(row)
            yield [row for row in rows if row is not None]


def _json_batch(path: Path, rows: list[dict[str, Any]], names: list[str], schema: pa.Schema | None) -> pa.RecordBatch:
    columns = []
    for name in names:
        try:
            columns.append(
                pa.array([row.get(name) for row in rows], None if schema is None else schema.field(name).type)
            )
        except (pa.ArrowException, OverflowError):
            raise Failure(f'{path}: column "{name}" holds values of different kinds; make them one') from None
    return pa.RecordBatch.from_arrays(columns, names=names)


def _json_schema(path: Path) -> pa.Schema:
    found = pa.schema([])
    for rows in _json_rows(path):
        names = list(dict.fromkeys(name for row in rows for name in row))
        try:
            here = _json_batch(path, rows, names, None).schema
            found = pa.unify_schemas([found, here], promote_options="permissive")
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            raise Failure(f"{path}: a column holds values of different kinds; make them one") from None
    return found


def _json(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for rows in _json_rows(path):
        yield _json_batch(path, rows, schema.names, schema)


# Writers


@contextmanager
def _write_parquet(file: IO[bytes], _: Path, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(file, schema, compression="zstd", compression_level=3) as out:
        yield out.write_batch


@contextmanager
def _write_arrow(file: IO[bytes], _: Path, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    with pa.ipc.new_file(file, schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as out:
        yield out.write_batch


@contextmanager
def _packed(file: IO[bytes], path: Path) -> Iterator[IO[bytes]]:
    if path.name.lower().endswith(".gz"):
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as packed:
            yield packed  # type: ignore[misc]
    else:
        yield file


@contextmanager
def _write_csv(file: IO[bytes], path: Path, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    with _packed(file, path) as out:

        def lines(batch: pa.RecordBatch, header: bool) -> None:
            frame = pl.DataFrame(pa.Table.from_batches([batch], schema))
            out.write(
                frame.write_csv(include_header=header, separator=_delimiter(path), quote_style="necessary").encode()
            )

        lines(pa.RecordBatch.from_pylist([], schema), True)
        yield lambda batch: lines(batch, False)


@contextmanager
def _write_json(file: IO[bytes], path: Path, _: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    with _packed(file, path) as out:

        def lines(batch: pa.RecordBatch) -> None:
            out.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in batch.to_pylist()).encode())

        yield lines


_SCHEMAS: Final[dict[Kind, Callable[[Path], pa.Schema]]] = {
    "parquet": _parquet_schema, "arrow": _arrow_schema, "csv": _csv_schema, "tsv": _csv_schema, "jsonl": _json_schema,
}  # fmt: skip
_READERS: Final[dict[Kind, Callable[[Path, pa.Schema], Iterator[pa.RecordBatch]]]] = {
    "parquet": _parquet, "arrow": _arrow, "csv": _csv, "tsv": _csv, "jsonl": _json,
}  # fmt: skip
_WRITERS: Final[dict[Kind, Callable[[IO[bytes], Path, pa.Schema], Any]]] = {
    "parquet": _write_parquet, "arrow": _write_arrow, "csv": _write_csv, "tsv": _write_csv, "jsonl": _write_json,
}  # fmt: skip
