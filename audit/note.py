"""Signed notes and checkpoints, as C2SP writes them (c2sp.org/signed-note v1.0.0, c2sp.org/tlog-checkpoint v1.0.0).

A note is text, a blank line, and signature lines. A checkpoint is a note whose text is three lines: the log's origin,
its size, its root. Text, small, readable; an auditor can keep it on paper.

Knows nothing of key files or of what the log holds.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final, Protocol

from audit.merkle import HASH_BYTES
from schemas.failure import Refusal

ED25519: Final = b"\x01"
"""Signature type of a key: Ed25519 over the note's text."""
MAX_NOTE_BYTES: Final = 1 << 20
MAX_SIGNATURES: Final = 16
_EM_DASH: Final = "\N{EM DASH}"
_KEY_ID_BYTES: Final = 4


class NoteSigner(Protocol):
    """What signs: a named key."""

    @property
    def name(self) -> str:
        """The key's name; for a log, its origin."""

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`."""


class NoteVerifier(Protocol):
    """What a signature is checked with."""

    @property
    def name(self) -> str:
        """The key's name."""

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` over `message` is this key's."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: under which name, how many entries, and the root over them (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note's text: three lines, each with its newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_id(name: str, public_key: bytes, kind: bytes = ED25519) -> bytes:
    """The first four bytes of SHA-256(name || newline || type || public key)."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public_key).digest()[:_KEY_ID_BYTES]


def encode_vkey(name: str, public_key: bytes) -> str:
    """The text form of an Ed25519 public key: `name+keyid+base64(type || key)`."""
    return f"{name}+{key_id(name, public_key).hex()}+{base64.b64encode(ED25519 + public_key).decode()}"


def decode_vkey(text: str) -> tuple[str, bytes]:
    """Name and Ed25519 public key (32 bytes) of a vkey. Raises ValueError when a single character is wrong."""
    name, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    try:
        data = strict_base64(encoded)
    except ValueError:
        raise ValueError("the key is not base64") from None
    if data[:1] != ED25519 or len(data) != 1 + HASH_BYTES:
        raise ValueError("not an Ed25519 key (type 01, 32 bytes)")
    if not is_key_name(name) or encode_vkey(name, data[1:]) != text:
        raise ValueError("its key id does not belong to its name and key")
    return name, data[1:]


def is_key_name(name: str) -> bool:
    """Whether `name` may name a key: not empty, no Unicode space, no plus sign, no control character."""
    return bool(name) and "+" not in name and name.isprintable() and not any(map(str.isspace, name))


def sign_note(text: str, signer: NoteSigner) -> str:
    """`text` (which ends in a newline) as a note with one signature."""
    if not text.endswith("\n"):
        raise ValueError("a note's text ends in a newline")
    signature = base64.b64encode(signer.key_id + signer.sign(text.encode())).decode()
    return f"{text}\n{_EM_DASH} {signer.name} {signature}\n"


def open_note(note: bytes, verifier: NoteVerifier) -> str:
    """The text of `note`, once the trusted key's signature over it is checked.

    Lines of unknown keys are passed over, as the format asks. Raises Refusal when the note is malformed, when the
    trusted key did not sign, or when a signature of that key is bad.
    """
    text, lines = _split_note(note)
    signed = False
    for line in lines:
        name, kid, signature = _parse_signature(line)
        if name == verifier.name and kid == verifier.key_id:
            if not verifier.verify(signature, text.encode()):
                raise Refusal("checkpoint signature bad")
            signed = True
    if not signed:
        raise Refusal("checkpoint key unknown: the trusted key did not sign it")
    return text


def sign_checkpoint(checkpoint: Checkpoint, signer: NoteSigner) -> str:
    """The signed note of `checkpoint`. Raises ValueError when the key's name is not the log's origin."""
    if checkpoint.origin != signer.name:
        raise ValueError("a log signs under its own origin")
    return sign_note(checkpoint.text, signer)


def open_checkpoint(note: bytes, verifier: NoteVerifier) -> Checkpoint:
    """The checkpoint in `note`, verified. Raises Refusal as `open_note`, and for another origin or a malformed text."""
    lines = open_note(note, verifier).split("\n")
    try:
        origin, size, root = lines[0], int(lines[1]), strict_base64(lines[2])
    except (IndexError, ValueError):
        raise Refusal("checkpoint malformed: origin, size and root are not its first three lines") from None
    if lines[1] != str(size) or size < 0 or len(root) != HASH_BYTES:
        raise Refusal("checkpoint malformed: size or root is not written as the format asks")
    if origin != verifier.name:
        raise Refusal("checkpoint is of another log: its origin is not the trusted key's name")
    return Checkpoint(origin, size, root)


def strict_base64(text: str) -> bytes:
    """Standard base64, in its one canonical spelling. Raises ValueError for any other."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if base64.b64encode(data).decode() != text:  # unused bits of the last character must be zero
        raise ValueError("not canonical base64")
    return data


def _split_note(note: bytes) -> tuple[str, list[str]]:
    """Text and signature lines: they part at the last blank line."""
    if len(note) > MAX_NOTE_BYTES:
        raise Refusal("checkpoint malformed: too long for a signed note")
    try:
        decoded = note.decode()
    except UnicodeDecodeError:
        raise Refusal("checkpoint malformed: not UTF-8") from None
    text, blank, tail = decoded.rpartition("\n\n")
    lines = tail.split("\n")
    if not blank or lines.pop() or not lines or len(lines) > MAX_SIGNATURES:
        raise Refusal("checkpoint malformed: not a signed note")
    if any(character < " " and character != "\n" for character in decoded):
        raise Refusal("checkpoint malformed: a control character stands in it")
    return text + "\n", lines


def _parse_signature(line: str) -> tuple[str, bytes, bytes]:
    """Key name, key id, signature of one signature line."""
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    try:
        data = strict_base64(encoded)
    except ValueError:
        data = b""
    if dash != _EM_DASH or not is_key_name(name) or len(data) <= _KEY_ID_BYTES:
        raise Refusal("checkpoint malformed: a signature line does not parse")
    return name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:]
