"""Tables that say for each code point what case folding makes of it and which of that belongs to a word.

Made once a process from `words` itself, a character at a time, so the compiled kernel has no rule of its own. Case
folding looks at no neighbours (Unicode, chapter 3.13), so a character at a time is enough.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curate.words import WORD

CODE_POINTS = 0x110000

SKIPPED = "\x01"
"""What a character folds to that is passed over: it neither belongs to a word nor ends one."""


class WordTables(NamedTuple):
    """`place[c] = start << 4 | length`: where in `folded` the UTF-8 bytes of code point `c` after case folding stand.

    A byte 0 in `folded` ends a word, a byte 1 (`SKIPPED`) is passed over; `place[c] == 0`: nothing of `c` belongs to a
    word. `ascii[c]` is the folded byte of a code point under 128, 0 where it belongs to no word.
    """

    ascii: npt.NDArray[np.uint8]  # (128,)
    place: npt.NDArray[np.uint32]  # (CODE_POINTS,)
    folded: npt.NDArray[np.uint8]


@lru_cache(maxsize=1)
def word_tables() -> WordTables:
    """The tables; a fifth of a second."""
    every = "".join(map(chr, range(0xD800))) + "".join(map(chr, range(0xE000, CODE_POINTS)))
    inside = {char for run in WORD.findall(every) for char in run}
    blocks = (every[start : start + 256] for start in range(0, len(every), 256))
    changed = {char for block in blocks if block.casefold() != block for char in block}
    folds = {char: char.casefold() if char in changed else char for char in inside | changed}
    return tables_of({char: text for char, text in folds.items() if not inside.isdisjoint(text)})


def tables_of(folds: Mapping[str, str]) -> WordTables:
    """The tables for characters that fold as `folds` says; all others belong to no word.

    Of what a character folds to, the part that is no `WORD` ends a word. At most 15 bytes each.
    """
    inside = {char for char in {part for text in folds.values() for part in text} if WORD.match(char)} | {SKIPPED}
    place = np.zeros(CODE_POINTS, dtype=np.uint32)
    folded = bytearray(1)
    for char, text in sorted(folds.items()):
        kept = b"".join(part.encode() if part in inside else b"\0" for part in text)
        place[ord(char)] = len(folded) << 4 | len(kept)
        folded += kept
    ascii_bytes = [folded[place[code] >> 4] if place[code] else 0 for code in range(128)]
    return WordTables(np.array(ascii_bytes, np.uint8), place, np.frombuffer(bytes(folded), np.uint8))
