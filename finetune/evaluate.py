"""Multiple-choice accuracy by log-likelihood, base and adapter side by side on the same questions.

As lm-eval's `medmcqa` does: the question and its lettered options, and then the letter that the model holds most
likely to begin the answer. Every letter is one token and all follow the same prompt, so their likelihoods need no
normalising by length, and one forward pass scores all of them. The prompt is the one of training: the chat template,
with the answer yet to come. Questions come from the certified split `evaluation` only; nothing here sees the training
texts.
"""

import math
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from audit.canonical import sha256_of
from audit.dataset import VerifiedDataset
from finetune import libraries, run
from finetune.base import find_base
from finetune.examples import holds_special_token, prompt_ids, seed_order, user_turn
from finetune.heldout import batches, padded
from finetune.model import load_adapter, load_tokenizer
from finetune.phases import Phases, Report, silent
from schemas.extra import QuestionExtra
from schemas.failure import Failure
from schemas.recipe import Difference, EvaluationRecord, Recipe, Score

LETTERS: Final = "ABCDEFGHIJ"
INSTRUCTION: Final = "Answer the question by choosing one of the options."
"""Where a row brings none of its own."""
MAX_PROMPT_TOKENS: Final = 1_024
"""A longer question is left out, and counted: cut short, it would be another question."""
BATCH_TOKENS: Final = 2_048
"""Tokens of one forward pass, padding included; enough to fill the cores."""
Z_95: Final = 1.959963984540054  # the 97.5th percentile of the normal distribution


@dataclass(frozen=True, slots=True)
class Item:
    """A question as the model sees it, and the index of its answer."""

    benchmark: str
    input_ids: tuple[int, ...]
    options: int
    answer: int


@dataclass(slots=True)
class Items:
    """The questions to score, and what was left out."""

    items: list[Item] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def evaluate(dataset: VerifiedDataset, recipe: Recipe, root: Path, *, report: Report = silent) -> EvaluationRecord:
    """Score the recipe's trained adapter and its base on the dataset's questions; keep and log the record.

    Raises Failure when the recipe was not trained, or the dataset has no question with an answer; Refusal when evidence
    for the adapter does not hold, or the log cannot be signed; Missing.
    """
    libraries.prepare()
    phases = Phases(report)
    phases.begin("base model")
    base = find_base(recipe.model, root, root / recipe.workspace)
    this = run.run_of(recipe, root, dataset, base)
    training = run.load_training(this)
    run.signer_of(this)
    phases.begin("questions")
    tokenizer = load_tokenizer(base)
    chosen = choose_items(dataset, tokenizer, seed=recipe.seed, per_benchmark=recipe.evaluate_items)
    phases.begin("loading")
    model = load_adapter(base, this.adapter, quantise=recipe.quantise)
    correct = {}
    for name, without_adapter in (("base", model.disable_adapter), ("adapter", nullcontext)):
        phases.begin(f"scoring {name}", len(chosen.items))
        with without_adapter():
            choices = choose_letters(model, tokenizer, chosen.items, phases)
        correct[name] = [choice == item.answer for choice, item in zip(choices, chosen.items, strict=True)]
    record = EvaluationRecord(
        certificate_sha256=dataset.certificate_sha256,
        adapter=this.name,
        scores={benchmark: _scores(benchmark, chosen.items, correct) for benchmark in _benchmarks(chosen.items)},
        differences={name: _difference(name, chosen.items, correct) for name in _benchmarks(chosen.items)},
        model_sha256=base.sha256,
        training_sha256=sha256_of(training),
        seed=recipe.seed,
        skipped=dict(sorted(chosen.skipped.items())),
    )
    run.record_in_log(this, run.EVALUATED, record, {"items": len(chosen.items)})
    run.write_record(this.folder, run.EVALUATION, record)
    phases.measure()
    return record


def choose_items(dataset: VerifiedDataset, tokenizer: Any, *, seed: int, per_benchmark: int) -> Items:
    """At most `per_benchmark` questions of each benchmark (that is, source): the first in the order that `seed` fixes.

    Raises Failure when the dataset has no split `evaluation` or no question with an answer in it.
    """
    by_source = _answered(dataset)
    if not by_source:
        raise Failure(f"{dataset.path}: the split `evaluation` holds no question with an answer")
    found = Items()
    for source, ids in sorted(by_source.items()):
        order, kept = seed_order(ids, seed), 0
        while order and kept < per_benchmark:
            chosen, order = order[: per_benchmark - kept], order[per_benchmark - kept :]
            for row in _rows(dataset, source, chosen):
                item = make_item(tokenizer, source, row["instruction"], QuestionExtra.model_validate_json(row["extra"]))
                if isinstance(item, str):
                    found.skipped[item] += 1
                else:
                    found.items.append(item)
                    kept += 1
    return found


def make_item(tokenizer: Any, benchmark: str, instruction: str | None, question: QuestionExtra) -> Item | str:
    """The question as the model sees it, or the reason why it cannot be scored.

    Reasons: `no_answer`, `fewer_than_two_options`, `too_many_options`, `special_token_in_text`, `prompt_too_long`.
    """
    if question.answer is None or not 0 <= question.answer < len(question.options):
        return "no_answer"
    if len(question.options) < 2:
        return "fewer_than_two_options"
    if len(question.options) > len(LETTERS):
        return "too_many_options"
    lines = [question.context] if question.context else []
    lines += [question.question]
    lines += [f"{letter}. {option}" for letter, option in zip(LETTERS, question.options, strict=False)]
    text = user_turn(instruction or INSTRUCTION, "\n".join(lines))
    if holds_special_token(tokenizer, text):
        return "special_token_in_text"
    ids = prompt_ids(tokenizer, text)
    if len(ids) > MAX_PROMPT_TOKENS:
        return "prompt_too_long"
    return Item(benchmark, tuple(ids), len(question.options), question.answer)


