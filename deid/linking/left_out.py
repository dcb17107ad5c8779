"""Whether one name is another with parts left out: a father's name in the middle, an initial more or less.

Two parts that tell a person must be in both, or one and an initial that may stand for a part: Kumar, Singh or Devi tell
nobody. That says little by itself; it counts only where one person alone fits (`clusters`).
"""

from itertools import combinations

from deid.linking.distance import FAR, VARIANT
from deid.linking.fit import INITIAL, MOST, RESPECT, Fit, fit, joined
from deid.linking.parts import Parts, of_many
from deid.linking.reading import Reading

_TELLING = 2  # parts and initials that two names must have in common
_MISSING = 2  # parts of the longer name that the shorter has not, at most
_INITIALS = 2  # and of its own initials


def left_out(short: Parts, long: Parts) -> float:
    """The distance of a name to one that has more parts, or more initials; FAR where it is none of it."""
    if not short.whole or len(long.whole) > MOST or len(short.initials) > _INITIALS + 1:
        return FAR
    if not short.initials and not long.initials and len(short.whole) >= len(long.whole):
        return FAR  # it leaves nothing out
    best = FAR
    short, long = _bound(short), _bound(long)
    for kept in _some(short.initials):
        found = fit(short._replace(initials=kept), long, within=True)
        if found.distance - INITIAL * found.initials > VARIANT or not _tells(found, kept):
            continue
        missing = len(long.whole) + len(long.initials) - len(found.pairs) - len(kept)
        if missing <= _MISSING:
            best = min(best, found.distance + INITIAL * (missing + len(short.initials) - len(kept)))
    return best


def _bound(name: Parts) -> Parts:
    """A name with -bhai, -ben and -bai bound to what they stand behind, for they tell a man from a woman."""
    whole: list[Reading] = []
    for part in name.whole:
        if whole and part.sounds in RESPECT:
            whole[-1] = joined(whole[-1], part)
        else:
            whole.append(part)
    return name._replace(whole=tuple(whole))


def _tells(found: Fit, kept: tuple[str, ...]) -> bool:
    telling = sum(pair.one.key not in of_many() and pair.other.key not in of_many() for pair in found.pairs)
    return telling > 0 and telling + len(kept) >= _TELLING


def _some(initials: tuple[str, ...]) -> list[tuple[str, ...]]:
    """All of the initials, then fewer."""
    count = len(initials)
    return [kept for n in range(count, max(-1, count - _INITIALS - 1), -1) for kept in combinations(initials, n)]
