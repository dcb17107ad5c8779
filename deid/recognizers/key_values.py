"""Values whose key says what they are, in the objects that programs write: {"ln": "…", "org": "…", "session": "…"}."""

import re

from deid.lexicon import values
from deid.note import Note
from schemas.labels import Label

KEY = "key of an object"
"""What its findings say of where they come from."""
_PAIR = re.compile(r"\"([A-Za-z_\-]{2,24})\"[ ]?:[ ]?\"([^\"\n{}\[\]]{1,80})\"")
_NAME = re.compile(
    r"(?:(?:dr|mr|mrs|ms|smt|shri|sri)[_. ]{1,2})?((?:[^\W\d_]|[\u0900-\u0d7f])[^\d:/@]{0,60})", re.IGNORECASE
)
_TITLED = re.compile(r"(?:dr|mr|mrs|smt|shri)[_. ]", re.IGNORECASE)
_CODE = re.compile(r"(?=(?:[^\d\n]*\d){3})[\w\-]{6,64}")


def find(note: Note) -> None:
    """Claim them. Linear in the length of the text."""
    for match in _PAIR.finditer(note.s) if '":' in note.s or '" :' in note.s else ():
        kind = values("keys.tsv").get(match[1].casefold(), "PERSON" if _TITLED.match(match[2]) else None)
        if kind is None:
            continue
        label = Label(kind)
        value = _CODE.fullmatch(match[2]) if label is Label.OTHER_ID else _NAME.fullmatch(match[2])
        if value:
            start = match.start(2) + (value.start(1) if value.re is _NAME else 0)
            note.claim(start, match.end(2), label, 0.8, KEY)
