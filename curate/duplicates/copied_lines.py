"""Copied-forward lines: lines of a note that stand in an earlier note of the same patient.

Two lines are the same if their words are, after case folding (`curate/words.py`): so blanks, marks and bullets play no
part, a changed number does. The first note in time keeps its lines: notes without a date first, then by day
(`revised`), of equals in the order of the corpus. Lines of a few words and lines that are only a label are no copies.

Works in three steps, as a corpus stage does: `line_columns` of each part, `decide_copied` over all, `without_copied`
for each part. Memory follows `LINES_AT_ONCE`, not the corpus: patients are taken a share at a time.
"""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.duplicates import line_kernel
from curate.duplicates.sketch import string_hashes
from curate.durable import write_parquet
from curate.text_buffers import buffers
from curate.word_tables import word_tables

LINES_AT_ONCE: Final = 8_000_000
"""Lines that are sorted at once: about 500 MB."""

SHORT_LABEL: Final = 8
"""A line of capitals without a digit, of at most so many words, is a heading."""

COLUMNS: Final = (
    pa.field("patient", pa.uint64(), nullable=False),  # hash of source and subject_key; 0: nobody's note
    pa.field("day", pa.int64(), nullable=False),  # of `revised`, since 1970; before all others where it is not known
    pa.field("lines", pa.large_list(pa.field("item", pa.uint64(), nullable=False)), nullable=False),
)
"""Columns that sketches get for it."""

COPIED: Final = pa.schema([pa.field("row", pa.int64(), nullable=False), pa.field("line", pa.uint64(), nullable=False)])

FLAG: Final = "copied_lines_dropped:"
"""Begins a flag of a note that lost lines; their number follows."""

_NO_DAY: Final = -(1 << 40)


def line_columns(part: pa.RecordBatch, min_words: int) -> list[pa.Array]:
    """`COLUMNS` of a batch of documents: of the notes of patients, the hashes of the lines that may be copies."""
    mine = pc.and_(pc.equal(part["kind"], "note"), pc.is_valid(part["subject_key"]))
    names = pc.binary_join_element_wise(part["source"], pc.fill_null(part["subject_key"], ""), "\0")
    patients = np.where(mine.to_numpy(zero_copy_only=False), np.maximum(string_hashes(names), 1), np.uint64(0))
    days = part["revised"].cast(pa.int32()).cast(pa.int64()).fill_null(_NO_DAY)
    lines, owners = _lines(pc.if_else(mine, part["text"], ""))
    hashes, fit = _hashed(lines, min_words)
    ends = np.concatenate([[0], np.cumsum(np.bincount(owners[fit], minlength=part.num_rows))])
    return [pa.array(patients), days, pa.LargeListArray.from_arrays(ends, hashes[fit], COLUMNS[-1].type)]


