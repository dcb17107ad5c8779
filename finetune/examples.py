"""Certified rows to token sequences: the tokenizer's chat template, and a loss on answers only.

A row's instruction and input are the user's turn, its output the assistant's. Too long an example loses the beginning
of its input (a question's options stand at the end), never a token of its answer: one whose answer does not fit, or
which would lose more than half of its input, is skipped and counted. Knows nothing of models.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from audit.dataset import VerifiedDataset
from schemas.failure import Failure

IGNORED: Final = -100
"""The label of a token that no loss is taken on (torch's `ignore_index`)."""
MIN_INPUT_KEPT: Final = 0.5
"""Of an input's tokens; an example that would keep less asks about what the model was not shown."""
TEMPLATE_DATE: Final = "01 Jan 2026"
"""Some templates state today's date; equal input must give equal tokens on any day."""
_TEXTS: Final = ("doc_id", "instruction", "input", "output")


@dataclass(frozen=True, slots=True)
class Example:
    """One token sequence; the answer is `input_ids[answer_start:]`, its end-of-turn token included."""

    input_ids: tuple[int, ...]
    answer_start: int

    @property
    def labels(self) -> list[int]:
        """As `input_ids`, with everything before the answer ignored."""
        return [IGNORED] * self.answer_start + list(self.input_ids[self.answer_start :])

    @property
    def answer_tokens(self) -> int:
        """How many tokens the loss is taken on."""
        return len(self.input_ids) - self.answer_start


@dataclass(slots=True)
class Examples:
    """What became of the rows that were looked at: examples, in the order they are used, and those left out."""

    examples: list[Example] = field(default_factory=list)
    rows: int = 0  # rows of the split, with or without an example
    truncated: int = 0  # examples whose input was shortened
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def tokens(self) -> int:
        """Tokens of one pass over the examples."""
        return sum(len(example.input_ids) for example in self.examples)


def read_examples(
    dataset: VerifiedDataset,
    split: str,
    tokenizer: Any,
    *,
    max_tokens: int,
    seed: int,
    limit: int,
) -> Examples:
    """The first `limit` examples of `split` in the order that `seed` fixes.

    Two passes over the shards, one shard in memory at a time: the ids, then the texts of those that come first.
    Raises Failure when the dataset has no such split, Refusal when a shard changed since it was verified.
    """
    found = Examples()
    ids: list[str] = []
    for table in dataset.shards(split, ["doc_id", "instruction"]):
        found.rows += len(table)
        made = pc.is_valid(table["instruction"])
        ids += table.filter(made)["doc_id"].to_pylist()
    found.skipped.update({"no_example": found.rows - len(ids)} if found.rows > len(ids) else {})
    order = seed_order(ids, seed)
    while order and len(found.examples) < limit:
        # rows that are skipped are made up for by those that come next
        chosen, order = order[: 2 * (limit - len(found.examples))], order[2 * (limit - len(found.examples)) :]
        texts = _texts(dataset, split, chosen)
        for doc_id in chosen:
            if len(found.examples) == limit:
                break
            _add(found, tokenizer, *texts[doc_id], max_tokens)
    return found


def seed_order(ids: Iterable[str], seed: int) -> list[str]:
    """`ids` in an order that depends on `seed` and the ids alone: by SHA-256 of both."""
    return sorted(ids, key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).digest())


def user_turn(instruction: str, given: str) -> str:
    """What the user says: the instruction, a blank line, what it is about."""
    return f"{instruction}\n\n{given}" if given else instruction


def prompt_ids(tokenizer: Any, text: str) -> list[int]:
    """Tokens of a conversation in which the user said `text` and the assistant is about to answer."""
    return _ids(tokenizer, _render(tokenizer, text, None))


def holds_special_token(tokenizer: Any, text: str) -> bool:
    """Whether `text` spells a control token of the tokenizer: it would end its turn and speak in another's name."""
    return any(token in text for token in _special(tokenizer))


