"""How one word of a name sounds, from whatever script."""

from functools import lru_cache
from typing import NamedTuple

import regex

from deid.linking import brahmic, latin, urdu
from deid.linking.phonemes import fold, settle, spare
from deid.tokens import LONGEST, script

BROAD = ("Taml", "Arab")
"""Scripts that leave so much open that one spelling is that of many names."""

_OPEN = regex.compile("[A-XZ4-9]")


class Reading(NamedTuple):
    """One word, heard."""

    word: str
    script: str
    spelt: str
    """What the letters say, each as written."""
    sounds: str
    """Folded and without inner `a`; capitals where the script leaves a sound open."""
    key: str
    """Plain sounds: what is open settled as is likeliest where it stands, and b as v."""

    @property
    def open(self) -> bool:
        """Whether the script leaves a sound open."""
        return _OPEN.search(self.sounds) is not None


@lru_cache(maxsize=1 << 16)
def read(word: str) -> Reading:
    """The reading of one word, of any code points; empty where no letter is one of our scripts."""
    own = script(word) if word else "Zyyy"
    word = word[:LONGEST]
    if own == "Latn":
        spelt = latin.sounds(word)
    elif own == "Arab":
        spelt = urdu.sounds(word)
    elif "\u0900" <= word[:1] < "\u0d80":
        spelt = brahmic.sounds(word)
    else:
        spelt = ""
    return heard(word, own, spelt)


def heard(word: str, own: str, spelt: str) -> Reading:
    """A reading from what the letters say."""
    folded = fold(spelt)
    plain = folded if folded.isalpha() and folded.islower() else fold(settle(folded))
    return Reading(word, own, spelt, spare(folded), spare(plain).replace("b", "v"))
