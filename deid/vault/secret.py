"""Where a passphrase or a key file comes from. Never from a process argument: other users can read those.

A passphrase, in this order: the environment variable SHODHAN_VAULT_PASSPHRASE; the file descriptor whose number stands
in SHODHAN_VAULT_PASSPHRASE_FD; the file (mode 0600) named in SHODHAN_VAULT_PASSPHRASE_FILE; the terminal. A key file is
named in SHODHAN_VAULT_KEY_FILE. A new passphrase is looked for under SHODHAN_VAULT_NEW_PASSPHRASE likewise.
"""

import contextlib
import os
import secrets
import sys
import unicodedata
from pathlib import Path
from typing import Final

from deid.vault import closed
from deid.vault.lock import KEY_BYTES, Means, Secret
from schemas.failure import Refusal

PASSPHRASE: Final = "SHODHAN_VAULT_PASSPHRASE"  # noqa: S105 - a name
NEW_PASSPHRASE: Final = "SHODHAN_VAULT_NEW_PASSPHRASE"  # noqa: S105
KEY_FILE: Final = "SHODHAN_VAULT_KEY_FILE"
SHORTEST: Final = 12
"""Characters of a passphrase."""

_FORMS = ("", "_FD", "_FILE")


def given() -> str | None:
    """The environment variable, if any, that states a secret for the vault."""
    names = (KEY_FILE, *(PASSPHRASE + form for form in _FORMS))
    return next((name for name in names if os.environ.get(name)), None)


def for_opening(means: Means, path: Path) -> Secret:
    """The secret that opens `path`. Raises Refusal where none is given and there is no terminal to ask on."""
    if means == "key file":
        name = os.environ.get(KEY_FILE)
        if not name:
            raise Refusal(f"{path}: locked with a key file; name it in the environment variable {KEY_FILE}")
        return key_file(Path(name))
    stated = _stated(PASSPHRASE)
    return Secret("passphrase", _composed(stated if stated is not None else _asked(path, "passphrase of the vault")))


def new_passphrase(path: Path, name: str) -> Secret:
    """A passphrase for a new lock, asked twice on the terminal. Raises Refusal where it is short."""
    stated = _stated(name)
    if stated is None:
        stated = _asked(path, "new passphrase")
        if _asked(path, "the same again") != stated:
            raise Refusal(f"{path}: the two passphrases differ; nothing was changed")
    if len(stated) < SHORTEST:
        raise Refusal(f"{path}: a passphrase has at least {SHORTEST} characters; nothing was changed")
    return Secret("passphrase", _composed(stated))


def key_file(path: Path) -> Secret:
    """The key in a file of 32 bytes, mode 0600. Raises Refusal."""
    try:
        value = closed.read(path)
    except FileNotFoundError:
        raise Refusal(f"{path}: no key file is there; restore it from your backup") from None
    if len(value) != KEY_BYTES:
        raise Refusal(f"{path}: not a key file ({KEY_BYTES} bytes are expected)")
    return Secret("key file", value)


def new_key_file(path: Path, vault: Path) -> Secret:
    """The key file at `path`, made where nothing is there. Raises Refusal where it lies in the vault that it locks."""
    if path.resolve().is_relative_to(vault.resolve()):
        raise Refusal(f"{path}: a key file inside the vault locks nothing; keep it elsewhere")
    with contextlib.suppress(FileExistsError):  # one that locks another vault, too
        closed.create(path, secrets.token_bytes(KEY_BYTES))
    return key_file(path)


def _stated(name: str) -> str | None:
    """The passphrase that the environment states under `name`, in one of its three forms, without a line's end."""
    value, handle, file = (os.environ.get(name + form) for form in _FORMS)
    if value:
        return value
    try:
        if handle:
            with os.fdopen(int(handle), "rb") as pipe:
                stated = pipe.read()
        elif file:
            stated = closed.read(Path(file))
        else:
            return None
        line = stated.decode().removesuffix("\n").removesuffix("\r")
    except FileNotFoundError:
        raise Refusal(f"{name}_FILE: no such file") from None
    except (OSError, ValueError):
        raise Refusal(f"{name}{'_FD' if handle else '_FILE'}: no passphrase can be read there") from None
    if not line:
        raise Refusal(f"{name}{'_FD' if handle else '_FILE'}: no passphrase can be read there")
    return line


def _asked(path: Path, what: str) -> str:
    """An answer on the terminal, not shown. Standard input may hold something else."""
    import getpass

    try:
        with Path("/dev/tty").open("r+b", buffering=0):
            pass
    except OSError:
        if not sys.stdin.isatty():
            raise Refusal(
                f"{path}: a passphrase is needed and there is no terminal; state it in {PASSPHRASE}, {PASSPHRASE}_FD "
                f"or {PASSPHRASE}_FILE"
            ) from None
    try:
        return getpass.getpass(f"{path}: {what}: ")
    except EOFError:
        raise Refusal(f"{path}: no passphrase was given") from None


def _composed(text: str) -> bytes:
    """One spelling for one passphrase, whatever keyboard it was typed on (NFC, as in RFC 8265)."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogateescape")
