"""How much a Latin word is built like an Indian name and how little like an English or Latin one of medicine.

A naive Bayes model over letter trigrams, counted from the names and the words beside this file: no training run, no
weights to ship, the same on every machine.
"""

import math
from collections import Counter
from functools import cache, lru_cache

from deid.gazetteers import names, words

_SMOOTH = 0.5


def _trigrams(word: str) -> list[str]:
    padded = f"^{word}$"
    return [padded[i : i + 3] for i in range(len(padded) - 2)]


@cache
def _odds() -> tuple[dict[str, float], float]:
    """Log odds of each trigram, and of one never seen."""
    known = Counter(t for name in names() if name.isascii() and name.isalpha() for t in _trigrams(name))
    plain = Counter(t for word in words() if word.isalpha() and len(word) > 3 for t in _trigrams(word))
    seen = known.keys() | plain.keys()
    first, second = sum(known.values()) + _SMOOTH * len(seen), sum(plain.values()) + _SMOOTH * len(seen)
    odds = {t: math.log((known[t] + _SMOOTH) / first) - math.log((plain[t] + _SMOOTH) / second) for t in seen}
    return odds, math.log(second / first) / 4


@lru_cache(maxsize=1 << 14)
def likeness(word: str) -> float:
    """Log odds per trigram that a lower-case word is a name: above 0 like a name, below 0 like a word."""
    odds, unseen = _odds()
    parts = _trigrams(word)
    return sum(odds.get(t, unseen) for t in parts) / len(parts)
