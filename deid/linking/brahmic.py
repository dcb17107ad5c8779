"""The ten Brahmic scripts of India, read as sounds.

Their blocks are laid out alike (ISCII 1988), so one table of letters serves them all; what a script does otherwise
stands beside it. Tamil writes neither voice nor breath: its stops stay open. On the way, `+` is a virama and `~` a
nasal sign.
"""

import unicodedata

import regex

from deid.linking.rules import rewrite, rules

_CONSONANTS = dict(enumerate("kkggnccjjñttddnttddnnpfbbmyrrlllvsssh", start=0x15))
_VOWELS = {
    0x04: "a", 0x05: "a", 0x06: "a", 0x07: "i", 0x08: "i", 0x09: "u", 0x0A: "u", 0x0B: "rY", 0x0D: "e", 0x0E: "e",
    0x0F: "e", 0x10: "ay", 0x11: "o", 0x12: "o", 0x13: "o", 0x14: "av", 0x60: "rY", 0x72: "e",
}  # fmt: skip
_SIGNS = {
    0x3E: "a", 0x3F: "i", 0x40: "i", 0x41: "u", 0x42: "u", 0x43: "rY", 0x44: "rY", 0x45: "e", 0x46: "e", 0x47: "e",
    0x48: "ay", 0x49: "o", 0x4A: "o", 0x4B: "o", 0x4C: "av", 0x55: "", 0x56: "", 0x57: "",
}  # fmt: skip
_VIRAMA, _NUKTA, _AI, _LONG, _NASALS = 0x4D, 0x3C, 0x48, (0x40, 0x42), (0x01, 0x02, 0x70)
_DOTTED = {"d": "C", "R": "C", "J": "y"}
_OWN = {
    "Deva": {0x21: "R", 0x22: "R", 0x70: "", 0x71: ""},
    "Gujr": {0x21: "R", 0x22: "R"},
    "Guru": {0x5C: "C"},
    "Beng": {0x1A: "Z", 0x1B: "Z", 0x2C: "B", 0x2F: "J", 0x70: "r", 0x71: "v", 0x4E: "t+"},
    "Orya": {0x2C: "B", 0x2F: "J", 0x5F: "y", 0x71: "v"},
    "Taml": {0x15: "K", 0x1A: "S", 0x1F: "T", 0x24: "T", 0x2A: "P", 0x03: "*"},
    "Telu": {},
    "Knda": {},
    "Mlym": {
        0x15: "4",
        0x19: "%",
        0x1F: "5",
        0x20: "5",
        0x7A: "n+",
        0x7B: "n+",
        0x7C: "r+",
        0x7D: "l+",
        0x7E: "l+",
        0x7F: "k+",
    },
}
_SCRIPTS = ("Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym")  # from U+0900, 128 letters each
_EASTERN = ("Beng", "Orya")
_SOUTHERN = ("Telu", "Knda", "Mlym", "Taml")

