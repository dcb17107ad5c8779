"""The key that signs: Ed25519 (RFC 8032). The private half lies in `vault/`, the public half in `audit/`.

Who may write them: the steward alone (`vault/` 0700, `signing.pem` 0600). Whoever holds the private half can sign
certificates and rewrite the log; nothing but a copy of a checkpoint kept elsewhere would show it. Whoever holds the
public half learns nothing and can check everything.
"""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit import durable, note
from schemas.failure import Failure, Refusal

PRIVATE_KEY: Final = "signing.pem"
PUBLIC_KEY: Final = "signer.vkey"
CHECKPOINT: Final = "checkpoint"
VAULT: Final = "vault"  # beside audit/ in a workspace
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Verifier:
    """A trusted public key. `parse` and `load` are how one is made from text."""

    name: str
    public_key: bytes  # 32 bytes

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """The key that `vkey` spells (`name+keyid+base64`). Raises Refusal when a character is wrong."""
        try:
            return cls(*note.decode_vkey(vkey))
        except ValueError as error:
            raise Refusal(f"the public key does not parse: {error}") from None

    @classmethod
    def load(cls, path: Path) -> "Verifier":
        """The key in the file `path` (one line). Raises Refusal when it is missing or does not parse."""
        try:
            text = path.read_bytes().decode()
        except FileNotFoundError:
            raise Refusal(f"{path}: no public key here; `shodhan audit keys create` makes one") from None
        except OSError:
            raise Refusal(f"{path}: the public key cannot be read; see who may open it") from None
        except UnicodeDecodeError:
            raise Refusal(f"{path}: the public key does not parse: not text") from None
        if not text.endswith("\n"):
            raise Refusal(f"{path}: the public key does not parse: its line does not end")
        try:
            return cls.parse(text[:-1])
        except Refusal as refusal:
            raise Refusal(f"{path}: {refusal}") from None

    @property
    def vkey(self) -> str:
        """The text form."""
        return note.encode_vkey(self.name, self.public_key)

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return note.key_id(self.name, self.public_key)

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` over `message` is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class Signer:
    """A loaded private key under its name. It remembers, in the vault, the last checkpoint it signed."""

    def __init__(self, vault: Path, name: str, private_key: Ed25519PrivateKey) -> None:
        self.vault = vault
        self.name = name
        self._private_key = private_key
        self.verifier = Verifier(name, private_key.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"Signer({self.verifier.vkey})"

    @classmethod
    def load(cls, vault: Path, origin: str) -> "Signer":
        """The key in `vault`, made for `origin`.

        Raises Refusal when it is missing, when others than its owner may read it, when it is no Ed25519 key, and when
        its public half is not the one that was published for `origin`.
        """
        path = vault / PRIVATE_KEY
        try:
            pem = path.read_bytes()
        except FileNotFoundError:
            raise Refusal(f"{path}: no signing key here; `shodhan audit keys create` makes one") from None
        except OSError:
            raise Refusal(f"{path}: the signing key cannot be read; only its owner may sign") from None
        for place, mode in ((vault, 0o700), (path, 0o600)):
            if place.stat().st_mode & _OTHERS:
                raise Refusal(f"{place}: others than its owner may open it; `chmod {mode:o} {place}`")
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            raise Refusal(f"{path}: not a private key in PKCS8 PEM; restore it from its backup") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise Refusal(f"{path}: not an Ed25519 key")
        signer = cls(vault, origin, key)
        published = Verifier.load(vault / PUBLIC_KEY)
        if published.name != origin:
            raise Refusal(
                f"{path}: this key signs for another origin than `{origin}`; see signing.origin in shodhan.yaml"
            )
        if published != signer.verifier:
            raise Refusal(
                f"{path}: the private key does not belong to {vault / PUBLIC_KEY}; restore it from its backup"
            )
        return signer

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return self.verifier.key_id

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature (64 bytes) over `message`; the same each time."""
        return self._private_key.sign(message)


def create_signing_key(vault: Path, audit_dir: Path, origin: str) -> None:
    """Make a key for `origin`: private half in `vault`, public half in `audit_dir` (and a copy in `vault`).

    The private half is written last: a run killed before that leaves nothing that could have signed.
    Raises Failure when a key or a log is there already (an origin is never used again), or for a name no key may have.
    """
    if not note.is_key_name(origin):
        raise Failure("signing.origin: a name without spaces and plus signs, such as hospital.example/shodhan")
    private, public = vault / PRIVATE_KEY, audit_dir / PUBLIC_KEY
    for there in (private, audit_dir / CHECKPOINT):
        if there.exists():
            raise Failure(
                f"{there} is there already; a key is never overwritten. Take a new workspace and a new origin"
            )
    vault.mkdir(mode=0o700, parents=True, exist_ok=True)
    vault.chmod(0o700)
    audit_dir.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    line = f"{note.encode_vkey(origin, key.public_key().public_bytes_raw())}\n".encode()
    durable.replace(public, line)
    durable.replace(vault / PUBLIC_KEY, line)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        durable.create(private, pem, mode=stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError:
        raise Failure(f"{private} is there already; a key is never overwritten") from None
