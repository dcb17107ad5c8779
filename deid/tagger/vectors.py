"""Vectors that are worked out once and kept as rows of one table, so that those of a note are one look-up.

The table is as large as it will ever be; when it is full, an empty one takes its place. No row is ever written over, so
threads may share one.
"""

from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

_ROWS = 1 << 15
Key = TypeVar("Key", bound=Hashable)


class Vectors(Generic[Key]):
    """What `make` gives for a key, float32 of this width."""

    def __init__(self, width: int, make: Callable[[Key], npt.NDArray[np.float32]]) -> None:
        self._width, self._make, self._adding = width, make, Lock()
        self._kept = self._empty()

    def __call__(self, keys: Sequence[Key]) -> npt.NDArray[np.float32]:
        """(keys, width), to keep and to change. No more keys than rows of the table."""
        numbers, table = self._kept
        try:
            rows = [numbers[key] for key in keys]
        except KeyError:
            numbers, table = self._with(keys)
            rows = [numbers[key] for key in keys]
        return table.take(rows, axis=0)

    def forget(self) -> None:
        """Begin with an empty table again."""
        self._kept = self._empty()

    def _with(self, keys: Sequence[Key]) -> tuple[dict[Key, int], npt.NDArray[np.float32]]:
        """Numbers and table that hold all of these."""
        with self._adding:
            if len(self._kept[0]) + len(keys) > _ROWS:
                self._kept = self._empty()
            numbers, table = self._kept
            for key in keys:
                if key not in numbers:
                    table[len(numbers)] = self._make(key)
                    numbers[key] = len(numbers)  # last, for others read meanwhile
            return self._kept

    def _empty(self) -> tuple[dict[Key, int], npt.NDArray[np.float32]]:
        return {}, np.empty((_ROWS, self._width), np.float32)
