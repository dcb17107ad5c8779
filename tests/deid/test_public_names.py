"""Programmes, insurers and banks are nobody."""

import pytest

from deid.analysis import analyse
from deid.note import Note
from deid.recognizers import public_names
from schemas.labels import Label


def _left(text: str, part: str, label: Label = Label.PERSON) -> list[str]:
    """What is left of one finding."""
    note = Note(text)
    at = note.s.index(part)
    note.claim(at, at + len(part), label, 0.6, "test")
    public_names.find(note)
    return [note.s[hit.start : hit.end] for hit in note.hits]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Seen on eSanjeevani today", "Sanjeevani"),
        ("covered under Swasthya Sathi, no cost", "Swasthya Sathi"),
        ("ration from Lakshmi Devi yojana", "Lakshmi Devi"),
        ("ఆరోగ్యశ్రీ కార్డు ఉంది", "ఆరోగ్యశ్రీ"),
        ("claim with Star Health la pending", "Star Health la"),
    ],
)
def test_programmes_and_insurers_are_taken_back(text: str, part: str) -> None:
    assert _left(text, part) == []


@pytest.mark.parametrize(
    ("text", "part", "label"),
    [
        ("admitted at Ayushman Bharat Hospital", "Ayushman Bharat Hospital", Label.ORGANIZATION),
        ("opp Canara Bank, Kunjibettu", "opp Canara Bank, Kunjibettu", Label.LOCATION),
        ("brought by Subhadra Sahu", "Subhadra Sahu", Label.PERSON),
    ],
)
def test_what_reaches_farther_stays(text: str, part: str, label: Label) -> None:
    assert _left(text, part, label) == [part]


def test_nobody_is_found_again_where_a_programme_stands() -> None:
    note = analyse("Registered on e-Sanjeevani. e-Sanjeevani doctor called back.")
    assert not [hit for hit in note.hits if hit.label is Label.PERSON]
