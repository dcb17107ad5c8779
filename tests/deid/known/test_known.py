import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.known import Known, find
from deid.note import Hit, Note
from schemas.labels import Label

KNOWN = Known(
    ((Label.PERSON, "Sulochana Deshpande"), (Label.PHONE_NUMBER, "9845061237"), (Label.LOCATION, "12 MG Road, Satara"))
)


@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20), st.sampled_from(Label)), max_size=4))
def test_hits_lie_inside_and_apart(noise: str, others: list[tuple[int, int, Label]]) -> None:
    note = Note(f"{noise} Sulochana 98450 61237 {noise} Satara {noise}")
    for start, length, label in others:
        note.claim(min(start, len(note.s)), min(start + length, len(note.s)), label, 0.5, "other")
    before = list(note.hits)
    find(note, KNOWN)
    hits = sorted(note.hits)
    assert all(0 <= hit.start < hit.end <= len(note.s) for hit in hits)
    assert all(a.end <= b.start for a, b in pairwise(hits))
    for hit in before:
        for i in range(hit.start, hit.end):
            assert not note.s[i].isalnum() or any(h.start <= i < h.end for h in hits), "nothing that was hidden shows"


@pytest.mark.parametrize(
    ("text", "other", "label", "expected"),
    [
        (
            "at Deshpande Hospital",
            "Deshpande Hospital",
            Label.ORGANIZATION,
            [("Deshpande Hospital", Label.ORGANIZATION)],
        ),
        ("a9845061237@x.in", "a9845061237@x.in", Label.EMAIL_ADDRESS, [("a9845061237@x.in", Label.EMAIL_ADDRESS)]),
        ("+91 9845061237", "+91 9845061237", Label.OTHER_ID, [("+91 9845061237", Label.PHONE_NUMBER)]),
        ("9845061237", "9845061237", Label.BANK_ACCOUNT, [("9845061237", Label.PHONE_NUMBER)]),
        (
            "Gali Kachehri 9845061237",
            "Gali Kachehri 9845061237",
            Label.LOCATION,
            [("Gali Kachehri", Label.LOCATION), ("9845061237", Label.PHONE_NUMBER)],
        ),
        ("Sulochana Iyer", "Iyer", Label.PERSON, [("Sulochana", Label.PERSON), ("Iyer", Label.PERSON)]),
    ],
)
def test_known_ones_win(text: str, other: str, label: Label, expected: list[tuple[str, Label]]) -> None:
    note = Note(text)
    note.hits.append(Hit(text.index(other), text.index(other) + len(other), label, 0.45, "other"))
    find(note, KNOWN)
    assert [(text[hit.start : hit.end], hit.label) for hit in sorted(note.hits)] == expected
    assert all(hit.score == 1.0 for hit in note.hits if hit.why != "other")


def test_what_remains_is_seen() -> None:
    assert KNOWN.remains("call ९८४५० ६१२३७")
    assert KNOWN.remains("seen with sulochana")
    assert not KNOWN.remains("call 98450 61238, seen with Sulochna")
    assert not KNOWN.remains("call 98450 61237", keeping=[Label.PHONE_NUMBER])


@pytest.mark.parametrize(
    "unit", ["9845061237", "98450 ", "0", "Sulochana ", "sulochan", "x1237 ", "X", "Satara 12 ", "nine "]
)
def test_time_follows_length(unit: str) -> None:
    def seconds(count: int) -> float:
        note = Note(unit * (count // len(unit)))
        note.tokens  # noqa: B018 - the cutting is not what is measured
        start = time.perf_counter()
        find(note, KNOWN)
        return time.perf_counter() - start

    seconds(1_000)
    small = min(seconds(40_000) for _ in range(3))
    assert min(seconds(160_000) for _ in range(3)) < 8 * small + 0.05  # four times the text
