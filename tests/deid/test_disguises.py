"""Ages, dates and codes in odd forms, and what looks like them: values of our own, read by the rules alone."""

import pytest

from deid.analysis import evidence
from deid.note import Hit, Note
from deid.recognizers import doubted_codes
from deid.recognizers.spelt_runs import runs
from deid.recognizers.tagged import MODEL
from deid.recognizers.versions import is_version, numbered
from schemas.labels import Label


def found(text: str) -> list[tuple[Label, str]]:
    note = evidence(text)
    return [(hit.label, text[slice(*note.shade.span(hit.start, hit.end))]) for hit in sorted(note.hits)]


@pytest.mark.parametrize(
    ("marked", "label"),
    [
        ("How old is the lady? ⟦97⟧. Walks", Label.AGE_OVER_89),
        ("umar kitni hai? Pt: ⟦93⟧, theek", Label.AGE_OVER_89),
        ("M⟦91⟧, stroke, bedridden", Label.AGE_OVER_89),
        ("she turned ⟦one hundred and two⟧ in June", Label.AGE_OVER_89),
        ("nani will be ⟦ninety-three⟧ soon", Label.AGE_OVER_89),
        ("dadi ⟦satyanve⟧ saal ki", Label.AGE_OVER_89),
        ("vayasu ⟦thonnootru moonu⟧ , BP", Label.AGE_OVER_89),
        ("⟦मार्च महीने की 7 तारीख⟧ को", Label.DATE),
        ("⟦ಮೇ ತಿಂಗಳ 11ನೇ ತಾರೀಖು⟧ ಬಂದರು", Label.DATE),
        ("seen ⟦14@06@2020⟧ again", Label.DATE),
        ("date, ⟦twelve nine twenty twenty-one⟧, full stop", Label.DATE),
        ("the DOA cell shows ⟦44102⟧ (general format)", Label.DATE),
        ("address torn, only ⟦560078⟧ legible", Label.PIN_CODE),
        ("KERALA-⟦682017⟧INDIA fever", Label.PIN_CODE),
        ("beta ka ⟦bmkpr4471d⟧ laga diya", Label.IN_PAN),
        ("from ⟦29bmkpr4471d1zk⟧ stent", Label.IN_GSTIN),
        ("gaadi⟦ka05mh4471⟧me laya", Label.IN_VEHICLE_REGISTRATION),
        ("plate ⟦KL 07\nCD 4471⟧ ran", Label.IN_VEHICLE_REGISTRATION),
        ("bank code ⟦SBINOOO4471⟧ typed", Label.IN_IFSC),
        ("MICR cheque A⟦004471902⟧A here", Label.BANK_ACCOUNT),
        ("Regn ⟦KMC 88213⟧, advice", Label.MEDICAL_LICENSE),
        ("Ravi: aadhaar\nRavi: ⟦4029 5628\nRavi: 3809⟧", Label.IN_AADHAAR),
        ("wrote *⟦4029* *5628* *3809⟧* in bold", Label.IN_AADHAAR),
        ("ABHA …⟦4471-1190⟧ linked", Label.IN_ABHA_NUMBER),
        ("fees ⟦asha_9@axl⟧కి పంపండి", Label.IN_UPI_ID),
        ("⟦latha_22@abdm⟧la irukku", Label.IN_ABHA_ADDRESS),
        ("kin ⟦+91(0)98451 22309⟧ told", Label.PHONE_NUMBER),
        ("Ward desk ⟦080-25557412⟧ told", Label.PHONE_NUMBER),
        ("aadhar ⟦chaar shunya be nav paanch chha be aath tran aath shunya nav⟧, BP", Label.IN_AADHAAR),
        ("o p ticket ⟦K slash twenty four slash double three eight one⟧, review", Label.MEDICAL_RECORD_NUMBER),
        ("pan ⟦B for ball M for man K for kite P for pen R for rose four four seven one, D dog⟧; b", Label.IN_PAN),
        ("UHID,DX,AGE\n⟦88-4471-2⟧,I50.0,45 stop, review, call", Label.MEDICAL_RECORD_NUMBER),
        ("⟦447190⟧ (UHID) shifted", Label.MEDICAL_RECORD_NUMBER),
    ],
)
def test_what_is_found(marked: str, label: Label) -> None:
    before, _, rest = marked.partition("⟦")
    value, _, after = rest.partition("⟧")
    text = before + value + after
    assert (label, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "F93.0, F94 and M91.1 coded",
        "turned 95 degrees, flexion 100",
        "SpO2 93 F nasal prongs",
        "patient completed 96 hours on the ventilator",
        "P/F 120, prone",
        "patch 8.2 installed, firmware 3.4.12",
        "HLA-B*27:05, rs113993960, chr7:117559590, c.1521_1523del",
        "arXiv 2103.04471 and INC0044719",
        "patch2021a scale2021b",
        "gas typed: seven point two eight, fifty six, sixty one, twenty four",
        "sugar one eighty two, two ten, one ninety six, two thirty four",
    ],
)
def test_what_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "start", "end", "label"),
    [
        ("ondu sonne ondu, oota nantara", 0, 15, Label.MEDICAL_RECORD_NUMBER),
        ("one two three four stitches", 0, 18, Label.MEDICAL_RECORD_NUMBER),
        ("electrodes F3 F4 C3 C4 on", 11, 22, Label.HEALTH_INSURANCE_ID),
        ("the 10-20 system", 4, 9, Label.DATE),
        ("ref 8033 1161 8877 failed", 4, 13, Label.BANK_ACCOUNT),
        ("temp ninety eight point six", 5, 27, Label.ORGANIZATION),
        ("smudge xX 0O0O unreadable", 7, 14, Label.IN_AADHAAR),
    ],
)
def test_what_the_model_alone_says_is_doubted(text: str, start: int, end: int, label: Label) -> None:
    note = Note(text)
    note.hits.append(Hit(start, end, label, 0.99, MODEL))
    note.taken[start:end] = b"\x01" * (end - start)
    doubted_codes.find(note)
    assert note.hits == []


def test_tens_and_what_follows_are_one_number() -> None:
    [run] = runs(Note("ninety eight forty-five twelve"))
    assert run.text == "984512"
    assert [piece.chars for piece in run.pieces] == ["98", "45", "12"]


def test_versions() -> None:
    assert numbered("firmware 3.4", 9)
    assert is_version("updated to 8.1.2.4 at", 11, 8)
    assert not is_version("host 10.4.7.9", 5, 10)
