"""Which names are compared at all: those that share a block, so that the cost of linking stays near to linear.

Fellegi and Sunter, "A theory for record linkage", 1969.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from deid.linking.fit import MOST, joined_once, shorter
from deid.linking.latin import letters
from deid.linking.parts import Parts, of_many
from deid.linking.reading import read
from deid.linking.skeleton import skeletons, skeletons_of

_CROWD = 400  # names of one block; a block that says so little is not looked through
Block = tuple[str, ...]


def gathered(blocks: Iterable[Iterable[Block]]) -> dict[Block, list[int]]:
    """Block -> the places of the names that have it; `blocks[i]` are those of name i."""
    found: defaultdict[Block, list[int]] = defaultdict(list)
    for place, each in enumerate(blocks):
        for block in each:
            found[block].append(place)
    return found


def pairs(places: Iterable[list[int]]) -> list[tuple[int, int]]:
    """Every pair that shares a block, once, in order."""
    return sorted({pair for block in places if len(block) <= _CROWD for pair in combinations(block, 2)})


def whole_name(name: Parts) -> set[Block]:
    """Skeletons of a name's parts in any order: as they are, with neighbours joined, and as spelt where that is not the
    sound that they go by.
    """
    if len(name.whole) > MOST:
        return {tuple(sorted(part.sounds for part in name.whole))}
    spelt = tuple(read(part.word) if part.word else part for part in name.whole)
    ways = {name.whole, tuple(each if each.sounds else part for each, part in zip(spelt, name.whole, strict=True))}
    ways |= {each.whole for each, _ in shorter(name)}
    ways |= {each for way in list(ways) for each in joined_once(way)}
    ways |= {each for way in list(ways) if len(way) > 1 for each in joined_once(way)}
    mark = (".",) if name.initials else ()
    return {(*mark, *sorted(each)) for way in ways for each in skeletons_of(part.sounds for part in way)}


def some_parts(name: Parts) -> set[Block]:
    """Skeletons of every two parts of a name, in any order, and of each that tells a person."""
    ways = (name.whole, *joined_once(name.whole)) if len(name.whole) <= MOST else ()
    single = {(each,) for way in ways for part in way if part.key not in of_many() for each in skeletons(part.sounds)}
    two = (pair for way in ways for pair in combinations(way, 2))
    return single | {tuple(sorted(each)) for pair in two for each in skeletons_of(part.sounds for part in pair)}


def outlines(name: Parts) -> tuple[tuple[frozenset[str], ...], ...]:
    """For each way to write a name, with or without neighbours joined, the skeletons of each part."""
    ways = (name.whole, *joined_once(name.whole)) if len(name.whole) <= MOST else ()
    return tuple(tuple(frozenset(skeletons(part.sounds)) for part in way) for way in ways)


def may_be_part(short: tuple[tuple[frozenset[str], ...], ...], long: tuple[tuple[frozenset[str], ...], ...]) -> bool:
    """Whether all parts of one name, by their outlines, may be parts of another: a look that costs little."""
    there = frozenset().union(*(part for way in long for part in way))
    return any(all(not part.isdisjoint(there) for part in way) for way in short)


def one_letter_less(name: Parts) -> Iterator[Block]:
    """A Latin name with one part a letter shorter, and as it is, its others by skeleton."""
    if len(name.whole) > MOST or any(part.script != "Latn" for part in name.whole):
        return
    for whole in (name.whole, *joined_once(name.whole)):
        for at, part in enumerate(whole):
            others = sorted(skeletons(other.sounds)[0] for other in (*whole[:at], *whole[at + 1 :]))
            others += [f".{initial}" for initial in sorted(name.initials)]
            word = letters(part.word)
            for cut in range(len(word) + 1):
                yield (word[:cut] + word[cut + 1 :], *others)
