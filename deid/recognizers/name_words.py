"""Words and patterns that tell names: postpositions, case endings, verbs, eponyms, ages, initials."""

import re
from bisect import bisect_left
from functools import cache, lru_cache

import regex

from deid.gazetteers import common_name_sounds, common_names, is_name, name_sounds, sound, words
from deid.gazetteers.likeness import likeness
from deid.lexicon import group, rows
from deid.lexicon import words as lexicon_words
from deid.tokens import key

EPONYM = regex.compile(
    (
        r"[ \-]*(?:sign|disease|syndrome|test|spine|fracture|triangle|score|classification|criteria"
        r"|palsy|lymphoma|thyroiditis|"
        r"phenomenon|ulcer|ring|bodies|body|stain|reagent|maneuver|manoeuvre|procedure|technique|position"
        r"|regimen|method|grade|stage|line|"
        r"lactate|type|law|index|tube|catheter|rule|scale|scotoma|chart|control|incision|hernia|oesophagus"
        r"|esophagus|neg|negative|positive|"
        r"\+|diverticulum|nystagmus|cells|duct|node|canal|staging|patch|repair|operation|forceps|retractor"
        r"|drain|pouch|exercises?)\b"
    ),
    regex.IGNORECASE,
)
SAYS_BEFORE = (
    ("main",), ("mai",), ("mein",), ("mera", "naam"), ("naan",), ("nan",), ("en",
    "peru"), ("ente", "peru"), ("nan", "hesru"), ("mu",), ("my", "name", "is"),
    ("i", "am"), ("this", "is"), ("amar", "naam"), ("ami",), ("na",
    "peru"), ("मेरा", "नाम"), ("मैं",), ("मी",), ("என்", "பேரு"), ("நான்",), ("naam",),
    ("माझे", "नाव"), ("আমি",), ("আমার", "নাম"), ("મારું", "નામ"), ("ਮੇਰਾ", "ਨਾਮ"), ("ମୋ",
    "ନାଁ"), ("മു",), ("നാൻ",), ("ഞാൻ",), ("ನಾನು",), ("నేను",), ("నా", "పేరు"), ("mo", "naa"),
)  # fmt: skip
SAYS: dict[str, list[tuple[str, ...]]] = {}
for _pattern in SAYS_BEFORE:
    SAYS.setdefault(_pattern[0], []).append(_pattern)
PARTICLES = group("name_words_particles")
MAY_BE_INITIALS = re.compile(r"[A-Z]\. ?[A-Z]|[A-Z][a-z]{3,} [A-Z](?![a-z])")
"""What all initials have, looked for first: it takes a tenth of the time."""
INITIALS = regex.compile(
    r"(?<![\p{L}\d.])(?:[A-Z]\.[ ]?){1,3}([A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})?)(?![\p{L}\d])|(?<![\p{L}\d])"
    r"([A-Z][a-z]{3,})(?: [A-Z]\.?){1,2}(?=[ ]?(?:[,/\n()|:]|$))"
)
NATIVE_GAP = 2  # blanks that end a native name: forms are laid out with them
MOST = 5  # words of one name
SPELT = regex.compile(r"(?<![\p{L}\p{M}])\p{L}\p{M}*(?: {1,2}\p{L}\p{M}*){3,24}(?![\p{L}\p{M}])")
SPEAKER = regex.compile(  # the time of a message, who writes, a colon
    r"(?m)^[\[<(]?(?:[\d./\-]{4,10},?[ ])?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[ ]?[ap]\.?m\.?)?[\])>]?[ \-~*:]{1,4}"
    r"([\p{L}][\p{L}\p{M}.' ]{1,40}?)[ ]?(?:\([^)\n]{1,30}\))?:(?=\s)",
    regex.IGNORECASE,
)
CASE_ENDING = 5  # letters that may follow a name's stem


