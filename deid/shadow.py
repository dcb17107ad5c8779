"""The shadow of a text: what recognizers look at, with the way back to the original.

Digits of every script become 0-9, full-width, circled and mathematical letters become plain, every space is a space,
every dash a hyphen, a raised dot between digits a full stop; zero-width characters, joiners, soft hyphens, bidi
controls and the frames of keycaps are gone, and so is what a program put into a value: soft line breaks of mail (RFC
2045, section 6.7), its quotation marks at the start of a line (RFC 3676), `<wbr>` and the like. Nothing else changes,
so a shadow is one to one with its text but for what was left out, and the text itself is never edited.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from deid.digits import decimal

_INVISIBLE = (0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080))
_FRAMES = (*range(0x20DD, 0x20E5),)  # drawn around the character before: keycaps
_CIRCLED = (
    (0x2460, 1, 9),
    (0x24EA, 0, 1),
    (0x24F5, 1, 9),
    (0x24FF, 0, 1),
    (0x2776, 1, 9),
    (0x2780, 1, 9),
    (0x278A, 1, 9),
)
"""First code point, its digit, how many follow in a row."""
_FRAMED_LETTERS = (0x24B6, 0x24D0, 0x1F130, 0x1F150, 0x1F170)  # where A stands, the other 25 behind it
_SPACES = (0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_BREAKS = (0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
_DASHES = (*range(0x2010, 0x2016), 0x2043, 0x2212, 0xFE58, 0xFE63, 0xFF0D)
_LOOK_ALIKES = dict(
    zip(
        "аеорсхуіѕјԛԝАВЕКМНОРСТХІЈЅԚԜҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧ’‘ʼ＇",  # Cyrillic, Greek capitals: as Latin
        "aeopcxyisjqwABEKMHOPCTXIJSQWYABEZHIKMNOPTYX''''",
        strict=True,
    )
)
_RAISED = re.compile(r"(?<=\d)[·•∙⋅‧・](?=\d)")
_ARTEFACTS = re.compile(
    r"<wbr ?/?>|&(?:shy|zwj|zwnj|ZeroWidthSpace|#173|#8203|#x200[bB]);|(?<=\w)=\r?\n(?=\w)", re.IGNORECASE
)
_ESCAPES = re.compile(r"%2[bB](?=\d)|(?<=\d)%2[dD0](?=\d)|(?<=\d\d\d)%2[fF](?=\d)")  # RFC 3986, section 2.1
_ESCAPED = {"b": "+", "d": "-", "0": " ", "f": "/"}
_FRAME = re.compile("[\ufe00-\ufe0f\u20dd-\u20e4]")
_QUOTED = re.compile(r"^(?:>[ ]?)+", re.MULTILINE)
_NOTHING = "\u200b"


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
    for first, digit, count in _CIRCLED:
        table.update({first + i: str(digit + i) for i in range(count)})
    table.update({ord(raised): plain for raised, plain in zip("ⁿᵈᵗʰˢʳ", "ndthsr", strict=True)})
    for first in _FRAMED_LETTERS:
        table.update({first + i: chr(ord("A") + i) for i in range(26)})
    gone = (*_INVISIBLE, *_SELECTORS, *_FRAMES)
    for codes, stand_in in ((_SPACES, " "), (_BREAKS, "\n"), (_DASHES, "-"), (gone, None)):
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
    framed: frozenset[int] = frozenset()
    """Places in the original of frames and selectors, which belong to the character before them."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of the original under shadow range `[start, end)`, which must not be empty."""
        if self.places is None:
            return start, end
        last = self.places[end - 1] + 1
        while last in self.framed:
            last += 1
        return self.places[start], last


def shadow(text: str) -> Shadow:
    """Fold `text`. Linear in its length; any code points, lone surrogates too."""
    text = _without_artefacts(text)
    if text.isascii():
        folded = text.translate({9: " ", 11: "\n", 12: "\n", 13: "\n"})
        return Shadow(folded, None, len(text))
    folded = text.translate(_table())
    if any(dot in folded for dot in "·•∙⋅‧・"):
        folded = _RAISED.sub(".", folded)
    if len(folded) == len(text):
        return Shadow(folded, None, len(text))
    dropped = _dropped()
    places = [i for i, character in enumerate(text) if character not in dropped]
    return Shadow(folded, places, len(text), frozenset(m.start() for m in _FRAME.finditer(text)))


def _without_artefacts(text: str) -> str:
    """What a program put into a value, made invisible; the length stays. A line that begins with ">" is quoted where
    another does, too: a lone one may be "more than".
    """
    if "=\n" in text or "=\r" in text or "&" in text or "<wbr" in text or "<WBR" in text:
        text = _ARTEFACTS.sub(_blanked, text)
    if "%2" in text:
        text = _ESCAPES.sub(lambda match: _ESCAPED[match.group()[-1].lower()] + 2 * _NOTHING, text)
    if ("\n>" in text) and text.count("\n>") + text.startswith(">") > 1:
        text = _QUOTED.sub(_blanked, text)
    return text


def _blanked(match: re.Match[str]) -> str:
    return _NOTHING * len(match.group())
