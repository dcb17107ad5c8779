"""Evaluation items: what a question asks, what it is asked about, its options; from benchmark files or Parquet."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from curate.sources import medmcqa
from curate.sources.json_records import json_lines
from curate.sources.record import Broken
from curate.sources.registry import READERS
from curate.sources.streams import ByteStream
from schemas.config import ReaderName, Source, Terms
from schemas.extra import QuestionExtra
from schemas.failure import Failure

ITEMS: Final = pa.schema(
    [
        pa.field("item", pa.string(), nullable=False),  # doc_id
        pa.field("stem", pa.string(), nullable=False),
        pa.field("context", pa.string(), nullable=False),  # empty where the item has none
        pa.field("options", pa.list_(pa.string()), nullable=False),
    ]
)


class Item(NamedTuple):
    """An evaluation item. A document that is no question is all stem."""

    item: str
    stem: str
    context: str
    options: tuple[str, ...]


def question(doc_id: str, extra: QuestionExtra) -> Item:
    """The item of a question."""
    return Item(doc_id, plain(extra.question), plain(extra.context or ""), tuple(map(plain, extra.options)))


def plain(text: str) -> str:
    """The text as it is compared character by character: NFC, and any run of blanks is one."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def of_rows(rows: Sequence[dict[str, Any]]) -> list[Item]:
    """The items of Documents (`doc_id`, `kind`, `text`, `extra`)."""
    return [
        question(row["doc_id"], QuestionExtra.model_validate_json(row["extra"]))
        if row["kind"] == "question"
        else Item(row["doc_id"], plain(row["text"]), "", ())
        for row in rows
    ]


def table_of(items: Sequence[Item]) -> pa.Table:
    """Items as a table, in an order of their own: whatever order they came in, and each once."""
    rows = [item._asdict() for item in sorted(set(items))]
    return pa.Table.from_pylist(rows, schema=ITEMS)


def items_of(table: pa.Table) -> list[Item]:
    """The items of such a table."""
    columns = (table[name].to_pylist() for name in ITEMS.names)
    return [Item(item, stem, context, tuple(options)) for item, stem, context, options in zip(*columns, strict=True)]


def files(places: Sequence[Path]) -> list[Path]:
    """The files named, and those in the folders named, in order. Raises Failure where there is none."""
    found: list[Path] = []
    for place in places:
        inside = sorted(path for path in place.rglob("*") if path.is_file() and not path.name.startswith("."))
        if place.is_dir() and not inside:
            raise Failure(f"{place}: is an empty folder; name files or folders with evaluation items")
        found += inside if place.is_dir() else [place]
    return found


def read(path: Path) -> tuple[list[Item], Counter[str]]:
    """The items of one file, and its broken records by reason.

    Parquet holds Documents; of other files the first record tells which benchmark's reader it is for. Raises Failure
    where the file is no benchmark, or holds no item.
    """
    if not path.is_file():
        raise Failure(f"{path}: no such file")
    broken: Counter[str] = Counter()
    items = _from_parquet(path) if _is_parquet(path) else list(_from_benchmark(path, broken))
    if not items:
        raise Failure(f"{path}: holds no item that can be read; leave the file out, or correct it")
    return items, broken


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _from_parquet(path: Path) -> list[Item]:
    columns = ["doc_id", "kind", "text", "extra"]
    try:
        table = pq.ParquetFile(path)
        lacking = [name for name in columns if name not in table.schema_arrow.names]
        if lacking:
            raise Failure(f"{path}: has no column {lacking[0]!r}; items as Parquet are Documents of kind question")
        rows = table.read(columns).to_pylist()
    except (pa.ArrowInvalid, OSError):
        raise Failure(f"{path}: cannot be read as Parquet") from None
    try:
        return of_rows(rows)
    except ValueError:
        raise Failure(f"{path}: column 'extra' does not hold questions; see the schema of QuestionExtra") from None


def _from_benchmark(path: Path, broken: Counter[str]) -> Iterator[Item]:
    name = _reader(path)
    read_questions = medmcqa.read_unanswered if name == "medmcqa" else READERS[name].read
    for record in read_questions((path,), Source(reader=name, paths=(path.name,), terms=Terms(licence="any"))):
        if isinstance(record, Broken):
            broken[record.reason] += 1
        elif isinstance(record.extra, QuestionExtra):
            yield question(record.doc_id, record.extra)


def _reader(path: Path) -> ReaderName:
    """Which reader a file is for, by the fields of its first record."""
    first = next((row for row in json_lines(ByteStream(path)) if isinstance(row, dict)), None)
    if first is None:  # an object over many lines
        return "pubmedqa"
    if "opa" in first or "choices" in first:
        return "medmcqa"
    if isinstance(first.get("options"), dict):
        return "medmcqa" if isinstance(first.get("realidx"), str) else "medqa"
    if any(isinstance(value, dict) and "QUESTION" in value for value in first.values()):
        return "pubmedqa"
    raise Failure(f"{path}: is no file of MedMCQA, MedQA, MMLU or PubMedQA, nor Parquet; see docs/sources.md")


def sha256_of_items(items: Sequence[Item]) -> str:
    """One digest of what the items say, whatever their order."""
    import hashlib

    lines = (json.dumps(item, ensure_ascii=False) for item in sorted(set(items)))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