DOSE = regex.compile(
    r"[ \-]{0,2}(?:\d|bd|od|tds|tid|qid|hs|sos|stat|iv|im|sc|cr|xl|sr|mr|ds|ls|forte|plus|tab|cap|inj"
    r"|syp|gel|cream|drops|inhaler"
    r"|tablet|syrup|goli|le|li|lo|dena|diya|di|chalu|band|continue|stopped|started|mg|ml)(?![\p{L}])|[ ]?[+/]",
    regex.IGNORECASE,
)
LIKELY = 0.6  # of 29 names that no list has 20 lie above, of 56 Indian brand names of drugs none

SURELY = 1.3  # for a lower-case word, which may be a verb of any language


@cache
def _sorted_words() -> list[str]:
    return sorted(words())


def abbreviated(word: str) -> bool:
    """A short word that an English one begins with, and no name: "Recep", "Cust"."""
    start = word.casefold()
    if len(start) > 6 or not start.isascii() or is_name(word):
        return False
    at = bisect_left(_sorted_words(), start)
    return at < len(_sorted_words()) and _sorted_words()[at].startswith(start)


@cache
def never() -> frozenset[str]:
    """Keys of words that are never part of a name."""
    return lexicon_words("not_names.tsv")


PERSON_CASE = tuple(sorted(key(ending) for ending in group("name_person_case")))
POSTPOSITION = group("name_postposition")
LATIN_POSTPOSITION = group("name_latin_postposition")
VERB = tuple(sorted(group("name_verb")))


@lru_cache(maxsize=1 << 16)
def whole_name(word: str) -> bool:
    """A name as it stands, by the list of common names too, though it begins as a title does."""
    tamil = "\u0b80" <= word[0] < "\u0c00"
    return is_name(word) or key(word) in common_names() or sound(word, tamil) in common_name_sounds(tamil)


@lru_cache(maxsize=1 << 16)
def heard(word: str) -> bool:
    """A name by spelling or, when it is long enough to be told by it, by sound."""
    if is_name(word) or (len(word) > 4 and len(sound(word)) > 3 and sound(word) in name_sounds()):
        return True
    return word.isascii() and len(word) > 4 and likeness(word.casefold()) > (LIKELY if word[0].isupper() else SURELY)


def verbal(word: str) -> bool:
    """Ends like a verb of its language; rough, and only asked where nothing else says that a word is a name."""
    return len(word) > 3 and word.endswith(VERB)


AGE_SEX = regex.compile(
    r"(?<![\d./])(?:[,|(/][ ]{0,3}|[ ]{2,8})\d{1,3}[ ]?(?:/[ ]?[MFmf]\b|[MF]\b|[Yy](?:rs?|ears?)?["
    r" /]|yrs?\b|years?\b|/पु|/स्त्री|/ಪು|/পুং| सं|[ ]?(?:साल|वर्ष|वर्षे|વર્ષ|ਸਾਲ|বছর|ବର୍ଷ|வயது"
    r"|சம்|సం|ఏళ్ల|ವರ್ಷ|വയസ്സ|സ്ത്രീ))"
)
CARET = regex.compile(
    r"(?<![\p{L}\p{M}\d^])(?:[A-Z][A-Za-z.]{1,30}(?:\^[A-Z][A-Za-z.]{0,30}){1,3}"
    r"|[\p{Lo}\p{M}.]{2,40}(?:\^[\p{Lo}\p{M}.]{1,40}){1,3})(?![\p{L}\p{M}])"
)
RELATIONS = group("name_relations")


CHUNK = regex.compile(r"(?<![\w\-])[\w\-]{1,40}(?:_[\w\-]{1,40}){1,8}(?:\.\w{2,4})?")


@cache
def glue() -> dict[str, str]:
    """Keys of native cue words of three letters and more that a name is written on to -> their kind."""
    kinds = ("relation", "role", "field", "title")
    found = ((kind, key(phrase)) for kind, phrase in rows("people.tsv") if not phrase.isascii() and " " not in phrase)
    return {
        phrase: kind
        for kind, phrase in sorted(found, key=lambda pair: kinds.index(pair[0]) if pair[0] in kinds else -1)
        if kind in kinds and len(phrase) > 2
    }


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
