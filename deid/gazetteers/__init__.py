"""Names, places and ordinary words, built from licensed lists (SOURCES.md), looked up by spelling and by sound.

The sound of a word is its consonants and its vowels but for `a`, aspirates and length gone, so that "Lakshmi", "Laxmi",
"लक्ष्मी" and "లక్ష్మి" meet. Tamil script does not tell k from g or t from d: its words have a key of their own.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import regex

from deid.tokens import LONGEST, key

_CONSONANTS = dict(
    enumerate(
        [
            "k",
            "kh",
            "g",
            "gh",
            "n",
            "c",
            "ch",
            "j",
            "jh",
            "n",
            "t",
            "th",
            "d",
            "dh",
            "n",
            "t",
            "th",
            "d",
            "dh",
            "n",
            "n",
            "p",
            "ph",
            "b",
            "bh",
            "m",
            "y",
            "r",
            "r",
            "l",
            "l",
            "l",
            "v",
            "s",
            "s",
            "s",
            "h",
        ],
        start=0x15,
    )
)
_R = 0x30
_VOWELS = {
    0x05: "a", 0x06: "a", 0x07: "i", 0x08: "i", 0x09: "u",
    0x0A: "u", 0x0B: "ri", 0x0D: "e", 0x0E: "e", 0x0F: "e", 0x10: "e",
    0x11: "o", 0x12: "o", 0x13: "o", 0x14: "o", 0x3E: "a",
    0x3F: "i", 0x40: "i", 0x41: "u", 0x42: "u", 0x43: "ri", 0x45: "e",
    0x46: "e", 0x47: "e", 0x48: "e", 0x49: "o", 0x4A: "o", 0x4B: "o",
    0x4C: "o", 0x02: "n", 0x01: "n", 0x03: "", 0x3C: "", 0x4D: "",
}  # fmt: skip
_ARABIC = dict(
    zip(
        "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھءیےآؤئةه",
        "a b p t t s j c h k d d j r r j j s s s j t j a g f k k g l m n n u h h  i e a u i h h".replace(
            "  ", " - "
        ).split(" "),
        strict=False,
    )
)
_DIGRAPHS = (
    ("chh", "c"), ("ksh", "ks"), ("sch", "s"), ("shr", "sr"), ("tch",
    "c"), ("zh", "l"), ("ch", "c"), ("sh", "s"), ("th", "t"),
    ("dh", "d"), ("bh", "b"), ("ph", "p"), ("gh", "g"), ("kh", "k"),
    ("jh", "j"), ("ck", "k"), ("x", "ks"), ("q", "k"), ("w", "v"),
    ("z", "j"), ("f", "p"), ("ee", "i"), ("oo", "u"), ("ai", "e"), ("ay",
    "e"), ("au", "o"), ("ou", "u"), ("y", "i"), ("aa", "a"), ("gn", "n"),
    ("ng", "ng"),
)  # fmt: skip
_DOUBLE = regex.compile(r"(.)\1+")
_FLAPS = regex.compile("[\u0921\u0922\u09a1\u09a2\u0b21\u0b22][\u093c\u09bc\u0b3c]|\u0a5c")
"""What Latin spelling hears as r: Howrah is হাওড়া, Garhwal is गढ़वाल."""


def _read(name: str) -> list[str]:
    return (files(__package__) / name).read_text(encoding="utf-8").splitlines()


@lru_cache(maxsize=1 << 16)
def roman(word: str) -> str:
    """A word of any Indian script in rough Latin letters; Latin as it is, in lower case."""
    if word.isascii():
        return word.casefold()
    out: list[str] = []
    open_consonant = False  # one whose vowel is not written: without it g and n would read as gn
    heard = _FLAPS.sub(lambda m: chr(ord(m.group()[0]) & ~0x7F | _R), unicodedata.normalize("NFD", word))
    for character in key(heard):
        code = ord(character)
        if 0x900 <= code < 0xD80:
            offset = code & 0x7F
            if open_consonant and (offset < 0x3E or offset in (0x50, 0x5E)):
                out.append("a")
            open_consonant = offset in _CONSONANTS
            out.append(_CONSONANTS.get(offset) or _VOWELS.get(offset, ""))
        elif 0x600 <= code < 0x780:
            out.append(_ARABIC.get(character, ""))
        elif character.isascii():
            out.append(character)
    return "".join(out)


_TAMIL = str.maketrans("gcjdb", "ksstp", "h")
_FOLDED = str.maketrans("veo", "biu")
_SILENT = regex.compile(r"[^\p{L}\n]+")
_BREATH = regex.compile(r"(?<=[^\n])h+$", regex.MULTILINE)
_SHORT = regex.compile(r"(?<=[^\n])a+")


@lru_cache(maxsize=1 << 16)
def sound(word: str, tamil: bool = False) -> str:
    """The key by sound. `tamil` folds what Tamil script does not tell apart."""
    return sounds((word,), tamil)[0]


def sounds(listed: Iterable[str], tamil: bool = False) -> list[str]:
    """The keys by sound of words without line breaks, in order; all at once, for lists are long."""
    text = "\n".join(map(roman, listed))
    for pair, single in _DIGRAPHS:
        text = text.replace(pair, single)
    text = _SILENT.sub("", text)
    if tamil:
        text = text.translate(_TAMIL)
    text = _SHORT.sub("", _BREATH.sub("", text.translate(_FOLDED)))
    return _DOUBLE.sub(r"\1", text).split("\n")


def _long(listed: Iterable[str], tamil: bool, least: int = 3) -> frozenset[str]:
    """The sounds, of `least` letters or more, of the words of at least four letters."""
    return frozenset(s for s in sounds((word for word in listed if len(word) > 3), tamil) if len(s) >= least)


@cache
def names() -> dict[str, tuple[str, int]]:
    """Key of a name as spelt -> ("g", "s" or "gs", in how many lists)."""
    found = {}
    for line in _read("names.tsv"):
        name, kinds, count = line.split("\t")
        found[key(name)] = (kinds, int(count))
    return found


@cache
def name_sounds(tamil: bool = False) -> frozenset[str]:
    """The sounds of all names of at least four letters."""
    return _long(names(), tamil)


@cache
def common_names() -> frozenset[str]:
    """Keys of names that are common in India, as people of its regions and communities spell them in Latin letters.
    The sequence model reads them; no rule finds a name by them, for many are ordinary words of some language, but one
    that was found in part and broken in two is mended by them.
    """
    return frozenset(map(key, _read("common_names.txt")))


@cache
def common_name_sounds(tamil: bool = False) -> frozenset[str]:
    """The sounds of common names of at least four letters."""
    return _long(common_names(), tamil)


class Phrases(NamedTuple):
    """Names of one or more words, each as the keys of its words."""

    names: frozenset[tuple[str, ...]]
    lengths: dict[str, list[int]]
    """First word -> how many words the names have that begin with it, the most first."""


@cache
def institutions() -> Phrases:
    """Names of institutions without "hospital", "school" or "limited"; only the sequence model reads them."""
    return _phrases("institutions.txt")


@cache
def institution_sounds(tamil: bool = False) -> frozenset[str]:
    """The sounds of institutions of one word, and of the words of longer names that no English has."""
    return _phrase_sounds(institutions(), words(), tamil)


@cache
def localities() -> Phrases:
    """Quarters, roads, landmarks, villages and blocks, as people name them; only the sequence model reads them."""
    return _phrases("localities.txt")


@cache
def locality_sounds(tamil: bool = False) -> frozenset[str]:
    """The sounds of localities of one word, and of the words of longer names that are no ordinary words."""
    return _phrase_sounds(localities(), words() | ordinary_words(), tamil)


def _phrases(file: str) -> Phrases:
    listed = frozenset(tuple(key(word) for word in name.split()) for name in _read(file))
    lengths: dict[str, set[int]] = {}
    for name in listed:
        lengths.setdefault(name[0], set()).add(len(name))
    return Phrases(listed, {first: sorted(found, reverse=True) for first, found in lengths.items()})


def _phrase_sounds(listed: Phrases, ordinary: frozenset[str], tamil: bool) -> frozenset[str]:
    alone = {name[0] for name in listed.names if len(name) == 1}
    inside = {word for name in listed.names for word in name} - ordinary
    return _long(alone | inside, tamil, 4)


@cache
def ordinary_words() -> frozenset[str]:
    """Keys of ordinary words of the languages of India, as people type them in Latin letters and, fewer, in its
    scripts, of everyday English and of medicine; some are common names, too. The sequence model reads them, and what
    weighs its findings.
    """
    return frozenset(map(key, _read("ordinary_words.txt")))


@cache
def ordinary_sounds(tamil: bool = False) -> frozenset[str]:
    """The sounds of ordinary words of at least four letters."""
    return _long(ordinary_words(), tamil)


@cache
def places() -> dict[str, int]:
    """Key of a place (words joined by a space) -> 3 city or district, 2 town, 1 smaller."""
    found = {}
    for line in _read("places.tsv"):
        place, rank = line.split("\t")
        found[" ".join(key(word) for word in place.split())] = int(rank)
    return found


@cache
def place_starts() -> frozenset[str]:
    """First words of places of several words."""
    return frozenset(place.split()[0] for place in places() if " " in place)


@cache
def offices() -> frozenset[str]:
    """Names of post offices; to be trusted only beside a cue."""
    return frozenset(_read("offices.txt"))


@cache
def place_sounds(tamil: bool = False) -> dict[str, int]:
    """The sounds of places of one word -> rank; 0 where only a post office has it. Short sounds are anything's."""
    ranks = {**dict.fromkeys(offices(), 0), **places()}
    listed = [place for place in ranks if " " not in place and len(place) > 3]
    found: dict[str, int] = {}
    for place, heard in zip(listed, sounds(listed, tamil), strict=True):
        if len(heard) > 3:
            found[heard] = max(ranks[place], found.get(heard, 0))
    return found


@cache
def words() -> frozenset[str]:
    """English words in ordinary use in medicine."""
    return frozenset(_read("words.txt"))


@cache
def drugs() -> frozenset[str]:
    """International names of medicines, one word each, in lower case."""
    return frozenset(_read("drugs.txt"))


@cache
def drug_sounds(tamil: bool = False) -> frozenset[str]:
    """The sounds of long names of medicines: what they are like in the scripts of India."""
    return frozenset(heard for heard in sounds(drugs(), tamil) if len(heard) > 5)


@cache
def ambiguous() -> frozenset[str]:
    """Sounds of names that are ordinary words, too."""
    lines = (files("deid.lexicon") / "ambiguous_names.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(sounds(name for line in lines if not line.startswith("#") for name in line.split("|")))


def is_name(word: str) -> bool:
    """Whether a word is a name by spelling, or, in a script of India, by sound."""
    return len(word) <= LONGEST and _is_name(word)


@lru_cache(maxsize=1 << 16)
def _is_name(word: str) -> bool:
    folded = key(word)
    if folded in names():
        return True
    if folded.isascii():
        return False
    tamil = "\u0b80" <= word[0] < "\u0c00"
    heard = sound(word, tamil)
    return len(heard) > 2 and heard in name_sounds(tamil)
