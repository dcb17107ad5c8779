"""Made-up values that read like the real ones and cannot be real.

A name becomes a name in the same script and case (`deid.surrogate_names`); a number keeps its shape and breaks a rule
of its kind on purpose (an Aadhaar fails Verhoeff, a phone begins with 5, a PAN has no such holder, a PIN code begins
with 0), so that no living person's value is ever invented and the residual check can tell what is left from what was
made.
"""

import unicodedata
from collections.abc import Callable, Set
from dataclasses import replace
from functools import cache, lru_cache

import regex

from deid.chance import Chance, Draw
from deid.checksums import luhn, luhn36, verhoeff
from deid.digits import decimal, digit_like
from deid.lexicon import group, rows, values
from deid.linking.identity import identity
from deid.shadow import shadow
from deid.surrogate_names import made_name, made_place, some_name
from deid.tokens import key as fold
from schemas.labels import Label

_TRIES = 8
_WORD = regex.compile(r"[\p{L}\p{M}\u200b\u200c\u200d]+(?:['’]\p{L}[\p{L}\p{M}]*)*")
_DIGIT = regex.compile(r"\p{Nd}")


@cache
def _letters(writing_of: str) -> str:
    """Consonants of the block of a letter: what stands for it in a code."""
    block = ord(writing_of) & ~0x7F
    return "".join(chr(c) for c in range(block + 0x15, block + 0x3A) if unicodedata.category(chr(c)) == "Lo")


