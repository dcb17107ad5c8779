from collections.abc import Callable

import pytest

from deid.known import EVIDENCE, Known, find
from deid.note import Note
from schemas.labels import Label

ROW = (
    (Label.PERSON, "Smt. Sulochana Deshpande"),
    (Label.PHONE_NUMBER, "+91 98450 61237"),
    (Label.IN_AADHAAR, "234123412346"),
    (Label.MEDICAL_RECORD_NUMBER, "UHID7734501"),
    (Label.LOCATION, "House No. 21, Shivaji Nagar, Satara"),
    (Label.PIN_CODE, "415001"),
    (Label.DATE, "1956-08-15"),
    (Label.EMAIL_ADDRESS, "sulo.d54@example.com"),
)

Found = Callable[[str], list[tuple[str, str]]]


@pytest.fixture(scope="session")
def found() -> Found:
    """What the row's identifiers are found as in a text: (text, label)."""
    known = Known(ROW)

    def search(text: str) -> list[tuple[str, str]]:
        note = Note(text)
        find(note, known)
        assert all(hit.why.startswith(EVIDENCE) and hit.score == 1.0 for hit in note.hits)
        spans = ((*note.shade.span(hit.start, hit.end), hit.label) for hit in note.hits)
        return [(text[start:end], label.value) for start, end, label in sorted(spans)]

    return search
