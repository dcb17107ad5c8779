"""The only door to a dataset: `verify_dataset` checks all its evidence and gives a `VerifiedDataset`, or refuses.

There is no flag that skips a check and no other way to make a `VerifiedDataset`. Reading checks again: the bytes that
are parsed are the bytes that were digested, so nothing can be swapped between the check and the use.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from audit import log, merkle
from audit.certificate import CERTIFICATE, Certificate, file_sha256
from audit.keys import CHECKPOINT, PUBLIC_KEY, Verifier
from schemas.certificate import Predicate
from schemas.failure import Failure, Refusal
from schemas.log_entry import CERTIFIED, REVOKED, STAGE_FINISHED

SHARDS: Final = "shards"
_SHARD: Final = re.compile(rf"{SHARDS}/(?P<split>[a-z0-9_-]+)-(?P<number>\d{{5}})\.parquet")
_SEAL: Final = object()


@dataclass(frozen=True)
class VerifiedDataset:
    """A dataset whose evidence held when it was opened. Only `verify_dataset` makes one."""

    path: Path
    certificate_sha256: str
    predicate: Predicate
    purpose: str  # what it was opened for; every row's terms allow it
    digests: Mapping[str, str]  # every certified file -> SHA-256; read-only
    log_index: int  # of the entry that records the certificate
    log_size: int  # of the log when it was verified
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only audit.dataset.verify_dataset makes a VerifiedDataset")

    def files(self, split: str) -> list[Path]:
        """The shards of `split`, in order. Raises Failure when the dataset has no such split."""
        return [self.path / name for name in self._shards(split)]

    def shards(self, split: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The tables of `split`, shard by shard: one shard's bytes in memory at a time.

        Each shard is read once, digested, and parsed from those very bytes. Raises Refusal, naming the shard, when they
        are not the certified ones or a row's terms do not allow the purpose; Failure for a column it lacks.
        """
        for name in self._shards(split):
            shard = _open_shard(self.path, name, self.digests[name], self.purpose)
            if missing := sorted(set(columns or ()) - set(shard.schema_arrow.names)):
                raise Failure(f"{self.path / name}: has no column {', '.join(missing)}")
            yield shard.read(columns=None if columns is None else list(columns))

    def read(self, split: str, columns: Sequence[str] | None = None) -> pa.Table:
        """All rows of `split` as one table, in order. Raises as `shards`."""
        return pa.concat_tables(self.shards(split, columns))

    def _shards(self, split: str) -> list[str]:
        matches = (_SHARD.fullmatch(name) for name in sorted(self.digests))
        names = [match[0] for match in matches if match and match["split"] == split]
        if not names:
            raise Failure(
                f"{self.path}: has no split `{split}`; it has {', '.join(sorted(self.predicate.splits)) or 'none'}"
            )
        return names


