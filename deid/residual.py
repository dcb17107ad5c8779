"""What is left after replacement: an original that still stands, or an identifier that its own check digit proves."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from deid.checksums import aadhaar, luhn36
from deid.known import Known
from deid.note import Note
from deid.recognizers import contacts, structured
from deid.recognizers.traces import occurrences, worth_seeking
from deid.shadow import fold_case, shadow
from schemas.labels import Label

_MADE = re.compile(r"example(?:upi|abha)?(?:\.org)?$|example\.org/|^192\.0\.2\.", re.IGNORECASE)
_BLANK = re.compile(r"[\s\-]")
_FEW = 200  # originals up to which it is quicker to look for each
_FORM = re.compile(  # stands in whatever its form proves to be a mobile number, an IFSC, a PAN, a GSTIN
    r"(?<!\d)(?:(?:00)?91[ \-.]{0,3}|0[ \-]?)?(?:\(0\)[ ]?)?"
    r"[6-9](?:\d{2}(?:[ \-./]{0,2}\d){7}|\d[ \-.]\d{4}[ \-.]\d{4})"
    r"|[A-Z]{4}0[A-Z\d]{6}|[A-Z]{5}[ \-]?\d{4}"
)
_UID = re.compile(r"(?<!\d)(?=([2-9]\d{3}(?:[ \-.]{0,2}\d{4}){2})([ \-]{0,2}\d{4})?)")  # an Aadhaar, or a VID
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

    `originals[i]` are the identifiers that were replaced in text i. One of at least 3 characters must not stand in the
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
    note = Note(text)
    if _stands(originals, fold_case(note.s)):
        return "original_identifier_remains"
    return _proven(note, keeping) if _may_prove(note.s) else None


def _stands(originals: Sequence[str], folded: str) -> bool:
    """Whether one of the originals stands in a text. First, where they are few, whether its letters do anywhere: hardly
    one's do.
    """
    bare = _BLANK.sub("", folded)
    near = list(map(_sought, originals))
    if len(near) <= _FEW:  # else a text that is long, too, would be gone through too often
        near = [each for each in near if each.value in folded or (each.number and each.number in bare)]
    sought = {each for each in near if worth_seeking(each.value)}
    numbers = {each.number for each in sought}
    if not numbers.isdisjoint(re.findall(r"\d+", bare) if numbers else ()):
        return True
    return any(occurrences({each.value for each in sought}, folded))


class _Sought(NamedTuple):
    value: str  # folded
    number: str  # its digits where it is a number of six or more


@lru_cache(maxsize=1 << 14)
def _sought(original: str) -> _Sought:
    value = fold_case(shadow(original).text).strip()
    bare = _BLANK.sub("", value)
    return _Sought(value, bare if len(bare) > 5 and bare.isdecimal() else "")


def proven(text: str, keeping: Collection[Label] = ()) -> str | None:
    """The reason for which something in `text` must be a real identifier, by its own check digit or form, or None."""
    return _proven(Note(text), keeping) if _may_prove(shadow(text).text) else None


def _may_prove(s: str) -> bool:
    """Whether something in a shadow may be proven at all: a look that costs little."""
    return _may_hold_a_code(s) or _may_hold_an_address(s)


def _may_hold_an_address(s: str) -> bool:
    """Whether there is an "@", or may be a word for it."""
    return "@" in s or not s.isascii() or "at" in s.casefold()


def _may_hold_a_code(s: str) -> bool:
    """Whether there may be a number that its form or its check digit proves."""
    if _FORM.search(s):
        return True
    for match in _UID.finditer(s):
        twelve = re.sub(r"\D", "", match[1])
        if aadhaar(twelve) or (match[2] and aadhaar(twelve + match[2][-4:])):
            return True
    return False


def _proven(note: Note, keeping: Collection[Label]) -> str | None:
    contacts.find(note)
    if _may_hold_a_code(note.s):
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
