"""The loss on held-out answers: mean negative log-likelihood of an answer token, in nats."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from finetune.examples import Example

T = TypeVar("T")
BATCH_TOKENS: Final = 512
"""Tokens of one forward pass, padding included. Their logits cost memory: 100 MB at a vocabulary of 49,152."""


def answer_loss(model: Any, examples: Sequence[Example], pad: int) -> float:
    """Mean over every answer token of `examples`, each given all before it. The model's mode is left as it is found."""
    import torch

    was_training, total, tokens = model.training, 0.0, 0
    model.eval()
    with torch.no_grad():
        for batch in batches(examples, lambda example: len(example.input_ids), BATCH_TOKENS):
            ids, mask = padded([example.input_ids for example in batch], pad, model.device)
            first = min(example.answer_start for example in batch)
            # position i foretells token i + 1, and no logits are computed before the first answer
            logits = model(input_ids=ids, attention_mask=mask, logits_to_keep=ids.shape[1] - first + 1).logits.float()
            for row, example in enumerate(batch):
                target = torch.tensor(example.input_ids[example.answer_start :], device=logits.device)
                start = example.answer_start - first
                nll = torch.nn.functional.cross_entropy(
                    logits[row, start : start + len(target)], target, reduction="sum"
                )
                total, tokens = total + nll.item(), tokens + len(target)
    model.train(was_training)
    return total / tokens


def batches(sequences: Sequence[T], length: Callable[[T], int], tokens: int) -> Iterator[list[T]]:
    """`sequences` by `length`, in groups of at most `tokens` tokens when padded; one that is longer goes alone."""
    batch: list[T] = []
    for sequence in sorted(sequences, key=length):
        if batch and (len(batch) + 1) * length(sequence) > tokens:
            yield batch
            batch = []
        batch.append(sequence)
    if batch:
        yield batch


def padded(sequences: Sequence[Sequence[int]], pad: int, device: Any) -> tuple[Any, Any]:
    """Token ids and attention mask, int64 of shape (sequences, longest), padded on the right."""
    import torch

    longest = max(map(len, sequences))
    ids = torch.tensor([[*sequence, *[pad] * (longest - len(sequence))] for sequence in sequences], device=device)
    mask = torch.tensor([[1] * len(each) + [0] * (longest - len(each)) for each in sequences], device=device)
    return ids, mask
