"""MedMCQA's own damage: its authors' cleaning deleted the letters "rt" (aery, cailage, infeility, expe).

The text is left alone, since what was deleted can only be guessed; a row that shows it is flagged and counted.
"""

import re
from functools import lru_cache
from typing import Final

_ANYWHERE: Final = (
    *("aeries", "aerio", "aeritis", "ahralg", "ahriti", "ahrod", "ahrog", "ahrop", "ahros", "hemahros", "hypeens"),
    *("hypeherm", "hypehyr", "hypeon", "hyperophi", "hyperophy", "impoan", "infeil", "feiliz", "feility", "moality"),
    *("inseion", "exeion", "aboion", "aboifac", "propoion", "poion", "paition", "coical", "coico", "coisol"),
    *("coison", "cailag", "diveicul", "pubey", "pubeal", "veebra", "veigo", "paum", "moem", "teiary"),
    *("aspaa", "aspaic", "propei", "propey", "veical", "uicaria", "ohopaed", "ohoped", "ohosta", "ohopn", "ohoto"),
    *("aicular", "aificial", "ceific", "ceified", "depament", "compament", "paicip", "paicl", "paicul", "paial"),
    *("hamaoma", "peussis", "quaile", "apeure", "conveed", "conveing", "inveed", "eveed", "inseed", "inseing"),
    *("transpoe", "suppoe", "suppoi", "repoed", "repoing", "shoeni", "undeak", "baonella", "ferropoin"),
    *("chlohalid", "aesunate", "losaan", "misaan", "desaan", "besaan", "seraline", "boezomib"),
)
"""Runs of letters that damage leaves behind and English medical words do not have."""
_WHOLE: Final = (
    *(
        "aery",
        "aoa",
        "aoic",
        "bih",
        "bihs",
        "expe",
        "expes",
        "fuher",
        "fouh",
        "fouhy",
        "hea",
        "heabeat",
        "impo",
        "inse",
    ),
    *("inses", "conve", "conves", "moal", "poal", "repo", "repos", "sho", "shoer", "shoest", "sholy", "shoness", "sta"),
    *(
        "staed",
        "staing",
        "stas",
        "suppo",
        "suppos",
        "transpo",
        "veex",
        "feile",
        "comfo",
        "discomfo",
        "coex",
        "paner",
        "paners",
        "seoli",
    ),
    *("aifact", "aifacts", "aicle", "aicles", "eah", "cou", "coho", "viual", "viually", "thieen"),
)
"""Whole words that are none."""
_FRAGMENT: Final = re.compile("|".join(_ANYWHERE))
_WORDS: Final = frozenset(_WHOLE)
_WORD: Final = re.compile(r"[A-Za-z]+")
_PART: Final = re.compile(r"\bpas? of (?:the|a|an)\b")  # "part of the"; "pa" alone is a pascal or a projection


def has_lost_rt(text: str) -> bool:
    """Whether a word of the text shows the damage. Misses words that deletion turned into others (warts -> was)."""
    return any(map(_damaged, _WORD.findall(text))) or _PART.search(text) is not None


@lru_cache(maxsize=1 << 16)
def _damaged(word: str) -> bool:
    """One word, as written: all capitals are an abbreviation (STA, EXPE), a capital letter begins a sentence."""
    if word.isupper():
        return False
    word = word.lower()
    return word in _WORDS or _FRAGMENT.search(word) is not None
