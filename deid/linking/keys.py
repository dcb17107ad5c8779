"""Opaque keys for the people of a file: numbers in order of first appearance, or tokens of a secret key."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from deid.key import token
from deid.linking.forms import Form
from deid.linking.identity import identity
from deid.linking.link import Row, link

_KIND = "person"


def person_keys(rows: Sequence[Row], key: bytes | None = None) -> list[str | None]:
    """A key for each row, in order; None where it is not sure who is meant.

    With the pseudonym key the same person has the same person key in every file (the token of the identity that most of
    their rows have); without it people are p1, p2, … as they appear. Which rows share a key does not depend on order.
    """
    people = link(rows)
    names = _numbered(people) if key is None else _keyed(rows, people, key)
    return [None if person is None else names[person] for person in people]


def _numbered(people: Sequence[Form | None]) -> dict[Form, str]:
    return {person: f"p{number}" for number, person in enumerate(dict.fromkeys(p for p in people if p is not None), 1)}


def _keyed(rows: Sequence[Row], people: Sequence[Form | None], key: bytes) -> dict[Form, str]:
    seen: defaultdict[Form, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for row, person in zip(rows, people, strict=True):
        if person is not None and row.scope == "all":
            seen[person][identity(row.surface)] += 1
    said = {
        person: min(counts, key=lambda each: (_initials(each), -counts[each], each)) for person, counts in seen.items()
    }
    shared = {each for each, count in Counter(said.values()).items() if count > 1}
    return {
        person: token(key, _KIND, "\0".join((*each, "", *person[0], "", *person[1]) if each in shared else each))
        for person, each in said.items()
    }


def _initials(each: tuple[str, ...]) -> int:
    return sum(part.startswith(".") for part in each)
