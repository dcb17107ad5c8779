"""Why two names are one person's, or are not: every step, in words."""

from collections.abc import Iterator

from deid.linking.distance import FAR, SAME, VARIANT, steps
from deid.linking.fit import fit, ways
from deid.linking.identity import identity
from deid.linking.kin import kinship
from deid.linking.known import settled
from deid.linking.left_out import left_out
from deid.linking.link import Row, link
from deid.linking.parts import Parts, parts
from deid.linking.phonemes import folded
from deid.linking.slips import slip


def explain(one: str, other: str) -> Iterator[str]:
    """Lines for a reader: how each name is cut and heard, how the parts are held against each other, the verdict."""
    cut = parts(one), parts(other)
    for surface, name in zip((one, other), cut, strict=True):
        yield surface
        yield from _heard(surface, name)
    found = fit(*cut)
    if not found.pairs:
        yield "no way to pair the parts: one name has parts or initials that the other has not"
    for pair in found.pairs:
        yield f"{pair.one.word} / {pair.other.word}: {pair.distance:.2f}, {_word(pair.distance)}"
        for part in (pair.one, pair.other):
            yield from (f"    {part.word} may also be heard as {each.sounds}" for each in ways(part)[1:])
        yield from (f"    {step}" for step in steps(pair.one, pair.other))
        if slip(pair.one, pair.other) or slip(pair.other, pair.one):
            yield "    one letter wrong, lost, too many or exchanged, and the misspelt word is no known name"
    if found.initials:
        yield f"initials that stand for parts: {found.initials}"
    if found.distance > VARIANT and kinship(found) < FAR:
        yield "not spelt alike, but nothing that tells two people apart: one, where nobody else is as near"
    for short, long, surface in ((*cut, one), (*cut[::-1], other)):
        if found.distance > VARIANT and left_out(short, long) < FAR:
            yield f"{surface}: may be the other with parts left out, or an initial more, where nobody else may be"
    people = link([Row(one), Row(other)])
    same = people[0] is not None and people[0] == people[1]
    yield f"identity {'equal' if identity(one) == identity(other) else 'different'}; distance {found.distance:.2f}"
    yield f"verdict: {'one person' if same else 'not one person, by these two names alone'}"


def _heard(surface: str, name: Parts) -> Iterator[str]:
    yield from (f"    {note}" for note in name.notes)
    for part in name.whole:
        yield f"    {part.word} ({part.script}): {' > '.join(folded(part.spelt))} > {part.sounds}; key {settled(part)}"
    yield f"    identity {' '.join(identity(surface)) or '(none)'}"


def _word(distance: float) -> str:
    return "one sound" if distance <= SAME else "one name, spelt in two ways" if distance <= VARIANT else "two names"
