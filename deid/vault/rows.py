"""The re-identification table: which surrogate or token stands for which original, encrypted, in the vault alone.

    vault/reidentification/<fingerprint of the key>/<name>.rows          mode 0700, files 0600

    magic  digest   rows, encrypted, and the tag
       16      32

A file holds the sorted rows of one part of a run as an Arrow stream. It is named and encrypted by what it holds: its
digest is the rows' HMAC-SHA256, and each digest gives an AES-256-GCM key of its own (HKDF-SHA256), so that one nonce is
enough. Equal rows are one file with equal bytes: a part that is done again after a kill neither loses nor doubles a
row, and workers need not know of each other.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deid.key import Vault, derived, fingerprint
from deid.vault import closed
from schemas.failure import Refusal

FOLDER: Final = "reidentification"
SCHEMA: Final = pa.schema([(name, pa.string()) for name in ("scope", "label", "replacement", "original")])
_MAGIC = b"shodhan rows  1\n"
_NONCE = bytes(12)


class Row(NamedTuple):
    """In the record of `scope`, `replacement` stands for `original`."""

    scope: str
    label: str
    replacement: str
    original: str


class Table:
    """The table of one pseudonym key."""

    def __init__(self, vault: Vault) -> None:
        self._key = derived(vault.key, "re-identification table")
        self._digests = derived(vault.key, "digests of the re-identification table")
        self.folder = vault.folder / FOLDER / fingerprint(vault.key)

    def add(self, rows: Collection[Row]) -> None:
        """Make rows durable. Adding them twice is adding them once."""
        if not rows:
            return
        for folder in (self.folder.parent, self.folder):
            closed.make_folder(folder)
        content = _stream(rows)
        digest = hmac.digest(self._digests, content, hashlib.sha256)
        header = _MAGIC + digest
        path = self.folder / _name(digest)
        if not path.exists():
            closed.replace(path, header + self._cipher(digest).encrypt(_NONCE, content, header))

    def find(self, asked: Sequence[str], subject: str | None = None) -> list[Row]:
        """The rows whose replacement is one of `asked`, case and blanks apart, of the one scope if there is one.

        Sorted, each once. Raises Refusal where a file was changed or belongs to another key.
        """
        wanted = _folded(pa.array(asked, pa.string()))
        found: set[Row] = set()
        for table in self._tables():
            chosen = pc.is_in(_folded(table["replacement"]), wanted)
            if subject is not None:
                chosen = pc.and_(chosen, pc.equal(table["scope"], subject))
            found.update(Row(**row) for row in table.filter(chosen).to_pylist())
        return sorted(found)

    def _tables(self) -> Iterator[pa.Table]:
        for path in sorted(self.folder.glob("*.rows")) if self.folder.is_dir() else ():
            yield self._read(path)

    def _read(self, path: Path) -> pa.Table:
        stored = closed.read(path)
        header, digest = stored[: len(_MAGIC) + 32], stored[len(_MAGIC) : len(_MAGIC) + 32]
        try:
            if not stored.startswith(_MAGIC) or path.name != _name(digest):
                raise ValueError
            content = self._cipher(digest).decrypt(_NONCE, stored[len(header) :], header)
        except (ValueError, InvalidTag):
            raise Refusal(f"{path}: truncated or changed; restore it from your backup") from None
        return pa.ipc.open_stream(content).read_all()

    def _cipher(self, digest: bytes) -> AESGCM:
        return AESGCM(derived(self._key + digest, "one file of rows"))


def folded(text: str) -> str:
    """A replacement as it is compared: in one case, its blanks single."""
    return str(_folded(pa.array([text], pa.string()))[0].as_py())


def _folded(values: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.utf8_lower(values), r"\s+", " "))


def _stream(rows: Collection[Row]) -> bytes:
    sink = pa.BufferOutputStream()
    columns = zip(*sorted(tuple(map(_encodable, row)) for row in rows), strict=True)
    table = pa.table([pa.array(column, pa.string()) for column in columns], schema=SCHEMA)
    with pa.ipc.new_stream(sink, SCHEMA, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _encodable(text: str) -> str:
    """Text that Arrow can hold: half of a surrogate pair, which JSON can smuggle in, becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def _name(digest: bytes) -> str:
    return f"{digest.hex()[:40]}.rows"
