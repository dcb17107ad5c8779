"""The pseudonym key: 32 random bytes in the vault, and the keyed tokens that stand for ids.

Who holds the key can tell whether a surrogate came from a guessed value, how far dates were moved, and what the
operator `encrypt` and the re-identification table hide; who loses it can no longer give the same person the same
surrogate. It never leaves the machine unlocked, and is never rolled back.

The file holds the bare key, or the key under a lock (`deid.vault.lock`); in both cases its owner alone may read it.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from deid.vault import closed
from deid.vault.lock import KEY_BYTES, Secret, is_locked, lock, means, unlock
from deid.vault.secret import for_opening, given
from schemas.failure import Refusal

NAME = "pseudonym.key"


@dataclass(frozen=True, slots=True)
class Vault:
    """An opened vault: its folder, and the pseudonym key in memory. A lock is opened once; workers are given this."""

    folder: Path
    key: bytes = field(repr=False)


def create_key(vault: Path, secret: Secret | None = None) -> Path:
    """Make the vault (mode 0700) and a new key in it (mode 0600), locked where there is a secret; the file's path.

    Raises Refusal when a key is there: overwriting it would cut the thread to all earlier pseudonyms.
    """
    closed.make_folder(vault)
    path, key = vault / NAME, secrets.token_bytes(KEY_BYTES)
    try:
        closed.create(path, lock(key, secret) if secret else key)
    except FileExistsError as error:
        raise Refusal(f"{path}: a key is there already; move it away yourself to start new pseudonyms") from error
    return path


def open_vault(vault: Path) -> Vault:
    """The vault with its key, unlocked by what the environment states or the terminal answers (`deid.vault.secret`).

    Raises Refusal when the key is missing, damaged, a symbolic link or open to other users, when its lock does not
    open, and when a secret is stated for a key that has no lock: somebody may have put it there.
    """
    path, stored = stored_key(vault)
    if is_locked(stored):
        try:
            return Vault(vault, unlock(stored, for_opening(means(stored), path)))
        except Refusal as refusal:
            raise refusal if str(path) in str(refusal) else Refusal(f"{path}: {refusal}") from None
    if (name := given()) is not None:
        raise Refusal(
            f"{path}: {name} is set, but this key has no lock; lock it with: shodhan deid key rotate {vault} "
            "--passphrase, or unset the variable"
        )
    return Vault(vault, stored)


def load_key(vault: Vault | Path) -> bytes:
    """The key of a vault, opened now where it is not yet. Raises Refusal as `open_vault` does."""
    return opened(vault).key


def opened(vault: Vault | Path) -> Vault:
    """The vault, opened now where it is not yet. Raises Refusal as `open_vault` does."""
    return vault if isinstance(vault, Vault) else open_vault(vault)


def stored_key(vault: Path) -> tuple[Path, bytes]:
    """The key's file and its bytes, locked or not. Raises Refusal when it is missing, of no key's size, or open."""
    path = vault / NAME
    try:
        closed.check_folder(vault)
        stored = closed.read(path)
    except OSError as error:
        raise Refusal(f"{path}: no pseudonym key; make one with: shodhan deid key create {vault}") from error
    if not is_locked(stored) and len(stored) != KEY_BYTES:
        raise Refusal(f"{path}: not a pseudonym key ({KEY_BYTES} bytes are expected); restore it from your backup")
    return path, stored


def token(key: bytes, kind: str, value: str) -> str:
    """A keyed token for an id: the first 20 characters of base32(HMAC-SHA256), lower case, that is 100 bits (RFC
    2104, RFC 4648).
    """
    digest = hmac.new(key, f"token\0{kind}\0{value}".encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:20]


def fingerprint(key: bytes) -> str:
    """Eight characters that tell keys apart and say nothing of them."""
    return token(key, "vault", "fingerprint")[:8]


def derived(key: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    """A key for one purpose, from which neither the pseudonym key nor that of another purpose follows (RFC 5869)."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length, None, f"shodhan {purpose}".encode()).derive(key)
