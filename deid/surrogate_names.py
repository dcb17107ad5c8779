"""Made-up names: a person keeps sex and community, and gets one made-up name in every spelling and script.

A listed name takes another of its pool (given name or surname, sex, community) by a keyed permutation without fixed
points, so that two listed names never share one and none keeps its own. A name that no list has is put together from
the beginning of one and the end of another, and is none of the list. What decides is how a name sounds
(`deid.linking`), never how it is spelt: राम, Ram and ராம் become one name, each in its own script.
"""

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import regex

from deid.chance import Chance, Draw
from deid.gazetteers import names, places, roman
from deid.linking.identity import identity
from deid.native_spelling import SCRIPTS, native
from deid.recognizers.name_words import PERSON_CASE
from deid.tokens import key, script

_LEAST = 60  # names of a pool; of a smaller one too few are alike to hide among
_TOWN = 2  # rank from which on a place is one that stands for others
_ROUNDS = 4  # Luby and Rackoff, "How to construct pseudorandom permutations", 1988: four make a strong one
_TRIES = 8
_STYLES = {"Taml": "tamil", "Telu": "telugu", "Knda": "kannada", "Beng": "bengali", "Arab": "muslim"}
_COMMONEST = "hindi"
_LONGEST_CASE = 2 * max(map(len, PERSON_CASE))  # characters; a key may be shorter than what is written
_VIRAMA = 9  # Unicode's combining class
_V, _Y, _WITH_V = 0x35, 0x2F, frozenset(("Taml", "Telu", "Knda", "Mlym"))  # glides, as places within a script's block
_HEAD = regex.compile(r"[^aeiou]*[aeiou]+[^aeiou]+(?=.)")
_TAIL = regex.compile(r"[aeiou]+[^aeiou]+[aeiou]*$")


class Pool(NamedTuple):
    """Names among which one is exchanged for another."""

    kind: str  # "g" given name, "s" surname
    gender: str  # "m", "f", "u" either
    style: str  # a language or a community


@lru_cache(maxsize=1 << 14)
def made_name(word: str, draw: Draw) -> str:
    """The made-up name for one word of a name, in the word's script, in small letters, with the word's case ending.
    Deterministic in the word's sound and the key of `draw`.
    """
    writing = script(word)
    stem, ending = _cut(word) if writing in SCRIPTS else (word, "")
    heard = _heard(stem)
    place = _places().get(heard)
    if place is None:
        new = _composed(heard, word, draw)
    else:
        pool, index = place
        new = _pools()[pool][exchanged(index, len(_pools()[pool]), draw(" ".join(pool)))]
    return _joined_to(_written(new, writing), ending)


@lru_cache(maxsize=1 << 14)
def made_place(word: str, draw: Draw) -> str:
    """The made-up town for one word of a place, in the word's script, in small letters."""
    heard = _heard(word)
    towns = _towns()
    index = _town_places().get(heard)
    other = draw(f"town {heard}").of(towns) if index is None else towns[exchanged(index, len(towns), draw("towns"))]
    return _written(other, script(word))


def some_name(stream: Chance) -> str:
    """Any given name, in small Latin letters."""
    return stream.of(_pools()[Pool("g", stream.of("mf"), _COMMONEST)])


# ---------------------------------------------------------------- spelling


@lru_cache(maxsize=1 << 14)
def _written(name: str, writing: str) -> str:
    """A Latin name in a script: as a list spells it there, or letter by letter."""
    if writing not in SCRIPTS:
        return name
    return _spellings(writing).get(_heard(name)) or native(name, writing)


@cache
def _spellings(writing: str) -> dict[str, str]:
    """Sound of a listed name or town of a script -> how the list spells it."""
    return {_heard(name): name for name in reversed(_listed().get(writing, ()))}


@cache
def _listed() -> dict[str, list[str]]:
    """Names and towns of a list, by their script; those of Latin letters alone left out."""
    found: dict[str, list[str]] = {}
    for name in (*names(), *(place for place, rank in places().items() if rank >= _TOWN and " " not in place)):
        if not name.isascii() and len(name) > 2:
            found.setdefault(script(name), []).append(name)
    return found


@lru_cache(maxsize=1 << 14)
def _cut(word: str) -> tuple[str, str]:
    """A native word as a listed name and the case ending behind it, which is empty where it is a name as it stands."""
    if _heard(word) in _places():
        return word, ""
    for start in range(max(2, len(word) - _LONGEST_CASE), len(word)):  # the longest ending first
        if key(word[start:]) in PERSON_CASE and _heard(word[:start]) in _places():
            return word[:start], word[start:]
    return word, ""


