"""What is cut off at the edges of findings."""

import pytest

from deid.note import Note
from deid.recognizers import edges
from schemas.labels import Label


def cut(text: str, found: str, label: Label, likelihood: float = 0.3) -> list[str]:
    note = Note(text)
    start = note.s.index(found)
    assert note.claim(start, start + len(found), label, 0.9, "test")
    note.likelihood = [likelihood] * len(note.tokens)
    edges.find(note)
    assert [i for i, taken in enumerate(note.taken) if taken] == [
        i for hit in note.hits for i in range(hit.start, hit.end)
    ]
    return [note.s[hit.start : hit.end] for hit in note.hits]


@pytest.mark.parametrize(
    ("text", "found", "label", "left"),
    [
        ("Dr Sneha Vartak MD, DNB saw", "Sneha Vartak MD, DNB", Label.PERSON, ["Sneha Vartak"]),
        ("डॉ. सरिता पांडे एमडी ने", "सरिता पांडे एमडी", Label.PERSON, ["सरिता पांडे"]),
        ("Md Salim came", "Md Salim", Label.PERSON, ["Md Salim"]),
        ("Scrub: DM here", "DM", Label.PERSON, []),
        ("Seen by Sneha Vartak M.D. (Paed) today", "Sneha Vartak M.D. (Paed", Label.PERSON, ["Sneha Vartak"]),
        ("ಡಾ. ಸ್ನೇಹಾ ಎಂ.ಡಿ. ನೋಡಿದರು", "ಸ್ನೇಹಾ ಎಂ.ಡಿ", Label.PERSON, ["ಸ್ನೇಹಾ"]),
        ("consultant, M.D. Medicine, on call", "M.D. Medicine", Label.ORGANIZATION, []),
        ("sent to KMC Unit", "KMC", Label.ORGANIZATION, ["KMC"]),
        ("Lane 4, Kota, Rajasthan 324", "Lane 4, Kota, Rajasthan", Label.LOCATION, ["Lane 4, Kota"]),
        ("at Diglipur, West Bengal.", "Diglipur, West Bengal", Label.LOCATION, ["Diglipur"]),
        ("near Rajasthan Chowk", "Rajasthan Chowk", Label.LOCATION, ["Rajasthan Chowk"]),
        ("(WBMC 51988)", "WBMC 51988", Label.MEDICAL_LICENSE, ["51988"]),
        ("(WBMC-51988)", "WBMC-51988", Label.MEDICAL_LICENSE, ["WBMC-51988"]),
        ("(WBMC 51988)", "WBMC", Label.MEDICAL_LICENSE, []),
        ("Dept of Nephrology, Rampur Road", "Dept of Nephrology, Rampur Road", Label.LOCATION, ["Rampur Road"]),
        ("ಕಾರವಾರ - ಶುಶ್ರೂಷಾ ಟಿಪ್ಪಣಿ", "ಕಾರವಾರ - ಶುಶ್ರೂಷಾ ಟಿಪ್ಪಣಿ", Label.LOCATION, ["ಕಾರವಾರ"]),
        (
            "TRANSFER NOTE - Asha Nursing Home",
            "TRANSFER NOTE - Asha Nursing Home",
            Label.ORGANIZATION,
            ["Asha Nursing Home"],
        ),
        ("विभाग: बाल सर्जरी, बिस्तर 4", "बाल सर्जरी", Label.ORGANIZATION, []),
        ("the Polyclinic: closed", "Polyclinic", Label.ORGANIZATION, []),
        ("sent to District Hospital", "District Hospital", Label.ORGANIZATION, ["District Hospital"]),
        ("with bhai Sarang Naik", "bhai Sarang Naik", Label.PERSON, ["Sarang Naik"]),
        ("Head Constable Sarang Naik", "Head Constable Sarang Naik", Label.PERSON, ["Sarang Naik"]),
        ("Vimla Ghorpade garu unnaru", "Vimla Ghorpade garu", Label.PERSON, ["Vimla Ghorpade"]),
        ("Tolaram ki dukaan", "Tolaram ki", Label.LOCATION, ["Tolaram"]),
        ("Amma said so", "Amma", Label.PERSON, []),
        ("file MMC 442", "MMC 442", Label.MEDICAL_RECORD_NUMBER, ["MMC 442"]),
    ],
)
def test_what_is_no_part_of_a_finding_is_cut_off(text: str, found: str, label: Label, left: list[str]) -> None:
    assert cut(text, found, label) == left


def test_the_sequence_model_has_the_last_word() -> None:
    assert cut("Dr Sneha MD saw", "Sneha MD", Label.PERSON, 0.95) == ["Sneha MD"]
