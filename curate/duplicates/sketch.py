"""Sketches: what deduplication keeps of a document. Buckets by which candidates are found, and its shingle set.

A sketch file is Arrow IPC without compression: a band is a column, so one band of a corpus is read without the others,
and a shingle set is a slice of a file mapped into memory. About 8 bytes a word and 8 a band.
"""

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.duplicates import kernel
from curate.duplicates.banding import banding
from curate.text_buffers import buffers, large_strings
from curate.word_tables import word_tables
from schemas.config import Dedup

BATCH_ROWS: Final = 4_096
"""Texts that are sketched at once."""

BAND: Final = "band_"
"""What the names of the columns of buckets begin with."""

FAMILY: Final = "family"
"""A column that a stage may add: whole numbers; only documents of one family are held to contain each other."""

LONGEST_TEXT: Final = 1 << 40


def schema(settings: Dedup) -> pa.Schema:
    """One row per document, in the order of the corpus."""
    bands = range(banding(settings.threshold, settings.permutations).bands)
    return pa.schema(
        [
            pa.field("row", pa.int64(), nullable=False),  # number of the document; the caller's, unique
            pa.field("doc_id", pa.large_string(), nullable=False),
            pa.field("rank", pa.int64(), nullable=False),  # of two duplicates the smaller (rank, doc_id, row) survives
            pa.field("key", pa.uint64(), nullable=False),  # hash of doc_id
            *(pa.field(f"{BAND}{band:03d}", pa.uint64(), nullable=False) for band in bands),
            pa.field("shingles", pa.large_list(pa.field("item", pa.uint64(), nullable=False)), nullable=False),
        ]
    )


def sketch(
    rows: pa.Array, doc_ids: pa.Array, texts: pa.Array, classes: pa.Array, source_ranks: pa.Array, settings: Dedup
) -> pa.RecordBatch:
    """Sketch texts; all arrays have one length.

    `classes`: documents of different classes are never duplicates. Of two duplicates that of the smaller
    `source_ranks` survives, of equals the longest text.
    """
    texts = large_strings(texts)
    doc_ids = large_strings(doc_ids)
    cut = banding(settings.threshold, settings.permutations)
    minima, shingles = signatures(texts, settings.shingle_words, settings.permutations)
    buckets = np.empty((cut.bands, len(texts)), dtype=np.uint64)
    kernel.band_buckets(minima, cut.bands, cut.rows, buckets)
    buckets ^= string_hashes(classes)
    ranks = pc.subtract(
        pc.multiply(source_ranks.cast(pa.int64()), LONGEST_TEXT), pc.utf8_length(texts).cast(pa.int64())
    )
    columns = [rows, doc_ids, ranks, pa.array(string_hashes(doc_ids)), *(pa.array(band) for band in buckets), shingles]
    return pa.RecordBatch.from_arrays(columns, schema=schema(settings))


def signatures(
    texts: pa.LargeStringArray, shingle_words: int, permutations: int
) -> tuple[npt.NDArray[np.uint32], pa.LargeListArray]:
    """MinHash signatures (datasketch 2, scheme affine32, seed 1), shape `(n, permutations)`, and the shingle sets.

    Releases the GIL: threads on slices of a corpus use all cores.
    """
    data, offsets = buffers(texts)
    a, b = _permutations(permutations)
    minima = np.empty((len(texts), permutations), dtype=np.uint32)
    shingles = np.empty(offsets[-1] - offsets[0], dtype=np.uint64)
    ends = np.empty(len(texts) + 1, dtype=np.int64)
    kernel.sketch(data, offsets, *word_tables(), shingle_words, a, b, minima, shingles, ends)
    sets = pa.LargeListArray.from_arrays(pa.array(ends), pa.array(shingles[: ends[-1]]))
    return minima, sets


@lru_cache
def _permutations(number: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    from datasketch import MinHash

    a, b = MinHash(num_perm=number, scheme="affine32").permutations
    return np.ascontiguousarray(a), np.ascontiguousarray(b)


def string_hashes(column: pa.Array) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of each string; of null as of an empty one."""
    strings = large_strings(column)
    data, offsets = buffers(strings)
    hashed = np.empty(len(strings), dtype=np.uint64)
    kernel.hash_strings(data, offsets, hashed)
    return hashed
