"""Whether one word is another with a single slip of the hand, and not another name."""

from functools import lru_cache

from deid.gazetteers import common_names, names
from deid.linking import latin
from deid.linking.known import known
from deid.linking.reading import Reading

_LEAST = 5  # letters of a word still known when one is wrong; one fewer for a vowel, and where the meant is known
_LONG = 8  # letters of a word of which any one may be wrong: in shorter ones, names differ so (Sunita, Sunila)
_LEAST_EXCHANGED = 3
_LEAST_BESIDE = 3
_OF_VERY_MANY = 10  # lists that a name stands in
_NONE = ("", 0)
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = str.maketrans("", "", "aeiou")
_LOST_WITH_N = ("en", "in", "on", "un")  # after `a` it is a suffix: Sukumaran
_ENDINGS = frozenset(("a", "i", "n", "an", "u", "o", "e", "y"))


def _beside() -> dict[str, frozenset[str]]:
    """Each letter's neighbours on the keyboard; a row stands half a key right of the one above."""
    place = {c: (row, 2 * column + row) for row, keys in enumerate(_KEYS) for column, c in enumerate(keys)}
    return {
        a: frozenset(b for b, (r, x) in place.items() if a != b and abs(r - row) < 2 and abs(x - at) < 3)
        for a, (row, at) in place.items()
    }


_BESIDE = _beside()


def exchanged(seen: str, meant: str) -> bool:
    """Whether two neighbouring letters that changed places make one word of the other, and nothing else."""
    return len(seen) == len(meant) >= _LEAST_EXCHANGED and seen != meant and _differ(seen, meant, crossed=True)


def one_step(seen: str, meant: str) -> bool:
    """Whether a letter wrong, lost or too many, or two neighbours exchanged, make one of the other (Damerau 1964)."""
    return seen != meant and (_differ(seen, meant, crossed=False) or exchanged(seen, meant))


def _differ(one: str, other: str, *, crossed: bool) -> bool:
    """Whether what is left between the equal starts and the equal ends is one letter, or two crossed."""
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, its = one[start:], other[start:]
    if crossed:
        return rest[:2] == its[1::-1] and rest[2:] == its[2:]
    return rest[1:] == its[1:] or rest[1:] == its or rest == its[1:]


@lru_cache(maxsize=1 << 16)
def listed(word: str) -> bool:
    """Whether a Latin word is known for a name as it is spelt."""
    return word in common_names() or names().get(word, _NONE)[1] > 1


@lru_cache(maxsize=1 << 16)
def mistyped(seen: str, meant: str) -> bool:
    """Whether a word has two letters of a name exchanged and is no name, or one that few bear where very many bear the
    other (Kumra, Kumar).
    """
    if not exchanged(seen, meant):
        return False
    return not listed(seen) or (seen not in names() and names().get(meant, _NONE)[1] >= _OF_VERY_MANY)


@lru_cache(maxsize=1 << 16)
def another_vowel(one: Reading, other: Reading) -> bool:
    """Whether two Latin words differ by `a`, `i` and `u` inside, one for another: Sujatha, Sujitha. What native letters
    say is left to sound; so is a vowel that is left out (Girija, Girja).
    """
    if one.script != "Latn" or other.script != "Latn" or one.sounds == other.sounds:
        return False
    mine, its = latin.letters(one.word), latin.letters(other.word)
    off = [(a, b) for a, b in zip(mine, its, strict=False) if a != b]
    return len(mine) == len(its) and len(off) == 1 and set(off[0]) <= set("aiu")


@lru_cache(maxsize=1 << 16)
def slip(seen: Reading, meant: Reading) -> bool:
    """Whether `seen`, in Latin letters, is `meant` with one letter wrong, lost, too many, or two exchanged.

    Not where what is seen is a name that is known, nor where they differ in what names are told apart by: the first
    sound, and the ending, which is the gender or a suffix (Sunil, Sunila; Sukumar, Sukumaran); but for two neighbours
    exchanged, and a key beside the one that was meant: those need only be spelt as no name is. A letter that stands
    nowhere near the one that was meant is a slip only in a long word.
    """
    if seen.script != "Latn" or meant.script != "Latn":
        return False
    one, other = latin.letters(seen.word), latin.letters(meant.word)
    if not one_step(one, other):
        return False
    if exchanged(one, other):
        return mistyped(one, other)
    a_name = seen.key in known() and seen.key != meant.key
    if len(one) == len(other):
        at = next(i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
        if other[at] in _BESIDE[one[at]] and not listed(one):
            return len(one) >= (_LEAST_BESIDE if at and listed(other) else _LEAST - 1)
        return not a_name and 0 < at < len(one) - 1 and len(one) >= _LONG
    shorter, longer = sorted((one, other), key=len)
    if a_name or shorter[0] != longer[0]:
        return False
    if longer.startswith(shorter) and longer[len(shorter) :] in _ENDINGS:  # but Khatoo is Khatoon
        return shorter == one and longer[-2:] in _LOST_WITH_N and len(one) >= _LEAST and listed(other)
    return len(shorter) >= _least(one, other)


def _least(seen: str, meant: str) -> int:
    return _LEAST - (seen.translate(_VOWELS) == meant.translate(_VOWELS)) - listed(meant)
