"""The names of a file by form, and which forms have been joined: disjoint sets (Tarjan, "Efficiency of a good but not
linear set union algorithm", 1975).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from deid.linking.fit import Fit, fit
from deid.linking.parts import Parts

Form = tuple[tuple[str, ...], tuple[str, ...]]


def form(name: Parts) -> Form:
    """What names of one form share: the sounds of their parts in any order, and their initials."""
    return tuple(sorted(part.sounds for part in name.whole)), tuple(sorted(name.initials))


@dataclass
class Group:
    """The names of one form. Any of them stands for all: they sound the same."""

    form: Form
    names: list[Parts]
    rows: int = 0

    @property
    def name(self) -> Parts:
        """The first of its names."""
        return self.names[0]


class Forms:
    """Groups of names of one form, in order, by their place; each place has a root, the least of those joined to it."""

    def __init__(self, names: Iterable[Parts]) -> None:
        found: dict[Form, Group] = {}
        for name in names:
            if name.whole:
                group = found.setdefault(form(name), Group(form(name), []))
                group.rows += 1
                if name not in group.names:
                    group.names.append(name)
        self.groups = [found[each] for each in sorted(found)]
        for group in self.groups:
            group.names.sort(key=lambda name: [part.word for part in name.whole])
        self.place = {group.form: index for index, group in enumerate(self.groups)}
        self.members = {place: [place] for place in range(len(self.groups))}
        self._root = list(self.members)
        self._fits: dict[tuple[int, int], Fit] = {}

    def roots(self, pair: tuple[int, int]) -> tuple[int, int]:
        """The roots of two places, the lesser first."""
        one, other = self.find(pair[0]), self.find(pair[1])
        return (one, other) if one < other else (other, one)

    def find(self, place: int) -> int:
        """The root of a place."""
        while self._root[place] != place:
            self._root[place] = self._root[self._root[place]]
            place = self._root[place]
        return place

    def union(self, one: int, other: int) -> None:
        """Join two places, and all that were joined to either."""
        first, second = self.roots((one, other))
        if first != second:
            self._root[second] = first
            self.members[first] += self.members.pop(second)

    def fit(self, one: int, other: int) -> Fit:
        """How the names of two places fit; the lesser place first."""
        pair = (one, other)
        if pair not in self._fits:
            self._fits[pair] = fit(self.groups[one].name, self.groups[other].name)
        return self._fits[pair]

    def between_roots(self, edges: dict[tuple[int, int], float]) -> dict[tuple[int, int], float]:
        """The least distance between every two roots that an edge between their members gives."""
        nearest: dict[tuple[int, int], float] = {}
        for pair, distance in edges.items():
            roots = self.roots(pair)
            if roots[0] != roots[1]:
                nearest[roots] = min(distance, nearest.get(roots, distance))
        return nearest
