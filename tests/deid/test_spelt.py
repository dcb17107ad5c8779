"""Numbers and codes that are read out, written piece by piece, or misread by a scanner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.note import Note
from deid.recognizers import spelt


def found(text: str) -> list[tuple[str, str]]:
    note = Note(text)
    spelt.find(note)
    return [(hit.label.value, text[slice(*note.shade.span(hit.start, hit.end))]) for hit in note.hits]


@pytest.mark.parametrize(
    ("marked", "label"),
    [
        ("mobile ⟦nine eight double seven six five four three two one⟧ ok", "PHONE_NUMBER"),
        ("call ⟦double nine four zero eight two seven triple one⟧ please", "PHONE_NUMBER"),
        ("he said ⟦98 four zero 7 double two 1 3 6⟧ and left", "PHONE_NUMBER"),
        ("son ⟦9OO7l 45538⟧ came", "PHONE_NUMBER"),
        ("shop ⟦7003/455/381⟧ open", "PHONE_NUMBER"),
        ("फोन ⟦नौ आठ शून्य तीन चार सात एक एक दो पाँच⟧", "PHONE_NUMBER"),
        ("gaadi ⟦em pee zero nine see vee 8 8 2 1⟧ gate par", "IN_VEHICLE_REGISTRATION"),
        ("வண்டி ⟦கே எல் 45 சி 2 0 8 1⟧ வந்தது", "IN_VEHICLE_REGISTRATION"),
        ("గేటు వద్ద ⟦ఏపీ 05 డీఎఫ్ 7 2 1 3⟧ ఆగింది", "IN_VEHICLE_REGISTRATION"),
        ("कार ⟦यू०पी० ४१ ए०एल० ०९२७⟧ थी", "IN_VEHICLE_REGISTRATION"),
        ("trip sheet ⟦OD-O2-BK-71l9⟧ filed", "IN_VEHICLE_REGISTRATION"),
        ("⟦tango sierra zero eight uniform delta four four one two⟧", "IN_VEHICLE_REGISTRATION"),
        ("licence found ⟦MH12 2O11 OO 33 182⟧ in purse", "IN_DRIVING_LICENSE"),
        ("proof ⟦b k x p s, 4 4 7 1 l⟧ sent", "IN_PAN"),
        ("card ⟦c for cat j k p d four four oh one h⟧ yes", "IN_PAN"),
        ("branch ⟦hdfc zero zero zero one two nine four⟧ pay", "IN_IFSC"),
        ("transfer to ⟦SBlN OO 1 2077⟧ today", "IN_IFSC"),
        ("passport ⟦N as in Nagpur four two five nine zero eight three⟧ seen", "IN_PASSPORT"),
        ("voter card ⟦zed el em / double zero four / seven seven one two⟧", "IN_VOTER"),
    ],
)
def test_what_is_spelt_is_found_whole(marked: str, label: str) -> None:
    value = marked[marked.index("⟦") + 1 : marked.index("⟧")]
    assert found(marked.replace("⟦", "").replace("⟧", "")) == [(label, value)]


@pytest.mark.parametrize(
    "text",
    [
        "take one tab two times for three days, then one a day for seven days",
        "BP 130/80, PR 88, RR 18, SpO2 98 %, temp 98.6, GCS 15",
        "hourly urine 60 45 50 40 55 70, drain 30 20 10",
        "TLC 8500, N 65 L 30 E 3 M 2, platelets 2.1 lakh, ESR 22",
        "or 10 ml to 20 ml at 8 am, as 2 of 4 doses",
        "VUS: ATM p.V1570A, KIT p.M541L, TP53 p.R273H",
        "Trop-I 4.8. 2D echo: LVEF 45 %",
        "बीपी 144/96, एमएलसी 40, जी के साथ दो दिन",
        "G2P1L1, LMP 2.2, EDD 9.11, fundal height 28",
        "FIGO stage IIB, ER 7/8, PR 6/8, HER2 1+, Ki-67 20",
    ],
)
def test_what_is_measured_stays(text: str) -> None:
    assert found(text) == []


@given(
    st.lists(
        st.sampled_from(
            ["nine", "8", "O", "l", "double", "em", "KL", "कЕ", "दो", "45", ",", ".", "\n", " ", "for", "as"]
        )
    )
)
def test_any_mixture_gives_spans_inside_the_text(pieces: list[str]) -> None:
    text = " ".join(pieces)
    note = Note(text)
    spelt.find(note)
    assert all(0 <= hit.start < hit.end <= len(note.s) for hit in note.hits)
