"""Whether two names that are not spelt alike may be one person's: many small differences, none that tells two apart.

Vowels, glides and breaths, and consonants that scripts confuse, may differ in several places of a long name; a
consonant of its own, or an ending that tells a man's name from a woman's, may not. What is told here is weak: it counts
only where no other person is as near (`clusters`).
"""

from functools import lru_cache
from itertools import product

from deid.linking.apart import told_apart
from deid.linking.distance import FAR, losses, swap
from deid.linking.fit import DISTINCT, Fit, ways
from deid.linking.reading import Reading

_TELLING = 0.85  # an edit that costs this, or more, tells two names apart
_ENDINGS = frozenset("ai&")
_LONG = 7  # sounds of a part whose last a is rather one that some write and some do not: Srivastav, Srivastava
_EACH = 0.09  # of distance for every sound of a name
_IN_ONE_SCRIPT = 0.75  # two forms of one script farther apart than this are two people's


def kinship(found: Fit) -> float:
    """The distance of two names that may be one person's, else FAR."""
    if found.distance >= FAR or found.initials:
        return FAR
    sounds = sum(max(len(pair.one.sounds), len(pair.other.sounds)) for pair in found.pairs)
    total = sum(_akin(pair.one, pair.other) for pair in found.pairs)
    return total if total <= _EACH * sounds else FAR


def two_people(found: Fit) -> bool:
    """Whether two forms in one script are so far apart that they are two people's."""
    return found.distance > _IN_ONE_SCRIPT or any(_akin(p.one, p.other) >= FAR for p in found.pairs)


def _akin(one: Reading, other: Reading) -> float:
    """The cheapest way from one part to the other without an edit that tells names apart; FAR where there is none."""
    least = min(_untelling(a, b) for a, b in product(ways(one), ways(other)))
    return FAR if least >= DISTINCT and told_apart(one, other) else least


@lru_cache(maxsize=1 << 16)
def _untelling(one: Reading, other: Reading) -> float:
    if one.sounds == other.sounds:
        return 0.0
    less, more = _losses(one, other), _losses(other, one)
    row = [0.0]
    for cost in more:
        row.append(row[-1] + cost)
    for i, a in enumerate(one.sounds):
        here = [row[0] + less[i]]
        for j, b in enumerate(other.sounds):
            change = swap(a, b)
            here.append(min(row[j] + (change if change < _TELLING else FAR), row[j + 1] + less[i], here[j] + more[j]))
        row = here
    return min(FAR, row[-1])


def _losses(one: Reading, facing: Reading) -> list[float]:
    """What it costs that a sound is not in the other; FAR for one that tells names apart."""
    found = [cost if cost < _TELLING else FAR for cost in losses(one.sounds, facing.script)]
    if one.sounds[-1:] in _ENDINGS and found[-1] > 0.2 and (len(found) < _LONG or one.sounds[-1] == "i"):
        found[-1] = FAR
    return found
