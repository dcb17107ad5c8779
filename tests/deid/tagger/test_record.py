import json

import pytest

from deid.recognizers.tagged import FILE
from deid.tagger.network import Network
from deid.tagger.notebook import notebook

pytest.importorskip("torch", reason="PyTorch is not installed: the extra `finetune`")


def test_equal_notes_and_seed_give_equal_weights_at_any_number_of_workers(tmp_path):
    notes = notebook()[:40]
    from deid.tagger.record import train_and_record
    from deid.tagger.training import Recipe

    small = Recipe(epochs=2, variants=2, width=16, embedding=8)
    shown = []
    first = train_and_record(notes, tmp_path / "a", small, 4, 1, lambda done, of: shown.append((done, of)))
    second = train_and_record(notes, tmp_path / "b", small, 4, 2, lambda done, of: None)
    assert first["sha256"] == second["sha256"]
    assert (tmp_path / "a" / FILE).read_bytes() == (tmp_path / "b" / FILE).read_bytes()
    assert shown == [(1, 2), (2, 2)]
    assert json.loads((tmp_path / "a/record.json").read_text()) == first
    assert first["notes"]["learned"] + first["notes"]["held_out"] == 40
    assert first["losses"][-1] < first["losses"][0]
    assert first["sha256"] in (tmp_path / "a/CARD.md").read_text()
    assert Network.load(tmp_path / "a" / FILE).sha256 == first["sha256"]


def test_further_notes_move_none_between_learned_and_held_out():
    from deid.tagger.record import is_held_out

    notes = notebook()
    kept = {note.id for note in notes[:100] if is_held_out(note, 6)}
    assert kept == {note.id for note in notes if is_held_out(note, 6)} & {note.id for note in notes[:100]}
    assert 5 < len(kept) < 35
