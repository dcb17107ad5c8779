"""A person for each row of a file of names."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, product
from typing import NamedTuple

from deid.linking.clusters import People
from deid.linking.distance import FAR, SAME, VARIANT
from deid.linking.fit import INITIAL, RESPECT, fit
from deid.linking.forms import Form
from deid.linking.kin import kinship
from deid.linking.left_out import left_out
from deid.linking.parts import Parts, parts

_MARGIN = 0.25


class Row(NamedTuple):
    """A name as it stands in a file. `note` is the note that it stands in; `scope` "all", or "note" for a name that
    says who is meant only within its note.
    """

    surface: str
    note: str | None = None
    scope: str = "all"


def link(rows: Sequence[Row]) -> list[Form | None]:
    """For each row the form that stands for its person, in order; None where unsure. Rows of scope "all" are linked
    wherever they stand, those of scope "note" to the one person of their note whom they fit.
    """
    cut = [parts(row.surface) for row in rows]
    people = People(name for row, name in zip(rows, cut, strict=True) if row.scope == "all")
    found = [people.person(name) if row.scope == "all" else None for row, name in zip(rows, cut, strict=True)]
    here: defaultdict[str, dict[Form, list[Parts]]] = defaultdict(dict)
    for row, name, person in zip(rows, cut, found, strict=True):
        if row.note is not None and person is not None and row.scope == "all":
            here[row.note].setdefault(person, []).append(name)
    for index, (row, name) in enumerate(zip(rows, cut, strict=True)):
        if row.scope != "all" and row.note is not None and (name.whole or name.initials):
            found[index] = _within(name, here.get(row.note, {}))
    return found


def _within(name: Parts, people: dict[Form, list[Parts]]) -> Form | None:
    """The one of a note's people whom a shortened name fits. Where several fit who may be one person's spellings that
    nothing joined, the one with the most of them.
    """
    near = {}
    for person, names in people.items():
        best = min(fit(short, each, within=True) for short in _without_respect(name) for each in names)
        if best.distance <= VARIANT + INITIAL * best.initials:
            near[person] = best.distance - INITIAL * best.initials
    if not near:
        return None
    least = min(near.values())
    fitting = [each for each in near if near[each] < max(SAME, least + _MARGIN)]
    if any(not _may_be_one(people[one], people[other]) for one, other in combinations(fitting, 2)):
        return None
    return min(fitting, key=lambda each: (-len(people[each]), near[each], each))


def _without_respect(name: Parts) -> list[Parts]:
    """A name, and the same without -bhai, -ben, -bai: said in a note of whoever is called so nowhere else."""
    bare = name._replace(whole=tuple(part for part in name.whole if part.sounds not in RESPECT))
    return [name, bare] if bare.whole and bare != name else [name]


def _may_be_one(some: list[Parts], others: list[Parts]) -> bool:
    """Whether a name of one and a name of the other may be one person's."""
    return any(
        kinship(fit(one, other)) < FAR or min(left_out(one, other), left_out(other, one)) < FAR
        for one, other in product(some, others)
    )
