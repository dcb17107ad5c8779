"""The compiled loops of decontamination: which items a text may hold and where, and how two runs of words align.

Texts are Arrow's own buffers; no Python object per document, and no GIL. What they compute is said in `index.py` and
`alignment.py`.
"""

from typing import Final

import numba
import numpy as np
import numpy.typing as npt

from curate.word_kernel import hash_words

U64 = np.uint64
_FACTOR: Final = U64(0x9FB21C651E98DF25)
_32: Final = U64(32)
_63: Final = U64(63)
_6: Final = U64(6)
_ONE: Final = U64(1)

REACH: Final = 12
"""Words between two that are still a pair."""


@numba.njit(nogil=True)
def pair_hash(a: int, b: int) -> np.uint64:
    """64 bits of two word numbers, in whatever order; never 0."""
    low = U64(min(a, b))
    high = U64(max(a, b))
    mixed = ((low << _32) | high) * _FACTOR
    mixed = (mixed ^ (mixed >> _32)) * _FACTOR
    return (mixed ^ (mixed >> _32)) | _ONE


@numba.njit(nogil=True)
def find(keys: npt.NDArray[np.uint64], key: np.uint64) -> int:
    """The slot of `key` in an open table whose size is a power of two, or of the empty slot (0) where it belongs.

    By its high bits: the low ones of a word's hash say little more than its last two letters.
    """
    mask = U64(keys.size - 1)
    slot = (key >> _32) & mask
    while keys[slot] != key and keys[slot] != 0:
        slot = (slot + _ONE) & mask
    return int(slot)


@numba.njit(nogil=True)
def fill(keys: npt.NDArray[np.uint64], values: npt.NDArray[np.int32], entries: npt.NDArray[np.uint64]) -> None:
    """Put the distinct `entries` into an empty table; the value of each is its place."""
    for i in range(entries.size):
        slot = find(keys, entries[i])
        keys[slot] = entries[i]
        values[slot] = i


@numba.njit(nogil=True)
def set_bits(bits: npt.NDArray[np.uint64], entries: npt.NDArray[np.uint64]) -> None:
    """Set the bit of each entry."""
    mask = U64(bits.size * 64 - 1)
    for i in range(entries.size):
        bit = (entries[i] >> _6) & mask
        bits[bit >> _6] |= _ONE << (bit & _63)


