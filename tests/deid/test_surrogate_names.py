import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.chance import Chance
from deid.gazetteers import names
from deid.linking.identity import identity
from deid.surrogate_names import _pools, _written, exchanged, made_name, made_place
from deid.tokens import script

KEY = b"k" * 32
LISTED = sorted(name for name in names() if name.isascii() and name.isalpha() and len(name) > 2)


def draw(part, key=KEY):
    return Chance(key, "scope", "PERSON", part)


@given(st.integers(2, 3000), st.binary(min_size=32, max_size=32), st.data())
def test_two_places_are_never_exchanged_for_one_and_none_stays(size, key, data):
    one, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    new = [exchanged(index, size, Chance(key, "p")) for index in (one, other)]
    assert all(0 <= index < size for index in new)
    assert new[0] != one
    assert (new[0] == new[1]) == (one == other)


def test_listed_names_that_sound_apart_keep_apart():
    sounds = {identity(name): name for name in LISTED}
    made = [made_name(name, draw) for name in sounds.values()]
    alike = len(made) - len(set(made))
    assert alike <= len(made) * 0.01  # names put together from halves may meet; listed ones do not


@pytest.mark.parametrize(
    "spellings",
    [("Ram", "RAM", "Raam", "राम", "ராம்", "রাম"), ("Sunita", "Suneetha", "सुनीता", "সুনীতা"), ("Ramesh", "रमेश", "રમેશ")],
)
def test_one_name_in_every_script_is_one_made_up_name(spellings):
    made = [made_name(word, draw) for word in spellings]
    assert len({identity(name) for name in made}) == 1
    assert [script(name) for name in made] == [script(word) for word in spellings]


def test_most_made_up_names_sound_alike_in_every_script():
    names = [name for pool in _pools().values() for name in pool[::7]]
    apart = sum(len({identity(_written(name, script)) for script in ("Latn", "Deva", "Beng")}) > 1 for name in names)
    assert apart <= 0.1 * len(names)


def test_a_woman_stays_a_woman():
    women = {line.split("\t")[0] for line in _styles() if "\tg\tf\t" in line}
    for name in sorted(women)[::25]:
        assert made_name(name, draw) in women or not made_name(name, draw).isascii() or name not in LISTED


def _styles():
    from importlib.resources import files

    return (files("deid.gazetteers") / "styles.tsv").read_text(encoding="utf-8").splitlines()


def test_a_case_ending_stays():
    assert made_name("রমেশের", draw).endswith("ের")
    assert made_name("রমেশের", draw).startswith(made_name("রমেশ", draw))
    assert made_name("ராமனுக்கு", draw).endswith("ுக்கு")


def test_another_key_another_name():
    assert [made_name(name, draw) for name in LISTED[::40]] != [
        made_name(name, lambda part: draw(part, b"o" * 32)) for name in LISTED[::40]
    ]


@given(st.text(alphabet=string.ascii_letters + "रामকলাதமிஸ்", min_size=2, max_size=12))
def test_any_word_has_a_name_that_is_not_its_own(word):
    made = made_name(word, draw)
    assert made
    assert made != word.casefold()
    assert made == made_name(word, draw)


def test_places_too():
    assert made_place("pune", draw) == made_place("Pune", draw) != "pune"
    assert script(made_place("पुणे", draw)) == "Deva"


def test_a_name_of_many_characters_takes_no_square_of_them():
    assert made_name("्ा" * 100_000, draw)
