import stat

import pytest

from deid.key import create_key, load_key, token
from schemas.failure import Refusal


def test_created_closed_and_loaded(tmp_path):
    vault = tmp_path / "vault"
    path = create_key(vault)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(vault.stat().st_mode) == 0o700
    assert len(load_key(vault)) == 32


def test_never_overwritten(tmp_path):
    create_key(tmp_path)
    with pytest.raises(Refusal, match="there already"):
        create_key(tmp_path)


def test_refused_when_missing_open_or_short(tmp_path):
    with pytest.raises(Refusal, match="key create"):
        load_key(tmp_path)
    path = create_key(tmp_path)
    path.chmod(0o644)
    with pytest.raises(Refusal, match="chmod"):
        load_key(tmp_path)
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(Refusal, match="32 bytes"):
        load_key(tmp_path)


def test_tokens_are_keyed_and_kinds_apart():
    one = token(b"a" * 32, "subject", "10000032")
    assert len(one) == 20
    assert one == token(b"a" * 32, "subject", "10000032") == one.lower()
    assert len({one, token(b"b" * 32, "subject", "10000032"), token(b"a" * 32, "note", "10000032")}) == 3
