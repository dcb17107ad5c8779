"""The alphabet of sounds that every script is read into, and what is one sound to whoever writes a name down.

A reading is a string. Small letters are sounds: aspirates, retroflexes, length and doubling are gone, sh is s, z is j,
a diphthong is `a` with `y` or `v`. Capitals and digits are what a script leaves open: Tamil's K may be k, g or h.
`fold` brings the spellings of one sound together; `spare` takes out every `a` inside the word, which some write and
some do not.
"""

import regex

from deid.linking.rules import rewrite, rules, traced

OPEN = {
    "K": "kgh", "S": "scj", "T": "td", "P": "pbf",  # Tamil: one letter for a row of stops
    "4": "kg", "5": "td", "6": "pb", "7": "cjs",  # and the same doubled
    "Z": "cs", "J": "jy", "B": "bv",  # Assamese চ, Bengali and Odia য, ব
    "W": "vuo", "I": "yie", "V": "aiueo",  # Urdu و, ی, and alif or ain at the start
    "R": "dr", "C": "rd", "M": "nm", "L": "gh", "Y": "iu",  # ड without its dot; nasal sign; ह behind it; ऋ
    "&": "a",  # a long one at the end
    "A": " a", "9": "a ", "D": " ao", "O": " o", "U": "u ", "Q": " i",  # a vowel that may be silent
    "H": "13",  # endings of names: see `parts`
    "8": "h ",  # Urdu ہ behind a stop: a breath, or h
    "@": "j ",  # Malayalam ഞ്ഞ
    "=": "e ",  # Latin e at the end: Rathore, but Gokhale
    "0": "e ",  # e before h and a consonant
    "#": "u ",  # u at the end of a long one: Kizhakkedathu
    "!": "ljr",  # Latin zh: Kanimozhi, but Zhaveri
    "N": "n ", "G": " g", "E": "y ", "F": "v ", "X": "s ",  # a consonant that may be silent
}  # fmt: skip
"""A capital -> the sounds that it may be, the likeliest first; a space where it may be none."""


