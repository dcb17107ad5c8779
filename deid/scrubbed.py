"""A note before it is scrubbed and after, as it goes to a worker and comes back."""

from collections import Counter
from typing import NamedTuple

from deid.known import Identifiers
from deid.vault.rows import Row


class Given(NamedTuple):
    """A note as it came; `identifiers` is what a patient table knows of its patient."""

    id: str
    text: str
    subject: str | None
    identifiers: Identifiers


class Scrubbed(NamedTuple):
    """What became of a note."""

    held: str | None
    """The reason to hold it back; it has no lines and no rows then."""
    note: str
    """Its line of the scrubbed notes."""
    marks: str
    """Its line of the file beside them (`deid.marks`)."""
    rows: list[Row]
    """What the vault is to remember of it."""
    replaced: Counter[str]
    """Identifiers by label, those that the policy keeps left out."""
