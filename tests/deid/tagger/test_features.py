"""What the network is told of a word by the lists that only it reads."""

from deid.gazetteers import common_name_sounds, common_names, institution_sounds, institutions, sound
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


def test_the_longest_institution_at_a_place_is_told() -> None:
    listed = {" ".join(name) for names in institutions().values() for name in names}
    assert {"kendriya vidyalaya", "kgmu", "bhel"} <= listed
    told = _sign("institution 2")
    assert [told in ids for ids in context(Note("from kendriya vidyalaya today"))] == [False, True, True, False]
    assert not any(told in ids for ids in context(Note("from vidyalaya kendriya today")))
    assert sound("मेदांता") in institution_sounds()


def test_an_institution_is_told_at_the_end_of_a_text_where_longer_ones_begin_alike() -> None:
    names = next(names for names in institutions().values() if len({len(name) for name in names}) > 1)
    shortest = min(names, key=len)
    told = _sign(f"institution {min(len(shortest), 3)}")
    assert all(told in ids for ids in context(Note(" ".join(shortest))))


def test_a_common_name_has_a_sign_that_an_unheard_word_lacks() -> None:
    assert len(signs("Pushpa") - signs("Qxwvz")) > 1
