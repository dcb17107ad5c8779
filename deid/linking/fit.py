"""How far apart two whole names are: their parts in any order, joined or apart, initials for parts."""

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import permutations, product
from typing import NamedTuple

from deid.linking.apart import told_apart
from deid.linking.distance import FAR, between
from deid.linking.latin import otherwise
from deid.linking.parts import LETTER, Parts
from deid.linking.phonemes import OPEN
from deid.linking.reading import Reading, heard, read

INITIAL = 0.2  # an initial for a part: no evidence against, little for
_JOINED = 0.02
_LEFT_OUT = 0.3
RESPECT = ("1", "2", "3")
"""-bhai, -ben and -bai as they are heard."""
_ANOTHER = 1.5  # two names of the gazetteer: no variants of each other
DISTINCT = 0.3
MOST = 5  # parts of a name; a longer one is compared with its equals only


class Pair(NamedTuple):
    """Two parts held against each other."""

    one: Reading
    other: Reading
    distance: float


class Fit(NamedTuple):
    """How two names fit: the sum of distances, and part by part."""

    distance: float
    pairs: tuple[Pair, ...]
    initials: int
    """How many initials stand for parts of the other."""


NO_FIT = Fit(FAR, (), 0)


def fit(one: Parts, other: Parts, *, within: bool = False) -> Fit:
    """The best fit of two names. `within`: `one` may be some parts of `other` only, as a surname is."""
    if not one.whole and not one.initials:
        return NO_FIT
    best = _fit(one, other, within)
    for left, right, cost in (
        *((each, other, cost) for each, cost in shorter(one)),
        *((one, each, cost) for each, cost in shorter(other)),
    ):
        if (found := _fit(left, right, within)).distance + cost < best.distance:
            best = found._replace(distance=found.distance + cost)
    return best


def shorter(name: Parts) -> Iterator[tuple[Parts, float]]:
    """A name of three parts or more without one that many of its bearers leave out, and what that costs: Mohammad in
    front, -bhai, -ben or -bai behind a part.
    """
    if 2 < len(name.whole) <= MOST:
        if name.whole[0].key == _mohammad():
            yield name._replace(whole=name.whole[1:]), _JOINED
        for at, part in enumerate(name.whole):
            if part.sounds in RESPECT:
                yield name._replace(whole=(*name.whole[:at], *name.whole[at + 1 :])), _LEFT_OUT


@cache
def _mohammad() -> str:
    return read("mohammad").key


def _fit(one: Parts, other: Parts, within: bool) -> Fit:
    best = NO_FIT
    if len(one.whole) > MOST or len(other.whole) > MOST:
        return NO_FIT if one.whole != other.whole or one.initials != other.initials else Fit(0.0, (), 0)
    for left, joints in _joinings(one.whole, len(other.whole)):
        for right, seams in _joinings(other.whole, len(one.whole)):
            if joints and seams:
                continue
            found = _assign(left, one.initials, right, other.initials, within)
            found = found._replace(distance=found.distance + _JOINED * (joints + seams))
            if found.distance < best.distance:
                best = found
    return best


def part_distance(one: Reading, other: Reading) -> float:
    """The distance of two parts, as they are spelt or as the names that they go by, whichever is nearer; two names that
    the gazetteer knows apart are never variants of each other, nor are Mariano and Mariana.
    """
    distance = min(between(a, b) for a, b in product(ways(one), ways(other)))
    return _ANOTHER if DISTINCT <= distance < _ANOTHER and told_apart(one, other) else distance


@lru_cache(maxsize=1 << 16)
def ways(part: Reading) -> tuple[Reading, ...]:
    """A part as the name that it goes by; as it is spelt, where that is another sound; and as English and Bengali hands
    spell, where it looks so.
    """
    spelt = read(part.word) if part.word else part
    found = {part.sounds: part}
    if spelt.sounds:
        found.setdefault(spelt.sounds, spelt)
    for sounds in otherwise(part.word) if part.script == "Latn" else ():
        other = heard(part.word, "Latn", sounds)
        found.setdefault(other.sounds, other)
    return tuple(found.values())


def _joinings(whole: tuple[Reading, ...], others: int) -> Iterator[tuple[tuple[Reading, ...], int]]:
    """The parts as they are, and with neighbours joined where there are more than the other name has."""
    yield whole, 0
    if len(whole) > others:
        for shorter in joined_once(whole):
            for parts, joints in _joinings(shorter, others):
                yield parts, joints + 1


def joined_once(whole: tuple[Reading, ...]) -> Iterator[tuple[Reading, ...]]:
    """The parts with two neighbours joined, each way."""
    for at in range(len(whole) - 1):
        yield (*whole[:at], joined(whole[at], whole[at + 1]), *whole[at + 2 :])


@lru_cache(maxsize=1 << 14)
def joined(one: Reading, other: Reading) -> Reading:
    """Two parts written as one."""
    silent = one.spelt[:-1] + "O" if one.spelt[-1:] in "AD9" and one.spelt else one.spelt
    if len(one.spelt) > 2 and silent.endswith("a"):
        silent = silent[:-1] + "O"  # Rama Krishnan, Ramkrishnan
    return heard(one.word + other.word, one.script, silent + other.spelt)


def _assign(
    left: tuple[Reading, ...],
    left_initials: tuple[str, ...],
    right: tuple[Reading, ...],
    right_initials: tuple[str, ...],
    within: bool,
) -> Fit:
    """The cheapest way to pair the parts of both."""
    if not within and len(left) + len(left_initials) != len(right) + len(right_initials):
        return NO_FIT
    if len(left) > len(right) + len(right_initials):
        return NO_FIT
    pairs = min(len(left), len(right))
    if len(left) > len(right):
        turned = _assign(right, right_initials, left, left_initials, within)
        return turned._replace(pairs=tuple(Pair(b, a, d) for a, b, d in turned.pairs))
    best = NO_FIT
    costs = [[part_distance(a, b) for b in right] for a in left]
    for chosen in permutations(range(len(right)), pairs):
        total = sum(costs[i][j] for i, j in enumerate(chosen))
        if total >= best.distance:
            continue
        rest = [right[j] for j in range(len(right)) if j not in chosen]
        used = _initials(left_initials, rest, right_initials, within)
        if used is None:
            continue
        total += INITIAL * used
        if total < best.distance:
            best = Fit(total, tuple(Pair(left[i], right[j], costs[i][j]) for i, j in enumerate(chosen)), used)
    return best


def _initials(mine: tuple[str, ...], rest: list[Reading], theirs: tuple[str, ...], within: bool) -> int | None:
    """How many initials stand for parts when mine are held against the other's remaining parts and initials."""
    if not mine:
        return 0 if within or not (rest or theirs) else None
    if len(mine) > len(rest) + len(theirs):
        return None
    starts = [(first(part), 1) for part in rest] + [(each, 0) for each in theirs]
    best: int | None = None
    for chosen in permutations(range(len(starts)), len(mine)):
        if all(set(mine[i]) & set(starts[j][0]) for i, j in enumerate(chosen)):
            used = sum(starts[j][1] for j in chosen)
            best = used if best is None else min(best, used)
    return best


def first(part: Reading) -> str:
    """The sounds that a part may begin with, as it is heard and as it is spelt: D for Dnyaneshwar."""
    heard_as = OPEN.get(part.sounds[:1], part.sounds[:1])
    return heard_as + LETTER.get(part.word[:1].lower(), "") if part.script == "Latn" else heard_as
