import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.vault.lock import COST, SIZE, Secret, is_locked, lock, means, unlock
from schemas.failure import Refusal

KEY = bytes(range(32))
CHEAP = 12  # the least that a header may state: 4 MiB, some 10 ms
PASSPHRASE, KEY_FILE = Secret("passphrase", "सही घोड़ा battery".encode()), Secret("key file", b"f" * 32)
LOCKED = {secret.means: lock(KEY, secret, CHEAP) for secret in (PASSPHRASE, KEY_FILE)}
BOTH = pytest.mark.parametrize("secret", [PASSPHRASE, KEY_FILE], ids=lambda secret: secret.means)


@given(key=st.binary(min_size=32, max_size=32), value=st.binary(min_size=1, max_size=80))
@settings(max_examples=15, deadline=None)
def test_what_is_locked_opens_again(key, value):
    for way in ("passphrase", "key file"):
        secret = Secret(way, value)
        locked = lock(key, secret, CHEAP)
        assert is_locked(locked)
        assert means(locked) == way
        assert unlock(locked, secret) == key
        assert key not in locked


@BOTH
def test_every_byte_counts(secret):
    """All 96 bytes, one bit of each flipped in turn; bits that raise the cost are refused before they cost anything."""
    for place in range(SIZE):
        changed = bytearray(LOCKED[secret.means])
        changed[place] ^= 1 << (place % 8)
        with pytest.raises(Refusal):
            unlock(bytes(changed), secret)


@given(place=st.integers(0, SIZE - 1), value=st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_any_other_byte_is_refused(place, value):
    changed = bytearray(LOCKED["key file"])
    changed[place] ^= value
    with pytest.raises(Refusal):
        unlock(bytes(changed), KEY_FILE)


@BOTH
@given(size=st.integers(0, SIZE - 1))
def test_truncated_is_refused(secret, size):
    with pytest.raises(Refusal, match="truncated"):
        unlock(LOCKED[secret.means][:size], secret)
    with pytest.raises(Refusal, match="truncated"):
        unlock(LOCKED[secret.means] + b"more", secret)


@BOTH
@given(value=st.binary(min_size=1, max_size=40))
@settings(max_examples=10, deadline=None)
def test_another_secret_is_refused(secret, value):
    if value != secret.value:
        with pytest.raises(Refusal, match="another one"):
            unlock(LOCKED[secret.means], Secret(secret.means, value))


def test_the_other_means_is_refused():
    with pytest.raises(Refusal, match="locked with a passphrase"):
        unlock(LOCKED["passphrase"], KEY_FILE)


def test_a_forged_cost_neither_weakens_nor_eats_memory():
    for cost in (*range(12), *range(21, 256)):
        forged = bytearray(LOCKED["passphrase"])
        forged[17] = cost
        with pytest.raises(Refusal, match="header"):
            unlock(bytes(forged), PASSPHRASE)


def test_two_locks_on_one_key_look_unrelated():
    one, two = lock(KEY, KEY_FILE), lock(KEY, KEY_FILE)
    assert one[20:] != two[20:]
    assert one[20:48] != two[20:48]


def test_the_passphrase_is_slow_to_guess():
    started = time.monotonic()
    unlock(lock(KEY, PASSPHRASE, COST), PASSPHRASE)
    assert time.monotonic() - started > 0.1


def test_a_secret_shows_nothing():
    assert "घोड़ा" not in repr(PASSPHRASE)
    assert repr(PASSPHRASE.value) not in repr(PASSPHRASE)
