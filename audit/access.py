"""A look behind replacements goes into the log before it happens: who, why and which, never what was found."""

from importlib.metadata import version

from audit.canonical import sha256_of
from audit.log import Log, now
from schemas.log_entry import REIDENTIFIED, Access, LogEntry


def record_access(access: Access, log: Log) -> int:
    """The index of the entry; when this returns it is durable. Each look is an entry of its own. Raises Refusal."""
    entry = LogEntry(
        event=REIDENTIFIED,
        recorded_at=now(),
        component="deid",
        component_version=version("shodhan"),
        subject_sha256=sha256_of(access),
        subject_name="deid:reidentify",
        access=access,
        counts={"asked": len(access.asked)},
    )
    return log.append([entry])[0]
