import contextlib
import itertools
import multiprocessing
import os
import random
import shutil
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import log, merkle, proof
from audit.canonical import canonical_bytes
from audit.keys import Signer, create_signing_key
from audit.log import Log
from schemas.failure import Refusal
from schemas.log_entry import LogEntry

ORIGIN = "hospital.example/test"


@pytest.fixture
def signer(tmp_path):
    create_signing_key(tmp_path / "vault", tmp_path / "audit", ORIGIN)
    return Signer.load(tmp_path / "vault", ORIGIN)


@pytest.fixture
def audit_dir(tmp_path):
    return tmp_path / "audit"


def test_an_empty_log_verifies(audit_dir, signer):
    Log.open(audit_dir, signer)
    assert log.verify(audit_dir, signer.verifier).checkpoint.size == 0


def test_what_is_appended_is_there_in_order(audit_dir, signer, entry):
    book = Log.open(audit_dir, signer)
    assert book.append([entry(0), entry(1)]) == [0, 1]
    assert book.append([entry(2)]) == [2]
    assert Log.open(audit_dir).history().entries == (entry(0), entry(1), entry(2))
    leaves = [merkle.leaf_hash(canonical_bytes(entry(i))) for i in range(3)]
    assert book.history().checkpoint.root == merkle.root(leaves)


def test_append_once_records_each_thing_once(audit_dir, signer, entry):
    book = Log.open(audit_dir, signer)
    assert book.append_once([entry(0), entry(1), entry(0)]) == [0, 1, 0]
    later = entry(1, recorded_at="2026-01-03T00:00:00Z")
    assert book.append_once([later, entry(2), entry(1, run="r2")]) == [1, 2, 3]
    assert len(book.history().entries) == 4


def test_time_does_not_run_backwards_in_the_log(audit_dir, signer, entry):
    book = Log.open(audit_dir, signer)
    book.append([entry(0, recorded_at="2026-05-01T00:00:00Z"), entry(1, recorded_at="2026-04-01T00:00:00Z")])
    book.append([entry(2, recorded_at="2026-03-01T00:00:00Z")])
    assert {e.recorded_at for e in book.history().entries} == {"2026-05-01T00:00:00Z"}


def test_the_same_entries_give_the_same_bytes(audit_dir, signer, entry):
    Log.open(audit_dir, signer).append([entry(i) for i in range(5)])
    first = [(audit_dir / name).read_bytes() for name in ("entries.jsonl", "checkpoint")]
    for path in (audit_dir / "entries.jsonl", audit_dir / "checkpoint", signer.vault / "checkpoint"):
        path.unlink()
    book = Log.open(audit_dir, signer)
    for i in range(5):
        book.append([entry(i)])
    assert [(audit_dir / name).read_bytes() for name in ("entries.jsonl", "checkpoint")] == first


def test_reading_needs_no_signer_and_appending_does(audit_dir, signer, entry):
    Log.open(audit_dir, signer)
    with pytest.raises(Refusal, match="signing key"):
        Log.open(audit_dir).append([entry(0)])


def test_every_entry_is_provable_and_every_prefix_consistent(audit_dir, signer, entry):
    book = Log.open(audit_dir, signer)
    book.append([entry(i) for i in range(9)])
    history = book.history()
    for index, line in enumerate(history.lines):
        assert proof.check(book.prove(index).encode(), line, signer.verifier)[0] == index
    for size in range(10):
        old = merkle.root(history.leaves[:size])
        assert merkle.verify_consistency(size, 9, old, history.checkpoint.root, book.consistency(size))
    with pytest.raises(Refusal, match="no entry 9"):
        book.prove(9)


def test_an_entry_has_no_place_for_free_text(entry):
    for field in ("event", "component", "subject_name", "outcome", "run"):
        with pytest.raises(ValueError, match=field):
            entry(0, **{field: "Ramesh Kumar, ward 4"})
    with pytest.raises(ValueError, match="counts"):
        entry(0, counts={"patient Ramesh": 1})
    with pytest.raises(ValueError, match="counts"):
        entry(0, counts={"share": 0.5})
    with pytest.raises(ValueError, match="subject_sha256"):
        entry(0, subject_sha256="98765 43210")


