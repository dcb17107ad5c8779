"""Which names of a file are one person's.

Forms (names that sound the same) are joined from the surest evidence down: one sound, one name spelt in two ways, one
slip of the hand, initials for parts. At each step all candidates are looked at together, and nothing depends on the
order of rows. A form that fits two others which do not fit each other is joined to neither, unless one of them is
clearly nearer: a missed link gives one person two surrogates, a false one mixes two patients.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product

from deid.linking.distance import FAR, SAME, VARIANT, between
from deid.linking.fit import INITIAL, MOST, Fit, fit, joined_once
from deid.linking.known import known
from deid.linking.latin import letters
from deid.linking.parts import Parts
from deid.linking.reading import BROAD, read
from deid.linking.skeleton import skeletons, skeletons_of
from deid.linking.slips import slip

_MARGIN = 0.07  # how much nearer the nearer of two must be
_STEPS = (SAME, VARIANT)
_APART = 0.65  # two parts farther from each other are two names, whatever lies between them
_CROWD = 400  # forms of one block; a block that says so little is not looked through

Form = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass
class _Group:
    """The names of one form."""

    form: Form
    names: list[Parts]
    rows: int = 0


class People:
    """Names, joined into people. Build it from all names of a file at once; then ask for each."""

    def __init__(self, names: Iterable[Parts]) -> None:
        groups: dict[Form, _Group] = {}
        for name in names:
            if name.whole:
                group = groups.setdefault(form(name), _Group(form(name), []))
                group.rows += 1
                if name not in group.names:
                    group.names.append(name)
        self._groups = [groups[each] for each in sorted(groups)]
        for group in self._groups:
            group.names.sort(key=lambda name: [part.word for part in name.whole])
        self._place = {group.form: index for index, group in enumerate(self._groups)}
        self._root = list(range(len(self._groups)))
        self._members = {place: [place] for place in self._root}
        self._slipped_in: set[int] = set()
        self._unsure: set[int] = set()
        self._fits: dict[tuple[int, int], Fit] = {}
        self._join()

    def person(self, name: Parts) -> Form | None:
        """The form that stands for the person; None where unsure, or where there is no name."""
        place = self._place.get(form(name))
        if place is None or self._find(place) in self._unsure:
            return None
        return self._groups[self._find(place)].form

    def _join(self) -> None:
        """Closed forms first; those of scripts that leave much open then find their person among few."""
        plain = self._near()
        broad = {place for place, group in enumerate(self._groups) if _broad(group.names[0])}
        closed = {pair: found for pair, found in plain.items() if not broad.intersection(pair)}
        for step in _STEPS:
            self._step({pair: found.distance for pair, found in closed.items() if found.distance <= step}, plain)
        self._slips()
        for step in _STEPS:
            self._step({pair: found.distance for pair, found in plain.items() if found.distance <= step}, plain)
        for (one, other), found in plain.items():
            if found.distance <= SAME and self._find(one) != self._find(other):
                self._unsure |= {
                    place for place in (one, other) if place in broad and len(self._members[self._find(place)]) == 1
                }
        self._initials()
        self._unsure = {self._find(place) for place in self._unsure}

    def _near(self) -> dict[tuple[int, int], Fit]:
        """Every two forms that may be one name in two spellings, with how they fit."""
        blocks: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, group in enumerate(self._groups):
            for block in _blocks(group.names[0]):
                blocks[block].append(place)
        fits = ((pair, self._fit(*pair)) for pair in _within(blocks.values()))
        return {pair: found for pair, found in fits if not found.initials and found.distance <= _APART}

    def _mistyped(self) -> list[tuple[int, int]]:
        """Every two forms of which a part differs by a letter, all others being equal: deletion neighbourhoods."""
        blocks: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, group in enumerate(self._groups):
            for each in {each for name in group.names for each in _one_letter_less(name)}:
                blocks[each].append(place)
        return _within(blocks.values())

    def _fit(self, one: int, other: int) -> Fit:
        pair = (one, other)
        if pair not in self._fits:
            self._fits[pair] = fit(self._groups[one].names[0], self._groups[other].names[0])
        return self._fits[pair]

    def _step(self, edges: dict[tuple[int, int], float], near: Iterable[tuple[int, int]]) -> None:
        """Join what the edges join, but for who fits two that do not fit each other; again, until nothing changes."""
        slips = list(self._slipped(edges))
        while True:
            nearest = self._between_roots(edges)
            akin = {self._roots(pair) for pair in (*near, *slips)}
            neighbours: defaultdict[int, dict[int, float]] = defaultdict(dict)
            for (one, other), distance in nearest.items():
                neighbours[one][other] = distance
                neighbours[other][one] = distance
            allowed = {place: _unrivalled(around, akin) for place, around in neighbours.items()}
            joins = sorted((d, a, b) for (a, b), d in nearest.items() if b in allowed[a] and a in allowed[b])
            if not any([self._union_unless_apart(one, other) for _, one, other in joins]):
                return

    def _union_unless_apart(self, one: int, other: int) -> bool:
        """Join two groups, but for those of which any two forms are plainly two names; whether they were joined."""
        first, second = self._roots((one, other))
        mine, theirs = (
            [place for place in self._members[root] if place not in self._slipped_in] for root in (first, second)
        )
        if first == second or any(_apart(self._fit(*sorted(pair))) for pair in product(mine, theirs)):
            return False
        self._union(first, second)
        return True

    def _slipped(self, edges: dict[tuple[int, int], float]) -> Iterator[tuple[int, int]]:
        """Neighbours of one form that are a slip apart: no rivals."""
        around: defaultdict[int, set[int]] = defaultdict(set)
        for one, other in edges:
            around[one].add(other)
            around[other].add(one)
        for others in around.values():
            for pair in combinations(sorted(others), 2):
                if self._slip(*pair) or self._slip(pair[1], pair[0]):
                    yield pair

    def _between_roots(self, edges: dict[tuple[int, int], float]) -> dict[tuple[int, int], float]:
        nearest: dict[tuple[int, int], float] = {}
        for pair, distance in edges.items():
            roots = self._roots(pair)
            if roots[0] != roots[1]:
                nearest[roots] = min(distance, nearest.get(roots, distance))
        return nearest

    def _initials(self) -> None:
        """A name with initials joins the one person whose parts they may stand for; those with few initials first."""
        by_part: defaultdict[str, set[int]] = defaultdict(set)
        for place, group in enumerate(self._groups):
            for part in group.names[0].whole:
                for skeleton in skeletons(part.sounds):
                    by_part[skeleton].add(place)
        short = {place: len(g.names[0].initials) for place, g in enumerate(self._groups) if g.names[0].initials}
        for count in sorted(set(short.values())):
            chosen: dict[int, dict[int, float]] = {}
            for place in (place for place in short if short[place] == count):
                around = chosen.setdefault(self._find(place), {})
                blocks = [
                    by_part[each] for part in self._groups[place].names[0].whole for each in skeletons(part.sounds)
                ]
                for other in sorted(set().union(*blocks)):
                    if short.get(other, 0) >= count:
                        continue
                    found = self._fit(*sorted((place, other)))
                    if found.distance <= VARIANT + INITIAL * found.initials:
                        root = self._find(other)
                        around[root] = min(found.distance, around.get(root, found.distance))
            for mine, around in sorted(chosen.items()):
                kept = _unrivalled(around, set())
                if len(kept) == 1:
                    self._union(mine, *kept)
                elif around:
                    self._unsure.add(mine)

    def _slips(self) -> None:
        """A name that stands alone and is one slip from a person joins this person, where it is the only such."""
        spellings: defaultdict[int, int] = defaultdict(int)
        for place, group in enumerate(self._groups):
            spellings[self._find(place)] += len(group.names)
        chosen: dict[int, dict[int, float]] = defaultdict(dict)
        for pair in self._mistyped():
            for seen, meant in (pair, pair[::-1]):
                mine, root = self._find(seen), self._find(meant)
                if mine == root or spellings[mine] > 1 or not self._slip(seen, meant):
                    continue
                if spellings[root] > 1 or self._is_known(meant):
                    distance = self._fits[pair].distance
                    chosen[mine][root] = min(distance, chosen[mine].get(root, distance))
        joins = []
        for mine, around in sorted(chosen.items()):
            if len(around) == 1:
                joins.append((mine, *around))
        for mine, root in joins:
            self._slipped_in |= set(self._members[mine])
            self._union(mine, root)

    def _slip(self, seen: int, meant: int) -> bool:
        """Whether a name of one form is a name of the other with one part mistyped."""
        found = self._fit(*sorted((seen, meant)))
        if found.initials or sum(pair.distance > SAME for pair in found.pairs) != 1:
            return False
        return any(_slipped(a, b) for a, b in product(self._groups[seen].names, self._groups[meant].names))

    def _is_known(self, meant: int) -> bool:
        """Whether what is meant is all names that are known."""
        return all(part.key in known() for part in self._groups[meant].names[0].whole)

    def _roots(self, pair: tuple[int, int]) -> tuple[int, int]:
        one, other = self._find(pair[0]), self._find(pair[1])
        return (one, other) if one < other else (other, one)

    def _find(self, place: int) -> int:
        while self._root[place] != place:
            self._root[place] = self._root[self._root[place]]
            place = self._root[place]
        return place

    def _union(self, one: int, other: int) -> None:
        first, second = self._roots((one, other))
        if first != second:
            self._root[second] = first
            self._members[first] += self._members.pop(second)


def form(name: Parts) -> Form:
    """What names of one form share: the sounds of their parts in any order, and their initials."""
    return tuple(sorted(part.sounds for part in name.whole)), tuple(sorted(name.initials))


def _unrivalled(around: dict[int, float], akin: set[tuple[int, int]]) -> set[int]:
    """Those of the neighbours that have no rival: all where they are akin, else the nearest and its kin, else none."""
    if not around:
        return set()
    nearest = sorted(around, key=lambda place: (around[place], place))
    kept = [nearest[0]]
    for place in nearest[1:]:
        if all((min(place, other), max(place, other)) in akin for other in kept):
            kept.append(place)
        elif around[place] <= around[nearest[0]] + _MARGIN:
            return set()
        else:
            break
    return set(kept)


def _within(blocks: Iterable[list[int]]) -> list[tuple[int, int]]:
    """Every pair that shares a block, once, in order."""
    return sorted({pair for block in blocks if len(block) <= _CROWD for pair in combinations(block, 2)})


def _one_letter_less(name: Parts) -> Iterator[tuple[str, ...]]:
    """A Latin name with one part a letter shorter, and as it is, its others by skeleton; the first letter stays."""
    if len(name.whole) > MOST or any(part.script != "Latn" for part in name.whole):
        return
    for whole in (name.whole, *joined_once(name.whole)):
        for at, part in enumerate(whole):
            others = sorted(skeletons(other.sounds)[0] for other in (*whole[:at], *whole[at + 1 :]))
            others += [f".{initial}" for initial in sorted(name.initials)]
            word = letters(part.word)
            for cut in range(1, len(word) + 1):
                yield (word[:cut] + word[cut + 1 :], *others)


def _apart(found: Fit) -> bool:
    """Whether two names are two for certain: a part of one is no part of the other."""
    return found.distance >= FAR or any(between(pair.one, pair.other) > _APART for pair in found.pairs)


def _broad(name: Parts) -> bool:
    """Whether the script of a name leaves so much open that it fits many."""
    return any(part.script in BROAD and part.open for part in name.whole)


def _blocks(name: Parts) -> set[tuple[str, ...]]:
    """Skeletons of a name's parts in any order: as they are, with neighbours joined, and as spelt where that is not the
    sound that they go by.
    """
    if len(name.whole) > MOST:
        return {tuple(sorted(part.sounds for part in name.whole))}
    spelt = tuple(read(part.word) if part.word else part for part in name.whole)
    ways = {name.whole, tuple(each if each.sounds else part for each, part in zip(spelt, name.whole, strict=True))}
    ways |= {shorter for way in list(ways) for shorter in joined_once(way)}
    ways |= {shorter for way in list(ways) if len(way) > 1 for shorter in joined_once(way)}
    mark = (".",) if name.initials else ()
    return {(*mark, *sorted(each)) for way in ways for each in skeletons_of(part.sounds for part in way)}


def _slipped(seen: Parts, meant: Parts) -> bool:
    off = [pair for pair in fit(seen, meant).pairs if pair.distance > SAME]
    return len(off) == 1 and slip(off[0].one, off[0].other)
