"""Groups from pairs: disjoint sets over whole numbers (Tarjan 1975), the smallest member naming each set."""

from collections.abc import Iterable


class UnionFind:
    """Disjoint sets. The name of a set does not depend on the order in which pairs came."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def find(self, member: int) -> int:
        """The smallest member of the set that `member` is in."""
        root = member
        while (parent := self._parent.get(root, root)) != root:
            root = parent
        while (parent := self._parent.get(member, member)) != root:
            self._parent[member] = root
            member = parent
        return root

    def union(self, a: int, b: int) -> None:
        """Make one set of those that `a` and `b` are in."""
        low, high = sorted((self.find(a), self.find(b)))
        self._parent.setdefault(low, low)
        self._parent[high] = low

    def groups(self) -> Iterable[list[int]]:
        """Every set of two or more, members ascending, sets by their smallest member."""
        members: dict[int, list[int]] = {}
        for member in sorted(self._parent):
            members.setdefault(self.find(member), []).append(member)
        return (group for group in members.values() if len(group) > 1)
