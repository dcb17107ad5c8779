"""The index of the items: from pairs of content words to the items that hold them, as flat arrays.

An entry is what is looked for at once: the question of an item (stem and options), or its context. Its seeds are pairs
of its content words, next to one another or with one between them, in whatever order: a pair outlives a typing error
beside it, a dropped word and a shuffled option. Memory follows the items alone.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.contamination import kernel
from curate.contamination.folding import folding_tables
from curate.contamination.rarity import Weighed, WeighedItem
from curate.text_buffers import buffers
from curate.words import word_hash
from schemas.config import Decontaminate

FACETS: Final = ("question", "context")

CONTENT_BITS: Final = 8.5
"""A word that says so much (one in 360) is a content word. One letter never is."""

MOST_PAIRS: Final = 32
"""Of an entry so many pairs at most are seeds, those that say most: a long question is found by part of it."""

MOST_ENTRIES: Final = 16
"""A pair of words that more entries hold is no seed, unless it is among the rarest of an entry."""
RAREST: Final = 6

PAIRS_PER_SEED: Final = 6
"""For every so many pairs of an entry one more must be found before a stretch is looked at: 1, from six on 2, ..."""

FLOOR: Final = 0.5
"""And the words of a stretch must weigh so much of the entry, or of its stem."""


KERNEL: Final = (
    "word_keys", "word_values", "content", "pair_bits", "pair_keys", "pair_values", "posting_starts", "postings",
    "seeds", "widths", "floors", "entry_starts", "entry_words", "entry_weights",
)  # fmt: skip
"""The columns that `kernel.candidates` takes, in its order."""


class Entry(NamedTuple):
    """What is looked for at once: `question` (stem and options) or `context` of the item of that number."""

    item: int
    facet: str


class Index:
    """The items and the arrays that find them: columns of one row, so that a worker reads them as they are."""

    def __init__(self, row: pa.Table) -> None:
        columns = {name: row[name].combine_chunks().values for name in row.column_names}
        self._texts = {name: columns[name] for name in ("items", "texts", "vocabulary")}
        self._columns = {
            name: values.to_numpy(zero_copy_only=False) for name, values in columns.items() if name not in self._texts
        }
        self._arrays = tuple(self._columns[name] for name in KERNEL)

    def __len__(self) -> int:
        """How many items there are."""
        return len(self._texts["items"])

    def candidates(self, texts: pa.LargeStringArray) -> npt.NDArray[np.int32]:
        """`(text, entry, first word, end word)` of every stretch to look at, by text and entry; shape `(n, 4)`."""
        data, offsets = buffers(texts)
        room = 1024 + 4 * len(texts)
        while True:
            out = np.empty((room, 4), dtype=np.int32)
            found = kernel.candidates(data, offsets, *folding_tables(), *self._arrays, out)
            if found <= room:
                return out[:found][np.lexsort((out[:found, 1], out[:found, 0]))]
            room = found

    def entry(self, number: int) -> Entry:
        """What the entry of that number is of."""
        return Entry(int(self._columns["entry_items"][number]), FACETS[self._columns["entry_facets"][number]])

    @cache  # noqa: B019 - an index lives as long as its process, and the items are its own
    def item(self, number: int) -> WeighedItem:
        """The item of that number."""
        first, end = self._columns["item_starts"][number : number + 2].tolist()
        stem, context, *options = (self._part(part) for part in range(first, end))
        return WeighedItem(self._texts["items"][number].as_py(), stem, context, tuple(options))

    def weighed(self) -> list[WeighedItem]:
        """All items."""
        return [self.item(number) for number in range(len(self))]

    def _part(self, part: int) -> Weighed:
        here = slice(*self._columns["part_starts"][part : part + 2].tolist())
        words = self._texts["vocabulary"].take(pa.array(self._columns["words"][here])).to_pylist()
        bits, weights = (tuple(self._columns[name][here].tolist()) for name in ("bits", "weights"))
        return Weighed(self._texts["texts"][part].as_py(), tuple(words), bits, weights)


def build(items: Sequence[WeighedItem], settings: Decontaminate) -> pa.Table:
    """The columns of an `Index` of `items`, as one row. They are in an order of their own."""
    entries: list[Entry] = []
    parts: list[tuple[Weighed, ...]] = []
    for number, item in enumerate(items):
        entries.append(Entry(number, "question"))
        parts.append((item.stem, *item.options))
        if item.context.words:
            entries.append(Entry(number, "context"))
            parts.append((item.context,))
    bits = {word: said for pieces in parts for part in pieces for word, said in zip(part.words, part.bits, strict=True)}
    vocabulary = {word: number for number, word in enumerate(sorted(bits))}
    content = np.array([bits[word] >= CONTENT_BITS and len(word) > 1 for word in vocabulary], dtype=np.bool_)
    of_entries = [[vocabulary[word] for part in pieces for word in part.words] for pieces in parts]
    word_keys, word_values = _table(np.array([word_hash(word) | 1 for word in vocabulary], dtype=np.uint64))
    starts, words, weights = _weights(parts, vocabulary)
    every = [part for item in items for part in (item.stem, item.context, *item.options)]
    columns = {
        "items": pa.array([item.item for item in items], pa.string()),
        "texts": pa.array([part.text for part in every], pa.string()),
        "vocabulary": pa.array(list(vocabulary), pa.string()),
        "item_starts": _starts([2 + len(item.options) for item in items]),
        "part_starts": _starts([len(part.words) for part in every]),
        "words": np.array([vocabulary[word] for part in every for word in part.words], dtype=np.int32),
        "bits": np.array([said for part in every for said in part.bits], dtype=np.float32),
        "weights": np.array([said for part in every for said in part.weights], dtype=np.float32),
        "entry_items": np.array([entry.item for entry in entries], dtype=np.int32),
        "entry_facets": np.array([FACETS.index(entry.facet) for entry in entries], dtype=np.int8),
        "word_keys": word_keys,
        "word_values": word_values,
        "content": content,
        **_pairs(
            [[word for word in words if content[word]] for words in of_entries],
            np.array([bits[word] for word in vocabulary]),
        ),
        "widths": np.array([len(words) * 4 // 3 + 12 for words in of_entries], dtype=np.int32),
        "floors": np.array([_floor(pieces, settings) for pieces in parts], dtype=np.float32),
        "entry_starts": starts,
        "entry_words": words,
        "entry_weights": weights,
    }
    return pa.table({name: _one_row(values) for name, values in columns.items()})


def _one_row(values: npt.NDArray[np.generic] | pa.Array) -> pa.LargeListArray:
    items = values if isinstance(values, pa.Array) else pa.array(values)
    return pa.LargeListArray.from_arrays(pa.array([0, len(items)], pa.int64()), items)


def _starts(sizes: Sequence[int]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(np.array(sizes, dtype=np.int64))]).astype(np.int64)


def _floor(pieces: Sequence[Weighed], settings: Decontaminate) -> float:
    stem, whole = sum(_said(pieces[:1]).values()), sum(_said(pieces).values())
    least = min(whole, stem) if stem >= 2 * settings.min_bits else whole
    return FLOOR * least


def _said(pieces: Sequence[Weighed]) -> dict[str, float]:
    """The distinct words with the most that each says."""
    said: dict[str, float] = {}
    for part in pieces:
        for word, weight in zip(part.words, part.weights, strict=True):
            said[word] = max(weight, said.get(word, 0.0))
    return said


def _weights(
    parts: Sequence[Sequence[Weighed]], vocabulary: dict[str, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """The distinct words of each entry with the most that each says in it."""
    starts, words, weights = [0], list[int](), list[float]()
    for pieces in parts:
        said = _said(pieces)
        words += [vocabulary[word] for word in said]
        weights += said.values()
        starts.append(len(words))
    return np.array(starts, np.int64), np.array(words, np.int32), np.array(weights, np.float32)


def _pairs(content: Sequence[Sequence[int]], says: npt.NDArray[np.float64]) -> dict[str, npt.NDArray[np.generic]]:
    """The table from pairs of content words to entries: a bit for each, keys and values, starts and postings.

    `content`: the content words of each entry, in order; `says`: bits of each word.
    """
    pairs, said, entries = [], [], []
    for entry, words in enumerate(content):
        near = np.array(words, dtype=np.int64)
        one = np.concatenate([near[:-1], near[:-2]])
        other = np.concatenate([near[1:], near[2:]])
        one, other = one[one != other], other[one != other]
        of_entry, first = np.unique(_pair_hashes(one, other), return_index=True)
        pairs.append(of_entry)
        said.append((says[one] + says[other])[first])
        entries.append(np.full(of_entry.size, entry, dtype=np.int32))
    pair = np.concatenate([np.empty(0, np.uint64), *pairs])
    entry_of = np.concatenate([np.empty(0, np.int32), *entries])
    distinct, place, number = np.unique(pair, return_inverse=True, return_counts=True)
    held = number[place]
    rarest = _rank(entry_of, held, np.arange(pair.size)) < RAREST
    most = _rank(entry_of, -np.concatenate([np.empty(0), *said]), held, pair) < MOST_PAIRS
    kept = most & ((held <= MOST_ENTRIES) | rarest)
    order = np.lexsort((entry_of[kept], place[kept]))
    postings, owner = entry_of[kept][order], place[kept][order]
    present, starts = np.unique(owner, return_index=True)
    keys = distinct[present]
    bits = np.zeros(1 << max(10, (16 * keys.size // 64).bit_length()), dtype=np.uint64)
    kernel.set_bits(bits, keys)
    pair_keys, pair_values = _table(keys)
    return {
        "pair_bits": bits,
        "pair_keys": pair_keys,
        "pair_values": pair_values,
        "posting_starts": np.append(starts, postings.size).astype(np.int64),
        "postings": postings,
        "seeds": (1 + np.bincount(postings, minlength=len(content)) // PAIRS_PER_SEED).astype(np.int32),
    }


def _rank(group: npt.NDArray[np.int32], *keys: npt.NDArray[np.generic]) -> npt.NDArray[np.int64]:
    """The place of each within its group (which stand together, ascending), by `keys`."""
    order = np.lexsort((*reversed(keys), group))
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size) - np.searchsorted(group, group)
    return rank


def _pair_hashes(one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """`kernel.pair_hash` of each pair."""
    factor, half = np.uint64(int(kernel._FACTOR)), np.uint64(32)
    mixed = ((np.minimum(one, other).astype(np.uint64) << half) | np.maximum(one, other).astype(np.uint64)) * factor
    mixed = (mixed ^ (mixed >> half)) * factor
    return (mixed ^ (mixed >> half)) | np.uint64(1)


def _table(entries: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """An open table of distinct numbers, at most a quarter full: keys, and the place of each."""
    size = 1 << (4 * entries.size + 4).bit_length()
    keys, values = np.zeros(size, dtype=np.uint64), np.zeros(size, dtype=np.int32)
    kernel.fill(keys, values, entries)
    return keys, values
