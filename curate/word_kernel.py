"""`words` and `word_hash` compiled: UTF-8 bytes in, 64-bit word hashes out, without a Python object.

Compiled by numba at first use in a process and never kept on disk: numba's cache is pickle, and whoever may write to
it runs code here.
"""

from typing import Final

import numba
import numpy as np
import numpy.typing as npt

from curate.words import WORD_FACTOR, WORD_SEED

U64 = np.uint64
_SEED: Final = U64(WORD_SEED)
_FACTOR: Final = U64(WORD_FACTOR)
_EIGHT: Final = U64(8)
_HALF: Final = U64(32)


@numba.njit(nogil=True)
def hash_words(
    data: npt.NDArray[np.uint8],
    start: int,
    end: int,
    ascii_fold: npt.NDArray[np.uint8],
    place: npt.NDArray[np.uint32],
    folded: npt.NDArray[np.uint8],
    out: npt.NDArray[np.uint64],
) -> int:
    """Write the hash of each word of the text `data[start:end]` to `out`, in order; gives how many.

    `out` needs room for `end - start` words. The three tables are those of `word_tables`. Bytes that are no UTF-8
    belong to no word.
    """
    count = 0
    mixed = _SEED
    chunk = U64(0)
    filled = 0  # bytes in chunk
    inside = False
    at = start
    while at < end:
        lead = data[at]
        if lead < 128:
            at += 1
            first = numba.int64(0)
            last = numba.int64(1)
            byte = ascii_fold[lead]
        else:
            size = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            code = numba.uint32(0)
            whole = lead >= 0xC2 and lead < 0xF5 and at + size <= end
            if whole:
                code = numba.uint32(lead) & numba.uint32(0x7F >> size)
                for i in range(1, size):
                    follower = data[at + i]
                    whole = whole and (follower & 0xC0) == 0x80
                    code = (code << numba.uint32(6)) | numba.uint32(follower & 0x3F)
            at += size if whole else 1
            entry = place[code] if whole and code < 0x110000 else numba.uint32(0)
            first = numba.int64(entry >> numba.uint32(4))
            last = first + numba.int64(entry & numba.uint32(15))
            byte = folded[first]  # folded[0] is 0: no word
            last = max(last, first + 1)
        while True:
            if byte > 1:
                inside = True
                chunk = (chunk << _EIGHT) | U64(byte)
                filled += 1
                if filled == 8:
                    mixed = (mixed ^ chunk) * _FACTOR
                    mixed ^= mixed >> _HALF
                    chunk = U64(0)
                    filled = 0
            elif byte == 0 and inside:
                if filled:
                    mixed = (mixed ^ chunk) * _FACTOR
                    mixed ^= mixed >> _HALF
                out[count] = mixed
                count += 1
                mixed = _SEED
                chunk = U64(0)
                filled = 0
                inside = False
            first += 1
            if first >= last:
                break
            byte = folded[first]
    if inside:
        if filled:
            mixed = (mixed ^ chunk) * _FACTOR
            mixed ^= mixed >> _HALF
        out[count] = mixed
        count += 1
    return count
