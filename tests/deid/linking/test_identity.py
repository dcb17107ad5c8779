from itertools import product
from string import ascii_letters

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.linking.identity import identity
from deid.linking.parts import parts

ONE_PERSON = (
    ("राम कुमार", "Ram Kumar", "RAM KUMAR", "Raam Kumaar", "ராம் குமார்", "রাম কুমার", "RamKumar".replace("mK", "m K")),
    ("Lakshmi", "Laxmi", "लक्ष्मी", "லட்சுமி", "లక్ష్మి", "লক্ষ্মী", "ലക്ഷ്മി", "ಲಕ್ಷ್ಮಿ", "લક્ષ્મી", "ଲକ୍ଷ୍ମୀ", "ਲਕਸ਼ਮੀ"),
    ("Mohd. Salim", "Md Saleem", "Muhammad Salim", "मोहम्मद सलीम", "محمد سلیم", "মোঃ সলিম"),
    ("Rameshbhai Patel", "Ramesh Bhai Patel", "રમેશભાઈ પટેલ", "रमेशभाई पटेल"),
    ("Dr. Krishna Rao", "Krushna Rao", "Krishna Rao ji", "कृष्णा राव", "Rao, Krishna"),
    ("S. Murugan", "எஸ். முருகன்", "Murugan S"),
    ("Soniya Gyan", "Sonia Gyaan", "सोनिया ज्ञान"),
)
APART = (
    ("Sunil Mehta", "Sunila Mehta"),
    ("Harpreet Kaur", "Harpreet Singh"),
    ("Rameshbhai Patel", "Rameshben Patel"),
    ("Lakshmibai", "Lakshmibhai"),
    ("Diya", "Daya"),
    ("Rajesh", "Rakesh"),
    ("अमित", "अमिता"),
    ("Sukumar", "Sukumaran"),
    ("S. Murugan", "R. Murugan"),
    ("सीता", "गीता"),
)


@pytest.mark.parametrize("surfaces", ONE_PERSON, ids=lambda each: each[0])
def test_one_person_has_one_identity(surfaces):
    assert len({identity(surface) for surface in surfaces}) == 1, {s: identity(s) for s in surfaces}


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_names_stay_two(one, other):
    assert identity(one) != identity(other)


@given(st.text(max_size=80))
def test_any_text_has_an_identity(text):
    found = identity(text)
    assert found == tuple(sorted(found))
    assert all(found)
    assert len(parts(text).whole) + len(parts(text).initials) == len(found)


@given(
    st.text(
        alphabet=[chr(c) for c in (*range(0x900, 0xD80), *range(0x600, 0x700), 0x200C, 0x200D, 32, 46)], max_size=30
    )
)
def test_any_letters_of_our_scripts(text):
    assert identity(text) == identity(f"  {text} ")


def test_titles_go_and_names_stay():
    assert [part.word for part in parts("Smt. Kamala Devi").whole] == ["kamala", "devi"]
    assert len(parts("Sri Devi").whole) == 2
    assert [part.word for part in parts("श्री रमेश कुमार").whole] == ["रमेश", "कुमार"]
    assert [part.word for part in parts("Anthony D'Souza").whole] == ["anthony", "disouza"]
    assert identity("Anthony D'Souza") == identity("ANTHONY DSOUZA") == identity("Anthony De Souza")
    assert identity("Maria D'Rozario") == identity("মারিয়া ডি রোজারিও")
    assert [part.word for part in parts("Lata w/o Suresh").whole] == ["lata"]


def test_the_arabic_article_is_heard_with_the_name_before_it():
    assert identity("نجم الدین") == ("din", "njmud")
    assert parts("عبد الستار").whole[0].key == parts("Abdul Sattar").whole[0].key
    assert len(parts("محمد الیاس").whole) == 2  # Ilyas begins with none


@pytest.mark.parametrize(
    ("surface", "initials"),
    [("K.R. Venkatesh", 2), ("KR Venkatesh", 2), ("கே. ஆர். வெங்கடேஷ்", 2), ("एस पी सिंह", 2), ("Ch. Padmavathi", 1),
     ("மு. செ. கதிர்வேல்", 2), ("க. கதிர்வேல்", 1),
     ("సిహెచ్. పద్మావతి", 1), ("रुखसाना बी बी", 0), ("Bo Li", 0)],
)  # fmt: skip
def test_initials_in_any_script(surface, initials):
    assert len(parts(surface).initials) == initials


def test_any_two_letters_with_a_dot_are_read():
    for first, second in product(ascii_letters, repeat=2):
        assert identity(f"{first}{second}. Kumar")
        assert identity(f"Kumar {first}{second}.")