# What each kind of damage says


@pytest.fixture
def written(audit_dir, signer, entry):
    Log.open(audit_dir, signer).append([entry(i) for i in range(6)])
    return audit_dir


def refused(audit_dir, signer):
    with pytest.raises(Refusal) as caught:
        log.verify(audit_dir, signer.verifier)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_any_flipped_byte_of_the_entries_is_refused(written, signer):
    path = written / "entries.jsonl"
    data = path.read_bytes()
    for i in range(0, len(data), 3):
        flipped = bytearray(data)
        flipped[i] ^= 1 << i % 8
        path.write_bytes(flipped)
        assert refused(written, signer).startswith("log: ")


def test_a_changed_entry_that_parses_is_refused(written, signer):
    path = written / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"rows_in":3', b'"rows_in":4'))
    assert "tree root differs" in refused(written, signer)


def test_an_entry_that_does_not_parse_is_named(written, signer):
    path = written / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"rows_in":3', b'"rows_in";3'))
    assert "entry 3 does not parse" in refused(written, signer)


def test_entries_swapped_or_lost_or_added_are_refused(written, signer):
    path = written / "entries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    for bad, words in [
        ([lines[1], lines[0], *lines[2:]], "tree root differs"),
        (lines[:-1], "5 whole entries"),
        ([*lines, lines[0]], "beyond the checkpoint"),
        ([*lines, b"{"], "beyond the checkpoint"),
    ]:
        path.write_bytes(b"".join(bad))
        assert words in refused(written, signer)


def test_a_missing_or_foreign_checkpoint_is_refused(written, signer, tmp_path_factory, entry):
    (written / "checkpoint").unlink()
    assert "is missing" in refused(written, signer)
    other = tmp_path_factory.mktemp("other")
    create_signing_key(other / "vault", other / "audit", ORIGIN)
    Log.open(other / "audit", Signer.load(other / "vault", ORIGIN)).append([entry(i) for i in range(6)])
    (written / "checkpoint").write_bytes((other / "audit" / "checkpoint").read_bytes())
    assert "key unknown" in refused(written, signer)


def test_nothing_is_signed_over_damage(written, signer, entry):
    path = written / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"rows_in":3', b'"rows_in":4'))
    with pytest.raises(Refusal, match="tree root differs"):
        Log.open(written, signer)
    checkpoint = (written / "checkpoint").read_bytes()
    with pytest.raises(Refusal, match="tree root differs"):
        Log(written, signer.verifier, signer).append([entry(9)])
    assert (written / "checkpoint").read_bytes() == checkpoint


def test_a_log_set_back_to_an_older_state_is_refused_by_the_key(written, signer, entry, tmp_path):
    old = {name: (written / name).read_bytes() for name in ("entries.jsonl", "checkpoint")}
    Log.open(written, signer).append([entry(9)])
    for name, data in old.items():
        (written / name).write_bytes(data)
    with pytest.raises(Refusal, match="history was lost"):
        Log.open(written, signer)
    assert "history was lost" in refused(written, signer)  # the vault lies beside it
    elsewhere = shutil.copytree(written, tmp_path / "elsewhere" / "audit")
    assert log.verify(elsewhere, signer.verifier).checkpoint.size == 6  # the folder alone cannot know


def test_a_damaged_memory_of_the_key_is_refused(written, signer):
    (signer.vault / "checkpoint").write_bytes(b"x")
    assert "earlier checkpoint to compare with" in refused(written, signer)
    with pytest.raises(Refusal, match="earlier checkpoint to compare with"):
        Log.open(written, signer)


def test_a_key_restored_from_its_backup_goes_on(written, signer, entry):
    (signer.vault / "checkpoint").unlink()
    assert Log.open(written, signer).append([entry(9)]) == [6]


def test_a_log_without_checkpoint_is_not_begun_anew(written, signer):
    (written / "checkpoint").unlink()
    with pytest.raises(Refusal, match="is missing"):
        Log.open(written, signer)
    (written / "entries.jsonl").unlink()
    with pytest.raises(Refusal, match="is missing"):
        Log.open(written, signer)


