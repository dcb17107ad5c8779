import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.clinical_items import _HEADS, Kind, _matches, _pattern, clinical_items
from deid.shadow import fold_case, shadow


def found(text, kind):
    return [text[item.start : item.end] for item in clinical_items(text) if item.kind is kind]


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("Started metformin 500 mg BD", ["metformin 500 mg"]),
        ("started rosuvastatin and tenoxicillin", ["rosuvastatin", "tenoxicillin"]),  # by list, by stem
        ("Tab. Zelvanta 40, Inj Korbitol 1 g stat", ["Zelvanta 40", "Korbitol 1 g"]),  # brands nobody lists
        ("Zelvanta 40 OD, Qurex-D BD", ["Zelvanta 40", "Qurex-D"]),
        ("मेटफॉर्मिन ५०० मिग्रा", ["मेटफॉर्मिन ५०० मिग्रा"]),
        ("அமோக்ஸிசிலின் கொடுக்கப்பட்டது", ["அமோக்ஸிசிலின்"]),
        ("cholesterol high in April, took 2 tablets daily, room 40", []),
        ("Serum calcium 9.1", []),
    ],
)
def test_drugs(text, drugs):
    assert found(text, Kind.DRUG) == drugs


@pytest.mark.parametrize(
    ("text", "doses"),
    [
        ("500 mg 1-0-1 x 5 days", ["500 mg", "1-0-1", "x 5 days"]),
        ("0.5 mg/kg q8h for 3/7, then ½-0-½", ["0.5 mg/kg", "q8h", "for 3/7", "½-0-½"]),
        ("Huminsulin 14-0-8 units", ["14-0-8"]),
        ("२ चम्मच दिन में दो बार", ["२ चम्मच", "दिन में दो बार"]),
        ("on 12-03-2024, tel 98765-43210, 3-2-2024", []),
    ],
)
def test_doses(text, doses):
    assert found(text, Kind.DOSE) == doses


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("BP 120/80, PR: 88/min, SpO2 98 % RA", ["BP 120/80", "PR: 88/min", "SpO2 98 %"]),
        ("HbA1c was 8.6%, Hb-10.2 g/dL, TLC 16,400", ["HbA1c was 8.6%", "Hb-10.2 g/dL", "TLC 16,400"]),
        ("HBsAg negative. pH 7.18", ["HBsAg negative", "pH 7.18"]),
        ("बीपी १२०/८०", ["बीपी १२०/८०"]),
        ("Ph 0141-2386925, Pt 54 F", []),
    ],
)
def test_values(text, values):
    assert found(text, Kind.VALUE) == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("No fever. Denies cough, without pain", ["No", "Denies", "without"]),
        ("bukhar nahi, vali illa, जुकाम नहीं, জ্বর নেই", ["nahi", "illa", "नहीं", "নেই"]),
        ("வரவில்லை, ಬಂದಿಲ್ಲ", ["வரவில்லை", "ಬಂದಿಲ್ಲ"]),
        ("Reg. No 4521, UHID no: 77, IP No. 3, House no 4", []),
        ("The nose is normal", []),
    ],
)
def test_negations(text, words):
    assert found(text, Kind.NEGATION) == words


PIECES = st.sampled_from(
    ["metformin ", "500 mg ", "BD ", "no ", "नहीं ", "BP ", "120/80", "-", "1-0-1", "\u200b", "\ud800", "இல்லை", "\n"]
)


@given(st.lists(PIECES | st.text(max_size=4), max_size=30).map("".join))
def test_items_lie_in_the_text_in_order(text):
    items = clinical_items(text)
    assert items == sorted(items)
    assert all(0 <= item.start < item.end <= len(text) for item in items)
    for kind in Kind:
        own = [item for item in items if item.kind is kind]
        assert all(a.end <= b.start for a, b in pairwise(own))


@given(st.lists(st.sampled_from(["metformin", "500 mg", "BD", "no", "नहीं", "BP 120/80", "1-0-1", "इमली"]), max_size=8))
def test_invisible_characters_hide_no_item(pieces):
    text = " ".join(pieces)
    spread = "".join(character + "\u200c" for character in text)
    shown = [spread[i.start : i.end].replace("\u200c", "") for i in clinical_items(spread)]
    assert shown == [text[i.start : i.end] for i in clinical_items(text)]


@pytest.mark.parametrize("unit", ["a", "1-", "no ", "tab ", "BP " + " " * 50, "1 " * 3, "क", "Tab. X", "௧/"])
def test_time_is_linear(unit):
    clinical_items(unit)

    def seconds(length):
        text = unit * (length // len(unit))
        start = time.process_time()
        clinical_items(text)
        return time.process_time() - start

    small = min(seconds(50_000) for _ in range(2))
    large = min(seconds(100_000) for _ in range(2))
    assert large < 3 * small + 0.2


_FRAGMENTS = (
    *(
        "BP",
        "SpO2",
        "hba1c",
        "pulse",
        "ph",
        "Tab",
        "120/80",
        "5",
        "500",
        "mg",
        "BD",
        "q8h",
        "x",
        "×",
        "for",
        "3",
        "3/7",
    ),
    *("1-0-1", "½-0-½", "days", "OD", "raised", "दिन में", "दो बार", "नाड़ी", "ﬁ", "İ", "ß", *"'.,-/:=()\n"),
)


@given(st.lists(st.sampled_from(_FRAGMENTS), max_size=12), st.sampled_from(("", " ")))
def test_patterns_are_asked_wherever_they_match(words: list[str], gap: str) -> None:
    text = shadow(gap.join(words)).text
    for name in _HEADS:
        found = [match.span() for match in _pattern(name).finditer(text)]
        assert list(_matches(name, text, fold_case(text))) == found
