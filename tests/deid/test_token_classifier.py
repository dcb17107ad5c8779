import pytest

from deid.detector import Detector
from schemas.failure import Failure
from schemas.labels import Label
from schemas.policy import DeidPolicy, TokenClassifier

torch = pytest.importorskip("torch", reason="PyTorch is not installed: the extra `finetune`")
transformers = pytest.importorskip("transformers", reason="transformers is not installed: the extra `finetune`")

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "qwkamur", "zzqort", "came", "from", "and", "##x", "rest"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A real BERT of one layer which knows two made-up words: its embeddings are set so, the rest is as initialised."""
    where = tmp_path_factory.mktemp("tiny")
    (where / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    tokenizer = transformers.BertTokenizerFast(vocab=str(where / "vocab.txt"), model_max_length=64)
    tokenizer.save_pretrained(where)
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, id2label={0: "O", 1: "B-NAME", 2: "B-TOWN"},
        label2id={"O": 0, "B-NAME": 1, "B-TOWN": 2},
    )  # fmt: skip
    torch.manual_seed(1)
    model = transformers.BertForTokenClassification(config)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    ids = torch.randint(4, len(WORDS), (64, 12))
    wanted = (ids == 4).long() + 2 * (ids == 5).long()
    for _ in range(60):
        loss = torch.nn.functional.cross_entropy(model(ids).logits.flatten(0, 1), wanted.flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.save_pretrained(where)
    return where


def policy(folder, **labels):
    return DeidPolicy(token_classifier=TokenClassifier(folder=folder, labels=labels))


def test_what_the_hospitals_model_finds_is_found(folder):
    text = "rest and qwkamur came from zzqort and rest"
    (plain,) = Detector(DeidPolicy()).detect([text])
    (spans,) = Detector(policy(folder, NAME=Label.PERSON, TOWN=Label.LOCATION)).detect([text])
    found = {(text[s.start : s.end], s.label) for s in spans if s.source == "TokenClassifier"}
    assert found == {("qwkamur", Label.PERSON), ("zzqort", Label.LOCATION)}
    assert not [s for s in plain if s.source == "TokenClassifier"]


def test_a_label_that_is_mapped_to_nothing_is_left(folder):
    text = "rest and qwkamur came from zzqort and rest"
    (spans,) = Detector(policy(folder, NAME=Label.PERSON, TOWN=None)).detect([text])
    assert [text[s.start : s.end] for s in spans if s.source == "TokenClassifier"] == ["qwkamur"]


def test_a_text_longer_than_the_model_reads_is_read_to_its_end(folder):
    text = "rest and came from " * 60 + "qwkamur"
    (spans,) = Detector(policy(folder, NAME=Label.PERSON, TOWN=None)).detect([text])
    assert any(s.end == len(text) and s.source == "TokenClassifier" for s in spans)


def test_a_label_that_nobody_mapped_stops_the_run(folder):
    with pytest.raises(Failure, match="TOWN"):
        Detector(policy(folder, NAME=Label.PERSON)).detect(["came from"])


def test_weights_that_are_no_safetensors_are_refused(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(Failure, match="safetensors"):
        Detector(policy(tmp_path, NAME=Label.PERSON)).detect(["came from"])
