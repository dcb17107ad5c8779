"""Places below a state and whole address lines: label, parts of an address, what follows an institution, gazetteer.

PIN codes are found here, too: six digits mean one only behind a place.
"""

import re

import regex

from deid.gazetteers import places, words
from deid.lexicon import Cue
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.recognizers.address_parts import segments
from deid.recognizers.pin_codes import before_pins, pins
from deid.recognizers.place_claims import claim_place
from deid.recognizers.place_lists import by_gazetteer, near, neighbours
from deid.tokens import script
from schemas.labels import Label

_SURE = frozenset(
    [
        "permanent address",
        "local address",
        "present address",
        "residence",
        "r/o",
        "resident of",
        "h.no",
        "d.no",
        "sakin",
        "pata",
        "mailing address",
        "office address",
        "पता",
        "पत्ता",
        "निवासी",
        "रहिवासी",
        "निवास",
        "સરનામું",
        "રહેવાસી",
        "ਪਤਾ",
        "ਵਾਸੀ",
        "ਨਿਵਾਸੀ",
        "ঠিকানা",
        "সাং",
        "নিবাসী",
        "ଠିକଣା",
        "முகவரி",
        "చిరునామా",
        "విలాసం",
        "ವಿಳಾಸ",
        "വിലാസം",
        "پتہ",
        "ساکن",
        "ఇంటి చిరునామా",
        "ఇంటి చిరునామా నమోదు",
        "address",
        "add",
        "res",
        "resi",
        "residing at",
        "residing in",
        "stays at",
        "staying at",
        "lives at",
        "गाँव",
        "गांव",
        "ग्राम",
        "गाव",
        "ગામ",
        "ਪਿੰਡ",
        "গ্রাম",
        "ଗାଁ",
        "ఊరు",
        "ஊர்",
        "ಊರು",
        "veedu no",
        "vill",
        "village",
        "permanent address",
        "venue",
        "ठिकाना",
        "स्थान",
        "స్థలం",
        "घर",
        "ઘર",
        "ghar",
        "bari",
        "native of",
        "native place",
    ]
) | frozenset(("address", "add", "addr"))
_STOPS = regex.compile(
    (
        r"[;|।\n]|   |(?<=[\p{L}\p{M}]{4}|\d|\))(?<!Distt|Dist|Road|Teh)\.\s|[ ](?:ph|mob|tel|phone"
        r"|mobile|cell|pin|daughter|son|wife|aadhaar|aadhar)\b|\.$|, (?:dispensary|phone)|[(\"][^)\"]{0,40}$"
        r"|\"\s*[,:}\]]|[#&]\p{L}[\p{L}\p{M}_]*="
    ),
    regex.IGNORECASE,
)


def find(note: Note) -> None:
    """Claim places, addresses and PIN codes."""
    parts = {i for cue in note.places if cue.kind == "part" for i in range(cue.first, cue.last)}
    _carets(note)
    _after_institutions(note, parts)
    for cue in note.places:
        if cue.kind == "address":
            _labelled(note, cue, parts)
    for cue in note.places:
        if cue.kind == "known":
            note.claim(note.tokens[cue.first].start, note.tokens[cue.last - 1].end, Label.LOCATION, 0.6, "known place")
    segments(note)
    by_gazetteer(note)
    near(note)
    before_pins(note)
    neighbours(note)
    pins(note)


def _stop(note: Note, start: int, limit: int) -> int:
    """Where an address that begins at `start` ends: at a stop, a label, or something decided."""
    match = _STOPS.search(note.s, start, limit)
    end = match.start() if match else limit
    for at in range(start, end):
        if note.taken[at]:
            end = at
            break
    for cue in note.labels_after(start):
        token = note.tokens[cue.first]
        if token.start >= end:
            break
        if cue.kind not in ("veto", "OTHER_ID") and len(token.text) > 1 and cue.kind != "MEDICAL_RECORD_NUMBER":
            return token.start
    return end


_CARETS = re.compile(r"(?<![A-Za-z^])[A-Z][A-Z .]{2,40}(?:\^[A-Z][A-Z .]{2,40}){1,4}")


