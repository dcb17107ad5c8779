"""Any table with a column mapping: Parquet, CSV, TSV, JSON lines."""

from collections.abc import Iterator
from pathlib import Path

from curate.sources.csv_rows import columns as csv_columns
from curate.sources.json_records import json_lines
from curate.sources.record import Broken, Document, broken
from curate.sources.streams import ByteStream
from schemas.config import Columns, Source
from schemas.extra import ArticleExtra, NoteExtra
from schemas.failure import Failure

_BATCH = 1_024  # rows of a Parquet file held at once


def read(unit: tuple[Path, ...], source: Source) -> Iterator[Document | Broken]:
    """One Document a row, by `source.columns`; several text columns are joined by a blank line.

    Raises Failure where the source maps no columns. A table without one of the mapped columns gives a single Broken.
    """
    mapping = source.columns
    if mapping is None:
        raise Failure(f"{unit[0].name}: reader `table` needs `columns` (at least id and text) under its source")
    names = _names(mapping)
    name = unit[0].name.lower().removesuffix(".gz").removesuffix(".xz")
    if name.endswith((".parquet", ".pq")):
        yield from _numbered(_parquet(unit[0], names), unit[0], mapping, names)
        return
    stream = ByteStream(unit[0])
    if name.endswith((".jsonl", ".ndjson", ".json")):
        cells = _json(stream, names)
    else:
        cells = csv_columns(stream, names, "\t" if name.endswith((".tsv", ".tab")) else ",")
    yield from _numbered(cells, unit[0], mapping, names, stream)


def _names(mapping: Columns) -> tuple[str, ...]:
    texts = (mapping.text,) if isinstance(mapping.text, str) else mapping.text
    others = (name for name in (mapping.title, mapping.subject) if name is not None)
    return tuple(dict.fromkeys((mapping.id, *texts, *others)))


def _numbered(
    cells: Iterator[tuple[str, ...] | str],
    path: Path,
    mapping: Columns,
    names: tuple[str, ...],
    stream: ByteStream | None = None,
) -> Iterator[Document | Broken]:
    table = path.name.split(".", 1)[0]
    index = 0
    for row in cells:
        yield (
            broken(index, row)
            if isinstance(row, str)
            else _document(dict(zip(names, row, strict=True)), table, mapping, index)
        )
        index += 1
    if stream is not None and stream.damage is not None:
        yield broken(index, stream.damage)


def _document(row: dict[str, str], table: str, mapping: Columns, index: int) -> Document | Broken:
    name = row[mapping.id].strip()
    if not name:
        return broken(index, "missing_id")
    texts = (mapping.text,) if isinstance(mapping.text, str) else mapping.text
    return Document(
        f"{table}:{name}",
        mapping.kind,
        "\n\n".join(row[text] for text in texts if row[text].strip()),
        ArticleExtra() if mapping.kind == "article" else NoteExtra(),
        index,
        title=(row[mapping.title].strip() or None) if mapping.title else None,
        subject_key=(row[mapping.subject].strip() or None) if mapping.subject else None,
    )


def _cell(value: object) -> str | None:
    """A cell as text: null is empty, a number is written out; None for lists and structures."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return None if isinstance(value, list | dict | bytes) else str(value)


def _json(stream: ByteStream, names: tuple[str, ...]) -> Iterator[tuple[str, ...] | str]:
    for row in json_lines(stream):
        if isinstance(row, str):
            yield row
        elif any(name not in row for name in names):
            yield "missing_column"
        else:
            yield _row([row[name] for name in names])


def _row(values: list[object]) -> tuple[str, ...] | str:
    cells = [_cell(value) for value in values]
    return "unexpected_shape" if None in cells else tuple(cell or "" for cell in cells)


def _parquet(path: Path, names: tuple[str, ...]) -> Iterator[tuple[str, ...] | str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            if any(name not in file.schema_arrow.names for name in names):
                yield "missing_column"
                return
            for batch in file.iter_batches(batch_size=_BATCH, columns=list(names), use_threads=False):
                columns = [batch.column(name) for name in names]
                for row in range(batch.num_rows):  # one by one: a cell that is no UTF-8 must cost only its row
                    try:
                        yield _row([column[row].as_py() for column in columns])
                    except UnicodeDecodeError:
                        yield "bad_encoding"
    except (pa.ArrowException, OSError):
        yield "malformed_parquet"
