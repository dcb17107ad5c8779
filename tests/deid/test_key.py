import stat

import pytest

from deid.key import NAME, Vault, create_key, derived, load_key, open_vault, token
from deid.vault.lock import Secret
from schemas.failure import Refusal

SECRET = Secret("key file", b"s" * 32)


def test_created_closed_and_loaded(tmp_path):
    vault = tmp_path / "vault"
    path = create_key(vault)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(vault.stat().st_mode) == 0o700
    assert len(load_key(vault)) == 32
    assert [each.name for each in vault.iterdir()] == [NAME]


def test_never_overwritten(tmp_path):
    create_key(tmp_path)
    with pytest.raises(Refusal, match="there already"):
        create_key(tmp_path, SECRET)


def test_refused_when_missing_open_or_short(tmp_path):
    with pytest.raises(Refusal, match="key create"):
        load_key(tmp_path)
    with pytest.raises(Refusal, match="key create"):
        load_key(tmp_path / "none")
    path = create_key(tmp_path)
    path.chmod(0o644)
    with pytest.raises(Refusal, match="chmod"):
        load_key(tmp_path)
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(Refusal, match="32 bytes"):
        load_key(tmp_path)
    path.unlink()
    path.mkdir(mode=0o700)
    with pytest.raises(Refusal, match="no regular file"):
        load_key(tmp_path)


def test_an_open_folder_is_refused(tmp_path):
    create_key(tmp_path / "vault")
    (tmp_path / "vault").chmod(0o750)
    with pytest.raises(Refusal, match="chmod 700"):
        load_key(tmp_path / "vault")


def test_a_symbolic_link_is_refused(tmp_path):
    path = create_key(tmp_path / "vault")
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refusal, match="symbolic link"):
        load_key(tmp_path / "vault")


def test_an_opened_vault_shows_no_key(tmp_path):
    create_key(tmp_path)
    opened = open_vault(tmp_path)
    assert load_key(opened) == opened.key
    assert repr(opened.key) not in repr(opened)
    assert repr(opened) == repr(Vault(tmp_path, b"another"))


def test_tokens_are_keyed_and_kinds_apart():
    one = token(b"a" * 32, "subject", "10000032")
    assert len(one) == 20
    assert one == token(b"a" * 32, "subject", "10000032") == one.lower()
    assert len({one, token(b"b" * 32, "subject", "10000032"), token(b"a" * 32, "note", "10000032")}) == 3


def test_derived_keys_are_apart():
    key = b"a" * 32
    assert len({key, derived(key, "one"), derived(key, "two"), derived(b"b" * 32, "one")}) == 4
    assert len(derived(key, "one", 64)) == 64
