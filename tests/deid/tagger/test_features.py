"""What the network is told of a word by the lists that only it reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.gazetteers import (
    Phrases,
    common_name_sounds,
    common_names,
    institution_sounds,
    institutions,
    localities,
    locality_sounds,
    ordinary_sounds,
    ordinary_words,
    sound,
    sounds,
)
from deid.note import Note
from deid.tagger.features import _sign, context, word
from deid.tokens import key, tokens


def signs(text: str) -> set[int]:
    (token,) = tokens(text)
    return set(word(token.text, token.kind, token.key).signs.tolist())


def test_common_names_are_keys_and_reached_by_sound_from_other_scripts() -> None:
    assert {"pushpa", "mishra", "murugesan", "ouseph", "sukhwinder", "hansda", "lyngdoh"} <= common_names()
    assert all(name == key(name) for name in common_names())
    for name, tamil in (("पुष्पा", False), ("মিশ্র", False), ("ਹਰਪਾਲ", False), ("முருகேசன்", True)):
        assert sound(name, tamil) in common_name_sounds(tamil), name


def listed(phrases: Phrases) -> set[str]:
    return {" ".join(name) for name in phrases.names}


def test_institutions_and_localities_are_listed_and_reached_by_sound() -> None:
    assert {"kendriya vidyalaya", "kgmu", "bhel"} <= listed(institutions())
    assert {"koramangala", "anna nagar", "gariahat", "bhendi bazaar"} <= listed(localities())
    assert sound("मेदांता") in institution_sounds()
    assert sound("ಕೋರಮಂಗಲ") in locality_sounds()


@pytest.mark.parametrize(("name", "kind"), [("kendriya vidyalaya", "institution 2"), ("anna nagar west", "locality 3")])
def test_the_longest_listed_name_at_a_place_is_told(name: str, kind: str) -> None:
    told, words = _sign(kind), name.split()
    found = [told in ids for ids in context(Note(f"from {name} today"))]
    assert found == [False, *[True] * len(words), False]
    assert not any(told in ids for ids in context(Note(f"from {' '.join(reversed(words))} today")))


def test_ordinary_words_are_keys_and_reached_by_sound_from_other_scripts() -> None:
    assert {"bukhar", "vandhaanga", "kothay", "godown", "chappal", "cheppadu"} <= ordinary_words()
    assert all(word == key(word) for word in ordinary_words())
    for name, tamil in (("बुखार", False), ("কোথায়", False), ("வந்தாங்க", True)):
        assert sound(name, tamil) in ordinary_sounds(tamil), name


@given(st.lists(st.text(st.characters(blacklist_characters="\n"), min_size=1), min_size=1), st.booleans())
def test_a_list_sounds_as_its_words_do(words: list[str], tamil: bool) -> None:
    assert sounds(words, tamil) == [sound(word, tamil) for word in words]


def test_an_institution_is_told_at_the_end_of_a_text_where_longer_ones_begin_alike() -> None:
    first, lengths = min(each for each in institutions().lengths.items() if len(each[1]) > 1)
    shortest = min(name for name in institutions().names if (name[0], len(name)) == (first, lengths[-1]))
    told = _sign(f"institution {min(len(shortest), 3)}")
    assert all(told in ids for ids in context(Note(" ".join(shortest))))


def test_a_common_name_has_a_sign_that_an_unheard_word_lacks() -> None:
    assert len(signs("Pushpa") - signs("Qxwvz")) > 1
