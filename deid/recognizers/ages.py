"""Ages of 90 and more, in digits and in words; younger ages stay."""

import re
from functools import cache

import regex

from deid.lexicon import values
from deid.note import Note
from schemas.labels import Label

_AFTER = regex.compile(
    (
        r"[ ]?[\-]?[ ]?(?:(?:years?|yrs?|y/o|yo|y|yr old|(?:fe)?male)(?![a-z])|/[MF]|[MF]\b|/m|/f"
        r"|saal|sal|baras|varsham|varsha|vayassu|boyosh|वर्ष|वर्षीय|साल|वर्षे|व\.|બરસ|વર્ષ|ਸਾਲ|বছর|বছরের|ବର୍ଷ|வயது|வருடம்|ఏళ్ల|సంవత్సరాల"
        r"|సం|ವರ್ಷ|വയസ്സ്|വയസ്|سال|/पु|/स्त्री|/ಪು)"
    ),
    regex.IGNORECASE,
)
_BEFORE = regex.compile(
    (
        r"(?:\bage(?:d)?(?:/sex)?|umar|umr|vayassu|vayasu|boyosh|vayathu|aged|आयु|उम्र|वय|वयोवर्ष|ઉંમર"
        r"|ઉં|ਉਮਰ|বয়স|ବୟସ|வயது|వయసు|వయస్సు|ವಯಸ್ಸು|വയസ്സ്|വയസ്|عمر|old|gentleman of|lady of)[ ./:=\-]{0,4}"
        r"(?:hai |is )?$"
    ),
    regex.IGNORECASE,
)
_NUMBER = re.compile(r"(9(?<![\d./\-:].)\d|1(?<![\d./\-:].)[0-2]\d)(?![\d./]\d|\d|%)")
_BESIDE_NAME = re.compile(r", (9\d|10\d), (?=[a-z])")


def find(note: Note) -> None:
    """Claim the number of every age over 89."""
    s = note.s
    for match in _NUMBER.finditer(s):
        if _AFTER.match(s, match.end()):
            if not re.search(
                r"(?:T|temp|BP|PR|HR|SpO2|pulse|rate|wt|temp|Hb|RBS|FBS)[ :]{0,3}$",
                s[max(0, match.start() - 8) : match.start()],
                re.IGNORECASE,
            ):
                note.claim(*match.span(), Label.AGE_OVER_89, 0.85, "age with unit")
        elif _BEFORE.search(s, max(0, match.start() - 24), match.start()):
            note.claim(*match.span(), Label.AGE_OVER_89, 0.85, "age label")
    for match in _BESIDE_NAME.finditer(s):
        note.claim(match.start(1), match.end(1), Label.AGE_OVER_89, 0.5, "age after a name")
    _in_words(note)


@cache
def _units() -> dict[str, int]:
    return {word: int(head) for word, head in values("digit_words.tsv").items() if head.isdigit()}


def _in_words(note: Note) -> None:
    found, tens = note.tokens, values("number_words.tsv")
    for index, token in enumerate(found):
        value = int(tens.get(token.key, 0)) if token.kind == "word" else 0
        if not 90 <= value <= 120:
            continue
        last = index
        at = index + 1
        if at < len(found) and found[at].text == "-":
            at += 1
        if value == 90 and at < len(found) and 1 <= _units().get(found[at].key, 0) <= 9:
            last = at
        start, end = token.start, found[last].end
        if _AFTER.match(note.s, end) or _BEFORE.search(note.s, max(0, start - 24), start):
            note.claim(start, end, Label.AGE_OVER_89, 0.85, "age in words")
