"""Latin spellings of Indian names, read as sounds."""

import unicodedata

import regex

from deid.linking.rules import rewrite, rules

_LETTERS = {
    "ksh": "ks", "x": "ks", "chh": "c", "cch": "c", "chch": "c", "tch": "c", "ch": "c", "c": "k", "sch": "s",
    "sh": "s", "kh": "k", "gh": "g", "jh": "j", "th": "t", "tth": "t", "dh": "d", "ddh": "d", "ph": "f", "bh": "b",
    "zh": "!", "z": "j", "ck": "k", "q": "k", "w": "v", "ee": "i", "oo": "u", "ou": "av",
}  # fmt: skip
_SPELLINGS = regex.compile("|".join(sorted(_LETTERS, key=len, reverse=True)))
_RULES = rules(
    (r"^x", "s"),  # Xavier
    (r"dg(?=e[strw])|(?<=[oui])dg(?=e$)", "j"),  # Hodges, Bridget
    (r"^wh(?=[aeiou])", "w"),  # Whitaker
    (r"(?<=[aeiou])jn(?=[aeiou])", "gn"),  # Yajna
    (r"qu(?=[aei])", "k"),  # Quasim, Siddiqui, but Qureshi
    (r"ow(?![aeiouy])", "av"),  # Gowda
    (r"ie(?![rln])", "i"),  # Marie, but Xavier
    (r"c(?=[eiy])", "s"),
    (r"(?<![aeiou])y(?![aeiou])", "i"),  # Murthy, Lakshmy
    (r"(?<=[aiou][kgjtdpbnmlrsv])e$", "="),  # Lone, Rathore
)
_ENGLISH = rules(
    (r"(?<=[bcdfghjklmnprstvwz])ea(?=[bdfklmnprstvz])", "ee"),  # Wheatley, Dean
    (r"(?<=[bcdfghjklmnprstvwz])ey$", "ee"),  # Riley
    (r"(?<=[bcdfghjklmnprstvwz])oa(?=[bdfklmnprstvz])", "o"),  # Joan
    (r"igh(?=t)", "ai"),  # Wright
    (r"^wr", "r"),
    (r"^kn(?=[aeiou])", "n"),
    (r"aw(?=[nlks]|$)|au(?=[dl])", "o"),  # Dawson, Paul
    (r"(?<=[bcdfghjklmnprstvwz])i(?=[vdtknmlcp]es?$)", "ai"),  # Clive
    (r"ce$", "s"),
    (r"(?<=ai[bdfklmnprstvz])e$", ""),
)
_SHORTEST = 5  # letters of a word that looks English
_LOOKS_ENGLISH = regex.compile(
    "ea[bdfklmnprstvz]|[bcdfghjklmnprstvwz]ey$|oa[bdfklmnprstvz]|ight|^wr|^kn[aeiou]|aw[nlks]|au[dl]"
    "|[bcdfghjklmnprstvwz]i[vdtknmlcp]es?$"
)


def letters(word: str) -> str:
    """Small letters a to z of a word: diacritics off, everything else gone."""
    if word.isascii() and word.isalpha():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold().replace("ç", "s"))
    return "".join(c for c in apart if "a" <= c <= "z")


def sounds(word: str) -> str:
    """The sounds of a word as it is spelt, not yet folded."""
    return _SPELLINGS.sub(lambda m: _LETTERS[m.group()], rewrite(letters(word), _RULES))


def otherwise(word: str) -> list[str]:
    """The sounds of a word that looks English by its spelling, and of one in which Bengali hands write every `a` as `o`
    (Topon for Tapan): none, mostly.
    """
    plain = letters(word)
    english = len(plain) >= _SHORTEST and _LOOKS_ENGLISH.search(plain)
    found = [sounds(rewrite(plain, _ENGLISH))] if english else []
    if plain.count("o") > 1 and "a" not in plain[:-1] and "oo" not in plain:
        found.append(sounds(plain).replace("o", "O"))
    return found