def test_entries_that_nothing_was_ever_signed_for_are_not_adopted(audit_dir, signer, entry):
    (audit_dir / "entries.jsonl").write_bytes(canonical_bytes(entry(0)) + b"\n")
    with pytest.raises(Refusal, match="is missing"):
        Log.open(audit_dir, signer)


def test_another_history_under_the_same_key_is_refused(written, signer, entry, tmp_path):
    memory = (signer.vault / "checkpoint").read_bytes()
    for path in (written / "entries.jsonl", written / "checkpoint", signer.vault / "checkpoint"):
        path.unlink()
    Log.open(written, signer).append([entry(i) for i in range(1, 9)])
    (signer.vault / "checkpoint").write_bytes(memory)
    with pytest.raises(Refusal, match="history changed"):
        Log.open(written, signer)
    assert "history changed" in refused(written, signer)


def test_nothing_is_written_without_the_lock(written, signer, entry):
    book = Log.open(written, signer)
    (written / "lock").unlink()
    (written / "lock").mkdir()
    with pytest.raises(Refusal, match="cannot be opened for writing"):
        book.append([entry(9)])


def test_a_copy_without_a_lock_is_read(written, signer):
    (written / "lock").unlink()
    assert log.verify(written, signer.verifier).checkpoint.size == 6


def test_a_checkpoint_kept_elsewhere_shows_that_history_changed(written, signer, entry, tmp_path_factory):
    kept = (written / "checkpoint").read_bytes()
    Log.open(written, signer).append([entry(7)])
    assert log.verify(written, signer.verifier).check_extends(kept, signer.verifier).size == 6
    for path in (written / "entries.jsonl", written / "checkpoint", signer.vault / "checkpoint"):
        path.unlink()  # who holds the key rewrites everything
    Log.open(written, signer).append([entry(i) for i in range(1, 9)])
    with pytest.raises(Refusal, match="history changed"):
        log.verify(written, signer.verifier).check_extends(kept, signer.verifier)
    for path in (written / "entries.jsonl", written / "checkpoint", signer.vault / "checkpoint"):
        path.unlink()
    Log.open(written, signer).append([entry(0)])
    with pytest.raises(Refusal, match="history was lost"):
        log.verify(written, signer.verifier).check_extends(kept, signer.verifier)