def make_example(tokenizer: Any, instruction: str, given: str, answer: str, max_tokens: int) -> Example | str:
    """The example of one row, at most `max_tokens` long; or the reason why there is none.

    Reasons: `no_answer`, `special_token_in_text`, `answer_does_not_fit`, `input_does_not_fit`.
    Raises Failure when the chat template changes a prompt once it is answered.
    """
    if not answer.strip():
        return "no_answer"
    if holds_special_token(tokenizer, f"{instruction}{given}{answer}"):
        return "special_token_in_text"
    prompt_text, answer_ids = _render(tokenizer, user_turn(instruction, given), None), None
    full_text = _render(tokenizer, user_turn(instruction, given), answer)
    if not full_text.startswith(prompt_text):
        raise Failure("the model's chat template changes a prompt once it is answered; take another model or template")
    answer_ids = _until_end(tokenizer, _ids(tokenizer, full_text[len(prompt_text) :]))
    prompt = _ids(tokenizer, prompt_text)
    if len(prompt) + len(answer_ids) > max_tokens:
        if len(prompt_ids(tokenizer, instruction)) + len(answer_ids) > max_tokens:
            return "answer_does_not_fit"
        shortened = _shorten(tokenizer, instruction, given, max_tokens - len(answer_ids))
        if shortened is None:
            return "input_does_not_fit"
        prompt = shortened
    return Example((*prompt, *answer_ids), len(prompt))


def _add(found: Examples, tokenizer: Any, instruction: str, given: str, answer: str, max_tokens: int) -> None:
    made = make_example(tokenizer, instruction, given, answer, max_tokens)
    if isinstance(made, str):
        found.skipped[made] += 1
        return
    whole = prompt_ids(tokenizer, user_turn(instruction, given))
    found.truncated += made.answer_start < len(whole)
    found.examples.append(made)


def _texts(dataset: VerifiedDataset, split: str, ids: list[str]) -> dict[str, tuple[str, str, str]]:
    """Instruction, input and output of the documents `ids`."""
    wanted, texts = pa.array(ids, pa.string()), {}
    for table in dataset.shards(split, list(_TEXTS)):
        rows = table.filter(pc.is_in(table["doc_id"], value_set=wanted))
        columns = (rows[name].to_pylist() for name in _TEXTS)
        texts.update(
            {doc_id: (told, given or "", answer or "") for doc_id, told, given, answer in zip(*columns, strict=True)}
        )
    return texts


def _shorten(tokenizer: Any, instruction: str, given: str, room: int) -> list[int] | None:
    """The prompt in at most `room` tokens, the beginning of `given` left out; None when too little of it would stay."""
    offsets = tokenizer(given, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    cut = 0
    while True:
        prompt = prompt_ids(tokenizer, user_turn(instruction, given[offsets[cut][0] :]))
        over = len(prompt) - room
        if over <= 0:
            return prompt
        cut += over  # tokens may join anew at the cut, so the result is counted again
        if len(offsets) - cut < MIN_INPUT_KEPT * len(offsets) or cut >= len(offsets):
            return None


def _render(tokenizer: Any, user: str, answer: str | None) -> str:
    turns = [{"role": "user", "content": user}]
    if answer is not None:
        turns.append({"role": "assistant", "content": answer})
    text: str = tokenizer.apply_chat_template(
        turns, tokenize=False, add_generation_prompt=answer is None, date_string=TEMPLATE_DATE
    )
    return text


def _ids(tokenizer: Any, text: str) -> list[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def _until_end(tokenizer: Any, ids: list[int]) -> list[int]:
    """`ids` up to the first end-of-sequence token, that token included; added where the template has none."""
    end: int = tokenizer.eos_token_id
    return [*ids[: ids.index(end)], end] if end in ids else [*ids, end]


def _special(tokenizer: Any) -> list[str]:
    added = (str(token) for token in tokenizer.added_tokens_decoder.values() if token.special)
    return sorted({*added, *tokenizer.all_special_tokens})