def decide_copied(sketches: Sequence[Path], gone: npt.NDArray[np.int64], folder: Path) -> None:
    """Write which lines of which rows are copies to files of `folder`. Rows `gone` neither keep lines nor lose any."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    total = sum(len(lines.values) for _, lines in _read(sketches))
    shares = max(1, -(-total // LINES_AT_ONCE))
    for share in range(shares):
        found: dict[str, list[npt.NDArray[Any]]] = {"patient": [], "line": [], "day": [], "row": []}
        for table, lines in _read(sketches):
            patients, rows = table["patient"].to_numpy(), table["row"].to_numpy()
            wanted = (patients % np.uint64(shares) == share) & (patients != 0) & ~np.isin(rows, gone)
            lengths = np.diff(lines.offsets.to_numpy())
            found["line"].append(lines.values.to_numpy()[np.repeat(wanted, lengths)])
            for name, column in (("patient", patients), ("day", table["day"].to_numpy()), ("row", rows)):
                found[name].append(np.repeat(column[wanted], lengths[wanted]))
        patient, line, day, row = (np.concatenate([*found[name]]) if found[name] else np.empty(0) for name in found)
        order = np.lexsort((row, day, line, patient))
        patient, line, row = patient[order], line[order], row[order]
        new = np.concatenate([[True], (patient[1:] != patient[:-1]) | (line[1:] != line[:-1])]) if row.size else row
        first = row[np.maximum.accumulate(np.where(new, np.arange(row.size), 0))]
        later = row != first
        copied = pa.table([row[later], line[later]], schema=COPIED)
        write_parquet(
            folder / f"share-{share:05d}.parquet", copied.sort_by([("row", "ascending"), ("line", "ascending")])
        )


def without_copied(
    part: pa.Table, rows: npt.NDArray[np.int64], folder: Path, min_words: int
) -> tuple[pa.Table, Counter[str]]:
    """The rows of `part`, numbered `rows`, without the copied lines of text and sections, and what was counted.

    A note that lost lines bears a flag with their number.
    """
    if not rows.size:
        return part, Counter()
    low, high = int(rows.min()), int(rows.max())
    copies: dict[int, set[int]] = {}
    for path in sorted(folder.glob("share-*.parquet")):
        table = pq.read_table(path, filters=[("row", ">=", low), ("row", "<=", high)])
        for row, line in zip(table["row"].to_pylist(), table["line"].to_pylist(), strict=True):
            copies.setdefault(row, set()).add(line)
    places = [place for place, row in enumerate(rows.tolist()) if row in copies]
    texts, flags, extras = (part[name].to_pylist() for name in ("text", "flags", "extra"))
    counted: Counter[str] = Counter()
    for place in places:  # only notes that hold copies; each is cut line by line
        known = copies[int(rows[place])]
        texts[place], lost = _cut(texts[place], known, min_words)
        extra = json.loads(extras[place])
        for section in extra["sections"]:
            section["text"], _ = _cut(section["text"], known, min_words)
        extras[place] = json.dumps(extra, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        flags[place] = sorted([*flags[place], f"{FLAG}{lost}"])
        counted.update(copied_lines_dropped=lost, notes_with_copied_lines=1)
    for name, values in (("text", texts), ("flags", flags), ("extra", extras)):
        index = part.schema.get_field_index(name)
        part = part.set_column(index, part.schema.field(index), pa.array(values, part.schema.field(index).type))
    return part, counted


def _cut(text: str, copies: set[int], min_words: int) -> tuple[str, int]:
    lines = text.split("\n")
    hashes, fit = _hashed(pa.array(lines, pa.large_string()), min_words)
    copied = [may and value in copies for value, may in zip(hashes.tolist(), fit.tolist(), strict=True)]
    return "\n".join(line for line, gone in zip(lines, copied, strict=True) if not gone), sum(copied)


def _lines(texts: pa.Array) -> tuple[pa.LargeStringArray, npt.NDArray[np.int64]]:
    """The lines of all texts, and which text each is of."""
    split = pc.split_pattern(texts.cast(pa.large_string()), "\n")
    return pc.list_flatten(split), pc.list_parent_indices(split).to_numpy()


def _hashed(lines: pa.LargeStringArray, min_words: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_]]:
    """The hash of each line, and whether it can be a copy: it has `min_words` words and is not only a label."""
    hashes = np.empty(len(lines), dtype=np.uint64)
    counts = np.empty(len(lines), dtype=np.int64)
    line_kernel.hash_lines(*buffers(lines), *word_tables(), hashes, counts)
    label = pc.match_substring_regex(lines, r"[:：]\s*\**\s*$").to_numpy(zero_copy_only=False)
    capitals = pc.and_(pc.utf8_is_upper(lines), pc.invert(pc.match_substring_regex(lines, r"\p{Nd}")))
    heading = capitals.to_numpy(zero_copy_only=False) & (counts <= SHORT_LABEL)
    return hashes, (counts >= min_words) & ~label & ~heading


def _read(sketches: Sequence[Path]) -> Iterator[tuple[pa.RecordBatch, pa.LargeListArray]]:
    for path in sketches:
        with pa.memory_map(str(path)) as mapped:
            reader = pa.ipc.open_file(mapped)
            for number in range(reader.num_record_batches):
                batch = reader.get_batch(number)
                if batch.num_rows:
                    yield batch, batch["lines"]