_COMMON = (
    (r"j\+ñ", "gn"),  # ज्ञ
    (r"^ñ(?!\+)", "gn"),
    (r"(?<=[aiueo])ñ(?=[aiueo])", "Gn"),
    ("ñ", "n"),
    (r"~(?=[pbfmPB])", "m"),
    (r"~(?=[kgcjtdnKSTZJR])", "n"),
)
_NORTH = (*_COMMON, (r"~h", "ML"), (r"~(?=[yrlvs])", "M"), ("~", "N"))
_SOUTH = (*_COMMON, (r"~(?=[yrlvsh])", "M"), ("~", "m"))
_EAST = (
    (r"(?<=k\+)s", "X"),  # ক্ষ is kkh in the mouth
    (r"(?<=[^mB]\+)B(?!\+)", "F"),
    (r"(?<=\+)J", "E"),
    (r"oy(?=[a&])", "v"),  # ওয়া: Anwar
    (r"uy(?=[a&])", "uv"),  # Barua
)
_RULES = {
    "Deva": rules(*_NORTH),
    "Guru": rules(*_NORTH),
    "Gujr": rules(*_NORTH),
    "Beng": rules(*_EAST, *_COMMON, (r"~", "nG")),
    "Orya": rules(*_EAST, *_NORTH),
    "Telu": rules(*_SOUTH, ("vu$", "vU"), ("yu(?=d)", "yU")),
    "Knda": rules(*_SOUTH, ("vu$", "vU"), ("yu(?=d)", "yU")),
    "Mlym": rules(
        (r"ñ\+ñ", "n@"),
        *_SOUTH,
        (r"%\+%", "ng"),
        (r"%(?=\+4)", "n"),
        (r"4\+4", "k"),
        (r"5\+5", "t"),
        (r"4(?=\+s)|(?<=^|s\+)4", "k"),
        ("%", "ng"),
        (r"r\+r", "t"),
        (r"n\+r", "nT"),
        (r"n\+4", "nK"),
        (r"n\+c", "nS"),
        (r"n\+[t5]", "nT"),
        (r"m\+p", "mP"),
    ),
    "Taml": rules(
        *_SOUTH,
        (r"\*P", "f"),
        (r"\*", ""),
        (r"T\+[Ss]", "ks"),  # Lakshmi, Meenakshi
        (r"K\+K", "4"),
        (r"S\+S", "7"),
        (r"T\+T", "5"),
        (r"P\+P", "6"),
        (r"r\+r", "t"),
        (r"^i(?=[rl])", "Q"),  # Iraman
        (r"(?<=[KSTPjs])iru", "QrY"),  # Kirushnan
        (r"(?<=[KSTPs])i(?=r[aiueo9&])", "Q"),  # Piriya
        (r"(?<=[KTP])u(?=r[aiueo9&])", "U"),
        (r"(?<=[sS])u(?=[vm])", "U"),  # Lakshumi, Visuvanathan
        (r"(?<=[KTP4567])u$", "U"),
        (r"(?<=a)vu(?=[KSTPnmrl])", "vU"),  # Kavuda: Gowda
        ("vu$", "vU"),
        ("yu(?=T)", "yU"),
    ),
}
_CLUSTER = regex.compile(r"(?:[^+n~m]\+.|\+[ryvmn])$")  # Mishra, Gupta, Krishna; but not Anand
_ANY_CLUSTER = regex.compile(r"[+~].$")


def _last(script: str, text: str) -> str:
    """The vowel of a last consonant that none is written for: sounded in the south, and where two consonants meet."""
    if script in _SOUTHERN:
        return "9"
    if script in _EASTERN:
        return "A" if _ANY_CLUSTER.search(text) else "D"
    return "A" if _CLUSTER.search(text) else ""


def sounds(word: str) -> str:
    """The sounds of a word of one Brahmic script, not yet folded; letters of other scripts count as none."""
    script = "Deva"
    out: list[str] = []
    bare = False  # whether the last consonant still bears its own vowel
    for character in unicodedata.normalize("NFC", word):
        code = ord(character) - 0x900
        if not 0 <= code < 0x480:
            continue
        script = _SCRIPTS[code >> 7]
        code &= 0x7F
        own = _OWN[script].get(code)
        consonant = own if own is not None and code not in _NASALS else _CONSONANTS.get(code)
        if own is not None and code == 0x70:
            consonant = own
        vowel = "O" if script in _EASTERN else "a"
        if consonant is not None:
            if bare:
                out.append(vowel)
            out.append(consonant)
            bare = not consonant.endswith("+") and consonant not in ("", "*")
        elif code == _VIRAMA:
            out.append("+")
            bare = False
        elif code == _NUKTA:
            if out:
                out[-1] = _DOTTED.get(out[-1], out[-1])
        elif code in _SIGNS:
            sign = "Oy" if code == _AI and script in _EASTERN else _SIGNS[code]
            out.append(sign * 2 if script == "Taml" and code in _LONG else sign)  # a short one may be no vowel at all
            bare = False
        elif code in _NASALS:
            if bare:
                out.append(vowel)
            out.append("~")
            bare = False
        elif code in _VOWELS:
            if bare:
                out.append(vowel)
            out.append(_VOWELS[code])
            bare = False
    text = "".join(out)
    if bare:
        text += _last(script, text)
    elif text.endswith("a"):
        text = text[:-1] + "&"  # long, and written: never that of a last consonant
    return rewrite(text, _RULES[script]).replace("+", "")
