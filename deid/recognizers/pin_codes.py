"""PIN codes: six digits behind a place, and the address that leads to them."""

import re

from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.recognizers.place_claims import claim_place
from deid.tokens import script
from schemas.labels import Label

_PIN = re.compile(
    r"[\s,.:;\-–^()\]\[]{0,6}(?:\([^)\n]{1,18}\)[\s,.\-]{0,3})?(?:[A-Z][A-Za-z .]{1,18}[\s,.\-]{1,3})?"
    r"(?<!\d)([1-8]\d{2} ?\d{3})(?!\d|[.,/\-]\d)"
)


def before_pins(note: Note) -> None:
    """From a PIN code back: the stretch before it is an address when it is written as one."""
    for match in re.finditer(r"(?<!\d)[1-8]\d{2} ?\d{3}(?!\d|[.,/]\d)", note.s):
        floor = (
            max(note.s.rfind("\n", 0, match.start()), note.s.rfind("   ", 0, match.start()), match.start() - 110) + 1
        )
        for cue in note.places:
            if (
                cue.kind == "address"
                and floor <= note.tokens[cue.first].start < match.start()
                and note.s[note.tokens[cue.last - 1].end : note.tokens[cue.last - 1].end + 3].strip()[:1]
                in (":", "=", "-")
            ):
                floor = note.tokens[cue.last - 1].end + 2
        start = match.start()
        while start > floor and (not note.taken[start - 1] or note.hit_label(start - 1) is Label.LOCATION):
            start -= 1
        found = [
            note.tokens[i] for i in range(*note.token_range(start, match.start())) if note.tokens[i].kind == "word"
        ]
        if (
            not found
            or len(found) > 16
            or not any(
                hit.label is Label.LOCATION and match.start() - 24 < hit.end <= match.start() for hit in note.hits
            )
        ):
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
            for hit in sorted(h for h in note.hits if h.label is Label.LOCATION and start <= h.start < match.start()):
                claim_place(note, at, hit.start, 0.5, "before a pin code") if hit.start - at > 3 else None
                at = hit.end


def pins(note: Note) -> None:
    """Six digits behind a place."""
    for hit in [h for h in note.hits if h.label is Label.LOCATION]:
        match = _PIN.match(note.s, hit.end)
        if match and note.free(*match.span(1)):
            note.claim(*match.span(1), Label.PIN_CODE, 0.8, "behind a place")
    for match in re.finditer(
        r"(?<![\d/.,\-])(?<![A-Za-z])([1-8]\d{2} \d{3}|[1-8]\d{5})(?![\d/.,%]\d|\d|[ ]?(?:/|mg|iu|cells))", note.s
    ):
        line = note.s.rfind("\n", 0, match.start()) + 1
        before = [
            h
            for h in note.hits
            if h.label is Label.LOCATION and line <= h.start and h.end <= match.start() and match.start() - h.end < 24
        ]
        if before and note.free(*match.span(1)):
            gap = note.s[max(h.end for h in before) : match.start()]
            if not re.search(r"\d|count|plt|tlc", gap, re.IGNORECASE):
                note.claim(*match.span(1), Label.PIN_CODE, 0.6, "behind a place")
