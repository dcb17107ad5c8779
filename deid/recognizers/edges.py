"""What stands at the edge of a finding and is no part of it: the degree behind a person, the council before the number
of a licence, the state behind an address, a department or the heading of a paper ("MICU nursing notes").
"""

from collections.abc import Iterable
from functools import cache

from deid.gazetteers import common_names, names
from deid.lexicon import group, rows
from deid.note import Hit, Note
from deid.recognizers.place_claims import STATES
from deid.recognizers.structured import COUNCILS, registered
from deid.shadow import shadow
from deid.tokens import Token, key, tokens
from schemas.labels import Label

_LETTERS = 6  # of a degree
_MOST = 16  # words at the end of a finding that are looked at
_NAMES = frozenset({Label.PERSON, Label.ORGANIZATION, Label.LOCATION})
_PIECES = frozenset(",،;:|")
_DASHES = frozenset("-–—")
_WIDE = "    "  # of what parts the cells of a table
_SHORTEST = 3  # letters of a name
_KIN, _HARDLY = 0.75, 0.2  # likelihood under which a word for kin is no name; one that is a name, too
_CERTAIN = 0.98  # likelihood from which a word of a department is a name
_SURE = 0.9  # likelihood from which the sequence model's word stands against these


def find(note: Note) -> None:
    """Cut them off; a finding that is nothing else goes."""
    kept: list[Hit] = []
    for hit in note.hits:
        first, last = note.token_range(hit.start, hit.end)
        start, end = _inner(note, hit.label, first, last)
        if hit.label in _NAMES:
            start, end = _named(note, hit.label, start, end)
        if (start, end) == (first, last):
            kept.append(hit)
            continue
        note.taken[hit.start : hit.end] = bytes(hit.end - hit.start)
        if start < end:
            kept.append(_cut(note.tokens, hit, (start, end), (first, last)))
            note.taken[kept[-1].start : kept[-1].end] = b"\x01" * (kept[-1].end - kept[-1].start)
    note.hits = kept


def _called(note: Note, first: int, last: int) -> tuple[int, int]:
    """The range of tokens without a rank or words for kin before a name, and what it is addressed with behind it."""
    first = _behind_rank(note, first, last)
    least = first + 1 == last  # a word alone
    start, end = first, last
    while start < end and _kin(note, start, "before_names"):
        start += 1
    while end - 1 > start and _kin(note, end - 1, "behind_names") and _apart(note, end - 1):
        end -= 1
    if start == end or not all(len(note.tokens[at].text) < _SHORTEST for at in range(start, end)):
        return start, end
    return (first, first) if least and _kin(note, first, "before_names") else (first, last)


def _behind_rank(note: Note, first: int, last: int) -> int:
    """Index behind a rank of two words, where a name follows."""
    said = " ".join(note.tokens[at].key for at in range(first, min(first + 2, last)))
    return first + 2 if first + 2 < last and said in _words("ranks") else first


def _kin(note: Note, index: int, side: str) -> bool:
    """Whether a word is one for kin or of an address, no name itself, and the sequence model doubts it."""
    word = note.tokens[index].key
    likely = note.likelihood[index] if note.likelihood is not None else 1
    named = word in names() or word in common_names()
    return likely < (_HARDLY if named else _KIN) and word in _words(side)


def _apart(note: Note, index: int) -> bool:
    """Whether a word stands by itself, behind another of more than a syllable: no part of one that a scanner broke."""
    before, token = note.tokens[index - 1], note.tokens[index]
    after = note.s[token.end : token.end + 1]
    long = len(before.text) > (_SHORTEST if before.text.isascii() else _SHORTEST + 1)
    return long and before.end < token.start and not (after.isalnum() or after in ("*", "-", "_"))


def _before_case(note: Note, first: int, last: int) -> int:
    """Index of the postpositions that stand behind a place: "[Tolaram] ki"."""
    end = last
    while end - 1 > first and note.tokens[end - 1].key in _words("behind_places") and not _certain(note, end - 1):
        end -= 1
    return end if len(note.tokens[end - 1].text) > _SHORTEST and note.tokens[end - 1].kind == "word" else last


def _named(note: Note, label: Label, first: int, last: int) -> tuple[int, int]:
    """The range of tokens without pieces at its ends that departments and headings are made of; empty where nothing
    else is there.
    """
    before, after = _goes_on(note, first - 1), _goes_on(note, last)  # [Ramgarh] [General]
    if _generic(note, first, last) and not any(_certain(note, at) for at in range(first, last)):
        return first, last if before or after else first
    if label is Label.PERSON:
        return first, last
    marks = [at for at in range(first + 1, last - 1) if _parts(note, at)]
    if marks and not after and _generic(note, marks[-1] + 1, last):
        last = marks[-1]
    if marks and not before and marks[0] < last and _generic(note, first, marks[0]):
        first = marks[0] + 1
    return first, last


def _parts(note: Note, at: int) -> bool:
    """Whether a token parts two pieces: a comma, a colon, a dash between blanks."""
    before, token, after = note.tokens[at - 1 : at + 2]
    return token.text in _PIECES or (token.text in _DASHES and before.end < token.start and token.end < after.start)


def _goes_on(note: Note, index: int) -> bool:
    """Whether the token beside a finding is a word of another one."""
    beside = note.tokens[index] if 0 <= index < len(note.tokens) else None
    return beside is not None and beside.kind == "word" and note.taken[beside.start] == 1


def _generic(note: Note, first: int, last: int) -> bool:
    """Whether all words of a range are of departments and headings, or it is a kind of institution alone."""
    said = [note.tokens[at].key for at in range(first, last) if note.tokens[at].kind != "mark"]
    if not said:
        return False
    return all(word in _departments() for word in said) or (len(said) == 1 and said[0] in _alone())


def _certain(note: Note, index: int) -> bool:
    return note.likelihood is not None and note.likelihood[index] >= _CERTAIN


def _cut(found: list[Token], hit: Hit, inner: tuple[int, int], outer: tuple[int, int]) -> Hit:
    start = hit.start if inner[0] == outer[0] else found[inner[0]].start
    return hit._replace(start=start, end=hit.end if inner[1] == outer[1] else found[inner[1] - 1].end)


def _inner(note: Note, label: Label, first: int, last: int) -> tuple[int, int]:
    """The range of tokens without what is at its edges."""
    match label:
        case Label.PERSON:
            return _called(note, first, _before_degrees(note, first, last))
        case Label.ORGANIZATION if first + 1 < last and _before_degrees(note, first, last) == first:
            council = any(token.key in _councils() for token in note.tokens[first:last])
            return first, last if council else first  # KMC is a hospital, too
        case Label.LOCATION:
            return first, _before_case(note, first, _before_state(note, first, last))
        case Label.DATE if first < last and _WIDE in note.s[note.tokens[first].start : note.tokens[last - 1].end]:
            return first, first  # cells of a table
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


@cache
def _departments() -> frozenset[str]:
    return _of_kinds("department", "heading")


@cache
def _alone() -> frozenset[str]:
    return _of_kinds("alone")


def _of_kinds(*kinds: str) -> frozenset[str]:
    return _keys(word for kind, word in rows("generic_words.tsv") if kind in kinds)


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(" ".join(token.key for token in tokens(shadow(phrase).text)) for phrase in group(name))
