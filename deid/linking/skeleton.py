"""The consonants of a word as coarsely as scripts differ: what may be one name shares a skeleton.

Blocking (Fellegi and Sunter 1969): only names that share a block are compared, so the cost of linking stays near to
linear. What a script leaves open is tried both ways.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from math import prod

import regex

_FIXED = str.maketrans(
    {**dict.fromkeys("kg4", "k"), **dict.fromkeys("cjsSZ7", "s"), **dict.fromkeys("tdT5", "t"),
     **dict.fromkeys("pfP6", "p"), **dict.fromkeys("nmMN", "n"), **dict.fromkeys("aiueohyIVAODUQYGLXE890=&#", None)}
)  # fmt: skip
_Switch = dict[int, str | None]


def _switch(letters: str, into: str | None, **others: str) -> _Switch:
    return {**dict.fromkeys(map(ord, letters), into), **{ord(each): other for each, other in others.items()}}


_SWITCHES: tuple[tuple[_Switch, _Switch], ...] = (
    (_switch("bvBWF13H", "p", J="s") | {ord("@"): "s", ord("2"): "pn"}, _switch("bvBWFJ@13H", None) | {ord("2"): "n"}),
    (_switch("RC", "t"), _switch("RC", "r")),
    (_switch("K4G", "k"), _switch("K4G", None)),
    (_switch("!", "l"), _switch("!", "s")),
)
_SILENT = regex.compile(r"[aOUQ]|(?<=[nmM][aOUQ]?)[kgKG4L]+")
_KSH = regex.compile(r"(?<=[kK4])[sXS]")  # Kshetri, but in Urdu Kishan, too
_MANY = 16
_DOUBLE = regex.compile(r"(.)\1+")


@lru_cache(maxsize=1 << 16)
def skeletons(sounds: str) -> tuple[str, ...]:
    """Every skeleton of folded sounds; at most sixteen."""
    found = (_bare(plain, switch) for plain in _plain(sounds) for switch in _used(plain))
    return tuple(dict.fromkeys(found))


def skeletons_of(parts: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The skeletons of several words together: what is open is read in every way in each of them or, where that would
    be too many, one way in all.
    """
    words = list(parts)
    apart = [skeletons(each) for each in words]
    if prod(map(len, apart)) <= _MANY:
        yield from product(*apart)
        return
    plain = [_plain(sounds)[0] for sounds in words]
    for switch in _used("".join(plain)):
        yield tuple(_bare(each, switch) for each in plain)


def _plain(sounds: str) -> tuple[str, ...]:
    """Sounds without what may be silent, `s` behind `k` both ways."""
    plain = _SILENT.sub("", sounds)
    return tuple(dict.fromkeys((_KSH.sub("", plain), plain)))


def _bare(plain: str, switch: _Switch) -> str:
    return _DOUBLE.sub(r"\1", plain.translate(switch).translate(_FIXED))


def _used(sounds: str) -> list[_Switch]:
    """The switches that make a difference to these sounds; one that makes none is set one way."""
    ways = [switch if any(chr(code) in sounds for code in switch[0]) else switch[:1] for switch in _SWITCHES]
    return [first | second | third | fourth for first, second, third, fourth in product(*ways)]
