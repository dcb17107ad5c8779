"""The phonetic identity of a name: what it is called by, whoever wrote it down and in whatever script."""

from functools import lru_cache

from deid.linking.known import settled
from deid.linking.parts import parts


@lru_cache(maxsize=1 << 16)
def identity(surface: str) -> tuple[str, ...]:
    """The identities of the parts of a name, sorted; an initial is its sounds behind a full stop.

    राम कुमार, Ram Kumar, RAM KUMAR, Raam Kumaar, ராம் குமார் and রাম কুমার have one. It depends on the surface alone, so
    it is the same in every run and on every machine. Empty for a surface without a letter of our scripts.
    """
    cut = parts(surface)
    return tuple(sorted([settled(each) for each in cut.whole] + ["." + each for each in cut.initials]))
