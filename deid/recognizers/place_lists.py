"""Places by the lists: towns where they are written as names, smaller ones beside a cue, what stands beside them."""

import re
from functools import lru_cache

import regex

from deid.gazetteers import offices, place_starts, places, sound, words
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.recognizers.place_claims import STATES
from deid.tokens import script
from schemas.labels import Label

_FROM = regex.compile(
    r"[ ](?:ninnu|ninnanu|irundhu|la irundhu|la irunthu|inda|theke|thekke|nundi|ru|side ke|ke paas"
    r"|wale|se bol|se hai|side)(?![\p{L}\p{M}])"
)
_CLOSE = regex.compile(
    r"[ ]?(?:se|ke|me|mein|la|il|re|ru|er|ge|inda|side|pakkam|ninnu|ninnanu|hatra|thekke|theke|wale)(?![\p{L}\p{M}])"
)
_BEFORE = regex.compile(
    (
        r"(?:\b(?:near|at|from|in|to|of|opp|place|village|vill|city|town|dist|distt|district|tal|teh"
        r"|po|ps|p\.o|venue)[ .:]{1,2}|[,(] ?)$"
    ),
    regex.IGNORECASE,
)
_BEFORE_NAME = ("near", "village", "vill", "town of", "district", "dist", "mandal", "taluk", "tehsil")
_BEHIND_NAME = ("பக்கம்", "பக்கத்துல", "దగ్గర", "పక్కన")
_NEAR = regex.compile(
    rf"(?<!\p{{L}})(?:{'|'.join(_BEFORE_NAME)})[ .]{{1,2}}([A-Z][a-z]{{3,}})(?!\p{{L}})"
    rf"|(?<![\p{{L}}\p{{M}}])([\p{{L}}\p{{M}}]{{4,30}}) (?:{'|'.join(_BEHIND_NAME)})(?![\p{{L}}\p{{M}}])"
)


def by_gazetteer(note: Note) -> None:
    """Known places: towns where they are written as names, smaller ones only beside a cue."""
    found = note.tokens
    at = 0
    while at < len(found):
        token = found[at]
        if token.kind != "word" or not _asked(token.text, token.key) or not note.free(token.start, token.end):
            at += 1
            continue
        size = 0
        if token.key in place_starts():
            for length in (3, 2):
                if at + length <= len(found) and " ".join(t.key for t in found[at : at + length]) in places():
                    size = length
                    break
        key = " ".join(t.key for t in found[at : at + size]) if size else token.key
        rank = places().get(key, 0)
        end = at + max(size, 1)
        if rank and _credible(note, at, end, rank):
            note.claim(token.start, found[end - 1].end, Label.LOCATION, 0.55, "gazetteer")
        elif (
            not rank
            and token.upper
            and token.key not in words()
            and not token.text.isupper()
            and _FROM.match(note.s, token.end)
        ):
            note.claim(token.start, token.end, Label.LOCATION, 0.5, "from there")
        elif (
            not rank
            and token.key in offices()
            and token.upper
            and token.key not in words()
            and _BEFORE.search(note.s, max(0, token.start - 12), token.start)
            and note.s[max(0, token.start - 2) : token.start].strip() != ","
            and len(token.text) > 4
        ):
            note.claim(token.start, token.end, Label.LOCATION, 0.45, "post office and cue")
        at = end
    _stems(note)


@lru_cache(maxsize=1 << 16)
def _asked(text: str, key: str) -> bool:
    """Whether a word may begin a place by its look alone: it is listed, or a capitalised word of no English."""
    if len(text) < 3:
        return False
    return key in places() or key in place_starts() or (text[0].isupper() and key not in words())


def _credible(note: Note, first: int, last: int, rank: int) -> bool:
    token = note.tokens[first]
    if token.key in STATES or token.key in lexicon_words("not_names.tsv"):
        return False
    if script(token.text) != "Latn":
        return len(token.text) >= 3 and (rank >= 2 or last - first > 1 or len(token.text) > 5)
    after = note.s[note.tokens[last - 1].end : note.tokens[last - 1].end + 20]
    cue = bool(_CLOSE.match(after)) or bool(_BEFORE.search(note.s, max(0, token.start - 12), token.start))
    if not token.upper:
        return rank >= 2 and len(token.text) >= 5 and bool(_CLOSE.match(after)) and token.key not in words()
    if token.key in words():
        return False
    if token.text.isupper() and len(token.text) < 5:
        return False
    return rank >= 2 or (cue and len(token.text) > 4)


def near(note: Note) -> None:
    """A word behind "near" or "village", or before its like in Tamil and Telugu, when it is written as a name."""
    for match in _NEAR.finditer(note.s) if any(word in note.s for word in _BEFORE_NAME + _BEHIND_NAME) else ():
        word = match[1] or match[2]
        if word.casefold() not in words() and word not in lexicon_words("not_names.tsv"):
            note.claim(*match.span(1 if match[1] else 2), Label.LOCATION, 0.5, "near")


def _stems(note: Note) -> None:
    """Native towns with a case ending: "ಶಿವಮೊಗ್ಗಕ್ಕೆ"."""
    for token in note.tokens:
        if (
            token.kind == "word"
            and len(token.text) > 6
            and script(token.text) not in ("Latn", "Zyyy")
            and note.free(token.start, token.end)
        ):
            for cut in range(len(token.key) - 1, max(4, len(token.key) - 6), -1):
                if places().get(token.key[:cut], 0) >= 2 and cut > 4:
                    note.claim(token.start, token.end, Label.LOCATION, 0.5, "gazetteer, case ending")
                    break


def neighbours(note: Note) -> None:
    """A capitalised segment before or after a place, with only a comma between, is a place too."""
    s = note.s
    for hit in [h for h in note.hits if h.label is Label.LOCATION]:
        for pattern, forward in (
            (re.compile(r",[ ]?([A-Z][A-Za-z'.]+(?: [A-Z][A-Za-z'.]+)?)(?=[ ]?(?:[,\n)(\-–]|   |\Z))"), True),
        ):
            match = pattern.match(s, hit.end)
            while (
                match
                and forward
                and note.free(*match.span(1))
                and match[1].casefold() not in STATES
                and match[1].casefold() not in words()
            ):
                note.claim(*match.span(1), Label.LOCATION, 0.5, "beside a place")
                match = pattern.match(s, match.end())
        before = re.compile(r"([A-Z][A-Za-z'.]+(?: [A-Z][A-Za-z'.]+)?),[ ]?$").search(
            s, max(0, hit.start - 50), hit.start
        )
        if before and note.free(*before.span(1)) and before[1].casefold() not in words() and sound(before[1]) != "":
            token_words = before[1].split()
            if all(w.casefold() not in words() and len(w) > 3 for w in token_words):
                note.claim(*before.span(1), Label.LOCATION, 0.45, "beside a place")
