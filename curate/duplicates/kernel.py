"""The compiled loops of near duplicates: shingles and minima of many texts, and Jaccard of two shingle sets.

Texts are Arrow's own buffers, shingle sets are slices of one flat array. No Python object per document, and no GIL.

Signatures are those of datasketch 2, scheme affine32: the low 32 bits of a shingle's hash, mixed by MurmurHash3's
32-bit finaliser, then for each permutation k the minimum over all shingles of `a[k] * h + b[k]` mod 2^32.
"""

from typing import Final

import numba
import numpy as np
import numpy.typing as npt

from curate.word_kernel import hash_words
from curate.words import FINISH_1, FINISH_2, SHINGLE_FACTOR

U32 = np.uint32
U64 = np.uint64
_FACTOR: Final = U64(SHINGLE_FACTOR)
_FINISH_1: Final = U64(FINISH_1)
_FINISH_2: Final = U64(FINISH_2)
_BAND_FACTOR: Final = U64(0x9FB21C651E98DF25)
_33: Final = U64(33)


@numba.njit(nogil=True)
def sketch(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    ascii_fold: npt.NDArray[np.uint8],
    place: npt.NDArray[np.uint32],
    folded: npt.NDArray[np.uint8],
    size: int,
    a: npt.NDArray[np.uint32],
    b: npt.NDArray[np.uint32],
    minima: npt.NDArray[np.uint32],
    shingles: npt.NDArray[np.uint64],
    ends: npt.NDArray[np.int64],
) -> None:
    """For each text `data[offsets[i]:offsets[i + 1]]`: its minima to `minima[i]`, its shingle set to `shingles`.

    The sets stand sorted, one after the other, the `i`-th from `ends[i]` to `ends[i + 1]`. `shingles` needs room for
    as many as there are bytes. The minima of a text without words are 2^32 - 1, as datasketch has them.
    """
    longest = 0
    for i in range(offsets.size - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    words = np.empty(longest + 1, dtype=np.uint64)
    inputs = np.empty(longest + 1, dtype=np.uint32)
    buckets = np.empty(4 * longest + 8, dtype=np.int32)
    top = U64(1)
    for _ in range(size - 1):
        top *= _FACTOR
    ends[0] = 0
    for i in range(offsets.size - 1):
        count = hash_words(data, offsets[i], offsets[i + 1], ascii_fold, place, folded, words)
        runs = min(count, max(1, count - size + 1))
        rolled = U64(0)
        for j in range(min(count, size)):
            rolled = rolled * _FACTOR + words[j]
        # The hashes replace the words that they begin with.
        for j in range(runs):
            gone = words[j]
            mixed = (rolled ^ (rolled >> _33)) * _FINISH_1
            mixed = (mixed ^ (mixed >> _33)) * _FINISH_2
            mixed ^= mixed >> _33
            words[j] = mixed
            if j + 1 < runs:
                rolled = (rolled - gone * top) * _FACTOR + words[j + size]
            low = U32(mixed & U64(0xFFFFFFFF))
            low ^= low >> U32(16)
            low = U32(low * U32(0x85EBCA6B))
            low ^= low >> U32(13)
            low = U32(low * U32(0xC2B2AE35))
            inputs[j] = low ^ (low >> U32(16))
        _minima(inputs, runs, a, b, minima[i])
        ends[i + 1] = _sorted_set(words, runs, buckets, shingles, ends[i])


@numba.njit(nogil=True)
def _minima(
    inputs: npt.NDArray[np.uint32],
    runs: int,
    a: npt.NDArray[np.uint32],
    b: npt.NDArray[np.uint32],
    minima: npt.NDArray[np.uint32],
) -> None:
    """One permutation after the other, so that the compiler makes the inner loop a vector reduction."""
    for k in range(a.size):
        factor = a[k]
        term = b[k]
        least = U32(0xFFFFFFFF)
        for j in range(runs):
            least = min(least, U32(factor * inputs[j] + term))
        minima[k] = least


@numba.njit(nogil=True)
def _sorted_set(
    values: npt.NDArray[np.uint64],
    count: int,
    buckets: npt.NDArray[np.int32],
    out: npt.NDArray[np.uint64],
    first: int,
) -> int:
    """Write the distinct of `values[:count]` in order to `out[first:]`; gives where they end.

    Hashes are spread evenly, so their top bits tell about where each belongs; an insertion sort does the rest.
    """
    bits = 0
    while (1 << bits) < count:
        bits += 1
    number = 1 << bits
    for j in range(number + 1):
        buckets[j] = 0
    shift = U64(64 - bits)
    if bits:
        for j in range(count):
            buckets[(values[j] >> shift) + U64(1)] += 1
        for j in range(number):
            buckets[j + 1] += buckets[j]
    for j in range(count):
        slot = values[j] >> shift if bits else U64(0)
        out[first + buckets[slot]] = values[j]
        buckets[slot] += 1
    end = first
    for j in range(count):
        value = out[first + j]
        at = end
        while at > first and out[at - 1] > value:
            at -= 1
        if at > first and out[at - 1] == value:
            continue
        for move in range(end, at, -1):
            out[move] = out[move - 1]
        out[at] = value
        end += 1
    return end


@numba.njit(nogil=True)
def band_buckets(minima: npt.NDArray[np.uint32], bands: int, rows: int, out: npt.NDArray[np.uint64]) -> None:
    """Hash each band of each signature: `out[band, i]`, shape `(bands, n)`."""
    for i in range(minima.shape[0]):
        for band in range(bands):
            mixed = U64(band)
            for k in range(band * rows, (band + 1) * rows):
                mixed = (mixed ^ U64(minima[i, k])) * _BAND_FACTOR
                mixed ^= mixed >> U64(32)
            out[band, i] = mixed


@numba.njit(nogil=True)
def hash_strings(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], out: npt.NDArray[np.uint64]) -> None:
    """A 64-bit hash of each string `data[offsets[i]:offsets[i + 1]]`."""
    for i in range(out.size):
        mixed = U64(offsets[i + 1] - offsets[i])
        for at in range(offsets[i], offsets[i + 1]):
            mixed = (mixed ^ U64(data[at])) * _BAND_FACTOR
            mixed ^= mixed >> U64(32)
        out[i] = mixed


