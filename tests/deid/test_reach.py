"""How far places, institutions and codes reach."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.note import Note
from deid.recognizers import reach
from schemas.labels import Label


def widened(text: str, *found: str, label: Label = Label.LOCATION) -> list[str]:
    note = Note(text)
    for value in found:
        start = note.s.index(value)
        assert note.claim(start, start + len(value), label, 0.9, "test")
    reach.find(note)
    return [note.s[hit.start : hit.end] for hit in note.hits]


@pytest.mark.parametrize(
    ("text", "place", "whole"),
    [
        ("at Flat 302, Sri Nilayam, Labbipet.", "Labbipet", "Labbipet"),
        ("Adyar, lane 4 is closed", "Adyar", "Adyar, lane 4"),
        ("at Flat 302, Labbipet.", "Labbipet", "Flat 302, Labbipet"),
        ("ward 6, lane 4, Gohad", "Gohad", "ward 6, lane 4, Gohad"),
        ("ನಾಗಮಂಗಲ ಬಸ್ ನಿಲ್ದಾಣದ ಎದುರು. BP 120/80", "ನಾಗಮಂಗಲ", "ನಾಗಮಂಗಲ ಬಸ್ ನಿಲ್ದಾಣದ ಎದುರು"),
        ("लौटते हुए हुसैनाबाद फाटक के पास।", "हुसैनाबाद", "हुसैनाबाद फाटक के पास"),
        ("থাকেন রথতলা, তেঁতুলতলা লেনের ধারে", "রথতলা", "রথতলা, তেঁতুলতলা লেনের ধারে"),
        ("came from Rampur near midnight", "Rampur", "Rampur"),
        ("Rampur, tablet 500 mg, road", "Rampur", "Rampur"),
        ("Rampur road tak gaye", "Rampur", "Rampur road"),
        ("from Andheri (E), today", "Andheri", "Andheri (E)"),
        ("from Andheri (F), today", "Andheri", "Andheri"),
    ],
)
def test_a_place_reaches_over_its_address_and_not_beyond(text: str, place: str, whole: str) -> None:
    assert widened(text, place) == [whole]


@pytest.mark.parametrize(
    ("label", "text", "name", "whole"),
    [
        (Label.ORGANIZATION, "guard from Bison Security called", "Bison", "Bison Security"),
        (Label.ORGANIZATION, "ధన్వంతరి ల్యాబులో చేశారు", "ధన్వంతరి", "ధన్వంతరి ల్యాబులో"),
        (Label.ORGANIZATION, "Bison called Security", "Bison", "Bison"),
        (
            Label.ORGANIZATION,
            "from Disha Network of Positive People and Allies, Pune",
            "Disha Network",
            "Disha Network of Positive People and Allies",
        ),
        (Label.ORGANIZATION, "Disha Network and Asha came of age", "Disha Network", "Disha Network"),
        (Label.ORGANIZATION, "seen at Dr. Mehtas Kidz Hosp today", "Mehtas Kidz Hosp", "Dr. Mehtas Kidz Hosp"),
        (Label.ORGANIZATION, "Bison. Security called", "Bison", "Bison"),
        (Label.MEDICAL_RECORD_NUMBER, "ref DMC//CR-7720 of May", "CR-7720", "DMC//CR-7720"),
        (Label.MEDICAL_RECORD_NUMBER, "sticker 187-ਐਕਸ kept", "187", "187-ਐਕਸ"),
        (Label.MEDICAL_RECORD_NUMBER, "no 4471, bed 3", "4471", "4471"),
        (Label.MEDICAL_RECORD_NUMBER, "file 4471/ lost", "4471", "4471"),
    ],
)
def test_institutions_and_codes_reach_over_the_rest_of_theirs(label: Label, text: str, name: str, whole: str) -> None:
    assert widened(text, name, label=label) == [whole]


def test_what_stands_between_two_places_belongs_to_them() -> None:
    assert widened("Adyar, Kasturba, Chennai", "Adyar", "Chennai") == ["Adyar, Kasturba", "Chennai"]


def test_the_word_that_announces_a_pin_code_stays() -> None:
    assert widened("Adyar, Chennai, PIN 600020", "Chennai") == ["Chennai"]


WORDS = st.lists(
    st.sampled_from(["Adyar", "road", ",", "near", "14", "के", "पास", "\n", "/", "BP", "x", "லேன்"]), max_size=40
)


@given(WORDS)
def test_places_grow_never_overlap_and_other_findings_stay(words: list[str]) -> None:
    note = Note(" ".join(words))
    for token in note.tokens:
        if token.text == "Adyar":
            note.claim(token.start, token.end, Label.LOCATION, 0.9, "test")
        elif token.text == "x":
            note.claim(token.start, token.end, Label.PERSON, 0.9, "test")
    before = sorted(note.hits)
    reach.find(note)
    after = sorted(note.hits)
    assert len(after) == len(before)
    for old, new in zip(before, after, strict=True):
        assert new.start <= old.start
        assert old.end <= new.end
        assert old.label is Label.LOCATION or old == new
    assert all(a.end <= b.start for a, b in pairwise(after))
    assert all(note.taken[hit.start : hit.end] == b"\x01" * (hit.end - hit.start) for hit in after)


def test_a_word_without_end_takes_no_longer_than_its_letters() -> None:
    text = "Adyar, " + "क" * 1_000_000
    assert widened(text, "Adyar") == ["Adyar"]


def test_parts_of_one_code_that_touch_are_one() -> None:
    record = Label.MEDICAL_RECORD_NUMBER
    assert widened("IP24-76489 kept", "IP", "24-76489", label=record) == ["IP24-76489"]
    assert widened("IP 24-76489 kept", "IP", "24-76489", label=record) == ["IP", "24-76489"]
    assert widened("RamSita came", "Ram", "Sita", label=Label.PERSON) == ["Ram", "Sita"]


def test_and_joins_two_parts_of_an_institution() -> None:
    office = Label.ORGANIZATION
    assert widened("संजीवनी हड्डी एवं जोड़ क्लिनिक में", "संजीवनी", "जोड़ क्लिनिक", label=office) == ["संजीवनी हड्डी एवं जोड़ क्लिनिक"]
    apart = ["Asha", "Joint Clinic"]
    assert widened("Asha said, and Joint Clinic", *apart, label=office) == apart
    assert widened("Asha went on to Joint Clinic", *apart, label=office) == apart


@pytest.mark.parametrize(
    ("text", "found", "whole"),
    [
        ("signed Dr Sal unke today", "Sal", "Sal unke"),
        ("told sub bu to come", "bu", "sub bu"),
        ("told sub  bu to come", "bu", "bu"),
        ("Ram Kumar came", "Ram", "Ram"),
        ("Sal often came", "Sal", "Sal"),
    ],
)
def test_a_name_that_a_scanner_broke_in_two_is_whole(text: str, found: str, whole: str) -> None:
    assert widened(text, found, label=Label.PERSON) == [whole]


@pytest.mark.parametrize(
    ("text", "found", "label", "whole", "named"),
    [
        ("ಹೊನ್ನಾವರ ಆರೋಗ್ಯ ಕೇಂದ್ರಕ್ಕೆ ಹೋದರು", "ಹೊನ್ನಾವರ", Label.LOCATION, "ಹೊನ್ನಾವರ ಆರೋಗ್ಯ ಕೇಂದ್ರಕ್ಕೆ", "ORGANIZATION"),
        ("হোজাই হাসপাতালে ভর্তি", "হোজাই", Label.LOCATION, "হোজাই হাসপাতালে", "ORGANIZATION"),
        ("রমেশ হাসপাতালে ভর্তি", "রমেশ", Label.PERSON, "রমেশ", "PERSON"),
        ("മുമ്പ് 2021 മേയ് മാസത്തിൽ കണ്ടു", "2021 മേയ്", Label.DATE, "2021 മേയ് മാസത്തിൽ", "DATE"),
        ("டிசம்பர் 2ஆம் தேதி வரவும்", "டிசம்பர் 2ஆம்", Label.DATE, "டிசம்பர் 2ஆம் தேதி", "DATE"),
        ("12/03/2024 date of review", "12/03/2024", Label.DATE, "12/03/2024", "DATE"),
    ],
)  # fmt: skip
def test_words_behind_in_the_scripts_of_india(text: str, found: str, label: Label, whole: str, named: str) -> None:
    note = Note(text)
    start = note.s.index(found)
    assert note.claim(start, start + len(found), label, 0.9, "test")
    reach.find(note)
    assert [(note.s[hit.start : hit.end], hit.label.value) for hit in note.hits] == [(whole, named)]


def test_a_name_with_digits_for_letters_is_whole() -> None:
    assert widened("by Dr Sun1thra today", "Sun", label=Label.PERSON) == ["Sun1thra"]
    assert widened("by Dr Sunithra 12 today", "Sunithra", label=Label.PERSON) == ["Sunithra"]


def test_a_department_joins_two_parts_of_an_institution() -> None:
    found = widened("at Gulmohar Dental & Care Centre", "Gulmohar", "Care Centre", label=Label.ORGANIZATION)
    assert found == ["Gulmohar Dental & Care Centre"]
    assert widened("نور کلینک برائے خواتین میں", "نور کلینک", label=Label.ORGANIZATION) == ["نور کلینک برائے خواتین"]
