"""The sketch files of a corpus, read as deduplication needs them: one column, or the shingle sets of some documents.

Documents are numbered anew, from 0, in the order of (rank, key, row): the smaller number is the better document,
whatever the order of the files; but a document decided before comes before all others. Memory holds twelve bytes a
document and what one call gives; the files are mapped only while they are read.
"""

import mmap
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.duplicates import kernel
from curate.duplicates.sketch import BAND, FAMILY
from schemas.failure import Failure

Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
"""Of documents: half the memory, and no corpus of more fits on one machine."""

MOST_DOCUMENTS: Final = 2**31 - 1

SETS_AT_ONCE: Final = 16_000_000
"""Shingle hashes that are compared at once: 128 MB."""


class SketchStore:
    """Sketch files. Those of `index` hold documents that were decided before: they come first and are `known`.

    Raises Failure for more than `MOST_DOCUMENTS`.
    """

    def __init__(self, files: Sequence[Path], index: Sequence[Path] = ()) -> None:
        self._files: list[tuple[Path, list[_Batch]]] = []
        self._total = known = 0
        for number, path in enumerate((*index, *files)):
            if batches := _batches(path, self._total):
                self._files.append((path, batches))
                self._total = batches[-1].first + batches[-1].rows
            if number < len(index):
                known = self._total
        if self._total > MOST_DOCUMENTS:
            raise Failure(f"{self._total:,} documents are more than {MOST_DOCUMENTS:,}; compare them in several runs")
        sizes = self._sizes()
        self._places = self._order(known, sizes)
        """The place in the files of each document; of none without words."""
        self.numbers: Numbers = np.full(self._total, -1, dtype=np.int32)
        """The document at each place of the files, under 0: none."""
        self.numbers[self._places] = np.arange(self._places.size, dtype=np.int32)
        self.sizes: Numbers = sizes[self._places]
        self.known = int(np.count_nonzero(self._places < known))  # documents 0 to this one, exclusive

    def __len__(self) -> int:
        return int(self._places.size)

    def ranks(self, documents: Numbers | slice = slice(None)) -> Integers:
        """The rank of each of these."""
        return self._column("rank")[self._places[documents]]

    def rows(self, documents: Numbers | slice = slice(None)) -> Integers:
        """The row of each of these."""
        return self._column("row")[self._places[documents]]

    def families(self) -> Integers:
        """Of each document: only those of one family may hold each other; all may where the sketches do not tell.

        0 is no family.
        """
        return self._column(FAMILY)[self._places]

    def band(self, band: int) -> npt.NDArray[np.uint64]:
        """The bucket of the document at each place of the files, in one band."""
        return self._column(f"{BAND}{band:03d}").view(np.uint64)

    def doc_ids(self, documents: Numbers) -> pa.LargeStringArray:
        """The `doc_id` of each of these."""
        wanted, back = np.unique(self._places[documents], return_inverse=True)
        found = [pa.array([], pa.large_string())]
        for path, batches in self._files:
            first = batches[0].first if batches else 0
            last = first + sum(batch.rows for batch in batches)
            since, until = np.searchsorted(wanted, [first, last])
            if since < until:
                with pa.memory_map(str(path)) as mapped:
                    column = pa.ipc.open_file(mapped).read_all().column("doc_id")
                    found.append(column.take(pa.array(wanted[since:until] - first)).combine_chunks())
        return pa.chunked_array(found).combine_chunks().take(pa.array(back))

    def sets(self) -> Iterator[tuple[Numbers, Integers, npt.NDArray[np.uint64]]]:
        """All shingle sets, a batch at a time: whose each is (-1: nobody's), where each begins, and their values."""
        for path, batches in self._files:
            with path.open("rb") as file:
                for batch in batches:
                    file.seek(batch.offsets)
                    offsets = np.fromfile(file, np.int64, batch.rows + 1)
                    file.seek(batch.values)
                    values = np.fromfile(file, np.uint64, offsets[-1])
                    yield self.numbers[batch.first : batch.first + batch.rows], offsets, values

    def similarities(self, a: Numbers, b: Numbers) -> npt.NDArray[np.float64]:
        """The exact Jaccard of each pair of documents; on all cores."""
        both = self._overlaps(a, b)
        return both / (self.sizes[a] + self.sizes[b] - both)

    def containments(self, a: Numbers, b: Numbers) -> npt.NDArray[np.float64]:
        """The exact share of the shingles of each of `a` that are in its partner in `b`; on all cores."""
        return self._overlaps(a, b) / self.sizes[a]

    def _overlaps(self, a: Numbers, b: Numbers) -> Numbers:
        """How many shingles the documents of each pair share."""
        out = np.empty(a.size, dtype=np.int32)
        if not a.size:
            return out
        weight = np.cumsum(self.sizes[a] + self.sizes[b], dtype=np.int64)
        cores = os.cpu_count() or 1
        cuts = np.searchsorted(weight, np.arange(0, weight[-1], min(SETS_AT_ONCE, weight[-1]) // cores + 1))

        def compare(first: int, last: int) -> None:
            documents, back = np.unique(np.concatenate([a[first:last], b[first:last]]), return_inverse=True)
            sets, starts = self._sets(documents)
            kernel.overlaps(sets, starts, back[: last - first], back[last - first :], out[first:last])

        with ThreadPoolExecutor(cores) as threads:
            for _ in threads.map(compare, cuts, [*cuts[1:], a.size]):
                pass
        return out

    def _sets(self, documents: Numbers) -> tuple[npt.NDArray[np.uint64], Integers]:
        places = self._places[documents]
        starts = np.concatenate([[0], np.cumsum(self.sizes[documents], dtype=np.int64)])
        sets = np.empty(starts[-1], dtype=np.uint64)
        order = np.argsort(places)
        places, starts_of = places[order], starts[order]
        for path, batches in self._files:
            since, until = np.searchsorted(places, [batches[0].first, batches[-1].first + batches[-1].rows])
            if since == until:
                continue
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                _gather(mapped, batches, places[since:until], sets, starts_of[since:until])
        return sets, starts

    def _order(self, known: int, sizes: Numbers) -> Numbers:
        """Places, in the order of documents."""
        rank, key, row = (self._column(name) for name in ("rank", "key", "row"))
        decided, fresh = slice(0, known), slice(known, self._total)
        order = np.empty(self._total, dtype=np.int32)
        for part in (decided, fresh):
            order[part] = np.lexsort((row[part], key[part], rank[part]))
            order[part] += part.start
        return order[sizes[order] > 0]

    def _sizes(self) -> Numbers:
        """How many shingles the document at each place has."""
        whole = np.empty(self._total, dtype=np.int32)
        for path, batches in self._files:
            with path.open("rb") as file:
                for batch in batches:
                    file.seek(batch.offsets)
                    whole[batch.first :][: batch.rows] = np.diff(np.fromfile(file, np.int64, batch.rows + 1))
        return whole

    def _column(self, name: str) -> Integers:
        """A column of 64 bits, in the order of the files; ones where a file lacks it."""
        whole = np.ones(self._total, dtype=np.int64)
        for path, batches in self._files:
            with path.open("rb") as file:
                for batch in batches:
                    if name in batch.columns:
                        file.seek(batch.columns[name])
                        whole[batch.first :][: batch.rows] = np.fromfile(file, np.int64, batch.rows)
        return whole


class _Batch(NamedTuple):
    """Where in its file the columns of one batch stand, in bytes; `first` is the place of its first document."""

    first: int
    rows: int
    columns: dict[str, int]
    offsets: int
    values: int


def _batches(path: Path, first: int) -> list[_Batch]:
    """The batches of a file. Arrow gives addresses in memory; less that of the map they are places in the file."""
    found: list[_Batch] = []
    with pa.memory_map(str(path)) as mapped:
        base = mapped.read_buffer().address
        reader = pa.ipc.open_file(mapped)
        columns = [name for name in reader.schema.names if name in _COLUMNS or name.startswith(BAND)]
        for number in range(reader.num_record_batches):
            batch = reader.get_batch(number)
            if batch.num_rows:
                sets = batch.column("shingles")
                places = {name: batch.column(name).buffers()[1].address - base for name in columns}
                values = sets.values.buffers()[1].address - base if len(sets.values) else 0  # none stands in no file
                found.append(_Batch(first, batch.num_rows, places, sets.buffers()[1].address - base, values))
                first += batch.num_rows
    return found


_COLUMNS: Final = frozenset(("rank", "key", "row", FAMILY))


def _gather(
    mapped: mmap.mmap, batches: Sequence[_Batch], places: Numbers, sets: npt.NDArray[np.uint64], starts: Integers
) -> None:
    words = np.frombuffer(mapped, np.int64, len(mapped) // 8)
    firsts, offsets, values = np.array([(batch.first, batch.offsets, batch.values) for batch in batches]).T.copy()
    kernel.gather(words, firsts, offsets // 8, values // 8, places, sets.view(np.int64), starts)
