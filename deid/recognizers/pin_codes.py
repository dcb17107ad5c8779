"""PIN codes: six digits behind a place, and the address that leads to them."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

import regex

from deid.lexicon import group, one_of
from deid.lexicon import words as lexicon_words
from deid.note import Hit, Note
from deid.recognizers.place_claims import STATES, claim_place
from deid.recognizers.structured import vetoed
from deid.shadow import shadow
from deid.tokens import script
from schemas.labels import Label

_PIN = re.compile(
    r"[\s,.:;\-–^()\]\[]{0,6}(?:\([^)\n]{1,18}\)[\s,.\-]{0,3})?(?:[A-Z][A-Za-z .]{1,18}[\s,.\-]{1,3})?"
    r"(?<!\d)([1-8]\d{2} ?\d{3})(?!\d|[.,/\-]\d)"
)
_SIX = re.compile(r"[1-8](?<!\d.)\d{2} ?\d{3}(?!\d|[.,/]\d)")
_SIX_ALONE = re.compile(r"([1-8](?<![A-Za-z\d/.,\-].)\d{2} ?\d{3})(?![\d/.,%]\d|\d|[ ]?(?:/|mg|iu|cells))")
_SHORTEST_STATE = 3  # letters; a shorter one is as often another word
_FAR, _CLOSE = 110, 24  # characters between a PIN code and where its address begins; and a place that it follows
_MARKED = re.compile(r"[\-–,.:(][ ]?([1-8]\d{2} ?\d{3})(?!\d|[.,/\-]\d)")
_STATE_BEFORE = re.compile(r"(?<![^\W\d])([^\W\d]{3,20}(?: [^\W\d]{3,12})?)[ ]?$")
"""A state with a mark behind it, whatever is written on to the number: "TELANGANA-501682INDIA"."""
_ADDRESS_WITHIN = 56  # characters between the word for an address and a PIN code


class _Locations:
    """The locations of a note by where they begin and end, as more are claimed."""

    def __init__(self, note: Note) -> None:
        self._hits = note.hits
        self._seen = 0
        self._starts: dict[int, Hit] = {}
        self._ends: dict[int, Hit] = {}
        self._inside = bytearray(len(note.s))

    def _look(self) -> None:
        for hit in self._hits[self._seen :]:
            if hit.label is Label.LOCATION:
                self._starts[hit.start] = self._ends[hit.end] = hit
                self._inside[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
        self._seen = len(self._hits)

    def at(self, place: int) -> bool:
        """Whether one covers a place."""
        self._look()
        return bool(self._inside[place])

    def beginning(self, start: int, end: int) -> list[Hit]:
        """Those that begin in `[start, end)`, in order."""
        self._look()
        return [self._starts[place] for place in range(start, end) if place in self._starts]

    def ending(self, place: int) -> Iterator[Hit]:
        """Those that end at a place or a few characters before it, the nearest first."""
        self._look()
        return (self._ends[end] for end in range(place, place - _CLOSE, -1) if end in self._ends)


def before_pins(note: Note) -> None:
    """From a PIN code back: the stretch before it is an address when it is written as one."""
    places = _Locations(note)
    addresses = [cue for cue in note.places if cue.kind == "address"]
    starts = [note.tokens[cue.first].start for cue in addresses]
    for match in _SIX.finditer(note.s):
        far = max(0, match.start() - _FAR)
        floor = 1 + max(
            note.s.rfind("\n", far, match.start()), note.s.rfind("   ", far, match.start()), match.start() - _FAR
        )
        for cue in addresses[bisect_left(starts, floor) : bisect_left(starts, match.start())]:
            if floor <= note.tokens[cue.first].start and note.s[
                note.tokens[cue.last - 1].end : note.tokens[cue.last - 1].end + 3
            ].strip()[:1] in (":", "=", "-"):
                floor = note.tokens[cue.last - 1].end + 2
        start = match.start()
        while start > floor and (not note.taken[start - 1] or places.at(start - 1)):
            start -= 1
        found = [
            note.tokens[i] for i in range(*note.token_range(start, match.start())) if note.tokens[i].kind == "word"
        ]
        if not found or len(found) > 16 or next(places.ending(match.start()), None) is None:
            continue
        plain = [
            t
            for t in found
            if (
                script(t.text) == "Latn"
                and not t.upper
                and t.key not in ("of", "rd", "st", "nd", "th", "ka", "ki", "flr")
            )
            or t.key in lexicon_words("not_names.tsv")
        ]
        if not plain and "," in note.s[start : match.start()]:
            at = start
            for hit in places.beginning(start, match.start()):
                claim_place(note, at, hit.start, 0.5, "before a pin code") if hit.start - at > 3 else None
                at = hit.end


def pins(note: Note) -> None:
    """Six digits behind a place."""
    for hit in [h for h in note.hits if h.label is Label.LOCATION]:
        match = _PIN.match(note.s, hit.end)
        if match and note.free(*match.span(1)):
            note.claim(*match.span(1), Label.PIN_CODE, 0.8, "behind a place")
    places = _Locations(note)
    for match in _SIX_ALONE.finditer(note.s):
        before = next((h for h in places.ending(match.start()) if "\n" not in note.s[h.start : match.start()]), None)
        if before and note.free(*match.span(1)):
            gap = note.s[before.end : match.start()]
            if not re.search(r"\d|count|plt|tlc", gap, re.IGNORECASE):
                note.claim(*match.span(1), Label.PIN_CODE, 0.6, "behind a place")
        elif _beside_a_state(note.s, *match.span(1)):
            note.claim(*match.span(1), Label.PIN_CODE, 0.6, "beside a state")
        elif _of_an_address(note, match.start(1)):
            note.claim(*match.span(1), Label.PIN_CODE, 0.6, "of an address")
    for match in _MARKED.finditer(note.s):
        state = _STATE_BEFORE.search(note.s, max(0, match.start() - 36), match.start())
        if state and (state[1].casefold() in STATES or state[1].split()[-1].casefold() in STATES):
            note.claim(*match.span(1), Label.PIN_CODE, 0.6, "beside a state")


def _of_an_address(note: Note, start: int) -> bool:
    """The word for an address stands before, on the same line, and no other number between."""
    least = max(0, start - _ADDRESS_WITHIN)
    line = note.s[max(note.s.rfind("\n", least, start) + 1, least) : start]
    told = list(_address().finditer(line))
    between = line[told[-1].end() :] if told else ""
    return bool(told) and not any(c.isdigit() or c in ";@" for c in between) and not vetoed(note, start, start + 6)


@cache
def _address() -> "regex.Pattern[str]":
    phrase = one_of({shadow(word).text.casefold() for word in group("addresses")})
    return regex.compile(rf"(?<![\p{{L}}\p{{M}}]){phrase}(?![\p{{L}}\p{{M}}])", regex.IGNORECASE)


def _beside_a_state(s: str, start: int, end: int) -> bool:
    """The name of a state, in full, stands right before or behind."""
    after = re.match(r"[ ,(\-]{1,3}([^\W\d]+(?: [^\W\d]+)?)", s[end : end + 30])
    before = re.search(r"([^\W\d]+(?: [^\W\d]+)?)\)?[ ,:\-]{1,3}$", s[max(0, start - 30) : start])
    said = [
        side for found in (after, before) if found for side in (found[1], found[1].split()[0], found[1].split()[-1])
    ]
    return any(len(name) > _SHORTEST_STATE and name.casefold() in STATES for name in said)