def choose_letters(model: Any, tokenizer: Any, items: Sequence[Item], phases: Phases) -> list[int]:
    """For each item the index of the option whose letter is most likely to come next; the first of equals."""
    import torch

    letters = torch.tensor(letter_tokens(tokenizer), device=model.device)
    choices, done = dict[int, int](), 0
    with torch.no_grad():
        for batch in batches(list(enumerate(items)), lambda each: len(each[1].input_ids), BATCH_TOKENS):
            ids, mask = padded([item.input_ids for _, item in batch], tokenizer.pad_token_id, model.device)
            last = torch.tensor([len(item.input_ids) - 1 for _, item in batch], device=model.device)
            places, which = torch.unique(last, return_inverse=True)  # the head runs at these positions only
            logits = model(input_ids=ids, attention_mask=mask, logits_to_keep=places).logits
            scores = logits[torch.arange(len(batch), device=model.device), which][:, letters].float()
            for (index, item), row in zip(batch, scores, strict=True):
                choices[index] = int(row[: item.options].argmax())
            done += len(batch)
            phases.done(done)
    return [choices[index] for index in range(len(items))]


def letter_tokens(tokenizer: Any) -> list[int]:
    """The token of each letter. Raises Failure for a tokenizer that has not one token for each."""
    spelled = [tokenizer(letter, add_special_tokens=False)["input_ids"] for letter in LETTERS]
    if any(len(ids) != 1 for ids in spelled) or len({ids[0] for ids in spelled}) != len(LETTERS):
        raise Failure("the tokenizer has no single token for each letter; this model cannot be scored")
    return [ids[0] for ids in spelled]


def wilson(correct: int, items: int) -> tuple[float, float]:
    """The 95% score interval of a proportion (Wilson, "Probable inference", 1927). `items` must be above 0."""
    share, z2 = correct / items, Z_95**2
    centre = (share + z2 / (2 * items)) / (1 + z2 / items)
    half = Z_95 / (1 + z2 / items) * math.sqrt(share * (1 - share) / items + z2 / (4 * items**2))
    # at 0 and 1 the bounds are exact; rounding would put them a hair outside or inside
    return 0.0 if correct == 0 else centre - half, 1.0 if correct == items else centre + half


def mcnemar(gained: int, lost: int) -> float:
    """Two-sided exact p-value that `gained` and `lost` differ by chance (McNemar 1947, binomial form)."""
    pairs, fewer = gained + lost, min(gained, lost)
    return min(1.0, 2 * sum(math.comb(pairs, k) for k in range(fewer + 1)) / float(2**pairs))


def _benchmarks(items: Sequence[Item]) -> list[str]:
    return sorted({item.benchmark for item in items})


def _scores(benchmark: str, items: Sequence[Item], correct: dict[str, list[bool]]) -> dict[str, Score]:
    scores = {}
    for name, hits in correct.items():
        of_it = [hit for hit, item in zip(hits, items, strict=True) if item.benchmark == benchmark]
        low, high = wilson(sum(of_it), len(of_it))
        scores[name] = Score(items=len(of_it), correct=sum(of_it), accuracy=sum(of_it) / len(of_it), low=low, high=high)
    return scores


def _difference(benchmark: str, items: Sequence[Item], correct: dict[str, list[bool]]) -> Difference:
    pairs = [
        pair
        for *pair, item in zip(correct["base"], correct["adapter"], items, strict=True)
        if item.benchmark == benchmark
    ]
    gained, lost = pairs.count([False, True]), pairs.count([True, False])
    return Difference(gained=gained, lost=lost, p_value=mcnemar(gained, lost))


def _answered(dataset: VerifiedDataset) -> dict[str, list[str]]:
    """Source -> ids of its questions that state an answer."""
    found: dict[str, list[str]] = {}
    for table in dataset.shards("evaluation", ["doc_id", "source", "kind", "extra"]):
        rows = table.filter(pc.equal(table["kind"], "question"))
        columns = (rows[name].to_pylist() for name in ("doc_id", "source", "extra"))
        for doc_id, source, extra in zip(*columns, strict=True):  # a typed JSON string a row: parsed where it is read
            if QuestionExtra.model_validate_json(extra).answer is not None:
                found.setdefault(source, []).append(doc_id)
    return found


def _rows(dataset: VerifiedDataset, source: str, ids: list[str]) -> list[dict[str, Any]]:
    """`instruction` and `extra` of the questions `ids`, in that order."""
    wanted, rows = pa.array(ids, pa.string()), {}
    for table in dataset.shards("evaluation", ["doc_id", "source", "instruction", "extra"]):
        here = pc.and_(pc.equal(table["source"], source), pc.is_in(table["doc_id"], value_set=wanted))
        rows.update({row["doc_id"]: row for row in table.filter(here).to_pylist()})
    return [rows[doc_id] for doc_id in ids]