_ONE = r"[aiueoOYVWIU]"  # a vowel, written or open
_STOP = "kgcjtdpbKSTPB4567"
# second members of men's names: a stem in a, whose a the north drops and the south keeps
_MALE = (
    "nat|kant|raj|dar|das|dev|pal|lal|svar|candr|cand|prasad|kumar|sekar|sankar|narayan|gopal|mohan|kisor|srinivas|"
    "(?<=..[aAD9&])nand"
)
_ROWS = {"k": "[kK4]", "g": "[gK4]", "t": "[tT5]", "d": "[dT5]", "p": "[pP6]", "c": "[cS7]"}
_MALE = "".join(_ROWS.get(c, c) for c in _MALE)
_FOLDS = rules(
    (r"(.)\1+", r"\1"),
    (r"a[ie]", "ay"),
    (r"a[uo]", "av"),
    (r"aI", "ay"),
    (r"aW", "av"),
    (r"Oi", "Oy"),
    (r"oi", "oy"),
    (r"ui", "uy"),
    (r"e[ou]", "ev"),
    (r"e[iy](?![aiueo&])", "e"),
    (r"i(?=[aeou&])", "iy"),
    (r"u(?=[aeo&])", "uv"),
    (r"(?<=[ao])yi$", "y"),  # Desayi, Thayi
    (r"^iy(?=[aeou&])", "y"),  # ইয়াসমিন: Yasmin
    (r"e(?=[a&])", "ey"),
    (r"o(?=[ae&])", "ov"),
    (rf"(?<={_ONE}.+)iy(?=[aiueo&])", "y"),  # Soniya is Sonya, but Diya is not Daya
    (rf"(?<={_ONE}.+)u[vB](?=[aieo&])", "v"),
    (r"^gy|(?<=[iy]a?)gy", "gn"),  # ज्ञ: Gyan, Dnyan, Gnan, Jnan
    (r"dny", "gn"),
    (r"gny", "gn"),
    (r"^jn", "gn"),
    (r"e(?=h[aeO]?[kgcjtdnpbmrlvsf])", "0"),  # Rehman, Rahman
    (r"(?<=0h)[ae]", "0"),  # Behera, Behara
    (rf"(?<={_ONE}.+)er(?=[AD9]?$)", "ar"),  # Surinder
    (r"(?<=.)er(?=[kgcjtdnpbmlvsfKSTP4567ZR])", "ar"),  # Chatterjee, चटर्जी
    (r"med(?=[AD9]?$)", "mad"),  # Ahmed
    (r"(?<=[ei]n[dT]Q?r)[aAD9&]$", ""),  # Mahendra is Mahender
    (r"ye(?=n[A9]?$)", "ya"),  # Kurien
    (rf"(?<={_ONE}.+[aei][tTd5R])[uU]$", "#"),  # Kizhakkedathu, Palakkadu, but Marimuthu
    (r"^vh(?=[aiueo])", "v"),  # व्हीटली
    (rf"(?<=..)(?<={_MALE})[aAD9&]$", ""),  # Manjunatha is Manjunath, but Sunila is not Sunil
    (r"(?<=[sS][uU]?[bP6].*many)an(?=[A9D]?$)", "am"),  # Subramanian, Subramaniam
    (r"^ts", "s"),  # Tsering
    (r"m(?=[kgK4])", "n"),  # Omkar, Onkar
    (rf"(?<=[{_STOP}vsfhmnR])r[iu](?=[{_STOP}nmlyvsfh])", "rY"),  # ऋ: Krishna, Krushna
    (r"(?<=.)svami$", "sami"),  # Palaniswamy, Palanisamy
    (r"^ye", "e"),
    (r"h[AD]?$", ""),
    (r"(.)\1+", r"\1"),
)
_SETTLE = rules(
    (r"(?<=[nm])K", "g"), (r"(?<=[aiueoyv])K(?=[aiueo&9])", "g"), ("K", "k"),
    (r"(?<=n)S", "j"), ("S", "s"),
    (r"(?<=n)T", "d"), ("T", "t"),
    (r"(?<=[nm])P", "b"), (r"(?<=[aiueoyv])P(?=[aiueo&9])", "b"), ("P", "p"),
    ("4", "k"), ("5", "t"), ("6", "p"), ("7", "c"), ("8", ""), ("@", "j"),
    ("Z", "c"), (r"^J", "j"), ("J", "y"), ("B", "b"),
    (r"W(?=[aiueo&])", "v"), (r"(?<=[aiueo])W", "v"), ("W", "u"),
    (r"I(?=[aiueo&])", "y"), (r"(?<=[aiueo])I", "y"), ("I", "i"), ("V", "a"),
    ("ML", "ng"), ("R", "d"), ("C", "r"), ("M", "n"), ("L", "g"), ("Y", "i"),
    (r"(?<=[^aiueoAOyv][ryvmn])[AD]$", "a"), ("9", "a"), ("&", "a"), ("=", "e"), ("[ADOQ0#]", ""), ("!", "l"),
    (r"(?<=s)U(?=[mv])", ""), ("U", "u"),
    ("N", "n"), ("G$", "g"), ("G", ""), ("E", "y"), ("F", "v"), ("X", "s"),
)  # fmt: skip


_TWICE = regex.compile(r"(?<=.)([a-z])(?:[AOD]?\1)+(?=.)")  # Shankar Rao in one
_NASAL = regex.compile(r"n(?=O?[pbPB6])")
_UNHEARD = regex.compile(r"(?<=.)t(?=c)|(?<=n)g(?=[td])")  # Hotchand, Ningthoujam


def fold(sounds: str) -> str:
    """Spellings of one sound brought together; sounds in, sounds out."""
    return rewrite(sounds, _FOLDS)


def folded(sounds: str) -> list[str]:
    """What `fold` makes of sounds, rule by rule."""
    return traced(sounds, _FOLDS)


def settle(sounds: str) -> str:
    """Every open sound as it is likeliest where it stands."""
    return rewrite(sounds, _SETTLE)


def spare(sounds: str) -> str:
    """Without each `a` inside: what is written of the schwa differs by script, language and hand."""
    if len(sounds) > 2:
        sounds = _TWICE.sub(r"\1", sounds[0] + sounds[1:-1].replace("a", "") + sounds[-1])
    return _NASAL.sub("m", _UNHEARD.sub("", sounds))
