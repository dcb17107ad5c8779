"""Which names there are: the gazetteer's Latin names by sound, to settle what a script leaves open."""

from functools import cache, lru_cache

from deid.gazetteers import names
from deid.linking.distance import between
from deid.linking.reading import BROAD, Reading, read
from deid.linking.skeleton import skeletons

_ALIKE = 0.12  # farther than this is another name
_LIKELIEST = 10  # how much commoner another name must be than the one that the letters rather say


@cache
def known() -> dict[str, int]:
    """Key of every Latin name of the gazetteer -> in how many lists it stands, most of any spelling."""
    counts: dict[str, int] = {}
    for reading, count in _listed():
        counts[reading.key] = max(count, counts.get(reading.key, 0))
    return counts


@lru_cache(maxsize=1 << 16)
def settled(reading: Reading) -> str:
    """The key of a reading; where its script leaves sounds open, that of the commonest name that it may be."""
    if not reading.open or (reading.script not in BROAD and reading.key in known()):
        return reading.key
    near: dict[str, int] = {}
    for skeleton in skeletons(reading.sounds):
        for name, count in _by_skeleton().get(skeleton, ()):
            if between(reading, name, _ALIKE) <= _ALIKE:
                near[name.key] = max(near.get(name.key, 0), count)
    if not near:
        return reading.key
    return min(near, key=lambda name: (-near[name] * (_LIKELIEST if name == reading.key else 1), name))


@cache
def _listed() -> tuple[tuple[Reading, int], ...]:
    return tuple((read(name), count) for name, (_, count) in names().items() if name.isascii() and len(name) > 2)


@cache
def _by_skeleton() -> dict[str, list[tuple[Reading, int]]]:
    table: dict[str, list[tuple[Reading, int]]] = {}
    best: dict[str, tuple[Reading, int]] = {}
    for reading, count in _listed():
        if reading.sounds not in best or count > best[reading.sounds][1]:
            best[reading.sounds] = (reading, count)
    for reading, count in best.values():
        for skeleton in skeletons(reading.sounds):
            table.setdefault(skeleton, []).append((reading, count))
    return table
