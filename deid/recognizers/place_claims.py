"""How a stretch is claimed as a place: PIN code and states left out, ends trimmed."""

import re

from deid.lexicon import group
from deid.note import Note
from schemas.labels import Label

_TAIL_PIN = re.compile(r"[\s,.:;\-–^()\]\[]{1,6}(?:\([^)\n]{1,18}\)[\s,.\-]{0,3})?([1-8]\d{2} ?\d{3})(?![\d/]|[.,]\d)")
STATES = group("place_claims_states")


def claim_place(note: Note, start: int, end: int, score: float, why: str) -> bool:
    """Claim a stretch, leaving out what is already decided at its ends and states that stand alone."""
    while start < end and note.taken[start]:
        start += 1
    while end > start and note.taken[end - 1]:
        end -= 1
    for at in range(start, end):
        if note.taken[at]:
            end = at
            break
    pin = _TAIL_PIN.search(note.s, start, end)
    if pin and pin.start(1) > start + 2:
        note.claim(*pin.span(1), Label.PIN_CODE, 0.8, "end of an address")
        end = pin.start()
    text = note.s[start:end].strip(" ,.-:()\n").casefold()
    if len(text) < 3 or text in STATES or (not any(c.isalpha() for c in text) and len(text) < 4):
        return False
    return note.claim(start, end, Label.LOCATION, score, why)
