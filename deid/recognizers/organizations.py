"""Named hospitals, clinics, laboratories, schools and employers: a head word and the name before or after it."""

import regex

from deid.gazetteers import words
from deid.lexicon import Cue
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.tokens import Token, script
from schemas.labels import Label

_MOST = 6
_JOIN = frozenset(("&", "of", "and", "-", "'", "एवं", "व", "और", "for"))
_HOLY = frozenset(
    [
        "श्री",
        "শ্রী",
        "శ్రీ",
        "ಶ್ರೀ",
        "ശ്രീ",
        "ଶ୍ରୀ",
        "શ્રી",
        "ਸ੍ਰੀ",
        "ਸ਼੍ਰੀ",
        "sri",
        "shree",
        "shri",
        "st",
        "sub",
        "sr",
        "guru",
        "ஸ்ரீ",
    ]
)
_CAPITAL_ONLY = 5  # acronyms up to this length count only in capitals


def find(note: Note) -> None:
    """Claim every named institution."""
    found = note.tokens
    starts = {cue.first for cue in note.labels if cue.kind != "veto" and len(found[cue.first].text) > 1}
    starts |= {cue.first for cue in note.people if cue.kind in ("title", "field") and found[cue.first].key not in _HOLY}
    # With a case ending it stands in a sentence, where no capital tells the name before it: the sequence model does.
    heads = [cue for cue in note.places if cue.kind == "org" and not cue.inflected]
    inside = {i for cue in heads for i in range(cue.first, cue.last)}
    for cue in heads:
        _institution(note, cue, starts, inside)
    for cue in note.places:
        token = found[cue.first]
        if cue.kind == "org_name" and (token.text.isupper() if len(token.text) <= _CAPITAL_ONLY else True):
            note.claim(token.start, found[cue.last - 1].end, Label.ORGANIZATION, 0.6, "known institution")


def _part(note: Note, token: Token, head_latin: bool) -> bool:
    """Whether a word can belong to an institution's name."""
    if token.kind != "word" or not note.free(token.start, token.end):
        return False
    if token.key in lexicon_words("not_names.tsv") and not token.upper:
        return False
    if script(token.text) == "Latn":
        return token.upper and token.key not in ("the", "to", "at", "from", "in", "by", "and", "dr")
    return not head_latin and token.key not in lexicon_words("not_names.tsv")


def _institution(note: Note, cue: Cue, starts: set[int], heads: set[int]) -> None:
    found = note.tokens
    latin = script(found[cue.first].text) == "Latn"
    first, at, taken = cue.first, cue.first - 1, 0
    while at >= 0 and taken < _MOST:
        token = found[at]
        gap = found[at + 1].start - token.end
        if token.kind == "break" or gap > 1 or at in starts:
            break
        if token.key in _JOIN or (
            token.text == "."
            and at > 0
            and len(found[at - 1].text) <= 4
            and found[at - 1].kind == "word"
            and (found[at - 1].upper or not latin)
        ):
            at -= 1
            continue
        if token.text == "_" or (token.kind == "number" and gap == 0):
            at -= 1
            continue
        if not _part(note, token, latin):
            if (
                latin
                and token.text.islower()
                and token.key not in words()
                and token.kind == "word"
                and taken < 2
                and len(token.text) > 3
                and token.key not in lexicon_words("not_names.tsv")
            ):
                first, taken, at = at, taken + 1, at - 1
                continue
            break
        first, taken, at = at, taken + 1, at - 1
    last = cue.last
    while (
        last < len(found)
        and found[last].kind == "word"
        and found[last].start - found[last - 1].end == 1
        and last - cue.last < 3
    ):
        token = found[last]
        following = found[last + 1] if last + 1 < len(found) else None
        closed = following is None or following.kind in ("break", "mark")
        if last in heads or (
            latin and token.upper and _part(note, token, latin) and token.key not in words() and last not in starts
        ):
            last += 1
        elif (
            not latin
            and closed
            and _part(note, token, latin)
            and (first in (cue.first, 0) or found[first - 1].kind == "break")
            and last not in starts
            and script(token.text) == script(found[cue.first].text)
        ):
            last += 1
            break
        elif latin and token.key in ("maternity", "research") and taken:
            last += 1
        elif token.key == "of" and latin and last + 1 < len(found) and found[last + 1].upper:
            last += 2
        else:
            break
    named = taken > 0 or last > cue.last
    text = note.s[found[first].start : found[last - 1].end]
    if not named or (latin and text.islower() and not any(w not in words() for w in regex.findall(r"[a-z]{3,}", text))):
        return
    if (
        latin
        and not found[cue.first].upper
        and not any(found[i].upper for i in range(first, cue.first))
        and text.lower() != text
    ):
        return
    if all(found[i].key in words() and not found[i].upper for i in range(first, cue.first)) and first < cue.first:
        return
    note.claim(found[first].start, found[last - 1].end, Label.ORGANIZATION, 0.75, f"institution {cue.phrase}")
