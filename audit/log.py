"""The append-only log: entries on disk, one canonical JSON line each, under a signed checkpoint over their Merkle root.

The happy path of an append, in order:

1. take the writer's lock (`audit/lock`; readers share it)
2. verify the log as it stands: nothing is ever signed over damage
3. cut off what an interrupted append left beyond the checkpoint: it was never acknowledged
4. write the new lines at the end of `entries.jsonl`; fsync the file (and the folder, when it is new)
5. sign the new checkpoint; put it into `vault/checkpoint` (beside, fsync, rename, fsync folder): the key's own memory
6. put the same note at `audit/checkpoint` (beside, fsync, rename, fsync folder): now the entries are in the log
7. release the lock

Killed before 5, the lines are cut off by the next append; killed between 5 and 6, the next append publishes what was
signed. A checkpoint therefore never covers an entry that is not durable, and the key never signs two histories: a
log that lost what the vault remembers is refused. Who holds both the key and the folder can still rewrite everything;
only a checkpoint kept elsewhere shows that (`audit log --extends`).
"""

import contextlib
import datetime
import fcntl
import functools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from audit import durable, merkle, note, proof
from audit.canonical import canonical_bytes, parse_canonical
from audit.keys import CHECKPOINT, PUBLIC_KEY, VAULT, Signer, Verifier
from audit.note import Checkpoint
from schemas.failure import Refusal
from schemas.log_entry import LogEntry

ENTRIES: Final = "entries.jsonl"
LOCK: Final = "lock"


def now() -> str:
    """The time as an entry states it: RFC 3339, UTC, whole seconds."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class History:
    """A verified log: every entry parses, the root over them is the checkpoint's, the trusted key signed it."""

    note: str  # the checkpoint as it stands on disk
    checkpoint: Checkpoint
    lines: tuple[bytes, ...]  # canonical bytes of each entry: the leaves
    entries: tuple[LogEntry, ...]

    @property
    def leaves(self) -> list[bytes]:
        """Leaf hashes, in order."""
        return [merkle.leaf_hash(line) for line in self.lines]

    def find(self, event: str, subject_sha256: str) -> int | None:
        """Index of the first entry that says `event` of this subject; None when there is none."""
        hits = (i for i, e in enumerate(self.entries) if e.event == event and e.subject_sha256 == subject_sha256)
        return next(hits, None)

    def prove(self, index: int) -> str:
        """The inclusion proof of entry `index`, as text (c2sp.org/tlog-proof). Raises Refusal for any other index."""
        if not 0 <= index < len(self.lines):
            raise Refusal(f"log: no entry {index}; it has {len(self.lines)}, counted from 0")
        return proof.encode(index, merkle.inclusion_proof(index, self.leaves), self.note)

    def consistency(self, size: int) -> list[bytes]:
        """Consistency proof (RFC 6962) from the first `size` entries to all of them. Raises IndexError."""
        return merkle.consistency_proof(size, self.leaves)

    def check_extends(self, earlier: bytes, trusted: Verifier) -> Checkpoint:
        """Check that this log still holds, unchanged, all that the signed note `earlier` covers.

        `earlier` is a checkpoint that someone kept elsewhere. Raises Refusal when history changed since.
        """
        old = _earlier(earlier, trusted)
        if old.size > self.checkpoint.size:
            raise Refusal(
                f"log: history was lost: an earlier checkpoint covers {old.size} entries, this has {len(self.lines)}; "
                "restore audit/ from a copy"
            )
        path, new = self.consistency(old.size), self.checkpoint
        if not merkle.verify_consistency(old.size, new.size, old.root, new.root, path):
            raise Refusal(f"log: history changed: its first {old.size} entries are not those of an earlier checkpoint")
        return old


def verify(audit_dir: Path, trusted: Verifier) -> History:
    """Recompute everything: signature, size, every entry, the root. Nothing on disk is believed.

    Where the key's vault lies beside `audit_dir` and may be read, the log must also extend the last checkpoint that the
    key signed: a log set back to an older state, before a revocation say, is refused on the machine that signs.
    Raises Refusal with one line for each kind of damage.
    """
    with _locked(audit_dir, exclusive=False):
        history, tail = _read(audit_dir, trusted)
    if tail:
        raise Refusal(
            f"log: {len(tail)} bytes stand beyond the checkpoint: an append was interrupted, or someone wrote there; "
            "`shodhan audit recover` puts it right"
        )
    try:
        remembered = (audit_dir.resolve().parent / VAULT / CHECKPOINT).read_bytes()
    except OSError:
        return history  # another machine, or another user: only a checkpoint kept by somebody could tell
    history.check_extends(remembered, trusted)
    return history


