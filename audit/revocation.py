"""Withdrawing a dataset: an entry in the log that makes every later opening of it refuse.

Nothing is deleted. The dataset's files may be gone or damaged by then; its certificate's digest is enough.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path

from audit.certificate import CERTIFICATE
from audit.log import Log, now
from schemas.failure import Failure, Refusal
from schemas.log_entry import CERTIFIED, REVOKED, LogEntry, Reason


def revoke(dataset_dir: Path, reason: Reason, log: Log) -> int:
    """Record that `dataset_dir` is withdrawn; the index of the entry. Doing it twice records it once.

    Raises Failure when there is no certificate to name, Refusal when the log does not record it or is damaged.
    """
    path = dataset_dir / CERTIFICATE
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        raise Failure(f"{path}: no certificate to revoke; restore it from a copy") from None
    history = log.history()
    index = history.find(CERTIFIED, digest)
    if index is None:
        raise Refusal(f"{path}: not in the log: there is nothing to revoke, and nothing here would open it")
    certified = history.entries[index]
    entry = LogEntry(
        event=REVOKED,
        recorded_at=now(),
        component="audit",
        component_version=version("shodhan"),
        run=certified.run,
        subject_sha256=digest,
        subject_name=certified.subject_name,
        reason=reason,
    )
    return log.append_once([entry])[0]
