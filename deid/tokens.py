"""Words, numbers and marks of a shadow, each with its script and its key.

The key of a word is what lexicons and gazetteers are looked up by: case folded, joiners and nukta gone, the nasal signs
made one, so that spellings which differ only in these meet.
"""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

import regex

_TOKEN = regex.compile(
    r"(?<=[Ss]/)N(?=\p{Lu}{0,5}\d)|\p{Lu}{3,}(?=[WSDHCB]/[Oo](?!\p{Ll}))|\p{Lu}?[\p{Ll}\p{Lo}\p{M}\p{Lm}\p{Lt}]+"
    r"(?:'\p{L}[\p{L}\p{M}]*)*|\p{Lu}+(?:'\p{L}[\p{Ll}\p{M}]*)*(?:\p{Ll}+)?"
    r"|\d+|\n|[^\s]"
)
_NUKTA = dict.fromkeys((0x93C, 0x9BC, 0xA3C, 0xABC, 0xB3C, 0xCBC))
_FOLD = {
    0x901: "ं", 0x981: "ং", 0xA71: "", 0xA70: "ਂ", 0xA81: "ં", 0xB01: "ଂ", 0xC01: "ం", 0xC81: "ಂ",
    0x9F0: "র", 0x9F1: "ব", 0x972: "ए", 0x964: " ", 0x7C: " ",
    0x649: "ی", 0x64A: "ی", 0x643: "ک", 0x6C1: "ہ", 0x647: "ہ",
    0xD7B: "ന്", 0xD7C: "ര്", 0xD7D: "ല്", 0xD7E: "ള്", 0xD7A: "ണ്",
}  # fmt: skip
SCRIPTS = (
    (0x900, 0x97F, "Deva"), (0x980, 0x9FF, "Beng"), (0xA00,
    0xA7F, "Guru"), (0xA80, 0xAFF, "Gujr"), (0xB00, 0xB7F, "Orya"),
    (0xB80, 0xBFF, "Taml"), (0xC00, 0xC7F, "Telu"), (0xC80,
    0xCFF, "Knda"), (0xD00, 0xD7F, "Mlym"), (0x600, 0x77F, "Arab"),
    (0xFB50, 0xFDFF, "Arab"), (0xFE70, 0xFEFF, "Arab"), (0x1C50, 0x1C7F, "Olck"), (0xABC0, 0xABFF, "Mtei"),
)  # fmt: skip


LONGEST = 64  # letters of a word that is looked up; a longer one is no word of any language


class Token(NamedTuple):
    """One token of a shadow, `[start, end)`."""

    start: int
    end: int
    text: str
    key: str
    kind: str  # "word", "number", "mark", "break"

    @property
    def upper(self) -> bool:
        """Begins with a capital letter."""
        return self.text[0].isupper()


@lru_cache(maxsize=1 << 16)
def key(word: str) -> str:
    """What a word is looked up by."""
    if word.isascii():
        return word.casefold()
    folded = unicodedata.normalize("NFD", word.casefold()).translate(_NUKTA)
    return unicodedata.normalize("NFC", folded).translate(_FOLD)


def script(word: str) -> str:
    """The script of a word's first letter, as ISO 15924; "Latn" for Latin, "Zyyy" for what is none of ours."""
    return _script(word[0])


@lru_cache(maxsize=1 << 12)
def _script(letter: str) -> str:
    code = ord(letter)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return "Latn"
    for low, high, name in SCRIPTS:
        if low <= code <= high:
            return name
    return "Zyyy"


def tokens(text: str) -> list[Token]:
    """Cut a shadow into tokens. A capital inside a Latin word begins a new one: "RameshKumar" is two."""
    found, end = [], 0
    for piece in _TOKEN.findall(text):
        start = text.index(piece, end)  # between two tokens are blanks alone
        end = start + len(piece)
        found.append(Token._make((start, end, *_told(piece))))
    return found


@lru_cache(maxsize=1 << 16)
def _told(piece: str) -> tuple[str, str, str]:
    """Text, key and kind of a token; the same words come again and again."""
    first = piece[0]
    if first == "\n":
        return piece, piece, "break"
    if first.isdecimal():
        return piece, piece, "number"
    if first.isalpha() or unicodedata.category(first)[0] == "M":
        return piece, key(piece) if len(piece) <= LONGEST else piece, "word"
    return piece, piece, "mark"
