"""Another lock on the same key, a copy under a lock of its own, and the start of new pseudonyms.

A rotation, in order: hold the vault's folder (flock); open the old lock; lock the key anew and open that again in
memory; write it beside, fsync, rename over the old one, fsync the folder. Killed at any moment, the vault opens with
the old secret or with the new one.
"""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from deid.key import NAME, fingerprint, open_vault, stored_key
from deid.vault import closed
from deid.vault.lock import KEY_BYTES, Secret, is_locked, lock, unlock
from schemas.failure import Refusal

NewLock = Callable[[], Secret | None]
"""Asks for the new secret, once the old lock is open; None: no lock."""


def rotate_key(vault: Path, new: NewLock) -> Path:
    """Put the same key under a new lock, or under none; the file's path. Pseudonyms stay what they are.

    Raises Refusal when the old lock does not open, or another process changes the key now.
    """
    with _alone(vault):
        key = open_vault(vault).key
        closed.replace(vault / NAME, _locked(key, new()))
    return vault / NAME


def export_key(vault: Path, output: Path, new: NewLock) -> None:
    """Write the key to a new file under a lock of its own: what a backup or another machine is given.

    Raises Refusal where the vault has no lock (nothing then shows that whoever asks may have the key), when its lock
    does not open, and when something is at `output` already.
    """
    path, stored = stored_key(vault)
    if not is_locked(stored):
        raise Refusal(f"{path}: not exported: no lock; first: shodhan deid key rotate {vault} --passphrase")
    key = open_vault(vault).key
    try:
        closed.create(output, _locked(key, new()))
    except FileExistsError:
        raise Refusal(f"{output}: something is there already; nothing was written") from None


def replace_key(vault: Path, new: NewLock) -> Path:
    """Start new pseudonyms under a new key; the old one stays beside as `pseudonym-<its fingerprint>.key`.

    Every surrogate and token of later runs is another; what the old key hides opens only with the old file in its
    place again. Gives the path of the old key. Raises Refusal as `rotate_key` does.
    """
    with _alone(vault):
        key = open_vault(vault).key
        locked = _locked(secrets.token_bytes(KEY_BYTES), new())
        old = vault / f"pseudonym-{fingerprint(key)}.key"
        with contextlib.suppress(FileExistsError):  # of an earlier try that was killed
            os.link(vault / NAME, old)
        closed.sync_folder(vault)
        closed.replace(vault / NAME, locked)
    return old


def _locked(key: bytes, secret: Secret | None) -> bytes:
    if secret is None:
        return key
    locked = lock(key, secret)
    if unlock(locked, secret) != key:
        raise Refusal("the new lock does not open; nothing was changed")
    return locked


@contextlib.contextmanager
def _alone(vault: Path) -> Iterator[None]:
    try:
        handle = os.open(vault, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        raise Refusal(f"{vault}: no vault; make one with: shodhan deid key create {vault}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refusal(f"{vault}: another process changes its key; wait for it, and ask again") from None
    finally:
        os.close(handle)
