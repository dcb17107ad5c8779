"""The lock on the pseudonym key: AES-256-GCM (NIST SP 800-38D) under a key made from a passphrase or a key file.

    magic  how  log2 N  r  p  salt  nonce   key, encrypted, and its tag
       16    1       1  1  1    16     12   48                            = 96 bytes

A passphrase becomes a key by scrypt (RFC 7914) with the cost that stands in the header; a key file by HKDF-SHA256 (RFC
5869), for it is random already. Everything before the encrypted key is its associated data, so no byte of the file can
change unseen. The pseudonym key is what is encrypted: the keys of all else in the vault are derived from it, and
another passphrase wraps these 32 bytes anew, and nothing else.

Knows nothing of files, terminals and environments.
"""

import secrets
import struct
from dataclasses import dataclass, field
from typing import Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from schemas.failure import Refusal

Means = Literal["passphrase", "key file"]
MAGIC: Final = b"shodhan vault 1\n"
KEY_BYTES: Final = 32
COST: Final = 17
"""log2 N: 128 MiB and about half a second for each guess. OWASP's Password Storage Cheat Sheet has 2^17, r 8, p 1."""

_HEADER = struct.Struct("16s c B B B 16s 12s")
_HOW: dict[bytes, Means] = {b"P": "passphrase", b"F": "key file"}
_LEAST, _MOST, _R, _P = 12, 20, 8, 1  # 4 MiB to 1 GiB: a forged header can neither weaken the lock nor eat the memory
SIZE: Final = _HEADER.size + KEY_BYTES + 16


@dataclass(frozen=True, slots=True)
class Secret:
    """What opens a lock: a passphrase or the bytes of a key file. It prints neither."""

    means: Means
    value: bytes = field(repr=False)


def is_locked(stored: bytes) -> bool:
    """Whether the bytes of a key's file are a lock's, whole or damaged, and not the bare key."""
    return stored.startswith(MAGIC) or len(stored) == SIZE


def means(locked: bytes) -> Means:
    """What opens these bytes. Raises Refusal where they are truncated or the header is none of ours."""
    return _HOW[_header(locked)[1]]


def lock(key: bytes, secret: Secret, cost: int = COST) -> bytes:
    """`key` (32 bytes) under `secret`; other bytes each time."""
    how = next(code for code, name in _HOW.items() if name == secret.means)
    parameters = (cost, _R, _P) if secret.means == "passphrase" else (0, 0, 0)
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    header = _HEADER.pack(MAGIC, how, *parameters, salt, nonce)
    return header + AESGCM(_wrapping(secret, parameters[0], salt)).encrypt(nonce, key, header)


def unlock(locked: bytes, secret: Secret) -> bytes:
    """The key. Raises Refusal for another secret than the lock's, and for any byte that changed."""
    _, how, cost, _, _, salt, nonce = _header(locked)
    if _HOW[how] != secret.means:
        raise Refusal(f"locked with a {_HOW[how]}, and a {secret.means} was given")
    header = locked[: _HEADER.size]
    try:
        return AESGCM(_wrapping(secret, cost, salt)).decrypt(nonce, locked[_HEADER.size :], header)
    except InvalidTag:
        raise Refusal(f"not opened: the {secret.means} is another one, or the file was changed") from None


def _header(locked: bytes) -> tuple[bytes, bytes, int, int, int, bytes, bytes]:
    if len(locked) != SIZE:
        raise Refusal(f"truncated or damaged ({len(locked)} bytes, {SIZE} are expected); restore it from your backup")
    magic, how, cost, r, p, salt, nonce = _HEADER.unpack_from(locked)
    sound = (_LEAST <= cost <= _MOST and (r, p) == (_R, _P)) if how == b"P" else (cost, r, p) == (0, 0, 0)
    if magic != MAGIC or how not in _HOW or not sound:
        raise Refusal("the header is damaged; restore it from your backup")
    return magic, how, cost, r, p, salt, nonce


def _wrapping(secret: Secret, cost: int, salt: bytes) -> bytes:
    if secret.means == "passphrase":
        return Scrypt(salt=salt, length=KEY_BYTES, n=1 << cost, r=_R, p=_P).derive(secret.value)
    return HKDF(SHA256(), KEY_BYTES, salt, b"shodhan vault key file").derive(secret.value)
