"""Values that only the key leads back to, or that only the key can tell: the operators `encrypt` and `token`.

    [PERSON=gezdgnbv…]    encrypted: AES-SIV (RFC 5297), whose nonce is made from what it encrypts, so that equal input
                          gives equal bytes; with the key it is read again
    [PERSON:gezdgnbvgy3]  a token: label and 100 bits of HMAC-SHA256; nothing leads back but the re-identification table

Both differ between scopes, so that no two records are joined by them that the policy keeps apart. Of an encrypted value
the length is told in steps of 16 bytes; the label is authenticated with it.
"""

import base64
import binascii
import json
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from deid.key import derived, token
from schemas.failure import Refusal
from schemas.labels import Label

ENCRYPTED = re.compile(r"\[([A-Z][A-Z0-9_]*)=([a-z2-7]+)\]")
_SCOPE_BYTES, _BLOCK, _END = 8, 16, b"\x80"


class Cipher:
    """Encrypts, decrypts and makes tokens under one pseudonym key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._siv = AESSIV(derived(key, "encrypted values", 64))
        self._scopes = derived(key, "scopes of encrypted values")

    def token(self, label: Label, scope: str, folded: str) -> str:
        """The same for the same folded value within a scope."""
        return f"[{label}:{token(self._key, 'value', json.dumps([scope, label.value, folded]))}]"

    def encrypt(self, label: Label, scope: str, value: str) -> str:
        """The value, for the vault's holder alone."""
        # eight bytes say which scope, to nobody who lacks the key: they make the ciphertexts of two scopes differ
        tag = token(self._scopes, "scope", scope).encode()[:_SCOPE_BYTES]
        plain = tag + value.encode("utf-8", "surrogatepass") + _END
        plain += b"\0" * (-len(plain) % _BLOCK)
        return f"[{label}={_encoded(self._siv.encrypt(plain, [label.value.encode()]))}]"

    def decrypt(self, written: str) -> str:
        """What `encrypt` hid. Raises Refusal for anything else, and for what another key encrypted."""
        match = ENCRYPTED.fullmatch(written)
        try:
            if match is None:
                raise ValueError
            plain = self._siv.decrypt(_decoded(match[2]), [match[1].encode()])
            return plain[_SCOPE_BYTES:].rstrip(b"\0").removesuffix(_END).decode("utf-8", "surrogatepass")
        except (ValueError, InvalidTag):
            raise Refusal("an encrypted value does not open: another key's, or not as it was written") from None


def _encoded(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def _decoded(text: str) -> bytes:
    """The bytes that `_encoded` gives this text for. Raises ValueError where there are none."""
    try:
        data = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except binascii.Error:
        raise ValueError from None
    if _encoded(data) != text:
        raise ValueError
    return data
