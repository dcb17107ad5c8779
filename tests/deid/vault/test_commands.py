"""The vault's commands as a user calls them. Passphrases are in no argument: every one of them is looked at."""

import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deid.key import NAME, load_key
from deid.vault.lock import SIZE

SHODHAN = Path(sys.executable).with_name("shodhan")
FIRST, SECOND = "correct horse battery", "नया गुप्त वाक्य और लंबा"


@pytest.fixture
def vault(tmp_path):
    return tmp_path / "vault"


def shodhan(*arguments, code=0, fds=(), **environment):
    command = [str(SHODHAN), *map(str, arguments)]
    assert not [each for each in command if FIRST in each or SECOND in each]
    done = subprocess.run(
        command, env=os.environ | {"COLUMNS": "160"} | environment, capture_output=True, text=True, pass_fds=fds,
        start_new_session=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    said = done.stdout + done.stderr
    assert FIRST not in said
    assert SECOND not in said
    assert "Traceback" not in said
    if code == 3:
        assert len(done.stderr.splitlines()) == 1
    return said


def locked(vault, passphrase=FIRST):
    shodhan("deid", "key", "create", vault, "--passphrase", SHODHAN_VAULT_PASSPHRASE=passphrase)
    return vault


def key_of(vault, monkeypatch, **environment):
    with monkeypatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        return load_key(vault)


def test_plain_stays_possible(vault):
    told = json.loads(shodhan("deid", "key", "create", vault, "--json"))
    assert told == {"key": str(vault / NAME)}
    assert (vault / NAME).stat().st_size == 32
    assert "there already" in shodhan("deid", "key", "create", vault, code=3)


def test_rotation_keeps_the_key(vault, tmp_path, monkeypatch):
    locked(vault)
    assert (vault / NAME).stat().st_size == SIZE
    assert stat.S_IMODE((vault / NAME).stat().st_mode) == 0o600
    key = key_of(vault, monkeypatch, SHODHAN_VAULT_PASSPHRASE=FIRST)
    assert key not in (vault / NAME).read_bytes()
    rotate = ("deid", "key", "rotate", vault)
    before = (vault / NAME).read_bytes()
    shodhan(*rotate, "--passphrase", SHODHAN_VAULT_PASSPHRASE=FIRST, SHODHAN_VAULT_NEW_PASSPHRASE=SECOND)
    assert (vault / NAME).read_bytes() != before
    assert key_of(vault, monkeypatch, SHODHAN_VAULT_PASSPHRASE=SECOND) == key
    file = tmp_path / "key-file"
    shodhan(*rotate, "--key-file", file, SHODHAN_VAULT_PASSPHRASE=SECOND)
    assert key_of(vault, monkeypatch, SHODHAN_VAULT_KEY_FILE=str(file)) == key
    shodhan(*rotate, "--no-lock", SHODHAN_VAULT_KEY_FILE=str(file))
    assert load_key(vault) == key
    assert [each.name for each in vault.iterdir()] == [NAME]


def test_rotation_needs_the_old_secret_and_one_new_lock(vault):
    locked(vault)
    before = (vault / NAME).read_bytes()
    rotate = ("deid", "key", "rotate", vault)
    said = shodhan(*rotate, "--no-lock", code=3, SHODHAN_VAULT_PASSPHRASE="another passphrase")
    assert "another one" in said
    assert "no terminal" in shodhan(*rotate, "--no-lock", code=3)
    short = {"SHODHAN_VAULT_PASSPHRASE": FIRST, "SHODHAN_VAULT_NEW_PASSPHRASE": "short"}
    assert "at least 12" in shodhan(*rotate, "--passphrase", code=3, **short)
    shodhan(*rotate, code=2, SHODHAN_VAULT_PASSPHRASE=FIRST)
    shodhan(*rotate, "--no-lock", "--passphrase", code=2, SHODHAN_VAULT_PASSPHRASE=FIRST)
    assert (vault / NAME).read_bytes() == before


def test_export_is_refused_without_the_secret(vault, tmp_path, monkeypatch):
    copy = tmp_path / "copy"
    export = ("deid", "key", "export", vault, "-o", copy, "--passphrase")
    new = {"SHODHAN_VAULT_NEW_PASSPHRASE": SECOND}
    shodhan("deid", "key", "create", vault)
    assert "no lock" in shodhan(*export, code=3, **new)
    shodhan("deid", "key", "rotate", vault, "--passphrase", SHODHAN_VAULT_NEW_PASSPHRASE=FIRST)
    shodhan(*export, code=3, **new)
    shodhan(*export, code=3, SHODHAN_VAULT_PASSPHRASE="another passphrase", **new)
    assert not copy.exists()
    shodhan(*export, SHODHAN_VAULT_PASSPHRASE=FIRST, **new)
    assert "there already" in shodhan(*export, code=3, SHODHAN_VAULT_PASSPHRASE=FIRST, **new)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    copy.rename(elsewhere / NAME)
    mine = key_of(vault, monkeypatch, SHODHAN_VAULT_PASSPHRASE=FIRST)
    assert key_of(elsewhere, monkeypatch, SHODHAN_VAULT_PASSPHRASE=SECOND) == mine


def test_replacing_keeps_the_old_key(vault):
    shodhan("deid", "key", "create", vault)
    old = load_key(vault)
    replace = ("deid", "key", "replace", vault, "--no-lock")
    shodhan(*replace, code=1)  # nobody says yes
    assert load_key(vault) == old
    kept = json.loads(shodhan(*replace, "--yes", "--json"))["old_key"]
    assert Path(kept).read_bytes() == old != load_key(vault)


@pytest.mark.parametrize("way", ["", "_FD", "_FILE"])
def test_a_passphrase_for_unattended_runs(vault, tmp_path, way):
    locked(vault)
    file = tmp_path / "passphrase"
    file.write_text(FIRST + "\n")
    file.chmod(0o600)
    with file.open() as handle:
        value = {"": FIRST, "_FD": str(handle.fileno()), "_FILE": str(file)}[way]
        environment = {f"SHODHAN_VAULT_PASSPHRASE{way}": value}
        shodhan("deid", "key", "rotate", vault, "--no-lock", fds=(handle.fileno(),), **environment)


def test_a_passphrase_from_the_terminal_is_not_shown(vault):
    locked(vault)
    command = [SHODHAN, "deid", "key", "rotate", vault, "--no-lock"]
    child, terminal = pty.fork()
    if not child:
        os.execv(SHODHAN, [str(each) for each in command])
    said = b""
    while b"passphrase of the vault: " not in said:
        said += os.read(terminal, 1000)
    os.write(terminal, FIRST.encode() + b"\n")
    try:
        while piece := os.read(terminal, 1000):
            said += piece
    except OSError:  # the child has closed its side
        pass
    assert os.waitpid(child, 0)[1] == 0
    assert FIRST.encode() not in said
    assert (vault / NAME).stat().st_size == 32


def test_secrets_that_are_refused(vault, tmp_path):
    file = tmp_path / "key-file"
    shodhan("deid", "key", "create", vault, "--key-file", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rotate = ("deid", "key", "rotate", vault, "--no-lock")
    assert "SHODHAN_VAULT_KEY_FILE" in shodhan(*rotate, code=3)
    said = shodhan(*rotate, code=3, SHODHAN_VAULT_KEY_FILE=str(tmp_path / "none"))
    assert "no key file" in said
    other = tmp_path / "other"
    other.write_bytes(os.urandom(32))
    assert "chmod 600" in shodhan(*rotate, code=3, SHODHAN_VAULT_KEY_FILE=str(other))
    other.chmod(0o600)
    assert "another one" in shodhan(*rotate, code=3, SHODHAN_VAULT_KEY_FILE=str(other))
    other.write_bytes(b"short")
    assert "32 bytes" in shodhan(*rotate, code=3, SHODHAN_VAULT_KEY_FILE=str(other))
    link = tmp_path / "link"
    link.symlink_to(file)
    assert "symbolic link" in shodhan(*rotate, code=3, SHODHAN_VAULT_KEY_FILE=str(link))
    inside = ("deid", "key", "create", tmp_path / "new", "--key-file", tmp_path / "new" / "key-file")
    assert "inside the vault" in shodhan(*inside, code=3)
    shodhan("deid", "key", "rotate", vault, "--no-lock", SHODHAN_VAULT_KEY_FILE=str(file))
    said = shodhan(*rotate, code=3, SHODHAN_VAULT_KEY_FILE=str(file))
    assert "no lock" in said  # somebody may have put a bare key in the locked one's place


@pytest.mark.parametrize("damage", ["truncated", "flipped", "open", "linked"])
def test_a_damaged_vault_is_refused_in_one_line(vault, tmp_path, damage):
    locked(vault)
    path, notes = vault / NAME, tmp_path / "notes.jsonl"
    notes.write_text('{"id": "a", "text": "no name"}\n')
    stored = path.read_bytes()
    if damage == "truncated":
        path.write_bytes(stored[:32])
    elif damage == "flipped":
        path.write_bytes(stored[:60] + bytes([stored[60] ^ 1]) + stored[61:])
    elif damage == "open":
        path.chmod(0o604)
    else:
        path.rename(tmp_path / "moved")
        path.symlink_to(tmp_path / "moved")
    for command in (
        ("deid", "scrub", notes, "-o", tmp_path / "out", "--vault", vault),
        ("deid", "key", "rotate", vault, "--no-lock"),
        ("deid", "key", "export", vault, "-o", tmp_path / "copy", "--passphrase"),
    ):
        shodhan(*command, code=3, SHODHAN_VAULT_PASSPHRASE=FIRST, SHODHAN_VAULT_NEW_PASSPHRASE=SECOND)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "copy").exists()


def test_a_vault_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    assert "no folder can be made" in shodhan("deid", "key", "create", tmp_path / "file" / "vault", code=1)


def test_a_copy_that_cannot_be_written_is_named(vault, tmp_path):
    locked(vault)
    export = ("deid", "key", "export", vault, "-o", tmp_path / "none" / "copy", "--passphrase")
    secrets = {"SHODHAN_VAULT_PASSPHRASE": FIRST, "SHODHAN_VAULT_NEW_PASSPHRASE": SECOND}
    assert "cannot be written" in shodhan(*export, code=1, **secrets)