def test_another_signer_is_refused(written, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    create_signing_key(other / "vault", other / "audit", ORIGIN)
    with pytest.raises(Refusal, match="not the public half"):
        Log.open(written, Signer.load(other / "vault", ORIGIN))


# What recovery does, step by step and at any moment


def test_lines_without_a_checkpoint_are_cut_off(written, signer, entry):
    with (written / "entries.jsonl").open("ab") as file:
        file.write(canonical_bytes(entry(7)) + b'\n{"torn')
    Log.open(written, signer)
    assert log.verify(written, signer.verifier).checkpoint.size == 6


def test_a_checkpoint_signed_but_not_published_is_published(written, signer, entry):
    before = (written / "checkpoint").read_bytes()
    Log.open(written, signer).append([entry(7)])
    after = (written / "checkpoint").read_bytes()
    (written / "checkpoint").write_bytes(before)  # as if killed between signing and publishing
    Log.open(written, signer)
    assert (written / "checkpoint").read_bytes() == after
    assert log.verify(written, signer.verifier).checkpoint.size == 7


def test_the_very_first_checkpoint_signed_but_not_published(audit_dir, signer, entry):
    Log.open(audit_dir, signer)
    (audit_dir / "checkpoint").unlink()
    assert Log.open(audit_dir, signer).append([entry(0)]) == [0]


@settings(max_examples=15, deadline=None)  # every append waits for the disk
@given(st.lists(st.lists(st.integers(0, 30), max_size=4), max_size=5))
def test_append_once_is_a_set_in_order_of_first_arrival(tmp_path_factory, batches):
    root = tmp_path_factory.mktemp("log")
    create_signing_key(root / "vault", root / "audit", ORIGIN)
    book = Log.open(root / "audit", Signer.load(root / "vault", ORIGIN))
    for batch in batches:
        book.append_once([make(number) for number in batch])
    arrived = list(dict.fromkeys(number for batch in batches for number in batch))
    assert [int(e.subject_sha256, 16) for e in book.history().entries] == arrived


def make(number: int) -> LogEntry:
    return LogEntry(
        event="stage.finished",
        recorded_at="2026-01-02T03:04:05Z",
        component="curate",
        component_version="0.1.0",
        subject_sha256=f"{number:064x}",
        subject_name="stage:01",
    )


def write(root: Path, first: int, last: int, told: Connection | None) -> None:
    """Append two entries at a time, telling what was acknowledged."""
    if told is not None:
        told.send(first - 1)
    book = Log.open(root / "audit", Signer.load(root / "vault", ORIGIN))
    for number in range(first, last, 2):
        book.append_once([make(number), make(number + 1)])
        if told is not None:
            told.send(number + 1)


FORK = multiprocessing.get_context("fork")


def test_killed_at_any_moment_the_log_keeps_what_it_acknowledged(tmp_path, signer):
    """SIGKILL at random moments: nothing acknowledged is lost, nothing is doubled, and the log always verifies."""
    moments = random.Random(7)
    size, cut = 0, 0
    for _ in range(40):
        hear, tell = FORK.Pipe(duplex=False)
        writer = FORK.Process(target=write, args=(tmp_path, size, size + 10_000, tell))
        writer.start()
        tell.close()
        acknowledged = hear.recv()
        time.sleep(moments.random() * 0.05)
        writer.kill()
        writer.join()
        with contextlib.suppress(EOFError):
            while True:
                acknowledged = hear.recv()
        if (tmp_path / "audit" / "checkpoint").exists():
            with contextlib.suppress(Refusal):
                log.verify(tmp_path / "audit", signer.verifier)
                cut -= 1  # this time nothing was left to recover
            cut += 1
        history = Log.open(tmp_path / "audit", signer).history()
        numbers = [int(e.subject_sha256, 16) for e in history.entries]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) > acknowledged
        size = len(numbers)
    assert size > 20
    assert cut > 0  # some kill fell between the steps of an append


def write_until(root: Path, stop: int) -> None:
    """Open a log and append twice; die, without a word to the buffers, at the `stop`-th fsync."""
    calls, fsync = itertools.count(), os.fsync

    def dying(handle: int) -> None:
        if next(calls) == stop:
            os._exit(9)
        fsync(handle)

    os.fsync = dying
    book = Log.open(root / "audit", Signer.load(root / "vault", ORIGIN))
    for number in (0, 1):
        book.append_once([make(number)])


def test_dying_at_any_fsync_leaves_a_log_that_goes_on(tmp_path_factory):
    """Every step of the happy path in turn is the last; a resumed writer ends with the bytes of an undisturbed one."""
    root = tmp_path_factory.mktemp("log")
    create_signing_key(root / "vault", root / "audit", ORIGIN)
    ends = set()
    for stop in itertools.count():
        for path in (root / "audit" / "entries.jsonl", root / "audit" / "checkpoint", root / "vault" / "checkpoint"):
            path.unlink(missing_ok=True)
        writer = FORK.Process(target=write_until, args=(root, stop))
        writer.start()
        writer.join()
        write_again = Log.open(root / "audit", Signer.load(root / "vault", ORIGIN))
        assert write_again.append_once([make(0), make(1)]) == [0, 1]
        assert len(write_again.history().entries) == 2
        ends.add(tuple((root / "audit" / name).read_bytes() for name in ("entries.jsonl", "checkpoint")))
        if writer.exitcode == 0:
            break
        assert writer.exitcode == 9
    assert stop == 4 + 6 + 5  # the empty log; an append to a new file; an append to one that is there
    assert len(ends) == 1


def test_two_writers_at_once_lose_and_double_nothing(tmp_path, signer):
    writers = [FORK.Process(target=write, args=(tmp_path, first, first + 20, None)) for first in (0, 10)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    entries = log.verify(tmp_path / "audit", signer.verifier).entries
    assert sorted(int(e.subject_sha256, 16) for e in entries) == list(range(30))
