import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.analysis import evidence
from deid.recognizers.tagged import network
from deid.tagger.features import context, word
from deid.tagger.network import CLASSES, Network
from schemas.failure import Failure

TEXT = "Pt Kamala w/o Rajan, UHID 88213, seen by Dr. S. Meenakshi at Kovilpatti on 3/4/24\nமருந்து தொடரவும்"


def test_the_network_runs_as_it_was_trained(tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: the extra `finetune`")
    from safetensors.numpy import save_file

    from deid.tagger.training import Recipe, Trainable

    torch.manual_seed(3)
    model = Trainable(Recipe(width=16, embedding=8)).eval()
    save_file(model.weights(), tmp_path / "weights.safetensors")
    note = evidence(TEXT)
    around = context(note)
    with torch.no_grad():
        features = [word(t.text, t.kind, t.key) for t in note.tokens]

        def bag(table, rows):
            offsets = torch.tensor(np.cumsum([0, *(len(row) for row in rows)])[:-1])
            return table(torch.tensor(np.concatenate(rows).astype(np.int64)), offsets)

        letters = bag(model.letters, [f.letters for f in features])
        signs = bag(model.signs, [f.signs for f in features]) + bag(model.signs, [np.array(ids) for ids in around])
        scores = model(letters[None], signs[None], torch.ones(1, len(features), 1))[0]
        wanted = scores.softmax(-1).numpy()
    found = Network.load(tmp_path / "weights.safetensors").probabilities(note.tokens, around)
    assert found.shape == (len(note.tokens), len(CLASSES))
    np.testing.assert_allclose(found, wanted, atol=0.02)  # bytes and half floats


def test_likelihoods_of_a_long_note_do_not_depend_on_where_it_is_cut():
    note = evidence("\n".join([TEXT] * 400))
    found = network().probabilities(note.tokens, context(note))
    assert found.shape[0] == len(note.tokens)
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-4)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_likelihoods(text):
    note = evidence(text)
    if note.tokens:
        found = network().probabilities(note.tokens, context(note))
        assert np.isfinite(found).all()


def test_a_file_that_is_none_is_refused_by_name(tmp_path):
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"no weights")
    with pytest.raises(Failure, match=r"bad\.safetensors"):
        Network.load(bad)


def test_weights_of_something_else_are_refused_by_name(tmp_path):
    from safetensors.numpy import save_file

    other = tmp_path / "other.safetensors"
    save_file({"weight": np.zeros((2, 2), np.float32)}, other)
    with pytest.raises(Failure, match=r"other\.safetensors"):
        Network.load(other)
