"""The pseudonym key: 32 random bytes in the vault, and the keyed tokens that stand for ids.

Who holds the key can tell whether a surrogate came from a guessed value, and undo nothing else; who loses it can no
longer
give the same person the same surrogate. It never leaves the machine, and is never rolled back.
"""

import base64
import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from schemas.failure import Refusal

NAME = "pseudonym.key"
_BYTES = 32


def create_key(vault: Path) -> Path:
    """Make the vault (mode 0700) and a new key in it (mode 0600); the file's path.

    Raises Refusal when a key is there: overwriting it would cut the thread to all earlier pseudonyms.
    """
    vault.mkdir(parents=True, exist_ok=True)
    vault.chmod(0o700)
    path = vault / NAME
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Refusal(f"{path}: a key is there already; move it away yourself to start new pseudonyms") from error
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return path


def load_key(vault: Path) -> bytes:
    """The key of a vault. Raises Refusal when it is missing, of the wrong size, or open to other users."""
    path = vault / NAME
    try:
        key = path.read_bytes()
        modes = path.stat().st_mode, vault.stat().st_mode
    except OSError as error:
        raise Refusal(f"{path}: no pseudonym key; make one with: shodhan deid key create {vault}") from error
    if any(stat.S_IMODE(mode) & 0o077 for mode in modes):
        raise Refusal(f"{path}: other users may read it; close it with: chmod 700 {vault} && chmod 600 {path}")
    if len(key) != _BYTES:
        raise Refusal(f"{path}: not a pseudonym key ({_BYTES} bytes are expected); restore it from your backup")
    return key


def token(key: bytes, kind: str, value: str) -> str:
    """A keyed token for an id: the first 20 characters of base32(HMAC-SHA256), lower case, that is 100 bits (RFC
    2104, RFC 4648).
    """
    digest = hmac.new(key, f"token\0{kind}\0{value}".encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:20]
