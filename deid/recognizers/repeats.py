"""Other mentions of what is sure: an identifier that a label or its form has given away, wherever else it stands
in the note.
"""

import re

from deid.lexicon import group
from deid.note import Note
from schemas.labels import Label

_KINDS = frozenset(Label) - {
    Label.PERSON,
    Label.LOCATION,
    Label.ORGANIZATION,
    Label.DATE,
    Label.AGE_OVER_89,
    Label.URL,
    Label.PIN_CODE,
}
_LEAST = 5  # letters and digits of a value that is looked for again
_MOST = 64  # values looked for, so that a text of nothing but numbers takes no square of time
_CODE = re.compile(r"([A-Z](?<![A-Za-z\d.].)[A-Z]{1,4})[\-/]?\d{6,9}(?![A-Za-z\d]|[.,]\d)")
_PUBLIC = group("public_codes")


def find(note: Note) -> None:
    """Claim repeated identifiers, and codes that look like a hospital's and stand beside no lot, kit or code word."""
    for match in _CODE.finditer(note.s):
        before = [
            cue for cue in note.labels_before(match.start()) if match.start() - note.tokens[cue.last - 1].end < 24
        ]
        if match[1] not in _PUBLIC and not any(cue.kind == "veto" for cue in before):
            note.claim(*match.span(), Label.MEDICAL_RECORD_NUMBER, 0.5, "code like a record number")
    known = {}
    for hit in note.hits:
        value = note.s[hit.start : hit.end]
        bare = re.sub(r"[\W_]", "", value)
        if (
            hit.label in _KINDS
            and len(bare) >= _LEAST
            and any(c.isdigit() for c in bare)
            and bare.isascii()
            and hit.score >= 0.7
        ):
            known[value] = hit.label
    for value, label in list(known.items())[:_MOST]:
        at = note.s.find(value)
        while at >= 0:
            end = at + len(value)
            inside = (at and note.s[at - 1].isalnum() and value[0].isalnum()) or (
                end < len(note.s) and note.s[end].isalnum()
            )
            if not inside:
                note.claim(at, end, label, 0.6, "other mention")
            at = note.s.find(value, end)