@numba.njit(nogil=True)
def candidates(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    ascii_fold: npt.NDArray[np.uint8],
    place: npt.NDArray[np.uint32],
    folded: npt.NDArray[np.uint8],
    word_keys: npt.NDArray[np.uint64],
    word_values: npt.NDArray[np.int32],
    content: npt.NDArray[np.bool_],
    pair_bits: npt.NDArray[np.uint64],
    pair_keys: npt.NDArray[np.uint64],
    pair_values: npt.NDArray[np.int32],
    posting_starts: npt.NDArray[np.int64],
    postings: npt.NDArray[np.int32],
    seeds: npt.NDArray[np.int32],
    widths: npt.NDArray[np.int32],
    floors: npt.NDArray[np.float32],
    word_starts: npt.NDArray[np.int64],
    words_of: npt.NDArray[np.int32],
    weights_of: npt.NDArray[np.float32],
    out: npt.NDArray[np.int32],
) -> int:
    """Write `(text, entry, first word, end word)` of each stretch that may hold an entry; gives how many there are.

    What `out`, shape `(room, 4)`, cannot take is only counted. A stretch is of at most `widths[entry]` words, and the
    distinct words of the entry in it weigh `floors[entry]` or more; it is looked for where at least `seeds[entry]`
    pairs of content words stand that the entry has as well.
    """
    longest = 0
    for i in range(offsets.size - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    hashes = np.empty(longest + 1, dtype=np.uint64)
    numbers = np.empty(longest + 1, dtype=np.int32)
    stamps = np.full(seeds.size, -1, dtype=np.int64)
    hits = np.zeros(seeds.size, dtype=np.int32)
    first = np.zeros(seeds.size, dtype=np.int32)
    last = np.zeros(seeds.size, dtype=np.int32)
    touched = np.empty(seeds.size, dtype=np.int32)
    owner = np.full(content.size, -1, dtype=np.int64)
    weight = np.zeros(content.size, dtype=np.float32)
    held = np.zeros(content.size, dtype=np.int32)
    serial = 0
    found = 0
    bit_mask = U64(pair_bits.size * 64 - 1)
    for text in range(offsets.size - 1):
        count = hash_words(data, offsets[text], offsets[text + 1], ascii_fold, place, folded, hashes)
        touches = 0
        before = -1  # the content words before: numbers and places
        before_at = -REACH - 1
        second = -1
        second_at = -REACH - 1
        for at in range(count):
            slot = find(word_keys, hashes[at] | _ONE)
            number = word_values[slot] if word_keys[slot] != 0 else -1
            numbers[at] = number
            if number < 0 or not content[number]:
                continue
            for turn in range(2):
                other = before if turn == 0 else second
                other_at = before_at if turn == 0 else second_at
                if at - other_at > REACH or other == number:
                    continue
                pair = pair_hash(other, number)
                bit = (pair >> _6) & bit_mask
                if (pair_bits[bit >> _6] >> (bit & _63)) & _ONE == 0:
                    continue
                slot = find(pair_keys, pair)
                if pair_keys[slot] == 0:
                    continue
                value = pair_values[slot]
                for posting in range(posting_starts[value], posting_starts[value + 1]):
                    entry = postings[posting]
                    if stamps[entry] != text:
                        stamps[entry] = text
                        hits[entry] = 0
                        first[entry] = other_at
                        touched[touches] = entry
                        touches += 1
                    hits[entry] += 1
                    last[entry] = at
            second = before
            second_at = before_at
            before = number
            before_at = at
        for turn in range(touches):
            entry = touched[turn]
            if hits[entry] < seeds[entry]:
                continue
            for i in range(word_starts[entry], word_starts[entry + 1]):
                owner[words_of[i]] = serial
                weight[words_of[i]] = weights_of[i]
                held[words_of[i]] = 0
            width = widths[entry]
            start = max(0, first[entry] - width)
            end = min(count, last[entry] + width + 1)
            sum_of = np.float32(0)
            best = np.float32(0)
            best_end = start
            for at in range(start, end):
                number = numbers[at]
                if number >= 0 and owner[number] == serial:
                    if held[number] == 0:
                        sum_of += weight[number]
                    held[number] += 1
                gone = at - width
                if gone >= start:
                    number = numbers[gone]
                    if number >= 0 and owner[number] == serial:
                        held[number] -= 1
                        if held[number] == 0:
                            sum_of -= weight[number]
                if sum_of > best:
                    best = sum_of
                    best_end = at + 1
            serial += 1
            if best >= floors[entry]:
                if found < out.shape[0]:
                    out[found, 0] = text
                    out[found, 1] = entry
                    out[found, 2] = max(start, best_end - width)
                    out[found, 3] = best_end
                found += 1
    return found


@numba.njit(nogil=True)
def alike(
    letters: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    other_letters: npt.NDArray[np.uint32],
    other_starts: npt.NDArray[np.int64],
    out: npt.NDArray[np.uint8],
) -> None:
    """`out[i, j]`: 2 where word `i` of one text is word `j` of the other, 1 where one is the other mistyped, else 0.

    A word that stands in both texts is never taken for another one mistyped, nor is one with a digit.
    """
    n = starts.size - 1
    m = other_starts.size - 1
    known = np.zeros(n, dtype=np.bool_)
    other_known = np.zeros(m, dtype=np.bool_)
    for i in range(n):
        for j in range(m):
            same = _same(letters[starts[i] : starts[i + 1]], other_letters[other_starts[j] : other_starts[j + 1]])
            out[i, j] = 2 if same else 0
            known[i] |= same
            other_known[j] |= same
    rows = np.empty((3, 66), dtype=np.int32)
    for i in range(n):
        one = letters[starts[i] : starts[i + 1]]
        for j in range(0 if known[i] or _numeric(one) else m):
            if not other_known[j]:
                out[i, j] = _mistyped(one, other_letters[other_starts[j] : other_starts[j + 1]], rows)


@numba.njit(nogil=True)
def anywhere(
    letters: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    other_letters: npt.NDArray[np.uint32],
    other_starts: npt.NDArray[np.int64],
    out: npt.NDArray[np.bool_],
) -> None:
    """`out[i]`: whether word `i` of one text stands in the other, as it is or as `alike` takes one for mistyped."""
    rows = np.empty((3, 66), dtype=np.int32)
    for i in range(out.size):
        one = letters[starts[i] : starts[i + 1]]
        out[i] = False
        for j in range(other_starts.size - 1):
            if _same(one, other_letters[other_starts[j] : other_starts[j + 1]]):
                out[i] = True
                break
        for j in range(0 if out[i] or _numeric(one) else other_starts.size - 1):
            if _mistyped(one, other_letters[other_starts[j] : other_starts[j + 1]], rows):
                out[i] = True
                break


@numba.njit(nogil=True)
def _same(one: npt.NDArray[np.uint32], other: npt.NDArray[np.uint32]) -> bool:
    if one.size != other.size:
        return False
    for k in range(one.size):  # noqa: SIM110 - numba has no all() of a generator
        if one[k] != other[k]:
            return False
    return True


@numba.njit(nogil=True)
def _mistyped(one: npt.NDArray[np.uint32], other: npt.NDArray[np.uint32], rows: npt.NDArray[np.int32]) -> bool:
    """Whether one word may be the other mistyped; `one` has no digit."""
    longer = max(one.size, other.size)
    most = 0 if longer < 4 else 1 if longer < 9 else 2
    if longer > 64 or abs(one.size - other.size) > most or _numeric(other):
        return False
    return bool(_distance(one, other, most, rows) <= most)


@numba.njit(nogil=True)
def _numeric(word: npt.NDArray[np.uint32]) -> bool:
    for k in range(word.size):  # noqa: SIM110 - numba has no any() of a generator
        if 48 <= word[k] <= 57:
            return True
    return False


@numba.njit(nogil=True)
def _distance(
    one: npt.NDArray[np.uint32], other: npt.NDArray[np.uint32], most: int, rows: npt.NDArray[np.int32]
) -> int:
    """Edits from one word to the other (insert, drop, replace, swap two neighbours); a number over `most` if more."""
    for j in range(other.size + 1):
        rows[1, j] = j
    for i in range(1, one.size + 1):
        rows[2, 0] = i
        least = i
        for j in range(1, other.size + 1):
            cost = min(rows[1, j], rows[2, j - 1]) + 1
            cost = min(cost, rows[1, j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                cost = min(cost, rows[0, j - 2] + 1)
            rows[2, j] = cost
            least = min(least, cost)
        if least > most:
            return most + 1
        for j in range(other.size + 1):
            rows[0, j] = rows[1, j]
            rows[1, j] = rows[2, j]
    return int(rows[1, other.size])


@numba.njit(nogil=True)
def align(
    likeness: npt.NDArray[np.uint8],
    bits: npt.NDArray[np.float32],
    left_out: float,
    put_in: float,
    out: npt.NDArray[np.int32],
) -> None:
    """The best local alignment (Smith and Waterman 1981) of words with a stretch of text.

    `likeness` as `alike` writes it. A word gives its bits and one, one mistyped three quarters of that; a word without
    a place in the text costs `left_out`, one of the text between two places `put_in`. `out[i]` is the place of the
    `i`-th word, -1 where it has none. Of equal alignments the first.
    """
    n, m = likeness.shape
    scores = np.zeros((n + 1, m + 1), dtype=np.float32)
    moves = np.zeros((n + 1, m + 1), dtype=np.uint8)
    best = np.float32(0)
    best_i = 0
    best_j = 0
    for i in range(1, n + 1):
        full = np.float32(bits[i - 1] + 1)
        for j in range(1, m + 1):
            score = np.float32(0)
            move = 0
            if likeness[i - 1, j - 1]:
                gain = full if likeness[i - 1, j - 1] == 2 else full * np.float32(0.75)
                score = scores[i - 1, j - 1] + gain
                move = 1
            if scores[i - 1, j] - left_out > score:
                score = np.float32(scores[i - 1, j] - left_out)
                move = 2
            if scores[i, j - 1] - put_in > score:
                score = np.float32(scores[i, j - 1] - put_in)
                move = 3
            scores[i, j] = score
            moves[i, j] = move
            if score > best:
                best = score
                best_i = i
                best_j = j
    out[:] = -1
    i = best_i
    j = best_j
    while i > 0 and j > 0 and moves[i, j]:
        if moves[i, j] == 1:
            out[i - 1] = j - 1
            i -= 1
            j -= 1
        elif moves[i, j] == 2:
            i -= 1
        else:
            j -= 1
