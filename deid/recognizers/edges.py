"""What stands at the edge of a finding and is no part of it: the degree behind a person, the council before the number
of a licence, the state behind an address.
"""

from collections.abc import Iterable
from functools import cache

from deid.lexicon import group
from deid.note import Hit, Note
from deid.recognizers.place_claims import STATES
from deid.recognizers.structured import COUNCILS, registered
from deid.shadow import shadow
from deid.tokens import Token, key, tokens
from schemas.labels import Label

_LETTERS = 6  # of a degree
_MOST = 16  # words at the end of a finding that are looked at
_SURE = 0.9  # likelihood from which the sequence model's word stands against these


def find(note: Note) -> None:
    """Cut them off; a finding that is nothing else goes."""
    kept: list[Hit] = []
    for hit in note.hits:
        first, last = note.token_range(hit.start, hit.end)
        start, end = _inner(note, hit.label, first, last)
        if (start, end) == (first, last):
            kept.append(hit)
            continue
        note.taken[hit.start : hit.end] = bytes(hit.end - hit.start)
        if start < end:
            kept.append(_cut(note.tokens, hit, (start, end), (first, last)))
            note.taken[kept[-1].start : kept[-1].end] = b"\x01" * (kept[-1].end - kept[-1].start)
    note.hits = kept


def _cut(found: list[Token], hit: Hit, inner: tuple[int, int], outer: tuple[int, int]) -> Hit:
    start = hit.start if inner[0] == outer[0] else found[inner[0]].start
    return hit._replace(start=start, end=hit.end if inner[1] == outer[1] else found[inner[1] - 1].end)


def _inner(note: Note, label: Label, first: int, last: int) -> tuple[int, int]:
    """The range of tokens without what is at its edges."""
    match label:
        case Label.PERSON:
            return first, _before_degrees(note, first, last)
        case Label.ORGANIZATION if first + 1 < last and _before_degrees(note, first, last) == first:
            council = any(token.key in _councils() for token in note.tokens[first:last])
            return first, last if council else first  # KMC is a hospital, too
        case Label.LOCATION:
            return first, _before_state(note, first, last)
        case Label.MEDICAL_LICENSE if first < last and note.tokens[first].key in _councils():
            if registered(note, note.tokens[first].start):
                return first, last  # "Regn KMC 88213"
            apart = first + 1 == last or note.tokens[first].end < note.tokens[first + 1].start
            return first + apart, last
        case _:
            return first, last


def _before_degrees(note: Note, first: int, last: int) -> int:
    """Index behind the last token that is no degree, nor a mark beside one: M.D. (Paed.) and ಎಂ.ಡಿ. are degrees, too."""
    words = [at for at in range(first, last) if note.tokens[at].kind == "word"]
    for number in range(max(0, len(words) - _MOST), len(words)):
        said = words[number:]
        if _are_degrees([note.tokens[at].key for at in said]) and not any(_sure(note, at) for at in said):
            end = words[number]
            while end > first and note.tokens[end - 1].kind == "mark":
                end -= 1
            return end
    return last


def _before_state(note: Note, first: int, last: int) -> int:
    """Index of the mark behind which a state is all that is left."""
    words = [at for at in range(first, last) if note.tokens[at].kind != "mark"]
    marks = [at for at in range(first + 1, words[-1]) if note.tokens[at].kind == "mark"] if words else []
    if not marks:
        return last
    piece = " ".join(note.tokens[at].key for at in words if at > marks[-1])
    return marks[-1] if piece in _states() else last


def _are_degrees(said: list[str]) -> bool:
    """Whether words are degrees and nothing else, each in one word or letter by letter, with their subjects."""
    at = 0
    while at < len(said):
        ends = (end for end in range(min(len(said), at + _LETTERS), at, -1) if "".join(said[at:end]) in _degrees())
        end = next(ends, at + 1 if at and said[at] in _subjects() else 0)
        if not end:
            return False
        at = end
    return True


def _sure(note: Note, index: int) -> bool:
    return note.likelihood is not None and note.likelihood[index] >= _SURE


@cache
def _degrees() -> frozenset[str]:
    return _keys(group("degrees")) | _councils()


@cache
def _subjects() -> frozenset[str]:
    return _keys(group("degree_subjects"))


@cache
def _councils() -> frozenset[str]:
    return _keys(COUNCILS.split("|"))


@cache
def _states() -> frozenset[str]:
    return frozenset(" ".join(token.key for token in tokens(shadow(state).text)) for state in STATES if len(state) > 2)


def _keys(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(key(shadow(phrase).text) for phrase in phrases)
