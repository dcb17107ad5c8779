"""Which names of a file are one person's.

Forms (names that sound the same) are joined from the surest evidence down: one sound, one name spelt in two ways, one
slip of the hand, many small differences, initials for parts, parts left out. At each step all candidates are looked at
together, and nothing depends on the order of rows. A form that fits two others which do not fit each other is joined to
neither, unless one of them is clearly nearer: a missed link gives one person two surrogates, a false one mixes two
patients.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, product

from deid.linking import latin
from deid.linking.blocks import gathered, may_be_part, one_letter_less, outlines, pairs, some_parts, whole_name
from deid.linking.distance import FAR, SAME, VARIANT, between
from deid.linking.fit import INITIAL, Fit, Pair, fit
from deid.linking.forms import Form, Forms, form
from deid.linking.kin import kinship, two_people
from deid.linking.known import known
from deid.linking.left_out import left_out
from deid.linking.parts import Parts
from deid.linking.reading import BROAD
from deid.linking.skeleton import skeletons
from deid.linking.slips import another_vowel, listed, mistyped, one_step, slip

_MARGIN = 0.07  # how much nearer the nearer of two must be
_STEPS = (SAME, VARIANT)
_KIN_MARGIN = 0.3  # and where they are not spelt alike
_APART = 0.65  # two parts farther from each other are two names, whatever lies between them


class People:
    """Names, joined into people. Build it from all names of a file at once; then ask for each."""

    def __init__(self, names: Iterable[Parts]) -> None:
        self._forms = forms = Forms(names)
        self._groups, self._members = forms.groups, forms.members
        self._find, self._roots, self._union, self._fit = forms.find, forms.roots, forms.union, forms.fit
        self._slipped_in: set[int] = set()
        self._unsure: set[int] = set()
        self._join()

    def person(self, name: Parts) -> Form | None:
        """The form that stands for the person; None where unsure, or where there is no name."""
        place = self._forms.place.get(form(name))
        if place is None or self._find(place) in self._unsure:
            return None
        return self._groups[self._find(place)].form

    def _join(self) -> None:
        """Closed forms first; those of scripts that leave much open then find their person among few."""
        self._letters = self._one_letter()
        self._crossed()
        plain = self._near()
        broad = {place for place, group in enumerate(self._groups) if _broad(group.name)}
        closed = {pair: found for pair, found in plain.items() if not broad.intersection(pair)}
        for step in _STEPS:
            self._step({pair: found.distance for pair, found in closed.items() if found.distance <= step}, plain)
        self._slips(initials=False)
        for step in _STEPS:
            self._step({pair: found.distance for pair, found in plain.items() if found.distance <= step}, plain)
        self._akin = {pair: distance for pair in self._met if (distance := kinship(self._fit(*pair))) < FAR}
        self._kin()
        self._shorter = self._with_less()
        for (one, other), found in plain.items():
            if found.distance <= SAME and self._find(one) != self._find(other):
                self._unsure |= {
                    place for place in (one, other) if place in broad and len(self._members[self._find(place)]) == 1
                }
        for _ in range(2):  # what is joined the first time settles what was not sure
            self._unsure -= {place for place in self._unsure if self._groups[place].name.initials}
            self._initials()
            self._left_out()
            self._kin()
        self._slips(initials=True)
        self._unsure = {root for root, members in self._members.items() if self._unsure.issuperset(members)}

    def _near(self) -> dict[tuple[int, int], Fit]:
        """Every two forms that may be one name in two spellings, with how they fit."""
        met = pairs(gathered(whole_name(group.name) for group in self._groups).values())
        self._met = [pair for pair in met if self._slipped_in.isdisjoint(pair)]
        fits = ((pair, self._fit(*pair)) for pair in self._met)
        return {pair: found for pair, found in fits if not found.initials and found.distance <= _APART}

    def _kin(self) -> None:
        """Join two who are not spelt alike, the nearest first, where no other person is as near to either."""
        while True:
            around: defaultdict[int, dict[int, float]] = defaultdict(dict)
            for (one, other), distance in self._forms.between_roots(self._akin).items():
                around[one][other] = around[other][one] = distance
            edges = sorted((d, a, b) for a, each in around.items() for b, d in each.items() if a < b)
            joins = [(a, b) for d, a, b in edges if self._unrivalled_kin(a, b, d, around)]
            changed = False
            for one, other in joins:
                roots = self._roots((one, other))
                if roots[0] != roots[1] and not self._told_apart(*roots):
                    self._union(*roots)
                    changed = True
            if not changed:
                return

    def _unrivalled_kin(self, one: int, other: int, distance: float, around: dict[int, dict[int, float]]) -> bool:
        """Whether nothing tells the two apart, and whoever else is as near to either is no other person."""
        if self._told_apart(one, other):
            return False
        for mine, theirs in ((one, other), (other, one)):
            for rival, its in around[mine].items():
                if rival != theirs and its < distance + _KIN_MARGIN and self._told_apart(rival, theirs):
                    return False
        return True

    def _told_apart(self, one: int, other: int, shortened: bool = False) -> bool:
        """Whether two are two people: in a script that both are written in their nearest forms are not one name's, nor,
        where `shortened`, one name with parts left out.
        """
        first, second = self._by_script(one), self._by_script(other)
        differ = 0
        for script in sorted(first.keys() & second.keys()):
            fits = [self._fit(*sorted(pair)) for pair in product(first[script], second[script])]
            nearest = min(fits, key=lambda found: found.distance)
            if shortened and any(
                self._less(*way) < FAR for pair in product(first[script], second[script]) for way in (pair, pair[::-1])
            ):
                continue
            if two_people(nearest) or any(another_vowel(pair.one, pair.other) for pair in nearest.pairs):
                return True
            differ += nearest.distance > SAME
        return differ > 1

    def _by_script(self, root: int) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place in self._members[root]:
            group = self._groups[place]
            if (place not in self._slipped_in or group.rows > 1) and not group.name.initials:
                found[group.name.whole[0].script].append(place)
        return found

    def _one_letter(self) -> dict[int, list[int]]:
        """Each form, and those of which one part is a letter from its own, all others being equal."""
        blocks = gathered({each for name in group.names for each in one_letter_less(name)} for group in self._groups)
        found: defaultdict[int, list[int]] = defaultdict(list)
        for one, other in pairs(blocks.values()):
            if self._off(one, other, one_step):
                found[one].append(other)
                found[other].append(one)
        return found

    def _off(self, seen: int, meant: int, step: Callable[[str, str], bool]) -> bool:
        """Whether all parts of two forms are one sound but for one, of which the letters are a step apart."""
        if sum(pair.distance > SAME for pair in self._fit(*sorted((seen, meant))).pairs) > 1:
            return False
        return any(
            step(latin.letters(off[0].one.word), latin.letters(off[0].other.word))
            for one, other in product(self._groups[seen].names, self._groups[meant].names)
            if len(off := _differing(one, other)) == 1
        )

    def _crossed(self) -> None:
        """A name that is written once, and with two letters exchanged is another, is that one's, whatever it sounds
        like: Suijtha is Sujitha, not Sujatha.
        """
        joins = []
        for seen, around in sorted(self._letters.items()):
            if self._groups[seen].rows > 1:
                continue
            meant = [
                each
                for each in around
                if self._off(seen, each, mistyped)
                and (self._groups[each].rows > 1 or self._is_known(each) or self._off(seen, each, _into_a_name))
            ]
            if meant and all(
                self._fit(*sorted((meant[0], each))).distance <= VARIANT for each in around if each != meant[0]
            ):
                joins.append((seen, meant[0]))
        for seen, meant_one in joins:
            if meant_one not in self._slipped_in:
                self._slipped_in.add(seen)
                self._union(seen, meant_one)

    def _step(self, edges: dict[tuple[int, int], float], near: Iterable[tuple[int, int]]) -> None:
        """Join what the edges join, but for who fits two that do not fit each other; again, until nothing changes."""
        slips = list(self._slipped(edges))
        while True:
            nearest = self._forms.between_roots(edges)
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
        """Join two groups, but for those of which any two forms are plainly two names, or that a script tells apart;
        whether they were joined.
        """
        first, second = self._roots((one, other))
        mine, theirs = (
            [place for place in self._members[root] if place not in self._slipped_in] for root in (first, second)
        )
        if first == second or any(_apart(self._fit(*sorted(pair))) for pair in product(mine, theirs)):
            return False
        if self._told_apart(first, second):
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

    def _initials(self) -> None:
        """A name with initials joins the one person whose parts they may stand for; those with few initials first."""
        by_part: defaultdict[str, set[int]] = defaultdict(set)
        for place, group in enumerate(self._groups):
            for part in group.name.whole:
                for skeleton in skeletons(part.sounds):
                    by_part[skeleton].add(place)
        short = {place: len(g.name.initials) for place, g in enumerate(self._groups) if g.name.initials}
        for count in sorted(set(short.values())):
            chosen: dict[int, dict[int, float]] = {}
            for place in (place for place in short if short[place] == count):
                if any(not self._groups[each].name.initials for each in self._members[self._find(place)]):
                    continue
                around = chosen.setdefault(self._find(place), {})
                blocks = [by_part[each] for part in self._groups[place].name.whole for each in skeletons(part.sounds)]
                for other in sorted(set().union(*blocks)):
                    if short.get(other, 0) >= count or (other in self._slipped_in and self._groups[other].rows == 1):
                        continue
                    found = self._fit(*sorted((place, other)))
                    root = self._find(other)
                    if root != self._find(place) and found.distance <= VARIANT + INITIAL * found.initials:
                        around[root] = min(found.distance, around.get(root, found.distance))
            for mine, around in sorted(chosen.items()):
                kept = _unrivalled(around, set())
                if len(kept) == 1:
                    self._union(mine, *kept)
                elif around:
                    self._unsure.update(self._members[mine])

    def _with_less(self) -> dict[tuple[int, int], float]:
        """Every name, and another that it may be with parts left out, or with an initial more."""
        blocks = gathered(some_parts(group.name) for group in self._groups)
        short = {place for place, group in enumerate(self._groups) if group.name.initials}
        told = (places for block, places in blocks.items() if len(block) > 1 or not short.isdisjoint(places))
        heard = [outlines(group.name) for group in self._groups]
        near = (
            way
            for pair in pairs(told)
            if self._find(pair[0]) != self._find(pair[1])
            for way in (pair, pair[::-1])
            if may_be_part(heard[way[0]], heard[way[1]])
        )
        return {way: distance for way in near if (distance := self._less(*way)) < FAR}

    def _less(self, short: int, long: int) -> float:
        return left_out(self._groups[short].name, self._groups[long].name)

    def _left_out(self) -> None:
        """A name that is one person's with parts left out, or with an initial more, joins this person."""
        near: defaultdict[int, set[int]] = defaultdict(set)
        for short, long in self._shorter:
            if self._find(short) != self._find(long):
                near[self._find(short)].add(self._find(long))
        for mine, root in [(mine, *around) for mine, around in sorted(near.items()) if len(around) == 1]:
            if not self._told_apart(*self._roots((mine, root)), shortened=True):
                self._union(mine, root)

    def _slips(self, *, initials: bool) -> None:
        """A name that stands alone and is one slip from a person joins this person, where it is the only such; one with
        `initials` when it is known that they stand for nobody's parts.
        """
        spellings: defaultdict[int, int] = defaultdict(int)
        for place, group in enumerate(self._groups):
            spellings[self._find(place)] += len(group.names)
        joins = []
        for seen, around in sorted(self._letters.items()):
            mine = self._find(seen)
            if spellings[mine] > 1 or (self._groups[seen].name.initials and not initials):
                continue
            meant = [
                each
                for each in around
                if self._find(each) != mine
                and self._slip(seen, each)
                and (spellings[self._find(each)] > 1 or self._is_known(each))
            ]
            if meant:
                best = min(meant, key=lambda each: (self._fit(*sorted((seen, each))).distance, each))
                if all(self._one_person(best, each) for each in around if spellings[self._find(each)] > 1):
                    joins.append((mine, self._find(best)))
        for mine, root in joins:
            self._slipped_in |= set(self._members[self._find(mine)])
            self._union(mine, root)

    def _one_person(self, one: int, other: int) -> bool:
        """Whether two forms are one person's, or may be by their spelling."""
        roots = self._roots((one, other))
        return roots[0] == roots[1] or self._fit(*sorted((one, other))).distance <= VARIANT

    def _slip(self, seen: int, meant: int) -> bool:
        """Whether a name of one form is a name of the other with one part mistyped."""
        found = self._fit(*sorted((seen, meant)))
        if found.initials or sum(pair.distance > SAME for pair in found.pairs) != 1:
            return False
        return any(_slipped(a, b) for a, b in product(self._groups[seen].names, self._groups[meant].names))

    def _is_known(self, meant: int) -> bool:
        """Whether what is meant is all names that are known."""
        return all(part.key in known() for part in self._groups[meant].name.whole)


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


def _apart(found: Fit) -> bool:
    """Whether two names are two for certain: a part of one is no part of the other."""
    return found.distance >= FAR or any(between(pair.one, pair.other) > _APART for pair in found.pairs)


def _broad(name: Parts) -> bool:
    """Whether the script of a name leaves so much open that it fits many."""
    return any(part.script in BROAD and part.open for part in name.whole)


def _slipped(seen: Parts, meant: Parts) -> bool:
    off = [pair for pair in fit(seen, meant).pairs if pair.distance > SAME]
    return len(off) == 1 and slip(off[0].one, off[0].other)


def _differing(seen: Parts, meant: Parts) -> list[Pair]:
    """The parts that are not spelt alike, where but one does not sound alike."""
    found = fit(seen, meant).pairs
    off = [pair for pair in found if pair.distance > SAME]
    return off or [pair for pair in found if pair.one.word.lower() != pair.other.word.lower()]


def _into_a_name(_: str, meant: str) -> bool:
    return listed(meant)
