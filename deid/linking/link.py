"""A person for each row of a file of names."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from deid.linking.clusters import Form, People
from deid.linking.distance import SAME, VARIANT
from deid.linking.fit import INITIAL, fit
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
    """The one of a note's people whom a shortened name fits."""
    near = {}
    for person, names in people.items():
        best = min(fit(name, each, within=True) for each in names)
        if best.distance <= VARIANT + INITIAL * best.initials:
            near[person] = best.distance - INITIAL * best.initials
    if not near:
        return None
    person = min(near, key=lambda each: (near[each], each))
    rivals = [each for each in near if each != person and near[each] < max(SAME, near[person] + _MARGIN)]
    return None if rivals else person
