"""A romanised Indian name in a native script, as somebody might spell it.

Roughly: romanisation does not tell long vowels from short ones or dental from retroflex, so the commoner is taken. Good
enough to learn what names look like in scripts for which no list of names is to be had, and to write made-up names.
"""

from functools import cache

import regex
from indicnlp.transliterate.unicode_transliterate import UnicodeIndicTransliterator

_LANGUAGE = {
    "Beng": "bn",
    "Guru": "pa",
    "Gujr": "gu",
    "Orya": "or",
    "Taml": "ta",
    "Telu": "te",
    "Knda": "kn",
    "Mlym": "ml",
}
SCRIPTS = frozenset(("Deva", "Arab", *_LANGUAGE))
"""The scripts (ISO 15924) that a name can be written in here."""
_CONSONANTS = {
    "ksh": "क्ष", "chh": "छ", "shr": "श्र", "kh": "ख", "gh": "घ", "ch": "च", "jh": "झ", "th": "थ", "dh": "ध", "ph": "फ",
    "bh": "भ", "sh": "श", "zh": "ळ", "ng": "ंग", "k": "क", "g": "ग", "j": "ज", "t": "त", "d": "द", "n": "न", "p": "प",
    "b": "ब", "m": "म", "y": "य", "r": "र", "l": "ल", "v": "व", "w": "व", "s": "स", "h": "ह", "c": "क", "f": "फ",
    "z": "ज", "q": "क", "x": "क्स",
}  # fmt: skip
_VOWELS = {
    "aa": ("आ", "ा"), "ee": ("ई", "ी"), "oo": ("ऊ", "ू"), "ai": ("ऐ", "ै"), "au": ("औ", "ौ"), "ou": ("औ", "ौ"),
    "a": ("अ", ""), "i": ("इ", "ि"), "u": ("उ", "ु"), "e": ("ए", "े"), "o": ("ओ", "ो"),
}  # fmt: skip
_LAST = {"": "ा", "ि": "ी", "ु": "ू"}  # a vowel that ends a word is long
_PARTS = regex.compile("|".join([*_CONSONANTS, *_VOWELS]))
_ARABIC = {
    "kh": "خ", "gh": "غ", "ch": "چ", "jh": "جھ", "th": "تھ", "dh": "دھ", "ph": "پھ", "bh": "بھ", "sh": "ش", "aa": "ا",
    "ee": "ی", "oo": "و", **dict(zip("kgjtdnpbmyrlvwshcfzqaiueo", "کگجتدنپبمیرلووسہکفزقایوےو", strict=True)),
}  # fmt: skip
_ARABIC_PARTS = regex.compile("|".join(_ARABIC))


_HABITS = {  # what each script writes otherwise than Devanagari put letter for letter
    "Beng": (("\u09b5", "ব"), ("য", "য়"), ("্য়", "্য")),
    "Guru": (("\u0a37", "ਸ਼"), ("੍ਤ", "ਤ"), ("੍ਮ", "ਮ"), ("ਂ", "ੰ")),
    "Taml": (("ஂ", "ன்"), ("ந", "ன")),
    "Mlym": (("ന്$", "ൻ"), ("ര്$", "ർ"), ("ല്$", "ൽ"), ("ള്$", "ൾ")),
}
_VIRAMA = {"Taml": "\u0bcd", "Telu": "\u0c4d", "Knda": "\u0ccd", "Mlym": "\u0d4d"}


def native(word: str, script: str) -> str:
    """A lower-case Latin word in a script (ISO 15924: Deva, Beng, …, Arab)."""
    if script == "Arab":
        return _arabic(word)
    spelt = _devanagari(word)
    if script == "Deva":
        return spelt
    made = str(UnicodeIndicTransliterator.transliterate(spelt, "hi", _LANGUAGE[script]))
    if script in _VIRAMA and made[-1:].isalpha():
        made += _VIRAMA[script]
    for wrong, right in _HABITS.get(script, ()):
        made = (
            made[: -len(wrong) + 1] + right
            if wrong[-1] == "$" and made.endswith(wrong[:-1])
            else made.replace(wrong, right)
        )
    return made


def _arabic(word: str) -> str:
    """Short vowels inside a word are not written."""
    parts = _ARABIC_PARTS.findall(word)
    out = (
        ["ا" + _ARABIC[parts[0]] * (parts[0] not in "a")]
        if parts and parts[0] in "aiue"
        else [_ARABIC[p] for p in parts[:1]]
    )
    out += [_ARABIC[part] for i, part in enumerate(parts[1:], 2) if part not in ("i", "u", "e") or i == len(parts)]
    return "".join(out).replace("ےے", "ے")


@cache
def _devanagari(word: str) -> str:
    out, open_consonant = "", False
    parts = _PARTS.findall(word)
    for index, part in enumerate(parts):
        if part in _CONSONANTS:
            if open_consonant:
                out += "ं" if out.endswith("न") and part[0] in "kgcjtdpb" else "्"
                out = out.replace("नं", "ं") if out.endswith("नं") else out
            out += _CONSONANTS[part]
            open_consonant = True
            continue
        alone, sign = _VOWELS[part]
        if open_consonant:
            out += _LAST.get(sign, sign) if index == len(parts) - 1 else sign
        else:
            out += alone
        open_consonant = False
    return out