def _carets(note: Note) -> None:
    """Addresses of HL7: parts with a caret between, one of them a known place."""
    for match in _CARETS.finditer(note.s) if "^" in note.s else ():
        if any(part.strip().casefold() in places() for part in match.group().split("^")):
            claim_place(note, match.start(), match.end(), 0.7, "caret")


def _after_institutions(note: Note, parts: set[int]) -> None:
    """What follows an institution in its line, after a comma or in brackets, is where it stands."""
    s = note.s
    for hit in [h for h in note.hits if h.label is Label.ORGANIZATION]:
        match = re.compile(r"[ ]{0,2}(?:,|\(|-|\|| [-|·])[ ]{0,3}").match(s, hit.end)
        if not match:
            continue
        far = min(len(s), match.end() + 110)
        line = s.find("\n", match.end(), far)
        end = _stop(note, match.end(), far if line < 0 else line)
        bracket = s.find(")", match.end(), end)
        if bracket > 0 and "(" in match.group():
            end = bracket
        piece = s[match.end() : end]
        if "-" in match.group() and not any(
            t.key in places() for t in note.tokens[slice(*note.token_range(match.end(), end))]
        ):
            continue
        if _placey(note, match.end(), end, parts) and len(piece.split()) <= 16:
            claim_place(note, match.end(), end, 0.65, "after an institution")


def _placey(note: Note, start: int, end: int, parts: set[int]) -> bool:
    """Whether a stretch looks like a place: a part of an address, a known place, or only words that are written as
    names.
    """
    inside = [i for i in range(*note.token_range(start, end))]
    found = [note.tokens[i] for i in inside if note.tokens[i].kind == "word"]
    if not found or any(cue.kind != "veto" and note.tokens[cue.first].start < end for cue in note.labels_after(start)):
        return False
    if any(i in parts for i in inside) or any(t.key in places() for t in found):
        return True
    plain = [
        t
        for t in found
        if (script(t.text) == "Latn" and (not t.upper or t.key in words())) or t.key in lexicon_words("not_names.tsv")
    ]
    people = any(cue.kind in ("title", "field", "relation") and cue.first in inside for cue in note.people)
    return len(found) <= 4 and not plain and not people


def _labelled(note: Note, cue: Cue, parts: set[int]) -> None:
    """The line behind "Address:", "निवासी", "R/o"; behind a weaker word only what looks like a place."""
    s, found = note.s, note.tokens
    after = found[cue.last - 1].end
    match = re.compile(r"(?:\d(?=[\":=]))?[ .]{0,3}[:=\-–(\"]{0,3}[ \"]{0,4}(?:\[)?").match(s, after)
    start = match.end() if match else after
    if start >= len(s) or s[start] == "\n":
        return
    marked = any(c in s[after:start] for c in ":=-")
    far = min(len(s), start + 140)
    line = s.find("\n", start, far)
    end = _stop(note, start, far if line < 0 else line)
    if cue.phrase in _SURE:
        native = script(s[start]) not in ("Latn", "Zyyy")
        close = [note.tokens[i] for i in range(*note.token_range(start, min(end, start + 40)))]
        if marked or (
            _placey(note, start, min(end, start + 60), parts)
            and (not native or any(t.key in places() or t.text == "," for t in close))
        ):
            claim_place(note, start, _sentence(note, start, end, marked), 0.75, f"label {cue.phrase}")
    elif marked and _placey(note, start, end, parts):
        claim_place(note, start, end, 0.6, f"label {cue.phrase}")


def _sentence(note: Note, start: int, end: int, marked: bool) -> int:
    """In running text an address ends with the last comma chain of names: cut where plain words begin."""
    if marked:
        return end
    last, plain = start, 0
    for i in range(*note.token_range(start, end)):
        token = note.tokens[i]
        if token.kind == "word" and (
            token.key in lexicon_words("not_names.tsv")
            or (script(token.text) == "Latn" and not token.upper and token.key in words() and not _is_part(note, i))
        ):
            plain += 1
            if plain > 1 or token.key in lexicon_words("not_names.tsv"):
                break
        elif token.kind in ("word", "number"):
            plain = 0
            last = token.end
    return max(last, start)


def _is_part(note: Note, index: int) -> bool:
    return index in note.part_tokens
