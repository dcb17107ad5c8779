"""Re-identification: for an authorised clinician, from a replacement back to its original.

In this order: the vault opens; the audit log gains an entry that says who asks, why, and which replacements (their HMAC
under the pseudonym key, so that the log alone tells nobody anything); when that is durable, the table and the cipher
are asked. Without vault, log or signing key nothing is looked up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from audit.access import record_access
from audit.keys import PUBLIC_KEY, Signer, Verifier
from audit.log import Log
from deid.cipher import ENCRYPTED, Cipher
from deid.key import open_vault, token
from deid.vault.rows import Row, Table, folded
from schemas.failure import Failure
from schemas.log_entry import Access, Need

MOST: Final = 1000
"""Replacements that are looked up at once: more is no question about a patient."""


@dataclass(frozen=True)
class Looked:
    """What was found, and where the log says that it was asked for."""

    log_index: int
    rows: tuple[Row, ...]
    unknown: int  # of what was asked, how many nothing leads back from


def reidentify(
    asked: Sequence[str], vault: Path, audit_dir: Path, who: str, why: str, subject: str | None = None
) -> Looked:
    """Log the access, then give the originals of `asked`; with `subject` (a token) only those of one record.

    Raises Failure for what nobody can be asked, and Refusal where vault, signing key or log are missing or damaged:
    nothing is looked up then.
    """
    if not 1 <= len(asked) <= MOST:
        raise Failure(f"values: from 1 to {MOST} lines, each one replacement as it stands in the data")
    opened = open_vault(vault)
    signer = Signer.load(vault, Verifier.load(audit_dir / PUBLIC_KEY).name)
    log = Log.open(audit_dir, signer)
    questions = {folded(each): token(opened.key, "asked", folded(each)) for each in asked}
    log_index = record_access(_access(questions.values(), who, why, subject), log)
    rows = Table(opened).find(asked, subject)
    cipher = Cipher(opened.key)
    for each in asked:
        if (match := ENCRYPTED.fullmatch(each.strip())) is not None:
            rows.append(Row("", match[1], each.strip(), cipher.decrypt(each.strip())))
    known = {folded(row.replacement) for row in rows}
    return Looked(log_index, tuple(rows), len(questions.keys() - known))


def _access(asked: Iterable[str], who: str, why: str, subject: str | None) -> Access:
    if why not in list(Need):
        raise Failure(f"--why: one of {', '.join(Need)}; nothing else, for free text may hold an identifier")
    try:
        return Access(who=who, why=Need(why), asked=tuple(sorted(asked)), subject=subject)
    except ValidationError as error:
        field = error.errors(include_input=False)[0]["loc"][0]
        raise Failure(f"--{field}: a name without spaces, of letters, digits and . _ : / @ -") from None


def read_values(text: str) -> list[str]:
    """One replacement a line; empty lines are passed over."""
    return [line.strip() for line in text.splitlines() if line.strip()]
