"""Parts of one value, and what people take back while they tell it."""

import pytest

from deid.analysis import evidence
from deid.note import Note
from deid.recognizers import contacts, joints
from deid.recognizers.tagged import MODEL
from schemas.labels import Label


def test_parts_that_touch_are_one_and_whole_numbers_stay_two() -> None:
    note = Note("plate KA05\nMN 4471, call 9845512309, 7845512309")
    for value in ("KA05", "MN 4471"):
        start = note.s.index(value)
        note.claim(start, start + len(value), Label.OTHER_ID, 0.9, MODEL)
    for value in ("9845512309", "7845512309"):
        start = note.s.index(value)
        note.claim(start, start + len(value), Label.PHONE_NUMBER, 0.9, "mobile shape")
    joints.find(note)
    assert [note.s[hit.start : hit.end] for hit in note.hits] == ["KA05\nMN 4471", "9845512309", "7845512309"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("seen on the twelfth, sorry, thirteenth of July twenty twenty three", "twelfth, sorry, thirteenth of July"),
        ("mobile 98203 no no sorry 98206 44713 at desk", "98203 no no sorry 98206 44713"),
        ("Aadhaar 4821 7734 sorry 7743 9910 told", "4821 7734 sorry 7743 9910"),
    ],
)
def test_corrections_are_part_of_the_number(text: str, value: str) -> None:
    note = evidence(text)
    joints.find(note)
    assert any(value in note.s[hit.start : hit.end] for hit in note.hits)


def test_no_is_short_for_number() -> None:
    note = evidence("mobile 9845512309 no. 12 lane")
    joints.find(note)
    assert [note.s[hit.start : hit.end] for hit in note.hits if hit.label is Label.PHONE_NUMBER] == ["9845512309"]


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("to?m=a.rao%40yahoo.co.in&x=1", Label.EMAIL_ADDRESS, "a.rao%40yahoo.co.in"),
        ("<td>a.rao&#64;rediffmail.com</td>", Label.EMAIL_ADDRESS, "a.rao&#64;rediffmail.com"),
        ("mail a.rao@gmail,com e", Label.EMAIL_ADDRESS, "a.rao@gmail,com"),
        ("address is asha devi seven two at abdm all", Label.IN_ABHA_ADDRESS, "asha devi seven two at abdm"),
        (
            "at ten dot twelve dot four dot one-oh-nine port",
            Label.IP_ADDRESS,
            "ten dot twelve dot four dot one-oh-nine",
        ),
        ("node fe80::3c1a:9bff:fe22:71d4 lost", Label.IP_ADDRESS, "fe80::3c1a:9bff:fe22:71d4"),
        ("pump 3C-5A-B4-0F-1E-77 lost", Label.DEVICE_ID, "3C-5A-B4-0F-1E-77"),
    ],
)
def test_addresses_in_disguise(text: str, label: Label, value: str) -> None:
    note = Note(text)
    contacts.find(note)
    assert (label, value) in [(hit.label, note.s[hit.start : hit.end]) for hit in note.hits]


@pytest.mark.parametrize(
    "text", ["80@rest, 132@stage3", "Midaz @ 2mg/hr", "D3 weekly.In case", "fw 4.0.12.7 to 4.1.0.3"]
)
def test_rates_and_versions_are_no_addresses(text: str) -> None:
    note = Note(text)
    contacts.find(note)
    assert note.hits == []
