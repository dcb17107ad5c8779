"""Dates that only their surroundings show, and what looks like one and is none."""

import pytest

from deid.analysis import evidence
from schemas.labels import Label


def dates(text: str) -> list[str]:
    note = evidence(text)
    hits = sorted(hit for hit in note.hits if hit.label is Label.DATE)
    return [text[slice(*note.shade.span(hit.start, hit.end))] for hit in hits]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("6/2: constipation\n7/2: better\n8/2 : slept", ["6/2", "7/2", "8/2"]),
        ("Home visit. 6/2: constipation. 7/2: better", ["6/2", "7/2"]),
        ("| ০২/১২ | ৫৯\n| ০৫/১২ | ৫৮", ["০২/১২", "০৫/১২"]),
        ("fundus_260324.jpg", ["260324"]),
        ("पुढची भेट ११ तारखेला, जूनच्या", ["११ तारखेला, जूनच्या"]),
        ("oct ka 9 tarikh ko aana", ["oct ka 9 tarikh"]),
        ("ఆగస్టు నెలలో రావాలి", ["ఆగస్టు నెలలో"]),
        ("পিছৰ জুন মাহত আহিব", ["জুন মাহত"]),
        ("bp_12062024_final(2).xlsx", ["12062024"]),
        ("Next review 15 Chaitra.", ["15 Chaitra"]),
        ("Bohag 2, 1430", ["Bohag 2, 1430"]),
        ("12 Chaitra obdi report", ["12 Chaitra"]),
        ("janichathu Thulam 10 nu", ["Thulam 10"]),
        ("১৮ তারিখ আসবেন", ["১৮ তারিখ"]),
        ("21 tarikh ko aana", ["21 tarikh"]),
        ("19ம் தேதி காலை", ["19ம் தேதி"]),
        ("৩ অগ্রহায়ণ ১৪২৯", ["৩ অগ্রহায়ণ ১৪২৯"]),
    ],
)
def test_dates_are_found(text: str, found: list[str]) -> None:
    assert dates(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "6/9 : right eye\n6/12 : left eye",  # acuity: all first numbers alike
        "ক্রমিক ৭ তারিখ: জানা নেই",  # a field
        "bed 7/18 tarikh pata nahi",
        "7/2: better",  # alone it may be a ratio
        "5 pus cells per field",
        "Kartik 12 yrs, male",
        "Thulam 7 M",
        "bed 12 Kartik Das",
        "scan_991399.jpg",  # no month has this number
    ],
)
def test_what_is_none_is_left(text: str) -> None:
    assert dates(text) == []
