"""What is left after replacement: an original that still stands, or an identifier that its own check digit proves."""

import re
from collections.abc import Collection, Sequence

from deid.checksums import aadhaar, luhn36
from deid.gazetteers import ambiguous, sound, words
from deid.known import Known
from deid.note import Note
from deid.recognizers import contacts, structured
from deid.shadow import shadow
from schemas.labels import Label

_SHORTEST = 4  # characters of an original that are looked for
_FEWEST = 5  # digits of an original that has nothing else: "8/10" may be a date here and a score there
_MADE = re.compile(r"example(?:upi|abha)?(?:\.org)?$|example\.org/|^192\.0\.2\.", re.IGNORECASE)
_WORD = re.compile(r"\w")
_STRONG = {
    Label.IN_PAN: "pan_remains",
    Label.IN_IFSC: "ifsc_remains",
    Label.EMAIL_ADDRESS: "email_remains",
    Label.IN_UPI_ID: "upi_id_remains",
    Label.IN_ABHA_ADDRESS: "abha_address_remains",
    Label.PHONE_NUMBER: "phone_number_remains",
}


def residual(
    texts_after: Sequence[str],
    originals: Sequence[Sequence[str]],
    keeping: Collection[Label] = (),
    known: Sequence[Known | None] | None = None,
) -> list[str | None]:
    """For each scrubbed text the reason to hold it back, or None.

    `originals[i]` are the identifiers that were replaced in text i. One of at least 4 characters must not stand in the
    text, digits of all scripts being equal and blanks and hyphens apart; a name that is an ordinary word is not
    counted. Surrogates break a rule of their kind on purpose, so an identifier that its own check digit or form proves
    is a real one, unless the policy keeps its label (`keeping`). Names are not looked for again: that would find the
    surrogates. But where a patient table stands beside the notes (`known`), none of that patient's numbers and names
    may be left.
    """
    patients = known or [None] * len(texts_after)
    return [_reason(*each, keeping) for each in zip(texts_after, originals, patients, strict=True)]


def _reason(text: str, originals: Sequence[str], known: Known | None, keeping: Collection[Label]) -> str | None:
    if known is not None and known.remains(text, keeping):
        return "known_identifier_remains"
    numbers, phrases = set[str](), set[str]()
    for original in originals:
        plain = shadow(original).text.casefold().strip()
        bare = re.sub(r"[\s\-]", "", plain)
        if (
            len(bare) < _SHORTEST
            or plain in words()
            or sound(plain) in ambiguous()
            or sum(c.isdigit() for c in bare) == len(re.sub(r"\W", "", bare)) < _FEWEST
        ):
            continue
        if bare.isdecimal() and len(bare) > 5:
            numbers.add(bare)
        else:
            phrases.add(plain)
    folded = shadow(text).text.casefold()
    if not numbers.isdisjoint(re.findall(r"\d+", re.sub(r"[\s\-]", "", folded))) or _any_stands(phrases, folded):
        return "original_identifier_remains"
    return proven(text, keeping)


def proven(text: str, keeping: Collection[Label] = ()) -> str | None:
    """The reason for which something in `text` must be a real identifier, by its own check digit or form, or None."""
    note = Note(text)
    contacts.find(note)
    structured.find(note)
    for hit in note.hits:
        if hit.label in keeping:
            continue
        value = note.s[hit.start : hit.end]
        digits = re.sub(r"\D", "", value)
        if hit.label is Label.IN_AADHAAR and aadhaar(digits):
            return "valid_aadhaar_remains"
        if hit.label is Label.IN_GSTIN and luhn36(re.sub(r"[^0-9A-Z]", "", value)):
            return "valid_gstin_remains"
        if (
            hit.label in _STRONG
            and not _MADE.search(value)
            and (hit.label is not Label.PHONE_NUMBER or hit.why == "mobile shape")
        ):
            return _STRONG[hit.label]
    return None


def _any_stands(phrases: Collection[str], text: str) -> bool:
    """Whether one of the phrases, each of `_SHORTEST` characters or more, stands in a text with no letter or digit
    beside it. One pass over the text, however many phrases.
    """
    lengths: dict[str, set[int]] = {}
    for phrase in phrases:
        lengths.setdefault(phrase[:_SHORTEST], set()).add(len(phrase))
    for edge in re.finditer(r"(?<!\w)", text) if phrases else ():
        start = edge.start()
        for length in lengths.get(text[start : start + _SHORTEST], ()):
            end = start + length
            if text[start:end] in phrases and not _WORD.match(text, end):
                return True
    return False
