"""Decimal digits of every script, those too that are newer than the tables of this Python.

The patterns of `regex` know later versions of Unicode than `unicodedata` does; a digit must be one for both, or what
one takes for a number the other cannot read.
"""

import unicodedata
from functools import cache

import regex

_HIGHEST = 0x20000  # no script has its digits beyond


def decimal(character: str) -> int | None:
    """The value of a decimal digit; None of anything else."""
    value = unicodedata.decimal(character, None)
    return _newer().get(character) if value is None else value


def digit_like(old: str, value: int) -> str:
    """The digit of this value in the script of `old`, a decimal digit."""
    return chr(ord(old) - (decimal(old) or 0) + value)


@cache
def _newer() -> dict[str, int]:
    """Digits that only `regex` knows. Ten digits stand in a row, 0 first (The Unicode Standard, section 4.6)."""
    characters = "".join(map(chr, range(0x80, _HIGHEST)))
    unknown = [c for c in regex.findall(r"\p{Nd}", characters) if unicodedata.decimal(c, None) is None]
    return {character: place % 10 for place, character in enumerate(unknown)}
