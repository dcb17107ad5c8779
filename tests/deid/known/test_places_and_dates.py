import datetime
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.known import Known, find
from deid.known.birth_dates import read
from deid.note import Note
from schemas.labels import Label

Found = Callable[[str], list[tuple[str, str]]]
FORMS = [
    "%d/%m/%Y", "%d-%m-%y", "%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%d %m %Y", "%d %B %Y", "%d %b, %y", "%B %d, %Y",
    "%d-%b-%Y", "%d%m%Y", "%Y%m%d", "%dth of %B %Y", "%d | %m | %Y",
]  # fmt: skip


@given(
    st.dates(datetime.date(1930, 1, 1), datetime.date(2026, 1, 1)),
    st.sampled_from(FORMS),
    st.sampled_from([0x30, 0x966]),
)
def test_every_rendering_of_a_birth_date_is_found(day: datetime.date, form: str, zero: int) -> None:
    written = "".join(chr(zero + int(c)) if c.isdigit() else c for c in day.strftime(form))
    note = Note(f"born {written}; seen")
    find(note, Known(((Label.DATE, day.isoformat()),)))
    assert [(hit.start, hit.end, hit.label) for hit in note.hits] == [(5, 5 + len(written), Label.DATE)]


@pytest.mark.parametrize(
    "text",
    ["fifteenth august nineteen fifty six", "fifteen eight fifty six", "१५ अगस्त १९५६", "15 ஆகஸ்ட் 1956", "১৫ আগস্ট ১৯৫৬"],
)
def test_dates_in_words_of_any_language(text: str, found: Found) -> None:
    assert found(f"DOB {text}.") == [(text, "DATE")]


@pytest.mark.parametrize(
    "text", ["16/08/1956", "15/8", "August 1956", "1956", "15 8 and 56 mg", "15 drops, 8 ml, 56 kg"]
)
def test_other_dates_are_not_the_birth_date(text: str, found: Found) -> None:
    assert found(text) == []


@pytest.mark.parametrize("cell", ["1956-08-15", "15/08/1956", "15.8.1956", "15-Aug-56", "15 August 1956", "19560815"])
def test_a_cell_is_read(cell: str) -> None:
    assert read(cell) == datetime.date(1956, 8, 15)


@pytest.mark.parametrize("cell", ["", "unknown", "31/02/1956", "1956", "12345678901", "15 August", "²/3/1956"])
def test_a_cell_that_is_no_date(cell: str) -> None:
    assert read(cell) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lives in Satara", ["Satara"]), ("सातारा", ["सातारा"]), ("शिवाजी नगर", ["शिवाजी नगर"]),
        ("Shivajinagar", ["Shivajinagar"]),
        ("21, Shivaji Nagar", ["21, Shivaji Nagar"]), ("H.No 21, Shivaji ngr", ["H.No 21, Shivaji ngr"]),
        ("house no. 21", ["house no. 21"]), ("Shivaji", []), ("21 mg", []), ("nagar", []), ("Nagar road", []),
    ],
)  # fmt: skip
def test_an_address_by_its_parts(text: str, expected: list[str], found: Found) -> None:
    assert [hit for hit, label in found(text) if label == "LOCATION"] == expected