def _cased(word: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


def _renamed(
    text: str, chance: Draw, make: Callable[[str, Draw], str], keep: Set[str], heard: Set[str] = frozenset()
) -> str:
    """Every word replaced by its sound's made-up one, which is none of `heard`; initials by initials, digits by digits,
    words to keep kept. Where all would be kept the first is not ("Civil Hospital"): a value never stands for itself.
    """
    found = _WORD.findall(text) if keep else []
    alone = all(fold(word) in keep for word in found)

    def word(match: "regex.Match[str]") -> str:
        old = match.group()
        if keep and fold(old) in keep and not (alone and old == found[0]):
            return old
        if len(old) == 1 and old.isascii():
            new = chance(f"initial {old.casefold()}").of([c for c in "abcdeghjklmnprstv" if c != old.casefold()])
            return new.upper() if old.isupper() else new
        new = make(old, chance)
        for attempt in range(1, _TRIES):
            if heard.isdisjoint(identity(new)):
                break
            new = make(old, replace(chance, again=f" again {attempt}"))
        return _cased(new, old)

    draw = chance("\0digits" + text)
    return _DIGIT.sub(lambda m: digit_like(m.group(), draw.below(10)), _WORD.sub(word, text))


def shaped(text: str, draw: Chance) -> str:
    """Letters by letters, digits by digits of the same script and case; everything else stays."""
    out = []
    for c in text:
        if decimal(c) is not None:
            out.append(digit_like(c, draw.below(10)))
        elif c.isascii() and c.isalpha():
            out.append(draw.of("ABCDEFGHJKLMNPRSTUVWYZ" if c.isupper() else "abcdefghjkmnprstuvwyz"))
        elif c.isalpha() and 0x900 <= ord(c) < 0xD80:
            out.append(draw.of(_letters(c)))
        else:
            out.append(c)
    return "".join(out)


def _digits(text: str) -> str:
    return "".join(c for c in shadow(text).text if c.isdigit())


@lru_cache(maxsize=1 << 12)
def _figures(text: str) -> str:
    """The digits of a number that is written in digits; none of one that stands in words, wholly or in part."""
    return "" if _spoken(text) > 1 else _digits(text)


def _spoken(text: str) -> int:
    """How many of its words are digits."""
    return sum(fold(word) in values("digit_words.tsv") for word in _WORD.findall(shadow(text).text))


def _put(text: str, digits: str) -> str:
    """`text` with its digits, in order, made these; as many as there are."""
    values = iter(digits)
    return "".join(digit_like(c, int(next(values, "0"))) if decimal(c) is not None else c for c in text)


def _number(text: str, draw: Chance, least: int) -> str:
    """Digits for a number: as many as it has, or, where it stands in words, as it should have."""
    count = len(_figures(text)) or least
    return "".join(str(draw.below(10)) for _ in range(count))


def _aadhaar(text: str, draw: Chance) -> str:
    digits = _number(text, draw, 12)
    if len(digits) in (12, 16):  # of a masked one all that is seen is drawn
        digits = "2" + digits[1:]
        if verhoeff(digits):
            digits = digits[:-1] + str((int(digits[-1]) + 1 + draw.below(9)) % 10)
    return _put(text, digits) if _figures(text) else digits


def _phone(text: str, draw: Chance) -> str:
    old = _figures(text)
    digits = _number(text, draw, 10)
    head = 2 if len(old) == 12 and old.startswith("91") else 1 if len(old) == 11 and old.startswith("0") else 0
    digits = old[:head] + "5" + digits[head + 1 :]
    if verhoeff(digits):
        digits = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    return _put(text, digits) if old else digits


def _pan(text: str, draw: Chance) -> str:
    new = list(shaped(text, draw))
    letters = [i for i, c in enumerate(new) if c.isalpha()]
    if len(letters) > 3:
        new[letters[3]] = "X" if new[letters[3]].isupper() else "x"
    return "".join(new)


def _state_code(text: str, draw: Chance) -> str:
    """Licences and plates of a state that there is not."""
    new = list(shaped(text, draw))
    for place in [i for i, c in enumerate(new) if c.isalpha()][:2]:
        new[place] = "Z" if new[place].isupper() else "z"
    return "".join(new)


def _ifsc(text: str, draw: Chance) -> str:
    new = list(shaped(text, draw))
    marks = [i for i, c in enumerate(new) if c.isalnum()]
    if len(marks) > 4:
        new[marks[4]] = "9"
    return "".join(new)


def _gstin(text: str, draw: Chance) -> str:
    new = list(shaped(text, draw))
    marks = [i for i, c in enumerate(new) if c.isalnum()]
    if len(marks) >= 2:
        new[marks[0]], new[marks[1]] = "9", "0"
    code = "".join(new[i] for i in marks).upper()
    if len(code) == 15 and code.isascii() and luhn36(code):
        new[marks[-1]] = "A" if new[marks[-1]] != "A" else "B"
    return "".join(new)


def _voter(text: str, draw: Chance) -> str:
    new = shaped(text, draw)
    digits = _digits(new)
    if len(digits) == 7 and luhn(digits):
        new = _put(new, digits[:-1] + str((int(digits[-1]) + 1) % 10))
    return new


def _handle(draw: Chance, tail: str) -> str:
    return f"{some_name(draw)}{10 + draw.below(90)}{tail}"


_KEPT_IN_PLACES = frozenset(
    fold(shadow(phrase).text) for kind, phrase in rows("places.tsv") if kind == "part" and " " not in phrase
)
_KEPT_IN_INSTITUTIONS = frozenset(
    fold(word) for kind, phrase in rows("places.tsv") if kind == "org" for word in shadow(phrase).text.split()
) | group("institution_words")


def _unlike(text: str) -> str:
    """No Aadhaar and no mobile number by chance: the last digit or the first is moved."""
    digits = _digits(text)
    if len(digits) in (12, 16) and verhoeff(digits):
        return _put(text, digits[:-1] + str((int(digits[-1]) + 1) % 10))
    mobile = (len(digits) in (10, 12) and digits[0] in "6789") or (len(digits) == 11 and digits[0] == "0")
    return _put(text, "1" + digits[1:]) if mobile else text


def surrogate(
    label: Label, text: str, chance: Draw, heard: Set[str] = frozenset(), going: Set[str] = frozenset()
) -> str:
    """A surrogate for a value. `chance(value)` begins a keyed stream of choices for that value within its scope; no
    part of a made-up person's name is among `heard`, identities of parts of names. Words of places and institutions
    that tell nobody apart stay ("Nagar", "Hospital"), but for those `going` (keys): they are somewhere a whole value.
    """
    match label:
        case Label.PERSON:
            return _renamed(text, chance, made_name, frozenset(), heard)
        case Label.LOCATION:
            return _renamed(text, chance, made_place, _without(_KEPT_IN_PLACES, going))
        case Label.ORGANIZATION:
            return _renamed(text, chance, made_name, _without(_KEPT_IN_INSTITUTIONS, going))
        case Label.AGE_OVER_89:
            return "89+"
        case _:
            return _number_or_handle(label, text, chance(fold(shadow(text).text).replace(" ", "")))


def _without(words: Set[str], going: Set[str]) -> Set[str]:
    return words if words.isdisjoint(going) else words - going


def _number_or_handle(label: Label, text: str, draw: Chance) -> str:
    match label:
        case Label.IN_AADHAAR:
            return _aadhaar(text, draw)
        case Label.PHONE_NUMBER:
            return _phone(text, draw)
        case Label.IN_PAN:
            return _pan(text, draw)
        case Label.IN_DRIVING_LICENSE | Label.IN_VEHICLE_REGISTRATION:
            return _state_code(text, draw)
        case Label.IN_IFSC:
            return _ifsc(text, draw)
        case Label.IN_GSTIN:
            return _gstin(text, draw)
        case Label.IN_VOTER:
            return _voter(text, draw)
        case Label.PIN_CODE:
            digits = "0" + _number(text, draw, 6)[1:]
            return _put(text, digits) if _figures(text) else digits
        case Label.EMAIL_ADDRESS:
            return _handle(draw, "@mail.example.org")
        case Label.IN_UPI_ID:
            return _handle(draw, "@exampleupi")
        case Label.IN_ABHA_ADDRESS:
            return _handle(draw, "@exampleabha")
        case Label.URL:
            return f"https://example.org/{draw.below(10**9):09d}"
        case Label.IP_ADDRESS:
            return f"192.0.2.{1 + draw.below(254)}"
        case _:
            letters = text.isalpha() and not _spoken(text)
            return _unlike(shaped(text, draw)) if letters or _figures(text) else f"{draw.below(10**8):08d}"