class Log:
    """The log in a folder. Reading needs the public key; appending needs the signer."""

    def __init__(self, audit_dir: Path, trusted: Verifier, signer: Signer | None) -> None:
        self.audit_dir = audit_dir
        self.trusted = trusted
        self._signer = signer

    @classmethod
    def open(cls, audit_dir: Path, signer: Signer | None = None) -> "Log":
        """The log in `audit_dir`; with a signer it is made if new, and recovered if an append was interrupted.

        Raises Refusal when the log is damaged, or when the signer is not the one published in `audit_dir`.
        """
        trusted = Verifier.load(audit_dir / PUBLIC_KEY)
        if signer is not None and signer.verifier != trusted:
            raise Refusal(f"{audit_dir / PUBLIC_KEY}: not the public half of the signing key; restore it from a copy")
        log = cls(audit_dir, trusted, signer)
        if signer is not None:
            with _locked(audit_dir, exclusive=True):
                log._recover(signer)
        return log

    def history(self) -> History:
        """The whole log, verified anew. Raises Refusal."""
        return verify(self.audit_dir, self.trusted)

    def prove(self, index: int) -> str:
        """As `History.prove`, of the log as it stands."""
        return self.history().prove(index)

    def consistency(self, size: int) -> list[bytes]:
        """As `History.consistency`, of the log as it stands."""
        return self.history().consistency(size)

    def append(self, entries: Sequence[LogEntry]) -> list[int]:
        """Add `entries`; their indices. When this returns they are durable and under a signed checkpoint.

        Raises Refusal when the log is damaged or was opened without a signer.
        """
        return self._append(entries, once=False)

    def append_once(self, entries: Sequence[LogEntry]) -> list[int]:
        """As `append`, but an entry whose event, run and subject are already in is not added again.

        The indices are those of the entries as they stand in the log, earlier or new: a resumed run records each thing
        once.
        """
        return self._append(entries, once=True)

    def _append(self, entries: Sequence[LogEntry], *, once: bool) -> list[int]:
        if self._signer is None:
            raise Refusal("log: opened for reading; appending needs the signing key")
        with _locked(self.audit_dir, exclusive=True):
            history = self._recover(self._signer)
            known = {_identity(entry): index for index, entry in enumerate(history.entries)} if once else {}
            last = history.entries[-1].recorded_at if history.entries else ""
            indices: list[int] = []
            lines: list[bytes] = []
            for entry in entries:
                index = known.get(_identity(entry)) if once else None
                if index is None:
                    index = len(history.lines) + len(lines)
                    last = max(last, entry.recorded_at)  # a clock that was set back does not set the log back
                    lines.append(canonical_bytes(entry.model_copy(update={"recorded_at": last})))
                    known[_identity(entry)] = index
                indices.append(index)
            if lines:
                self._write(self._signer, history, lines)
        return indices

    def _write(self, signer: Signer, history: History, lines: Sequence[bytes]) -> None:
        """Steps 4 to 6 above; the lock is held and nothing stands beyond the checkpoint."""
        path = self.audit_dir / ENTRIES
        new = not path.exists()
        with path.open("ab") as file:
            file.write(b"".join(line + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
        if new:
            durable.sync_folder(self.audit_dir)
        leaves = [*history.leaves, *map(merkle.leaf_hash, lines)]
        self._sign_and_publish(signer, leaves)

    def _sign_and_publish(self, signer: Signer, leaves: Sequence[bytes]) -> None:
        checkpoint = Checkpoint(signer.name, len(leaves), merkle.root(leaves))
        signed = note.sign_checkpoint(checkpoint, signer).encode()
        durable.replace(signer.vault / CHECKPOINT, signed, mode=0o600)
        durable.replace(self.audit_dir / CHECKPOINT, signed)

    def _recover(self, signer: Signer) -> History:
        """The log as the last acknowledged append left it, set right by what the key remembers; the lock is held."""
        published, remembered = self.audit_dir / CHECKPOINT, signer.vault / CHECKPOINT
        signed = remembered.read_bytes() if remembered.exists() else None
        if not published.exists() and signed is None:
            if (self.audit_dir / ENTRIES).exists():
                raise Refusal(f"log: {published} is missing; restore audit/ from a copy")
            self._sign_and_publish(signer, [])
            signed = remembered.read_bytes()
        if not published.exists() and signed is not None and _earlier(signed, self.trusted).size == 0:
            durable.replace(published, signed)  # killed between steps 5 and 6 of the very first checkpoint
        history, tail = _read(self.audit_dir, self.trusted)
        if signed is not None:
            history, tail = self._reconcile(history, tail, signed)
        if tail:
            with (self.audit_dir / ENTRIES).open("r+b") as file:
                file.truncate(sum(len(line) + 1 for line in history.lines))
                os.fsync(file.fileno())
        return history

    def _reconcile(self, history: History, tail: bytes, signed: bytes) -> tuple[History, bytes]:
        """Compare the published history with the last checkpoint that the key signed."""
        last = _earlier(signed, self.trusted)
        if last.size > history.checkpoint.size:  # killed between steps 5 and 6, or the folder was set back
            try:
                history, tail = _parse(signed, b"".join(line + b"\n" for line in history.lines) + tail, self.trusted)
            except Refusal:
                raise Refusal(
                    f"log: history was lost: the key signed {last.size} entries, audit/ holds {len(history.lines)}; "
                    "restore audit/ from a copy"
                ) from None
            durable.replace(self.audit_dir / CHECKPOINT, signed)
        elif merkle.root(history.leaves[: last.size]) != last.root:
            raise Refusal("log: history changed: entries differ from those the key signed; restore audit/ from a copy")
        return history, tail


def _earlier(signed: bytes, trusted: Verifier) -> Checkpoint:
    """A checkpoint that was kept: by the key in its vault, or by somebody elsewhere."""
    try:
        return note.open_checkpoint(signed, trusted)
    except Refusal as refusal:
        raise Refusal(f"log: the earlier checkpoint to compare with: {refusal}") from None


def _identity(entry: LogEntry) -> tuple[str, str | None, str]:
    return entry.event, entry.run, entry.subject_sha256


def _read(audit_dir: Path, trusted: Verifier) -> tuple[History, bytes]:
    """The verified history, and the bytes beyond what its checkpoint covers."""
    try:
        signed = (audit_dir / CHECKPOINT).read_bytes()
    except FileNotFoundError:
        raise Refusal(
            f"log: {audit_dir / CHECKPOINT} is missing: nothing was logged here yet, or restore audit/ from a copy"
        ) from None
    except OSError:
        raise Refusal(f"log: {audit_dir / CHECKPOINT} cannot be read; see who may open it") from None
    try:
        stored = (audit_dir / ENTRIES).read_bytes()
    except FileNotFoundError:
        stored = b""  # the log is still empty; where it is not, entries will be missed below
    except OSError:
        raise Refusal(f"log: {audit_dir / ENTRIES} cannot be read; see who may open it") from None
    return _parse(signed, stored, trusted)


def _parse(signed: bytes, stored: bytes, trusted: Verifier) -> tuple[History, bytes]:
    """Verify `stored` (the bytes of the entries' file) against the signed note `signed`."""
    try:
        checkpoint = note.open_checkpoint(signed, trusted)
    except Refusal as refusal:
        raise Refusal(f"log: {refusal}") from None
    *lines, tail = stored.split(b"\n", checkpoint.size)
    if len(lines) < checkpoint.size:
        raise Refusal(
            f"log: {len(lines)} whole entries, but the checkpoint covers {checkpoint.size}; restore audit/ from a copy"
        )
    entries = []
    for index, line in enumerate(lines):
        try:
            entries.append(_entry(line))
        except (ValueError, ValidationError):
            raise Refusal(f"log: entry {index} does not parse; restore audit/ from a copy") from None
    if merkle.root([merkle.leaf_hash(line) for line in lines]) != checkpoint.root:
        raise Refusal("log: tree root differs from checkpoint: an entry was changed; restore audit/ from a copy")
    return History(signed.decode(), checkpoint, tuple(lines), tuple(entries)), tail


@functools.lru_cache(maxsize=1 << 16)  # a run appends a dozen times; the bytes are read and hashed anew each time
def _entry(line: bytes) -> LogEntry:
    return LogEntry.model_validate(parse_canonical(line))


@contextlib.contextmanager
def _locked(audit_dir: Path, *, exclusive: bool) -> Iterator[None]:
    """Hold the log's lock (flock: released by the kernel when its holder dies)."""
    path = audit_dir / LOCK
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT if exclusive else os.O_RDONLY, 0o644)
    except OSError:
        if exclusive:
            raise Refusal(f"log: {path} cannot be opened for writing; see who may write there") from None
        yield  # a copy of a log, or one that was never written to: there is no writer to wait for
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)
