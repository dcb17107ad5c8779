from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deid.tables.ladders import climb, names
from schemas.columns import Age, Category, Day, Icd, Listed, Parts, PinCode, Prefix
from schemas.failure import Failure

HERE = Path()


@pytest.mark.parametrize(
    ("ladder", "value", "rungs"),
    [
        (Age(), "42", ("42", "40-44", "40-49", "40-59")),
        (Age(), "89", ("89", "85-89", "80-89", "80+")),
        (Age(), "90", ("90+", "90+", "90+", "80+")),
        (Age(), "104.5", ("90+", "90+", "90+", "80+")),
        (Age(), "89+", ("90+", "90+", "90+", "80+")),
        (Age(), "12+", None),
        (Age(), "forty", None),
        (Age(bands=(10,), top=60), "64", ("60+", "60+")),
        (PinCode(), "411 005", ("411005", "411***", "41****")),
        (PinCode(), "४११००५", ("411005", "411***", "41****")),
        (PinCode(), "41100", None),
        (PinCode(), "Pune 411005", None),
        (Day(), "2024-03-01", ("2024-03-01", "2024-03", "2024")),
        (Icd(), "E11.9", ("E11.9", "E11", "ICD-10 E00-E90")),
        (Icd(), "C7A00", ("C7A00", "C7A", "ICD-10 C00-D49")),
        (Icd(), "O9A111", ("O9A111", "O9A", "ICD-10 O00-O9A")),
        (Icd(version="9"), "4139", ("4139", "413", "ICD-9 390-459")),
        (Icd(version="9"), "E8120", ("E8120", "E812", "ICD-9 E00-E99")),
        (Icd(version="9"), "V707", ("V707", "V70", "ICD-9 V01-V91")),
        (Icd(), "9\x1fV707", ("V707", "V70", "ICD-9 V01-V91")),
        (Icd(), "8\x1fV707", None),
        (Icd(), "diabetes mellitus", None),
        (Prefix(lengths=(4, 2)), "INJ1234", ("INJ1234", "INJ1", "IN")),
        (Parts(), "ASIAN - CHINESE", ("ASIAN - CHINESE", "ASIAN")),
        (Category(), "F", ("F",)),
    ],
)
def test_rungs(ladder, value, rungs):
    assert climb(ladder, HERE)(value) == rungs
    assert rungs is None or len(names(ladder, HERE)) == len(rungs) + 1


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(0, 150), min_size=2, max_size=60), st.sampled_from([(5, 10, 20), (2, 4, 8), (10,), (3, 30)])
)
def test_going_up_only_ever_joins(ages, bands):
    rungs = [climb(Age(bands=bands), HERE)(str(age)) for age in ages]
    for level in range(len(bands)):
        wider = {}
        for each in rungs:
            assert wider.setdefault(each[level], each[level + 1]) == each[level + 1]


def test_a_ladder_of_ones_own(tmp_path):
    (tmp_path / "places.csv").write_text(
        "place,district,state\nBaramati,Pune,Maharashtra\nHinjawadi,Pune,Maharashtra\n"
    )
    ladder = Listed(path="places.csv")
    assert names(ladder, tmp_path) == ("value", "level 1", "level 2", "*")
    assert climb(ladder, tmp_path)("Baramati") == ("Baramati", "Pune", "Maharashtra")
    assert climb(ladder, tmp_path)("Atlantis") == ("Atlantis", None, None)


@pytest.mark.parametrize("text", ["place,state\na\n", "place,state\na,x\na,y\n", "p,d,s\na,d,x\nb,d,y\n", ""])
def test_a_ladder_that_crosses_is_refused(tmp_path, text):
    (tmp_path / "bad.csv").write_text(text)
    with pytest.raises(Failure, match=r"bad\.csv"):
        climb(Listed(path="bad.csv"), tmp_path)