def _joined_to(name: str, ending: str) -> str:
    """A case ending behind another name: a vowel sign takes the place of a virama, and a glide goes between vowels."""
    if not ending or unicodedata.category(ending[0])[0] != "M":
        return name + ending
    if unicodedata.combining(name[-1]) == _VIRAMA:
        return name[:-1] + ending
    if unicodedata.category(name[-1])[0] == "L":
        return name + ending
    block = ord(ending[0]) & ~0x7F
    return name + chr(block + (_V if script(name) in _WITH_V else _Y)) + ending


@lru_cache(maxsize=1 << 15)
def _heard(word: str) -> str:
    return " ".join(identity(word)) or word


@cache
def _pools() -> dict[Pool, list[str]]:
    """Pool -> its names, one of each sound; small communities share the commonest one's pool."""
    found: dict[Pool, dict[str, str]] = {}
    for line in (files("deid.gazetteers") / "styles.tsv").read_text(encoding="utf-8").splitlines():
        name, kind, gender, style = line.split("\t")
        found.setdefault(Pool(kind, gender, style), {}).setdefault(_heard(name), name)
    pools: dict[Pool, dict[str, str]] = {}
    for pool, own in found.items():
        shared = pool if len(own) >= _LEAST else pool._replace(style=_COMMONEST)
        pools.setdefault(shared, {}).update(own)
    return {pool: [own[heard] for heard in sorted(own)] for pool, own in sorted(pools.items())}


@cache
def _places() -> dict[str, tuple[Pool, int]]:
    """Sound of a listed name -> its pool and place there; of several the first: given names before surnames."""
    found: dict[str, tuple[Pool, int]] = {}
    for pool, own in _pools().items():
        for index, name in enumerate(own):
            found.setdefault(_heard(name), (pool, index))
    return found


@cache
def _towns() -> list[str]:
    """Towns of one Latin word, one of each sound."""
    known = {_heard(p): p for p, rank in sorted(places().items()) if rank >= _TOWN and p.isascii() and p.isalpha()}
    return [known[heard] for heard in sorted(known)]


@cache
def _town_places() -> dict[str, int]:
    return {_heard(town): index for index, town in enumerate(_towns())}


# ---------------------------------------------------------------- a keyed permutation


def exchanged(index: int, size: int, draw: Chance) -> int:
    """Another of `size` places, two or more: one step of a keyed length along a keyed circle through all of them.

    For one key a bijection without fixed points.
    """
    circle = _Circle(size, draw.key())
    step = 1 + draw.below(size - 1)
    return circle.forth((circle.back(index) + step) % size)


class _Circle:
    """A Feistel network over two halves of `bits` each, walked until it lands on one of the places (Black and Rogaway,
    "Ciphers with arbitrary finite domains", 2002).
    """

    def __init__(self, size: int, secret: bytes) -> None:
        self._size, self._secret = size, secret
        self._bits = max(1, ((size - 1).bit_length() + 1) // 2)

    def forth(self, value: int) -> int:
        """The place after it."""
        while True:
            left, right = divmod(value, 1 << self._bits)
            for number in range(_ROUNDS):
                left, right = right, left ^ self._half(number, right)
            value = (left << self._bits) | right
            if value < self._size:
                return value

    def back(self, value: int) -> int:
        """The place before it: `back(forth(x)) == x`."""
        while True:
            left, right = divmod(value, 1 << self._bits)
            for number in reversed(range(_ROUNDS)):
                left, right = right ^ self._half(number, left), left
            value = (left << self._bits) | right
            if value < self._size:
                return value

    def _half(self, number: int, half: int) -> int:
        """A keyed function of one half (BLAKE2, RFC 7693)."""
        said = hashlib.blake2b(bytes((number, half & 0xFF, half >> 8)), key=self._secret, digest_size=2).digest()
        return int.from_bytes(said) & ((1 << self._bits) - 1)


# ---------------------------------------------------------------- names that no list has


def _composed(heard: str, word: str, draw: Draw) -> str:
    """The beginning of one given name and the end of another, of the likely sex and community."""
    gender = "f" if roman(word).rstrip("h")[-1:] in ("a", "i") else "m"
    wanted = Pool("g", gender, _STYLES.get(script(word), _COMMONEST))
    pool = _pools().get(wanted) or _pools()[wanted._replace(style=_COMMONEST)]
    stream = draw(f"composed {heard}")
    for new in _halves(pool, stream):
        sound = _heard(new)
        if sound != heard and sound not in _places():
            return new
    return stream.of(pool)


def _halves(pool: Sequence[str], stream: Chance) -> Iterator[str]:
    for _ in range(_TRIES):
        head, tail = _HEAD.match(stream.of(pool)), _TAIL.search(stream.of(pool))
        if head and tail:
            yield head.group() + tail.group()
