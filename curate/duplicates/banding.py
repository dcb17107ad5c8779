"""Signatures cut into bands, and the recall that follows.

Banding as in Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3.
"""

from functools import lru_cache
from typing import Final, NamedTuple

FALSE_NEGATIVE_WEIGHT: Final = 0.99
"""A candidate too many costs one comparison, a missed pair stays in the data: so misses weigh 99 to 1."""


class Banding(NamedTuple):
    """A signature of `bands * rows` minima cut into bands; two documents that agree on a band are candidates."""

    bands: int
    rows: int

    def recall(self, similarity: float) -> float:
        """The chance that a pair of Jaccard `similarity` becomes a candidate: 1 - (1 - s^rows)^bands."""
        return float(1.0 - (1.0 - similarity**self.rows) ** self.bands)


@lru_cache
def banding(threshold: float, permutations: int) -> Banding:
    """Bands and rows for a Jaccard threshold, by datasketch's own optimiser.

    At 0.8 and 128 permutations: 18 bands of 7 rows, P(candidate | J=0.8) = 0.986, P(candidate | J=0.85) = 0.999.
    """
    from datasketch.lsh import _optimal_param

    return Banding(*_optimal_param(threshold, permutations, 1 - FALSE_NEGATIVE_WEIGHT, FALSE_NEGATIVE_WEIGHT))
