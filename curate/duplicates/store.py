"""The sketch files of a corpus, read as deduplication needs them: one band, or the shingle sets of some documents.

Documents are numbered anew, from 0, in the order of (rank, key, row): the smaller number is the better document,
whatever the order of the files; but a document decided before comes before all others. Memory holds some numbers a
document and what one call gives; the files are mapped only while they are read.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.duplicates import kernel
from curate.duplicates.sketch import band_column

Integers = npt.NDArray[np.int64]

SETS_AT_ONCE: Final = 16_000_000
"""Shingle hashes that are compared at once: 128 MB."""


class SketchStore:
    """Sketch files. Those of `index` hold documents that were decided before: they come first and are `known`."""

    def __init__(self, files: Sequence[Path], index: Sequence[Path] = ()) -> None:
        self._files = (*index, *files)
        numbers = [_numbers(file) for file in self._files]
        self._starts = np.cumsum([0, *(each["size"].size for each in numbers)])  # of each file
        size, rank, key, row = (
            np.concatenate([np.empty(0, np.int64), *(each[name] for each in numbers)])
            for name in ("size", "rank", "key", "row")
        )
        fresh = np.arange(size.size) >= self._starts[len(index)]
        order = np.lexsort((row, key, rank, fresh))
        self._places: Integers = order[size[order] > 0]  # place in the files of each document; none without words
        self.sizes: Integers = size[self._places]
        self.ranks: Integers = rank[self._places]
        self.rows: Integers = row[self._places]
        self.known = int(np.count_nonzero(~fresh[self._places]))  # documents 0 to this one, exclusive

    def __len__(self) -> int:
        return int(self._places.size)

    def band(self, band: int) -> npt.NDArray[np.uint64]:
        """The bucket of each document in one band."""
        whole = np.empty(self._starts[-1], dtype=np.uint64)
        at = 0
        for file in self._files:
            for batch in _batches(file, [band_column(band)]):
                whole[at : at + batch.num_rows] = batch.column(0).to_numpy()
                at += batch.num_rows
        return whole[self._places]

    def doc_ids(self, documents: Integers) -> pa.LargeStringArray:
        """The `doc_id` of each of these."""
        wanted, back = np.unique(self._places[documents], return_inverse=True)
        found = []
        for batch, inside, _ in self._batches_with(wanted, "doc_id"):
            found.append(batch.column(0).take(pa.array(inside)))
        return pa.chunked_array(found, pa.large_string()).combine_chunks().take(pa.array(back))

    def similarities(self, a: Integers, b: Integers) -> npt.NDArray[np.float64]:
        """The exact Jaccard of each pair of documents."""
        out = np.empty(a.size, dtype=np.float64)
        weight = np.cumsum(self.sizes[a] + self.sizes[b])
        cuts = np.searchsorted(weight, np.arange(0, weight[-1] if a.size else 0, SETS_AT_ONCE))
        for first, last in zip(cuts, [*cuts[1:], a.size], strict=True):
            documents, back = np.unique(np.concatenate([a[first:last], b[first:last]]), return_inverse=True)
            sets, starts = self._sets(documents)
            half = last - first
            kernel.similarities(sets, starts, back[:half], back[half:], out[first:last])
        return out

    def _sets(self, documents: Integers) -> tuple[npt.NDArray[np.uint64], Integers]:
        places = self._places[documents]
        starts = np.concatenate([[0], np.cumsum(self.sizes[documents])])
        sets = np.empty(starts[-1], dtype=np.uint64)
        order = np.argsort(places)
        for batch, inside, among in self._batches_with(places[order], "shingles"):
            column = batch.column(0)
            offsets = column.offsets.to_numpy()
            kernel.gather(column.values.to_numpy(), offsets, inside, sets, starts[order[among]])
        return sets, starts

    def _batches_with(self, places: Integers, column: str) -> Iterator[tuple[pa.RecordBatch, Integers, slice]]:
        """Each batch that holds some of the ascending `places`, their rows in it, and which of `places` they are."""
        cuts = np.searchsorted(places, self._starts)
        for file, first, low, high in zip(self._files, self._starts, cuts, cuts[1:], strict=False):
            if low == high:
                continue
            at = int(first)
            for batch in _batches(file, [column]):
                since, until = np.searchsorted(places, [at, at + batch.num_rows])
                if since < until:
                    yield batch, places[since:until] - at, slice(since, until)
                at += batch.num_rows


def _numbers(file: Path) -> dict[str, Integers]:
    """What memory holds of each document of a file."""
    found: dict[str, list[Integers]] = {"size": [], "rank": [], "key": [], "row": []}
    for batch in _batches(file, ["shingles", "rank", "key", "row"]):
        found["size"].append(np.diff(batch.column(0).offsets.to_numpy()))
        found["rank"].append(batch.column(1).to_numpy())
        found["key"].append(batch.column(2).to_numpy().view(np.int64))
        found["row"].append(batch.column(3).to_numpy())
    return {name: np.concatenate([np.empty(0, np.int64), *parts]) for name, parts in found.items()}


def _batches(file: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The batches of a file, without a copy; unmapped when the last array of them is gone."""
    with pa.memory_map(str(file)) as mapped:
        reader = pa.ipc.open_file(mapped)
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number).select(list(columns))
