"""MedMCQA's own damage: its authors' cleaning deleted the letters "rt" (aery, cailage, infeility, expe).

The text is left alone, since what was deleted can only be guessed; a row that shows it is flagged and counted.
"""

import re
from typing import Final

_ANYWHERE: Final = (
    *("aeries", "aerio", "aeritis", "ahralg", "ahriti", "ahrod", "ahrog", "ahrop", "ahros", "hemahros", "hypeens"),
    *("hypeherm", "hypehyr", "hypeon", "hyperophi", "hyperophy", "impoan", "infeil", "feiliz", "feility", "moality"),
    *("inseion", "exeion", "aboion", "aboifac", "propoion", "poion", "paition", "coex", "coical", "coico", "coisol"),
    *("coison", "cailag", "diveicul", "pubey", "pubeal", "veebra", "veigo", "paum", "moem", "teiary"),
    *("aspaa", "aspaic", "propei", "propey", "veical", "uicaria", "ohopaed", "ohoped", "ohosta", "ohopn", "ohoto"),
    *("aicular", "aificial", "ceific", "ceified", "depament", "compament", "paicip", "paicl", "paicul", "paial"),
    *("hamaoma", "peussis", "quaile", "apeure", "conveed", "conveing", "inveed", "eveed", "inseed", "inseing"),
    *("transpoe", "suppoe", "suppoi", "repoed", "repoing", "shoeni", "undeak", "discomfo", "baonella", "ferropoin"),
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
    *("staed", "staing", "stas", "suppo", "suppos", "transpo", "veex", "feile", "comfo", "paner", "paners", "seoli"),
    *("aifact", "aifacts", "aicle", "aicles", "eah", "cou", "coho", "viual", "viually", "thieen", "bahing"),
)
"""Whole words, lower case: STA or PA in capitals is an abbreviation."""
_DAMAGE: Final = re.compile(
    rf"(?i:{'|'.join(sorted(_ANYWHERE))})|\b(?:{'|'.join(sorted(_WHOLE))})\b|\bpas? of (?:the|a|an)\b"
    r"|\b(?:Aery|Aoa|Aoic|Bih|Expe|Feile|Poal|Seoli|Hea)\b"
)


def has_lost_rt(text: str) -> bool:
    """Whether a word of the text shows the damage. Misses words that deletion turned into others (warts -> was)."""
    return _DAMAGE.search(text) is not None
