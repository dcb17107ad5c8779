"""The shadow of a text: what recognizers look at, with the way back to the original.

Digits of every script become 0-9, full-width and mathematical letters become plain, every space is a space, every
dash a hyphen; zero-width characters, joiners, soft hyphens and bidi controls are gone. Nothing else changes, so a
shadow is one to one with its text but for what was left out, and the text itself is never edited.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

from deid.digits import decimal

_INVISIBLE = (0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080))
_SPACES = (0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_BREAKS = (0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
_DASHES = (*range(0x2010, 0x2016), 0x2043, 0x2212, 0xFE58, 0xFE63, 0xFF0D)
_LOOK_ALIKES = dict(zip("аеорсхуіѕАВЕКМНОРСТХ’‘ʼ＇", "aeopcxyisABEKMHOPCTX''''", strict=True))  # Cyrillic as Latin


@cache
def _table() -> dict[int, str | None]:
    """Code point to what stands for it; None where it is left out."""
    table: dict[int, str | None] = {}
    for code in (*range(0x80, 0x20000), *range(0x1D400, 0x1D800), *range(0x1FBF0, 0x1FBFA)):
        character = chr(code)
        value = decimal(character)
        if value is not None:
            table[code] = str(value)
        elif 0xFF01 <= code <= 0xFF5E or 0x1D400 <= code <= 0x1D7FF:
            plain = unicodedata.normalize("NFKC", character)
            if len(plain) == 1 and plain.isascii():
                table[code] = plain
    for codes, stand_in in ((_SPACES, " "), (_BREAKS, "\n"), (_DASHES, "-"), (_INVISIBLE, None), (_SELECTORS, None)):
        table.update(dict.fromkeys(codes, stand_in))
    table.update({ord(look): plain for look, plain in _LOOK_ALIKES.items()})
    return table


@cache
def _dropped() -> frozenset[str]:
    return frozenset(chr(code) for code, stand_in in _table().items() if stand_in is None)


def fold_case(text: str) -> str:
    """One case, and as many characters as before."""
    folded = text.casefold()
    return folded if len(folded) == len(text) else "".join(c if len(c.casefold()) > 1 else c.casefold() for c in text)


@dataclass(frozen=True, slots=True)
class Shadow:
    """`text` is the folded copy. `places[i]` is the index in the original of shadow character i; None where equal."""

    text: str
    places: list[int] | None
    length: int  # of the original

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of the original under shadow range `[start, end)`, which must not be empty."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def shadow(text: str) -> Shadow:
    """Fold `text`. Linear in its length; any code points, lone surrogates too."""
    if text.isascii():
        folded = text.translate({9: " ", 11: "\n", 12: "\n", 13: "\n"})
        return Shadow(folded, None, len(text))
    folded = text.translate(_table())
    if len(folded) == len(text):
        return Shadow(folded, None, len(text))
    dropped = _dropped()
    return Shadow(folded, [i for i, character in enumerate(text) if character not in dropped], len(text))
