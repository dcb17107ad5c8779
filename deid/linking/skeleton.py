"""The consonants of a word as coarsely as scripts differ: what may be one name shares a skeleton.

Blocking (Fellegi and Sunter 1969): only names that share a block are compared, so the cost of linking stays near to
linear. What a script leaves open is tried both ways.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product

import regex

_FIXED = str.maketrans(
    {**dict.fromkeys("kg4", "k"), **dict.fromkeys("cjsSZ7", "s"), **dict.fromkeys("tdT5", "t"),
     **dict.fromkeys("pfP6", "p"), **dict.fromkeys("nmMN", "n"), **dict.fromkeys("aiueohyIVAODUQYGLXE890=&", None)}
)  # fmt: skip
_Switch = dict[int, str | None]


def _switch(letters: str, into: str | None, **others: str) -> _Switch:
    return {**dict.fromkeys(map(ord, letters), into), **{ord(each): other for each, other in others.items()}}


_SWITCHES: tuple[tuple[_Switch, _Switch], ...] = (
    (_switch("bvBWF13H", "p", J="s") | {ord("@"): "s", ord("2"): "pn"}, _switch("bvBWFJ@13H", None) | {ord("2"): "n"}),
    (_switch("RC", "t"), _switch("RC", "r")),
    (_switch("K4", "k"), _switch("K4", None)),
)
_SILENT = regex.compile(r"[aOUQ]|(?<=[nmM][aOUQ]?)[kgKG4L]|(?<=[kK4][aOUQ]?)[sXS]")
_DOUBLE = regex.compile(r"(.)\1+")


@lru_cache(maxsize=1 << 16)
def skeletons(sounds: str) -> tuple[str, ...]:
    """Every skeleton of folded sounds; at most eight."""
    plain = _SILENT.sub("", sounds)
    found = (_DOUBLE.sub(r"\1", plain.translate(switch).translate(_FIXED)) for switch in _used(plain))
    return tuple(dict.fromkeys(found))


def skeletons_of(parts: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The skeletons of several words together: what is open is read one way in all of them."""
    plain = [_SILENT.sub("", sounds) for sounds in parts]
    for switch in _used("".join(plain)):
        yield tuple(_DOUBLE.sub(r"\1", each.translate(switch).translate(_FIXED)) for each in plain)


def _used(sounds: str) -> list[_Switch]:
    """The switches that make a difference to these sounds; one that makes none is set one way."""
    ways = [switch if any(chr(code) in sounds for code in switch[0]) else switch[:1] for switch in _SWITCHES]
    return [first | second | third for first, second, third in product(*ways)]
