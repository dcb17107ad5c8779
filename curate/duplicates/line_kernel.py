"""The compiled loop of copied lines: a hash of the folded words of each line, and how many they are."""

from typing import Final

import numba
import numpy as np
import numpy.typing as npt

from curate.word_kernel import hash_words
from curate.words import FINISH_1, FINISH_2, SHINGLE_FACTOR

U64 = np.uint64
_FACTOR: Final = U64(SHINGLE_FACTOR)
_FINISH_1: Final = U64(FINISH_1)
_FINISH_2: Final = U64(FINISH_2)
_33: Final = U64(33)


@numba.njit(nogil=True)
def hash_lines(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    ascii_fold: npt.NDArray[np.uint8],
    place: npt.NDArray[np.uint32],
    folded: npt.NDArray[np.uint8],
    hashes: npt.NDArray[np.uint64],
    counts: npt.NDArray[np.int64],
) -> None:
    """For each line `data[offsets[i]:offsets[i + 1]]` what `words.shingle_hash` gives of its words, and their number.

    The three tables are those of `word_tables`.
    """
    longest = 0
    for i in range(offsets.size - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    words = np.empty(longest + 1, dtype=np.uint64)
    for i in range(offsets.size - 1):
        count = hash_words(data, offsets[i], offsets[i + 1], ascii_fold, place, folded, words)
        mixed = U64(0)
        for j in range(count):
            mixed = mixed * _FACTOR + words[j]
        mixed = (mixed ^ (mixed >> _33)) * _FINISH_1
        mixed = (mixed ^ (mixed >> _33)) * _FINISH_2
        hashes[i] = mixed ^ (mixed >> _33)
        counts[i] = count
