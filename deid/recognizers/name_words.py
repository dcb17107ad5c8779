"""Words and patterns that tell names: postpositions, case endings, verbs, eponyms, ages, initials."""

from functools import cache

import regex

from deid.gazetteers import is_name, name_sounds, sound
from deid.lexicon import rows
from deid.lexicon import words as lexicon_words
from deid.tokens import key

EPONYM = regex.compile(
    r"[ \-]*(?:sign|disease|syndrome|test|spine|fracture|triangle|score|classification|criteria|palsy|lymphoma|thyroiditis|"
    r"phenomenon|ulcer|ring|bodies|body|stain|reagent|maneuver|manoeuvre|procedure|technique|position|regimen|method|grade|stage|line|"
    r"lactate|type|law|index|tube|catheter|rule|scale|scotoma|chart|control|incision|hernia|oesophagus|esophagus|neg|negative|positive|"
    r"\+|diverticulum|nystagmus|cells|duct|node|canal|staging|patch|repair|operation|forceps|retractor|drain|pouch|exercises?)\b",
    regex.IGNORECASE,
)
SAYS_BEFORE = (
    ("main",), ("mai",), ("mein",), ("mera", "naam"), ("naan",), ("nan",), ("en", "peru"), ("ente", "peru"), ("nan", "hesru"), ("mu",), ("my", "name", "is"),
    ("i", "am"), ("this", "is"), ("amar", "naam"), ("ami",), ("na", "peru"), ("मेरा", "नाम"), ("मैं",), ("मी",), ("என்", "பேரு"), ("நான்",), ("naam",),
    ("माझे", "नाव"), ("আমি",), ("আমার", "নাম"), ("મારું", "નામ"), ("ਮੇਰਾ", "ਨਾਮ"), ("ମୋ", "ନାଁ"), ("മു",), ("നാൻ",), ("ഞാൻ",), ("ನಾನು",), ("నేను",), ("నా", "పేరు"), ("mo", "naa"),
)  # fmt: skip
SAYS: dict[str, list[tuple[str, ...]]] = {}
for _pattern in SAYS_BEFORE:
    SAYS.setdefault(_pattern[0], []).append(_pattern)
PARTICLES = frozenset(
    "bin binti ibn al ul ur e de da von van mohd md sk mst smt kr ku abdul syed d o bi bibi bai devi lal kumar kumari singh kaur begum khatun ben bhai".split()
)
INITIALS = regex.compile(
    r"(?<![\p{L}\d.])(?:[A-Z]\.[ ]?){1,3}([A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})?)(?![\p{L}\d])|(?<![\p{L}\d])([A-Z][a-z]{3,})(?: [A-Z]\.?){1,2}(?=[ ]?(?:[,/\n()|:]|$))"
)
NATIVE_GAP = 2  # blanks that end a native name: forms are laid out with them
MOST = 5  # words of one name
SPELT = regex.compile(r"(?<![\p{L}\p{M}])\p{L}\p{M}*(?: {1,2}\p{L}\p{M}*){3,24}(?![\p{L}\p{M}])")
CASE_ENDING = 5  # letters that may follow a name's stem


@cache
def never() -> frozenset[str]:
    return lexicon_words("not_names.tsv")


PERSON_CASE = tuple(
    key(x)
    for x in "இடம் ிடம் விடம் க்கு ுக்கு னின் யின் ின் వికి కి కు గారు ನಿಗೆ ಗೆ ನ ವರು ന്റെ യുടെ ക്ക് ന് കുട്ടി কে ের র ଙ୍କ ଙ୍କୁ କୁ ને નું ની ਨੂੰ भाई बेन ભાઈ બેન ಮ್ಮ ప్ప అమ్మ మ్మ ప్ప ಪ್ಪ മ്മ அம்மாள் மாள் ராஜ் குமார்".split()
)
POSTPOSITION = frozenset(
    "ने को का की के से पर द्वारा ने नी ना नो थी ਨੇ ਨੂੰ ਦਾ ਦੀ ਦੇ ਨਾਲ यांना यांनी यांचे यांचा यांची तो తో ഒപ്പം कडे ला જી जी ਜੀ".split()
)
LATIN_POSTPOSITION = frozenset("ko ne ka ki ke ji se nu ku ge er ra re ki bol naam".split())
VERB = tuple(
    "ார் ாள் ார்கள் ாங்க ேன் ுது ும் ந்தது ிறது ట్టు ారు ాడు ింది ాము ాను ದರು ತ್ತಾರೆ ದೆ ತ್ತಿದೆ ುന്നു ച്ചു ട്ടു ണ്ട് ണം യിരുന്നു ത്തി েছেন েছে লেন ছিল ছেন িল ିଲେ ିଲା ୁଛି ିବେ ता ती ते ना आ रहा रही होत होते આવ્યા ્યું ્યો શે ਦਾ ਦੀ ਦੇ".split()
)


def heard(word: str) -> bool:
    """A name by spelling or, when it is long enough to be told by it, by sound."""
    return is_name(word) or (len(word) > 4 and len(sound(word)) > 3 and sound(word) in name_sounds())


def verbal(word: str) -> bool:
    """Ends like a verb of its language; rough, and only asked where nothing else says that a word is a name."""
    return len(word) > 3 and word.endswith(VERB)


AGE_SEX = regex.compile(
    r"(?<![\d./])(?:[,|(/][ ]{0,3}|[ ]{2,8})\d{1,3}[ ]?(?:/[ ]?[MFmf]\b|[MF]\b|[Yy](?:rs?|ears?)?[ /]|yrs?\b|years?\b|/पु|/स्त्री|/ಪು|/পুং| सं|[ ]?(?:साल|वर्ष|वर्षे|વર્ષ|ਸਾਲ|বছর|ବର୍ଷ|வயது|சம்|సం|ఏళ్ల|ವರ್ಷ|വയസ്സ|സ്ത്രീ))"
)
CARET = regex.compile(r"(?<![\p{L}\d^])[A-Z][A-Za-z.]{1,30}(?:\^[A-Z][A-Za-z.]{0,30}){1,3}(?![A-Za-z])")
RELATIONS = frozenset("mother father wife husband son daughter brother sister patient pt male female".split())


@cache
def glue() -> frozenset[str]:
    """Keys of native cue words of three letters and more that a name is written on to."""
    kinds = ("title", "field", "role", "relation")
    return frozenset(
        key(phrase)
        for kind, phrase in rows("people.tsv")
        if kind in kinds and len(phrase) > 2 and not phrase.isascii() and " " not in phrase
    )


def names_in(text: str) -> int:
    """How much of a native word from its start is one name or two; a case ending may follow. 0 when none is."""
    for end in range(len(text), max(3, len(text) - CASE_ENDING), -1):
        if end < len(text) and not text[end].isalpha() and text[end] not in "ा":
            continue
        stem = text[:end]
        if len(stem) > 3 and is_name(stem):
            return end
        for cut in range(3, end - 2):
            if stem[cut].isalpha() and is_name(stem[:cut]) and is_name(stem[cut:]):
                return end
    return 0
