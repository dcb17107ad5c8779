import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.cipher import ENCRYPTED, Cipher
from deid.residual import residual
from schemas.failure import Refusal
from schemas.labels import Label

CIPHER, OTHER = Cipher(b"k" * 32), Cipher(b"o" * 32)
LABELS, TEXTS = st.sampled_from(list(Label)), st.text(st.characters(), max_size=60)


@given(label=LABELS, scope=TEXTS, value=TEXTS)
def test_what_is_encrypted_is_read_again(label, scope, value):
    written = CIPHER.encrypt(label, scope, value)
    assert ENCRYPTED.fullmatch(written)
    assert CIPHER.decrypt(written) == value
    assert CIPHER.encrypt(label, scope, value) == written
    with pytest.raises(Refusal):
        OTHER.decrypt(written)


@given(value=TEXTS, place=st.integers(0, 10_000), other=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_every_other_character_is_refused(value, place, other):
    written = CIPHER.encrypt(Label.PERSON, "s", value)
    body = range(len("[PERSON="), len(written) - 1)
    place = body[place % len(body)]
    if written[place] != other:
        with pytest.raises(Refusal, match="does not open"):
            CIPHER.decrypt(written[:place] + other + written[place + 1 :])


@given(value=TEXTS)
def test_the_label_is_authenticated(value):
    with pytest.raises(Refusal):
        CIPHER.decrypt(CIPHER.encrypt(Label.PERSON, "s", value).replace("PERSON", "LOCATION"))


@given(label=LABELS, value=TEXTS, scope=TEXTS, elsewhere=TEXTS)
def test_neither_joins_two_scopes(label, value, scope, elsewhere):
    if scope != elsewhere:
        assert CIPHER.encrypt(label, scope, value) != CIPHER.encrypt(label, elsewhere, value)
        assert CIPHER.token(label, scope, value) != CIPHER.token(label, elsewhere, value)


@given(label=LABELS, scope=TEXTS, value=TEXTS)
def test_a_token_is_a_label_and_a_hundred_bits(label, scope, value):
    made = CIPHER.token(label, scope, value)
    assert re.fullmatch(rf"\[{label}:[a-z2-7]{{20}}\]", made)
    assert made == CIPHER.token(label, scope, value) != OTHER.token(label, scope, value)


@given(label=LABELS, value=TEXTS)
def test_neither_looks_like_an_identifier_that_remains(label, value):
    assert residual([CIPHER.encrypt(label, "", value), CIPHER.token(label, "", value)], [[], []]) == [None, None]


@pytest.mark.parametrize("written", ["", "[PERSON=]", "[PERSON=a]", "[PERSON=aaaa]", "Ravi", "[person=aaaa]"])
def test_what_is_none_of_ours_is_refused(written):
    with pytest.raises(Refusal):
        CIPHER.decrypt(written)


def test_a_value_is_not_in_it():
    assert "ravi" not in CIPHER.encrypt(Label.PERSON, "s", "ravi").casefold()
