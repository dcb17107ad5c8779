"""An inclusion proof as a file that an inspector can check alone (c2sp.org/tlog-proof@v1, extension `.tlog-proof`).

It holds the entry's index, the path of hashes, and the checkpoint; not the entry, which the inspector brings.
"""

import base64
from collections.abc import Sequence
from typing import Final

from audit import merkle, note
from schemas.failure import Refusal

HEADER: Final = "c2sp.org/tlog-proof@v1"


def encode(index: int, path: Sequence[bytes], checkpoint: str) -> str:
    """The proof's text: header, index, path from the leaf's sibling up, blank line, the signed checkpoint verbatim."""
    hashes = [base64.b64encode(value).decode() for value in path]
    return "\n".join([HEADER, f"index {index}", *hashes, "", checkpoint])


def check(text: bytes, entry: bytes, trusted: note.NoteVerifier) -> tuple[int, note.Checkpoint]:
    """Check that `entry` (its canonical bytes) is in the log; its index, and the checkpoint that `text` carries.

    Order: signature of the trusted key over the checkpoint, then the path from the entry's own hash to its root.
    Raises Refusal with one of three different answers: malformed, signature, not in the log.
    """
    index, path, checkpoint_note = _decode(text)
    checkpoint = note.open_checkpoint(checkpoint_note, trusted)
    if not merkle.verify_inclusion(merkle.leaf_hash(entry), index, checkpoint.size, path, checkpoint.root):
        raise Refusal(
            f"not in the log: the proof does not lead from this entry at index {index} to the checkpoint's root"
        )
    return index, checkpoint


def _decode(text: bytes) -> tuple[int, list[bytes], bytes]:
    head, blank, checkpoint = text.partition(b"\n\n")
    try:
        lines = head.decode().split("\n")
        if lines.pop(0) != HEADER or not blank:
            raise ValueError
        if lines[0].startswith("extra "):
            note.strict_base64(lines.pop(0).removeprefix("extra "))
        word, _, number = lines.pop(0).partition(" ")
        index = int(number)
        if word != "index" or number != str(index) or index < 0:
            raise ValueError
        return index, [note.strict_base64(line) for line in lines], checkpoint
    except (ValueError, IndexError):
        raise Refusal(f"not a proof in the form {HEADER}") from None
