import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deid.files import scrub_file
from deid.key import create_key
from deid.notes import dump
from deid.workers import detect_all
from schemas.failure import Failure
from schemas.policy import DeidPolicy

# Of the 64 texts of a batch three are different: equal texts are analysed once.
TEXTS = [f"Seen by Dr. Rao on {1 + n // 64}/03/2024{' again' * (n % 3)}." for n in range(520)]


def killing() -> Iterator[str]:
    """The texts; meanwhile a worker is killed, twice."""
    for number, text in enumerate(TEXTS):
        if number in (300, 450):  # beyond the batches that are drawn before the first worker is started
            os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
        yield text


def test_same_spans_at_any_number_of_workers_and_after_kills() -> None:
    alone = list(detect_all(TEXTS, DeidPolicy(), 1))
    assert list(detect_all(TEXTS, DeidPolicy(), 2)) == alone
    assert list(detect_all(killing(), DeidPolicy(), 2)) == alone


def test_workers_that_are_always_killed_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    from deid import workers

    monkeypatch.setattr(workers, "_work", _die)
    with pytest.raises(Failure, match="killed 3 times"):
        list(detect_all(TEXTS[:100], DeidPolicy(), 2))


def _die(batch: list[str]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_same_notes_are_scrubbed_alike_at_any_number_of_workers(tmp_path: Path) -> None:
    vault = create_key(tmp_path / "vault").parent
    notes = tmp_path / "notes.jsonl"
    notes.write_text("".join(dump({"id": n, "text": text, "subject": n % 7}) for n, text in enumerate(TEXTS)))
    made = []
    for workers in (1, 2):
        counts = scrub_file(notes, tmp_path / f"{workers}.jsonl", vault, DeidPolicy(), workers)
        made.append((counts, *((tmp_path / f"{workers}{end}").read_bytes() for end in (".jsonl", ".spans.jsonl"))))
    assert made[0] == made[1]
    assert made[0][0]["written"] == len(TEXTS)