def verify_dataset(
    dataset_dir: Path,
    *,
    audit_dir: Path | None = None,
    vkey: Path | None = None,
    purpose: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> VerifiedDataset:
    """Check everything that speaks for a dataset, and open it.

    In order: the trusted key (`vkey`, or `signer.vkey` of the audit folder), the certificate's signature, the log
    (signature, every entry, root), the certificate's place in it (inclusion proof), that it was not revoked, that the
    log holds the record of every stage, the purpose, every file's digest, the terms of every row, the rows of every
    split, and no file under shards/ that is not certified.

    `audit_dir` is by default the nearest `audit/` above the dataset. `purpose` is by default the certificate's own.
    `progress` is told the files done and the files in all.
    Raises Refusal with one line that names what does not hold, and the remedy.
    """
    audit_dir = find_audit(dataset_dir) if audit_dir is None else audit_dir
    trusted = Verifier.load(audit_dir / PUBLIC_KEY if vkey is None else vkey)
    certificate = Certificate.open(dataset_dir / CERTIFICATE, trusted)
    predicate = certificate.statement.predicate
    history = log.verify(audit_dir, trusted)
    index = _logged(history, certificate, dataset_dir)
    for stage in predicate.stages:
        if history.find(STAGE_FINISHED, stage.record_sha256) is None:
            raise Refusal(f"{dataset_dir / CERTIFICATE}: the log does not record its stage {stage.stage}")
    if purpose is not None and purpose != predicate.purpose:
        raise Refusal(f"{dataset_dir}: certified for the purpose `{predicate.purpose}`, not for `{purpose}`")
    digests = {subject.name: subject.digest.sha256 for subject in certificate.statement.subject}
    rows = _check_files(dataset_dir, digests, predicate.purpose, progress)
    if rows != Counter(predicate.splits):
        raise Refusal(f"{dataset_dir}: the shards do not hold the rows that the certificate states; certify it anew")
    return VerifiedDataset(
        path=dataset_dir,
        certificate_sha256=certificate.sha256,
        predicate=predicate,
        purpose=predicate.purpose,
        digests=MappingProxyType(digests),
        log_index=index,
        log_size=history.checkpoint.size,
        seal=_SEAL,
    )


def find_audit(dataset_dir: Path) -> Path:
    """The nearest `audit/` above the dataset that holds a log or a key. Raises Refusal when there is none."""
    for parent in dataset_dir.resolve().parents:
        candidate = parent / "audit"
        if any((candidate / name).exists() for name in (CHECKPOINT, PUBLIC_KEY, log.ENTRIES)):
            return candidate
    raise Refusal(f"{dataset_dir}: no audit/ folder with a log above it; name it with --audit")


def _logged(history: log.History, certificate: Certificate, dataset_dir: Path) -> int:
    """Index of the log entry that records `certificate`, its inclusion proved; refuses one that was revoked."""
    index = history.find(CERTIFIED, certificate.sha256)
    if index is None:
        raise Refusal(f"{dataset_dir / CERTIFICATE}: not in the log: the log records no certificate with this digest")
    leaves, checkpoint = history.leaves, history.checkpoint
    path = merkle.inclusion_proof(index, leaves)
    if not merkle.verify_inclusion(leaves[index], index, checkpoint.size, path, checkpoint.root):
        raise Refusal(f"{dataset_dir / CERTIFICATE}: not in the log: its inclusion proof fails")
    revoked = history.find(REVOKED, certificate.sha256)
    if revoked is not None:
        reason = history.entries[revoked].reason or "no reason stated"
        raise Refusal(f"{dataset_dir}: revoked ({reason}), log entry {revoked}; use a later version")
    return index


def _check_files(
    dataset_dir: Path, digests: dict[str, str], purpose: str, progress: Callable[[int, int], None] | None
) -> Counter[str]:
    """Every certified file is there with its digest, every row allows `purpose`, and shards/ holds nothing else.

    Gives the rows of each split.
    """
    rows: Counter[str] = Counter()
    for done, (name, digest) in enumerate(digests.items(), start=1):
        if ".." in Path(name).parts:
            raise Refusal(f"{dataset_dir / CERTIFICATE}: names a file outside the dataset")
        if match := _SHARD.fullmatch(name):
            rows[match["split"]] += _open_shard(dataset_dir, name, digest, purpose).metadata.num_rows
        else:
            try:
                actual = file_sha256(dataset_dir / name)
            except OSError:
                raise _gone(dataset_dir / name) from None
            _same(dataset_dir / name, actual, digest)
        if progress is not None:
            progress(done, len(digests))
    for path in sorted((dataset_dir / SHARDS).rglob("*")):
        is_folder = path.is_dir() and not path.is_symlink()
        if not is_folder and path.relative_to(dataset_dir).as_posix() not in digests:
            raise Refusal(f"{path}: not in the certificate; take it out of {SHARDS}/")
    return rows


def _open_shard(dataset_dir: Path, name: str, digest: str, purpose: str) -> pq.ParquetFile:
    """A shard, read once, digested, and opened from those bytes; its rows' terms checked against `purpose`."""
    path = dataset_dir / name
    try:
        data = path.read_bytes()
    except OSError:
        raise _gone(path) from None
    _same(path, hashlib.sha256(data).hexdigest(), digest)
    try:
        shard = pq.ParquetFile(pa.BufferReader(data))
        purposes = pc.struct_field(shard.read(columns=["terms"])["terms"].combine_chunks(), "purposes")
    except (pa.ArrowException, OSError, KeyError):
        raise Refusal(f"{path}: not a shard: no Parquet with the terms of each row; certify it anew") from None
    allowing = _rows_with(purposes, purpose)
    if allowing != len(purposes):
        raise Refusal(f"{path}: the terms of {len(purposes) - allowing} rows do not allow the purpose `{purpose}`")
    return shard


def _rows_with(lists: pa.ListArray, value: str) -> int:
    """How many of `lists` (lists of strings) hold `value`."""
    parents, values = pc.list_parent_indices(lists), pc.list_flatten(lists)
    return len(pc.unique(parents.filter(pc.equal(values, value))))


def _same(path: Path, actual: str, expected: str) -> None:
    if actual != expected:
        raise Refusal(
            f"{path}: not the certified bytes (SHA-256 {actual[:12]}…, not {expected[:12]}…); restore it from a copy"
        )


def _gone(path: Path) -> Refusal:
    return Refusal(f"{path}: certified, but it cannot be read; restore it from a copy")
