"""Days and months alone, near a date of the same note, and the scores that are written like them."""

import pytest

from deid.analysis import analyse
from schemas.labels import Label


def dates(text: str) -> list[str]:
    note = analyse(text)
    hits = sorted(hit for hit in note.hits if hit.label is Label.DATE)
    return [text[slice(*note.shade.span(hit.start, hit.end))] for hit in hits]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Admitted 03/07/2024. Creatinine peaked at 3.4 (25/7), drain out, Hb 08/07: 9.1",
            ["03/07/2024", "25/7", "08/07"],
        ),
        ("Seen 28 December 2023; swab 14/1 sterile", ["28 December 2023", "14/1"]),
        ("2024-05-20. QTc 452 ms (25.05), Hb 10.8", ["2024-05-20", "25.05"]),
        ("ভর্তি ০৩/০৭/২০২৪, Hb ২৫/৭ 9.1", ["০৩/০৭/২০২৪", "২৫/৭"]),
    ],
)
def test_they_are_dates(text: str, found: list[str]) -> None:
    assert dates(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hb 25/7 9.1", []),  # no date to be near to
        ("Born 02/07/1961, seen 12/01/2024, tray 25/7", ["02/07/1961", "12/01/2024"]),  # a birth is none
        ("Seen 03/07/2024. Pain 4/7, power 4/5, vision 6/6", ["03/07/2024"]),  # scores
        ("Seen 03/07/2024, cycle at 14/1", ["03/07/2024"]),  # half a year away
        ("Seen 03/07/2024. TSH 12.7, K 4.7, batch 25/7", ["03/07/2024"]),
        ("Seen 03/07/2024, drain out 09.07 AM", ["03/07/2024"]),
    ],
)
def test_they_are_none(text: str, found: list[str]) -> None:
    assert dates(text) == found