@numba.njit(nogil=True)
def gather(
    values: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    wanted: npt.NDArray[np.int64],
    out: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.int64],
) -> None:
    """Copy set `values[offsets[w]:offsets[w + 1]]` for each `w` of `wanted` to `out`, the `i`-th from `starts[i]`."""
    for i in range(wanted.size):
        first = offsets[wanted[i]]
        for j in range(offsets[wanted[i] + 1] - first):
            out[starts[i] + j] = values[first + j]


@numba.njit(nogil=True)
def shared(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> int:
    """|a ∩ b| of two sorted sets."""
    count = 0
    i = 0
    j = 0
    while i < a.size and j < b.size:
        x = a[i]
        y = b[j]
        count += x == y
        i += x <= y
        j += y <= x
    return count


@numba.njit(nogil=True)
def similarities(
    sets: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.int64],
    a: npt.NDArray[np.int64],
    b: npt.NDArray[np.int64],
    out: npt.NDArray[np.float64],
) -> None:
    """The exact Jaccard of each pair of sets: set `i` is `sets[starts[i]:starts[i + 1]]`, none is empty."""
    for pair in range(a.size):
        first = sets[starts[a[pair]] : starts[a[pair] + 1]]
        second = sets[starts[b[pair]] : starts[b[pair] + 1]]
        both = shared(first, second)
        out[pair] = both / (first.size + second.size - both)


@numba.njit(nogil=True)
def containments(
    sets: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.int64],
    a: npt.NDArray[np.int64],
    b: npt.NDArray[np.int64],
    out: npt.NDArray[np.float64],
) -> None:
    """The share of the first of each pair of sets that is in the second; arguments as those of `similarities`."""
    for pair in range(a.size):
        first = sets[starts[a[pair]] : starts[a[pair] + 1]]
        out[pair] = shared(first, sets[starts[b[pair]] : starts[b[pair] + 1]]) / first.size


@numba.njit(nogil=True)
def find(parent: npt.NDArray[np.int64], member: int) -> int:
    """The smallest member of the set that `member` is in; shortens the way to it (Tarjan 1975)."""
    while parent[member] != member:
        parent[member] = parent[parent[member]]
        member = parent[member]
    return member


@numba.njit(nogil=True)
def join(parent: npt.NDArray[np.int64], a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> None:
    """Make one set of the two that `a[i]` and `b[i]` are in, for each `i`."""
    for i in range(a.size):
        one = find(parent, a[i])
        other = find(parent, b[i])
        parent[max(one, other)] = min(one, other)


@numba.njit(nogil=True)
def round_of_pairs(
    members: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    leaders: npt.NDArray[np.int64],
    most: int,
    turns: int,
    known: int,
    sizes: npt.NDArray[np.int64],
    parent: npt.NDArray[np.int64],
    threshold: float,
    a: npt.NDArray[np.int64],
    b: npt.NDArray[np.int64],
) -> int:
    """Pair the next `turns` leaders of each bucket with the members after each that are not in its set; gives how many.

    Bucket `i` is `members[starts[i]:starts[i + 1]]`; `leaders[i]`, its next leader, is moved on. No bucket has more
    than `most` leaders; a turn that gives no pair does not count. Left out are pairs of documents under `known`, and
    those whose sizes alone keep them under the threshold. `a` and `b` need room for as many as there are members; what
    they cannot take is left for the next round.
    """
    count = 0
    for i in range(leaders.size):
        width = starts[i + 1] - starts[i]
        last = min(width - 1, most)
        taken = 0
        while leaders[i] < last and taken < turns and count + width <= a.size:
            at = starts[i] + leaders[i]
            leader = members[at]
            root = find(parent, leader)
            before = count
            for j in range(at + 1, starts[i + 1]):
                other = members[j]
                small = min(sizes[leader], sizes[other])
                large = max(sizes[leader], sizes[other])
                if other >= known and small >= (threshold - 1e-9) * large and find(parent, other) != root:
                    a[count] = leader
                    b[count] = other
                    count += 1
            leaders[i] += 1
            taken += count > before
    return count


@numba.njit(nogil=True)
def round_of_leaders(
    starts: npt.NDArray[np.int64],
    leaders: npt.NDArray[np.int64],
    twin: npt.NDArray[np.int64],
    a: npt.NDArray[np.int64],
    b: npt.NDArray[np.int64],
) -> int:
    """Pair the next member of each group that stays (`twin` under 0) with all after it; gives how many pairs.

    Group `i` stands at `starts[i]` to `starts[i + 1]`; `leaders[i]`, its next member to look at, is moved on.
    """
    count = 0
    for i in range(leaders.size):
        while leaders[i] < starts[i + 1] and twin[leaders[i]] >= 0:
            leaders[i] += 1
        for j in range(leaders[i] + 1, starts[i + 1]):
            a[count] = leaders[i]
            b[count] = j
            count += 1
        leaders[i] += 1
    return count


@numba.njit(nogil=True)
def roots(parent: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The smallest member of the set that each is in."""
    found = np.empty_like(parent)
    for i in range(parent.size):
        found[i] = find(parent, i)
    return found
