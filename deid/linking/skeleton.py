"""The consonants of a word as coarsely as scripts differ: what may be one name shares a skeleton.

Blocking (Fellegi and Sunter 1969): only names that share a block are compared, so the cost of linking stays near to
linear. What a script leaves open is tried both ways.
"""

from functools import lru_cache
from itertools import product

import regex

_FIXED = str.maketrans(
    {**dict.fromkeys("kg4", "k"), **dict.fromkeys("cjsSZ7", "s"), **dict.fromkeys("tdT5", "t"),
     **dict.fromkeys("pfP6", "p"), **dict.fromkeys("nmMN", "n"), **dict.fromkeys("aiueohyIVAODUQYGLXE890", None)}
)  # fmt: skip
_SWITCHES = (
    (
        {ord(c): "p" for c in "bvBWF13H"} | {ord("J"): "s", ord("@"): "s", ord("2"): "pn"},
        dict.fromkeys(map(ord, "bvBWFJ@13H")) | {ord("2"): "n"},
    ),
    ({ord("R"): "t", ord("C"): "t"}, {ord("R"): "r", ord("C"): "r"}),
    ({ord("K"): "k"}, {ord("K"): None}),
)
_SILENT = regex.compile(r"(?<=[nmM])[gKGL4]|(?<=[kK4])[sXS]")
_DOUBLE = regex.compile(r"(.)\1+")


@lru_cache(maxsize=1 << 16)
def skeletons(sounds: str) -> tuple[str, ...]:
    """Every skeleton of folded sounds; at most eight."""
    plain = _SILENT.sub("", sounds)
    found = dict.fromkeys(
        _DOUBLE.sub(r"\1", plain.translate(first).translate(second).translate(third).translate(_FIXED))
        for first, second, third in product(*_SWITCHES)
    )
    return tuple(found)


def bags(sounds: str) -> tuple[str, ...]:
    """Skeletons of a name whose parts are joined by `|`, their letters sorted: the order of parts does not matter."""
    return tuple(dict.fromkeys("".join(sorted(each.replace("|", ""))) for each in skeletons(sounds)))
