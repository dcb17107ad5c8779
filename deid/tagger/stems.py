"""A name or a place inside a word: মেদিনীপুরের is মেদিনীপুর with an ending, plasseyte is Plassey.

Indian languages write case, number and emphasis on to the noun, in their own scripts and in Latin letters, so that few
mentions of a place stand in a list as they are written.
"""

from deid.gazetteers import (
    ambiguous,
    common_name_sounds,
    common_names,
    localities,
    locality_sounds,
    name_sounds,
    names,
    offices,
    ordinary_sounds,
    ordinary_words,
    place_sounds,
    places,
    sound,
)
from deid.lexicon import case_endings
from deid.tokens import script

_SHORTEST = 3  # characters of a stem in a script of India
_SHORTEST_LATIN = 4
_LATIN = "Latn"


def stem_signs(word: str) -> list[str]:
    """Signs of the listed names and places that a word begins with, where an ending of its script follows; the
    longest of them counts. `word` is the key of a token.
    """
    if not word:  # of a mark that the key leaves off
        return []
    written = script(word)
    latin = written == _LATIN
    endings, longest = case_endings(written)
    least = _SHORTEST_LATIN if latin else _SHORTEST
    signs: list[str] = []
    for length in range(1, min(longest, len(word) - least) + 1):
        stem, ending = word[:-length], word[-length:]
        if ending not in endings:
            continue
        found = _listed(stem, latin, written == "Taml")
        if found:
            return [*(f"stem {each}" for each in found), f"ending {written} {ending}"]
        signs = [f"ending {written} {ending}"]  # of several, the longest
    return signs


def ending(word: str) -> str:
    """The longest ending of its script that a word has behind a stem; "" in Latin letters, where words end alike."""
    if not word or (written := script(word)) == _LATIN:
        return ""
    endings, longest = case_endings(written)
    lengths = range(min(longest, len(word) - _SHORTEST), 0, -1)
    return next((word[-length:] for length in lengths if word[-length:] in endings), "")


def _listed(stem: str, latin: bool, tamil: bool) -> list[str]:
    found = []
    if stem in names():
        found.append("name")
    if stem in common_names():
        found.append("common name")
    if (stem,) in localities().names:
        found.append("locality")
    if stem in ordinary_words():
        found.append("ordinary word")
    if stem in places():
        found.append(f"place {places()[stem]}")
    if latin:
        if stem in offices():
            found.append("office")
        return found
    heard = sound(stem, tamil)
    if len(heard) > 2 and heard in name_sounds(tamil) and heard not in ambiguous():
        found.append("sounds like a name")
    if len(heard) > 2 and heard in common_name_sounds(tamil) and heard not in ambiguous():
        found.append("sounds like a common name")
    if len(heard) > 2 and heard in ordinary_sounds(tamil):
        found.append("sounds like an ordinary word")
    if heard in locality_sounds(tamil):
        found.append("sounds like a locality")
    if heard in place_sounds(tamil):
        found.append(f"sounds like a place {place_sounds(tamil)[heard]}")
    return found
