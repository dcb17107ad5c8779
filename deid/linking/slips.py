"""Whether one word is another with a single slip of the hand, and not another name."""

from functools import lru_cache

from deid.known.names import within
from deid.linking import latin
from deid.linking.known import known
from deid.linking.reading import Reading

_LEAST = 5  # letters of a word that is still known when one is wrong; one fewer where a vowel is
_VOWELS = str.maketrans("", "", "aeiou")
_ENDINGS = frozenset(("a", "i", "n", "an", "u", "o", "e", "y"))


@lru_cache(maxsize=1 << 16)
def slip(seen: Reading, meant: Reading) -> bool:
    """Whether `seen`, in Latin letters, is `meant` with one letter wrong, lost, too many, or two exchanged.

    Not where both are names that are known, nor where they differ in what names are told apart by: the first sound,
    and the ending, which is the gender or a suffix (Sunil, Sunila; Sukumar, Sukumaran).
    """
    if seen.script != "Latn" or meant.script != "Latn":
        return False
    one, other = latin.letters(seen.word), latin.letters(meant.word)
    if one == other or not within(one, other, 1):
        return False
    least = _LEAST - 1 if one.translate(_VOWELS) == other.translate(_VOWELS) else _LEAST
    if min(len(one), len(other)) < least:
        return False
    if seen.key in known() and seen.key != meant.key:
        return False
    shorter, longer = sorted((one, other), key=len)
    if longer.startswith(shorter) and longer[len(shorter) :] in _ENDINGS:
        return False
    return one[:-1] != other[:-1]
