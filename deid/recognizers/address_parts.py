"""Segments of addresses: a road, a nagar, a taluk with the names and numbers beside it."""

from deid.gazetteers import offices, places, words
from deid.lexicon import Cue, group
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.recognizers.place_claims import claim_place
from deid.tokens import Token, script


def segments(note: Note) -> None:
    """Claim what stands around every part of an address: "14 Vijayanagar 3rd Main Rd", "ayesha nagar", "ग्राम
    बिडोली".
    """
    for cue in note.places:
        first, last = note.tokens[cue.first], note.tokens[cue.last - 1]
        if cue.kind == "part" and note.free(first.start, last.end) and not note.s[last.end : last.end + 1].isalpha():
            if script(first.text) != "Latn":
                _native(note, cue)
            elif first.upper:
                _capitalised(note, cue)
            elif cue.phrase in group("lower_parts"):
                _lower(note, cue)


def _capitalised(note: Note, cue: Cue) -> None:
    left, right = _grow(note, cue.first, -1, True), _grow(note, cue.last - 1, 1, True)
    before, after = _words(note, left, cue.first), _words(note, cue.last, right + 1)
    leading = cue.phrase in group("leading_parts")
    known = any(t.key in places() or t.key in offices() for t in before + after)
    if not (before or (leading and right >= cue.last)):
        return
    if not known and (cue.phrase in group("loose_parts") or all(t.key in words() for t in before + after)):
        return
    claim_place(note, note.tokens[left].start, note.tokens[right].end, 0.6, f"address part {cue.phrase}")


def _lower(note: Note, cue: Cue) -> None:
    """Lower case throughout: up to two words before that no English has, two after a word that leads."""
    first, last = cue.first, cue.last
    while (
        first > 0
        and cue.first - first < 2
        and _strange(note, first - 1)
        and note.tokens[first].start - note.tokens[first - 1].end <= 1
    ):
        first -= 1
    leading = cue.phrase in group("leading_parts")
    while (
        leading
        and last < len(note.tokens)
        and last - cue.last < 2
        and _strange(note, last)
        and note.tokens[last].start - note.tokens[last - 1].end <= 1
    ):
        last += 1
    if first < cue.first or last > cue.last:
        claim_place(note, note.tokens[first].start, note.tokens[last - 1].end, 0.5, f"address part {cue.phrase}")


def _strange(note: Note, index: int) -> bool:
    """A word that no English has and no function word is."""
    token = note.tokens[index]
    plain = token.kind == "word" and token.text.isascii() and len(token.text) > 3 and token.key not in words()
    return plain and token.key not in lexicon_words("not_names.tsv") and note.free(token.start, token.end)


def _native(note: Note, cue: Cue) -> None:
    left = _grow(note, cue.first, -1, False)
    right = _grow(note, cue.last - 1, 1, False) if cue.phrase in group("leading_parts") else cue.last - 1
    near = _words(note, left, cue.first) + _words(note, cue.last, right + 1)
    if left == cue.first and not near:
        return
    if cue.phrase in group("loose_parts") and not any(t.key in places() for t in near):
        return
    claim_place(note, note.tokens[left].start, note.tokens[right].end, 0.6, f"address part {cue.phrase}")


def _words(note: Note, first: int, last: int) -> list[Token]:
    return [token for token in note.tokens[first:last] if token.kind == "word"]


def _grow(note: Note, index: int, step: int, latin: bool) -> int:
    """How far names and numbers reach on one side of an address part, two words in native scripts."""
    at, best, taken = index + step, index, 0
    while 0 <= at < len(note.tokens):
        token = note.tokens[at]
        gap = note.tokens[at].start - note.tokens[at - 1].end if step > 0 else note.tokens[at + 1].start - token.end
        if token.kind == "break" or gap > 1 or not note.free(token.start, token.end):
            break
        if token.kind == "number":
            best, at = at, at + step
            continue
        if token.text in "/-.'" and gap == 0:
            at += step
            continue
        if token.kind != "word":
            break
        if script(token.text) == "Latn":
            if not (token.upper or at in note.part_tokens or token.key in ("rd", "st", "th", "nd")) or token.key in (
                "date",
                "name",
                "age",
                "dr",
            ):
                break
        elif latin or token.key in lexicon_words("not_names.tsv") or taken >= 1:
            break
        taken += 1
        if taken > 4:
            break
        best, at = at, at + step
    return best
