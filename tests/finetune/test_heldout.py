import pytest
import torch

from finetune.base import find_base
from finetune.examples import make_example
from finetune.heldout import answer_loss, batches
from finetune.model import load_model


@pytest.fixture(scope="module")
def model(tiny_model):
    return load_model(find_base(str(tiny_model), tiny_model, tiny_model), quantise=False)


@pytest.fixture(scope="module")
def examples(tokenizer):
    texts = ("short", "a longer one " * 4, "middle " * 3)
    return [
        make_example(tokenizer, "Answer.", text, answer, 256)
        for text, answer in zip(texts, ("B", "A. x", "C."), strict=True)
    ]


def test_the_loss_is_the_mean_over_answer_tokens(model, examples, tokenizer):
    """Against the textbook form, one example at a time, without padding."""
    total, tokens = 0.0, 0
    with torch.no_grad():
        for example in examples:
            ids = torch.tensor([example.input_ids])
            chances = torch.log_softmax(model(input_ids=ids).logits[0], dim=-1)
            for place in range(example.answer_start, len(example.input_ids)):
                total -= chances[place - 1, example.input_ids[place]].item()
                tokens += 1
    assert tokens == sum(example.answer_tokens for example in examples)
    assert answer_loss(model, examples, tokenizer.pad_token_id) == pytest.approx(total / tokens, rel=1e-5)


def test_neither_order_nor_padding_changes_the_loss(model, examples):
    assert answer_loss(model, examples, 0) == pytest.approx(answer_loss(model, examples[::-1], 1), rel=1e-5)


def test_batches_hold_everything_once_within_their_size():
    sequences = [[0] * length for length in (5, 1, 9, 3, 3, 40, 2)]
    made = list(batches(sequences, len, 12))
    assert sorted(len(each) for batch in made for each in batch) == [1, 2, 3, 3, 5, 9, 40]
    assert all(len(batch) * max(map(len, batch)) <= 12 or len(batch) == 1 for batch in made)
