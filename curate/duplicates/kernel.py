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
_6: Final = U64(6)
_63: Final = U64(63)


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
def mark(
    buckets: npt.NDArray[np.uint64],
    numbers: npt.NDArray[np.int32],
    once: npt.NDArray[np.uint64],
    twice: npt.NDArray[np.uint64],
) -> None:
    """Set a bit in `once` for each bucket, and in `twice` for each whose bit was set; none where `numbers` is under 0.

    Both are of one size, a power of two. So in `twice` stand all buckets of two or more, and few others.
    """
    mask = U64(once.size * 64 - 1)
    for i in range(buckets.size):
        if numbers[i] >= 0:
            word = (buckets[i] & mask) >> _6
            bit = U64(1) << (buckets[i] & _63)
            twice[word] |= once[word] & bit
            once[word] |= bit


@numba.njit(nogil=True)
def marked(
    buckets: npt.NDArray[np.uint64], numbers: npt.NDArray[np.int32], twice: npt.NDArray[np.uint64]
) -> npt.NDArray[np.bool_]:
    """Which buckets have a bit in `twice`, as `mark` set it."""
    mask = U64(twice.size * 64 - 1)
    found = np.empty(buckets.size, dtype=np.bool_)
    for i in range(buckets.size):
        bit = U64(1) << (buckets[i] & _63)
        found[i] = numbers[i] >= 0 and twice[(buckets[i] & mask) >> _6] & bit != U64(0)
    return found


@numba.njit(nogil=True)
def gather(
    words: npt.NDArray[np.int64],
    firsts: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    values: npt.NDArray[np.int64],
    places: npt.NDArray[np.int32],
    out: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
) -> None:
    """Copy the sets of documents of a file to `out`, that of `places[i]` from `starts[i]`; `places` ascend.

    `words` is the file. Of its batch `k` the first document is at place `firsts[k]`; where in the file its sets begin
    and end stands from word `offsets[k]` on, counted from word `values[k]`.
    """
    batch = 0
    for i in range(places.size):
        while batch + 1 < firsts.size and places[i] >= firsts[batch + 1]:
            batch += 1
        at = offsets[batch] + places[i] - firsts[batch]
        first = values[batch] + words[at]
        for j in range(words[at + 1] - words[at]):
            out[starts[i] + j] = words[first + j]


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
def overlaps(
    sets: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.int64],
    a: npt.NDArray[np.int64],
    b: npt.NDArray[np.int64],
    out: npt.NDArray[np.int32],
) -> None:
    """How many members the two sets of each pair share: set `i` is `sets[starts[i]:starts[i + 1]]`."""
    for pair in range(a.size):
        first = sets[starts[a[pair]] : starts[a[pair] + 1]]
        out[pair] = shared(first, sets[starts[b[pair]] : starts[b[pair] + 1]])


@numba.njit(nogil=True)
def find(parent: npt.NDArray[np.int32], member: int) -> int:
    """The smallest member of the set that `member` is in; shortens the way to it (Tarjan 1975)."""
    while parent[member] != member:
        parent[member] = parent[parent[member]]
        member = parent[member]
    return member


@numba.njit(nogil=True)
def join(parent: npt.NDArray[np.int32], a: npt.NDArray[np.int32], b: npt.NDArray[np.int32]) -> None:
    """Make one set of the two that `a[i]` and `b[i]` are in, for each `i`."""
    for i in range(a.size):
        one = find(parent, a[i])
        other = find(parent, b[i])
        parent[max(one, other)] = min(one, other)


@numba.njit(nogil=True)
def round_of_pairs(
    members: npt.NDArray[np.int32],
    starts: npt.NDArray[np.int64],
    leaders: npt.NDArray[np.int64],
    most: int,
    turns: int,
    known: int,
    sizes: npt.NDArray[np.int32],
    parent: npt.NDArray[np.int32],
    threshold: float,
    a: npt.NDArray[np.int32],
    b: npt.NDArray[np.int32],
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
    twin: npt.NDArray[np.int32],
    a: npt.NDArray[np.int32],
    b: npt.NDArray[np.int32],
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
def flatten(parent: npt.NDArray[np.int32]) -> None:
    """Put the smallest member of its set in the place of each one's parent."""
    for i in range(parent.size):
        parent[i] = find(parent, i)
