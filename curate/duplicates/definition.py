"""What the numbers in a sketch mean, as one digest: sketches of two definitions cannot be compared."""

import hashlib
from typing import Final

from audit.canonical import sha256_of as digest_of
from curate.word_tables import word_tables
from curate.words import FINISH_1, FINISH_2, SHINGLE_FACTOR, WORD_FACTOR, WORD_SEED
from schemas.config import Dedup

VERSION: Final = 1
"""Raised when the kernel or the columns of a sketch change their meaning."""


def definition(settings: Dedup) -> str:
    """SHA-256 over settings, constants and the word tables (so over the version of Unicode as well)."""
    tables = hashlib.sha256(b"".join(table.tobytes() for table in word_tables())).hexdigest()
    numbers = [hex(number) for number in (FINISH_1, FINISH_2, SHINGLE_FACTOR, WORD_FACTOR, WORD_SEED)]
    meaning = {
        "version": VERSION,
        "settings": settings.model_dump(mode="json", exclude={"containment", "copied_lines"}),
        "numbers": numbers,
        "tables": tables,
    }
    return digest_of(meaning)
