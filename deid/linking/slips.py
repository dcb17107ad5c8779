"""Whether one word is another with a single slip of the hand, and not another name."""

from functools import lru_cache

from deid.known.names import within
from deid.linking import latin
from deid.linking.known import known
from deid.linking.reading import Reading

_LEAST = 5  # letters of a word that is still known when one is wrong; one fewer where a vowel is
_LEAST_EXCHANGED = 3
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = str.maketrans("", "", "aeiou")
_ENDINGS = frozenset(("a", "i", "n", "an", "u", "o", "e", "y"))


def _beside() -> dict[str, frozenset[str]]:
    """Each letter's neighbours on the keyboard; a row stands half a key right of the one above."""
    place = {c: (row, 2 * column + row) for row, keys in enumerate(_KEYS) for column, c in enumerate(keys)}
    return {
        a: frozenset(b for b, (r, x) in place.items() if a != b and abs(r - row) < 2 and abs(x - at) < 3)
        for a, (row, at) in place.items()
    }


_BESIDE = _beside()


@lru_cache(maxsize=1 << 16)
def slip(seen: Reading, meant: Reading) -> bool:
    """Whether `seen`, in Latin letters, is `meant` with one letter wrong, lost, too many, or two exchanged.

    Not where both are names that are known, nor where they differ in what names are told apart by: the first sound,
    and the ending, which is the gender or a suffix (Sunil, Sunila; Sukumar, Sukumaran); but for two neighbours
    exchanged, and a key beside the one that was meant.
    """
    if seen.script != "Latn" or meant.script != "Latn":
        return False
    one, other = latin.letters(seen.word), latin.letters(meant.word)
    if one == other or (seen.key in known() and seen.key != meant.key):
        return False
    if one[1:] == other[1:] and len(one) >= _LEAST - 1:
        return other[0] in _BESIDE[one[0]]
    if not within(one, other, 1):
        return False
    if sorted(one) == sorted(other):
        return min(len(one), len(other)) >= _LEAST_EXCHANGED
    least = _LEAST - 1 if one.translate(_VOWELS) == other.translate(_VOWELS) else _LEAST
    if len(one) == len(other):
        at = next(i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
        beside = other[at] in _BESIDE[one[at]]
        return len(one) >= (_LEAST - 1 if beside else least) and (0 < at < len(one) - 1 or beside)
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= least and not (longer.startswith(shorter) and longer[len(shorter) :] in _ENDINGS)
