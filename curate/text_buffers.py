"""A column of texts as the compiled kernels take it: Arrow's own bytes and offsets."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def large_strings(column: pa.Array) -> pa.LargeStringArray:
    """The column as one array of large strings, empty where it is null."""
    strings = column.cast(pa.large_string())
    return strings.fill_null("") if strings.null_count else strings


def buffers(strings: pa.LargeStringArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Bytes and offsets, without a copy; text `i` is `data[offsets[i]:offsets[i + 1]]`."""
    _, offsets, data = strings.buffers()
    whole = np.frombuffer(offsets or bytes(8), np.int64)[strings.offset : strings.offset + len(strings) + 1]
    text = np.frombuffer(data or b"", np.uint8)
    for array in (whole, text):
        array.flags.writeable = False  # whichever Arrow gave: the kernel is compiled once for each kind
    return text, whole
