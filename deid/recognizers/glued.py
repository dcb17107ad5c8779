"""Codes of a form of their own in small letters or written on to the words around: "bmkpr4471d", "gaadika05mh4471me".

Their form in capitals is settled in `structured`; a small one is taken where what is written on to it is a label of its
kind or a postposition, and where its letters are no word.
"""

import re
from functools import cache

from deid.checksums import luhn
from deid.gazetteers import words as english
from deid.lexicon import group, rows
from deid.note import Note
from deid.recognizers.structured import STATES, vetoed
from deid.shadow import shadow
from schemas.labels import Label

_MEET = re.compile(r"[A-Za-z]\d{2}")  # every such code has letters before two digits
_LONGEST = 40  # characters of a chunk
_HEAD, _TAIL = r"(?P<head>[a-z]{0,16}?)", r"(?P<tail>[a-z]{0,8})"
_FORMS = (
    (Label.IN_GSTIN, r"\d\d[a-z]{5}\d{4}[a-z][a-z\d]z[a-z\d]"),
    (Label.IN_PAN, r"(?P<letters>[a-z]{3}[abcfghjlptek][a-z])\d{4}[a-z]"),
    (Label.IN_IFSC, r"(?P<letters>[a-z]{4})0(?=[a-z]{0,2}\d)[a-z\d]{2}\d{4}"),
    (Label.IN_DRIVING_LICENSE, rf"(?:{STATES.casefold()})\d{{2}}(?:19|20)\d{{9}}"),
    (Label.IN_VEHICLE_REGISTRATION, rf"(?:{STATES.casefold()})\d{{2}}[a-z]{{1,3}}\d{{4}}"),
    (Label.IN_VOTER, r"(?P<letters>[a-z]{3})(?P<digits>\d{7})"),
)
_COMPILED = tuple((label, re.compile(f"{_HEAD}(?P<code>{form}){_TAIL}")) for label, form in _FORMS)


def find(note: Note) -> None:
    """Claim them. Linear in the length of the text: a chunk is looked at once, and a long one not at all."""
    s, reached = note.s, 0
    for match in _MEET.finditer(s):
        if match.start() < reached:
            continue
        start, end = match.start(), match.end()
        while start > 0 and match.start() - start < _LONGEST and _part(s[start - 1]):
            start -= 1
        while end < len(s) and end - match.end() < _LONGEST and _part(s[end]):
            end += 1
        reached = end
        if end - start <= _LONGEST:
            _chunk(note, start, s[start:end])


def _part(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _chunk(note: Note, start: int, text: str) -> None:
    small = text.casefold()
    for label, form in _COMPILED:
        match = form.fullmatch(small)
        if match and _stands(label, match, text) and not vetoed(note, start + match.start("code"), start + len(text)):
            note.claim(start + match.start("code"), start + match.end("code"), label, 0.8, "written on or small")
            return


def _stands(label: Label, match: re.Match[str], text: str) -> bool:
    head, tail, parts = match["head"], match["tail"], match.groupdict()
    if head:
        return head in _labels(label)
    if tail and tail not in group("name_latin_postposition") | group("latin_endings"):
        return False
    if text.isupper() and not tail:
        return False  # decided by its form in capitals
    letters = parts.get("letters") or ""
    if letters in english() or letters.upper() in group("public_codes"):
        return False
    return label is not Label.IN_VOTER or luhn(match["digits"])


@cache
def _labels(label: Label) -> frozenset[str]:
    """Labels of a kind in one word of Latin letters, with and without "no" or "number"."""
    kinds = {shadow(phrase).text.casefold() for kind, phrase in rows("labels.tsv") if kind == label.value}
    plain = {phrase.replace(" ", "") for phrase in kinds if phrase.isascii() and len(phrase) > 2}
    return frozenset(plain | {f"{word}{end}" for word in plain for end in ("no", "number", "id", "card")})
