"""What tells two names apart that are nearly one: the sex in their ending, an o that only one of them has, two names of
the gazetteer.
"""

import regex

from deid.linking.known import known
from deid.linking.reading import Reading

_MASCULINE = regex.compile(
    r"(?:(?!(?<=br|p)[ao][td])[aeiou]([^aeiou\W])\1?|[iy]|(?<!an)an[dR]|en[dR]|r[tT]|s[kTt]|l[dR])o$"
)  # Mariano, Antonio, Fernando; but Subroto, Haripado, Proshanto are Subrata, Haripada, Prasanta
_ANNA, _AMMA = regex.compile("nn[a&9]$"), regex.compile("mm[a&9]$")
_CLEAR = frozenset(("Deva", "Gujr", "Guru", "Telu", "Knda", "Mlym"))


def told_apart(one: Reading, other: Reading) -> bool:
    """Whether two names that are nearly one are two."""
    return _of_two_sexes(one, other) or _known_apart(one, other) or _with_an_o(one, other)


def _with_an_o(one: Reading, other: Reading) -> bool:
    """Whether one has an o that the other has not, in a script where nobody writes one for an a: कमल, कोमल."""
    if one.script != other.script or one.script not in _CLEAR:
        return False
    inner, rest = one.sounds[:-1], other.sounds[:-1]
    return inner.count("o") != rest.count("o") and inner.replace("o", "") == rest.replace("o", "")


def _known_apart(one: Reading, other: Reading) -> bool:
    """Whether both are names of the gazetteer, and two of them; what a script leaves open is neither."""
    return one.key != other.key and not (one.open or other.open) and one.key in known() and other.key in known()


def _of_two_sexes(one: Reading, other: Reading) -> bool:
    """Whether one ends in a Romance man's o or in -anna, and the other in a woman's a or in -amma."""
    man, woman = (one, other) if one.sounds[-1:] == "o" else (other, one)
    ends = man.sounds[-1:] + woman.sounds[-1:]
    if ends in ("oa", "o&", "o9"):
        return _MASCULINE.search(man.spelt) is not None
    brother, mother = (one, other) if one.sounds[-2:-1] == "n" else (other, one)
    return _ANNA.search(brother.spelt) is not None and _AMMA.search(mother.spelt) is not None
