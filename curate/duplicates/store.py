"""The sketch files of a corpus, read as deduplication needs them: one band, or the shingle sets of some documents.

Documents are numbered anew, from 0, in the order of (rank, key, row): the smaller number is the better document,
whatever the order of the files; but a document decided before comes before all others. Memory holds some numbers a
document and what one call gives; the files are mapped only while they are read.
"""

import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.duplicates import kernel
from curate.duplicates.sketch import BAND, FAMILY

Integers = npt.NDArray[np.int64]

SETS_AT_ONCE: Final = 16_000_000
"""Shingle hashes that are compared at once: 128 MB."""


class SketchStore:
    """Sketch files. Those of `index` hold documents that were decided before: they come first and are `known`."""

    def __init__(self, files: Sequence[Path], index: Sequence[Path] = ()) -> None:
        self._files: list[tuple[Path, list[_Batch]]] = []
        self._total = 0
        known, read = 0, []
        for number, path in enumerate((*index, *files)):
            file = _File.read(path, self._total)
            if file.batches:
                self._files.append((path, file.batches))
                read.append(file)
                self._total += file.size.size
            if number < len(index):
                known = self._total
        size, rank, key, row, family = (
            np.concatenate([np.empty(0, np.int64), *(getattr(file, name) for file in read)])
            for name in ("size", "rank", "key", "row", "family")
        )
        fresh = np.arange(self._total) >= known
        order = np.lexsort((row, key, rank, fresh))
        self._places: Integers = order[size[order] > 0]  # place in the files of each document; none without words
        self.sizes: Integers = size[self._places]
        self.ranks: Integers = rank[self._places]
        self.rows: Integers = row[self._places]
        self.families: Integers = family[self._places]
        self.known = int(np.count_nonzero(~fresh[self._places]))  # documents 0 to this one, exclusive

    def __len__(self) -> int:
        return int(self._places.size)

    def band(self, band: int) -> npt.NDArray[np.uint64]:
        """The bucket of each document in one band."""
        whole = np.empty(self._total, dtype=np.uint64)
        for path, batches in self._files:
            with path.open("rb") as file:
                for batch in batches:
                    file.seek(batch.bands[band])
                    whole[batch.first : batch.first + batch.rows] = np.fromfile(file, np.uint64, batch.rows)
        return whole[self._places]

    def doc_ids(self, documents: Integers) -> pa.LargeStringArray:
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

    def sets(self) -> Iterator[tuple[Integers, Integers, npt.NDArray[np.uint64]]]:
        """All shingle sets, a batch at a time: whose each is (-1: nobody's), where each begins, and their values."""
        numbers = np.full(self._total, -1, dtype=np.int64)
        numbers[self._places] = np.arange(self._places.size)
        for path, batches in self._files:
            with path.open("rb") as file:
                for batch in batches:
                    file.seek(batch.offsets)
                    offsets = np.fromfile(file, np.int64, batch.rows + 1)
                    file.seek(batch.values)
                    values = np.fromfile(file, np.uint64, offsets[-1])
                    yield numbers[batch.first : batch.first + batch.rows], offsets, values

    def similarities(self, a: Integers, b: Integers) -> npt.NDArray[np.float64]:
        """The exact Jaccard of each pair of documents; on all cores."""
        return self._compared(a, b, kernel.similarities)

    def containments(self, a: Integers, b: Integers) -> npt.NDArray[np.float64]:
        """The exact share of the shingles of each of `a` that are in its partner in `b`; on all cores."""
        return self._compared(a, b, kernel.containments)

    def _compared(self, a: Integers, b: Integers, loop: "_Loop") -> npt.NDArray[np.float64]:
        out = np.empty(a.size, dtype=np.float64)
        if not a.size:
            return out
        weight = np.cumsum(self.sizes[a] + self.sizes[b])
        cores = os.cpu_count() or 1
        cuts = np.searchsorted(weight, np.arange(0, weight[-1], min(SETS_AT_ONCE, weight[-1]) // cores + 1))

        def compare(first: int, last: int) -> None:
            documents, back = np.unique(np.concatenate([a[first:last], b[first:last]]), return_inverse=True)
            sets, starts = self._sets(documents)
            loop(sets, starts, back[: last - first], back[last - first :], out[first:last])

        with ThreadPoolExecutor(cores) as threads:
            for _ in threads.map(compare, cuts, [*cuts[1:], a.size]):
                pass
        return out

    def _sets(self, documents: Integers) -> tuple[npt.NDArray[np.uint64], Integers]:
        places = self._places[documents]
        starts = np.concatenate([[0], np.cumsum(self.sizes[documents])])
        sets = np.empty(starts[-1], dtype=np.uint64)
        order = np.argsort(places)
        places, starts_of = places[order], starts[order]
        for path, batches in self._files:
            edges = np.searchsorted(places, [*(batch.first for batch in batches), batches[-1].first + batches[-1].rows])
            if edges[0] == edges[-1]:
                continue
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                for batch, since, until in zip(batches, edges, edges[1:], strict=False):
                    if since < until:
                        self._gather(mapped, batch, places[since:until], sets, starts_of[since:until])
        return sets, starts

    @staticmethod
    def _gather(
        mapped: mmap.mmap, batch: "_Batch", places: Integers, sets: npt.NDArray[np.uint64], starts: Integers
    ) -> None:
        offsets = np.frombuffer(mapped, np.int64, batch.rows + 1, batch.offsets)
        values = np.frombuffer(mapped, np.uint64, offsets[-1], batch.values) if offsets[-1] else _NONE
        kernel.gather(values, offsets, places - batch.first, sets, starts)


_NONE: Final = np.empty(0, np.uint64)

_Loop: TypeAlias = Callable[[npt.NDArray[np.uint64], Integers, Integers, Integers, npt.NDArray[np.float64]], None]


class _Batch(NamedTuple):
    """Where in its file the columns of one batch stand, in bytes; `first` is the place of its first document."""

    first: int
    rows: int
    bands: tuple[int, ...]
    offsets: int
    values: int


class _File(NamedTuple):
    """What memory holds of a file, and of each document in it."""

    batches: list[_Batch]
    size: Integers
    rank: Integers
    key: Integers
    row: Integers
    family: Integers

    @classmethod
    def read(cls, path: Path, first: int) -> "_File":
        """Read all columns but the sets. Arrow gives addresses in memory; less that of the map they are places."""
        batches: list[_Batch] = []
        columns: dict[str, list[Integers]] = {"size": [], "rank": [], "key": [], "row": [], "family": []}
        with pa.memory_map(str(path)) as mapped:
            base = mapped.read_buffer().address
            reader = pa.ipc.open_file(mapped)
            bands = [name for name in reader.schema.names if name.startswith(BAND)]
            for number in range(reader.num_record_batches):
                batch = reader.get_batch(number)
                if not batch.num_rows:
                    continue
                sets = batch.column("shingles")
                places = tuple(batch.column(name).buffers()[1].address - base for name in bands)
                of_sets = [sets.buffers()[1].address - base, sets.values.buffers()[1].address - base]
                batches.append(_Batch(first, batch.num_rows, places, *of_sets))
                columns["size"].append(np.diff(sets.offsets.to_numpy()))
                columns["rank"].append(batch.column("rank").to_numpy().copy())
                columns["key"].append(batch.column("key").to_numpy().view(np.int64).copy())
                columns["row"].append(batch.column("row").to_numpy().copy())
                columns["family"].append(_families(batch))
                first += batch.num_rows
        return cls(batches, *(np.concatenate([np.empty(0, np.int64), *parts]) for parts in columns.values()))


def _families(batch: pa.RecordBatch) -> Integers:
    """Which documents may hold which (those of one family); all may where the sketches do not tell. 0 is no family."""
    if FAMILY not in batch.schema.names:
        return np.ones(batch.num_rows, dtype=np.int64)
    return np.array(batch.column(FAMILY).to_numpy())
