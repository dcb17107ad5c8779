"""Training of the network, in PyTorch: `shodhan deid train`. Equal notes and seed give equal weights on one machine.

Each epoch shows every authored note once, each time another variant of it. What the lists and the rules say of a token
is left out now and then, and so are its letters: the network must not lean on one witness.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from deid.analysis import evidence
from deid.pool import Pool
from deid.tagger.features import LETTERS, SIGNS, context, word
from deid.tagger.network import CLASSES, DILATIONS
from deid.tagger.notebook import Marked
from deid.tagger.synthesis import Pools, pools, variant

_CLASS = {name: i for i, name in enumerate(CLASSES)}
_IGNORED = -100
_BATCH = 16  # notes a task
_WINDOW = 192  # tokens of a note learned together; a longer note is cut


@dataclass(frozen=True)
class Recipe:
    """How the network is trained; `seed` fixes all chance."""

    seed: int = 7
    epochs: int = 22
    variants: int = 8
    width: int = 128
    embedding: int = 96
    batch: int = 32
    rate: float = 2e-3
    dropout: float = 0.25
    leave_out: float = 0.15
    smoothing: float = 0.05


@dataclass
class Example:
    """One variant as numbers: for each token its word, the ids around it (flat, with offsets) and its class."""

    words: npt.NDArray[np.int32]
    around: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int32]
    classes: npt.NDArray[np.int64]


@dataclass
class Corpus:
    """Examples by variant, and the features of every word in them."""

    examples: list[list[Example]] = field(default_factory=list)
    letters: list[npt.NDArray[np.int32]] = field(default_factory=list)
    signs: list[npt.NDArray[np.int32]] = field(default_factory=list)


# ---------------------------------------------------------------- notes to numbers


def prepare(notes: Sequence[Marked], drawn_from: Pools, variants: int, workers: int) -> Corpus:
    """All variants of all notes, analysed by the rules; in the same order at any number of workers.

    Raises Failure where workers were killed `pool.ATTEMPTS` times over the same notes.
    """
    tasks = [(note, seed) for seed in range(variants) for note in notes]
    batches = (tasks[at : at + _BATCH] for at in range(0, len(tasks), _BATCH))
    corpus, index = Corpus(), dict[tuple[str, str, str], int]()
    with Pool(workers, _start, drawn_from) as pool:
        analysed = chain.from_iterable(pool.in_order(_work, batches))
        for number, (texts, around, classes) in enumerate(analysed):
            if number % len(notes) == 0:
                corpus.examples.append([])
            if not texts:
                continue
            words = np.empty(len(texts), np.int32)
            for i, text in enumerate(texts):
                if text not in index:
                    index[text] = len(index)
                    letters, signs = word(*text)
                    corpus.letters.append(letters)
                    corpus.signs.append(signs)
                words[i] = index[text]
            for start in range(0, len(words), _WINDOW):
                part = slice(start, start + _WINDOW)
                corpus.examples[-1].append(_example(words[part], around[part], classes[part]))
    return corpus


def _example(words: npt.NDArray[np.int32], around: list[list[int]], classes: list[int]) -> Example:
    offsets = np.cumsum([0, *(len(ids) for ids in around)])[:-1]
    flat = np.array([i for ids in around for i in ids], np.int32)
    return Example(words, flat, offsets.astype(np.int32), np.array(classes))


_state: dict[str, Pools] = {}

_Analysed: TypeAlias = tuple[list[tuple[str, str, str]], list[list[int]], list[int]]
"""For each token of a note its text, kind and key; the ids around it; its class."""


def _start(drawn_from: Pools) -> None:
    _state["pools"] = drawn_from


def _work(batch: list[tuple[Marked, int]]) -> list[_Analysed]:
    return [_analysed(task) for task in batch]


def _analysed(task: tuple[Marked, int]) -> _Analysed:
    marked = variant(task[0], _state["pools"], task[1])
    note = evidence(marked.text)
    classes = [0] * len(note.tokens)
    owner: dict[int, int] = {}
    for number, span in enumerate(marked.spans):
        for place in range(span.start, span.end):
            owner[place] = number
    last = -1
    for i, token in enumerate(note.tokens):
        start, end = note.shade.span(token.start, token.end)
        number = next((owner[place] for place in range(start, end) if place in owner), -1)
        if number >= 0:
            label = marked.spans[number].label
            classes[i] = _CLASS[f"{'I' if number == last else 'B'}-{label}"]
        if number >= 0 or token.kind != "break":
            last = number
    return [(t.text, t.kind, t.key) for t in note.tokens], context(note), classes


# ---------------------------------------------------------------- the network, trainable


class Trainable(nn.Module):  # type: ignore[misc]
    """The network of `deid.tagger.network` with gradients."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        e, w = recipe.embedding, recipe.width
        self.letters = nn.EmbeddingBag(LETTERS, e, mode="mean")
        self.signs = nn.EmbeddingBag(SIGNS, e, mode="sum")
        nn.init.normal_(self.letters.weight, std=0.3)
        nn.init.normal_(self.signs.weight, std=0.1)
        self.enter, self.enter_norm = nn.Linear(2 * e, w), nn.LayerNorm(w)
        self.whole = nn.Linear(w, w)
        self.layers = nn.ModuleList(nn.Conv1d(w, w, 3, padding=d, dilation=d) for d in DILATIONS)
        self.norms = nn.ModuleList(nn.LayerNorm(w) for _ in DILATIONS)
        self.leave_norm, self.leave = nn.LayerNorm(w), nn.Linear(w, len(CLASSES))
        self.drop = nn.Dropout(recipe.dropout)

    def forward(self, letters: Tensor, signs: Tensor, mask: Tensor) -> Tensor:
        """Scores (notes, tokens, classes) of embedded tokens (notes, tokens, embedding); mask is 1 at tokens."""
        x = self.drop(torch.cat([letters, signs], dim=-1))
        h = functional.relu(self.enter_norm(self.enter(x))) * mask
        h = h + functional.relu(self.whole(h.sum(1, keepdim=True) / mask.sum(1, keepdim=True))) * mask
        for layer, norm in zip(self.layers, self.norms, strict=True):
            n = self.drop(norm(h)) * mask
            h = (h + functional.relu(layer(n.transpose(1, 2)).transpose(1, 2))) * mask
        return self.leave(self.drop(self.leave_norm(h)))

    def weights(self) -> dict[str, npt.NDArray[np.generic]]:
        """What `Network` reads: embeddings as bytes, matrices as float16, ready for `x @ weight`."""
        out: dict[str, npt.NDArray[np.generic]] = {}
        for name, table in (("letters", self.letters.weight), ("signs", self.signs.weight)):
            values = table.detach().numpy()
            scale = np.maximum(np.abs(values).max(1), 1e-8) / 127
            out[f"{name}.bytes"] = np.rint(values / scale[:, None]).astype(np.int8)
            out[f"{name}.scale"] = scale.astype(np.float16)

        def keep(name: str, values: Tensor) -> None:
            out[name] = np.ascontiguousarray(values.detach().numpy().astype(np.float16))

        norms = [("enter", self.enter_norm), ("leave", self.leave_norm)]
        norms += [(f"layer{i}", norm) for i, norm in enumerate(self.norms)]
        for name, norm in norms:
            keep(f"{name}.scale", norm.weight)
            keep(f"{name}.shift", norm.bias)
        for name, linear in (("enter", self.enter), ("whole", self.whole), ("leave", self.leave)):
            keep(f"{name}.weight", linear.weight.T)
            keep(f"{name}.bias", linear.bias)
        for i, layer in enumerate(self.layers):
            keep(f"layer{i}.weight", layer.weight.permute(2, 1, 0))
            keep(f"layer{i}.bias", layer.bias)
        return out


class _Tables:
    """The features of all words as flat arrays, to be gathered for a batch."""

    def __init__(self, rows: list[npt.NDArray[np.int32]]) -> None:
        self.flat = np.concatenate([*rows, np.empty(0, np.int32)])
        self.starts = np.cumsum([0, *(len(row) for row in rows)])

    def gather(self, words: npt.NDArray[np.int32]) -> tuple[Tensor, Tensor]:
        rows = [self.flat[self.starts[i] : self.starts[i + 1]] for i in words]
        offsets = np.cumsum([0, *(len(row) for row in rows)])[:-1]
        return torch.from_numpy(np.concatenate([*rows, np.empty(0, np.int32)]).astype(np.int64)), torch.from_numpy(
            offsets
        )


def train(notes: Sequence[Marked], recipe: Recipe, workers: int) -> Iterator[tuple[int, float, Trainable]]:
    """Train epoch by epoch: its number from 1, its mean loss, and the network, averaged over the last steps."""
    torch.manual_seed(recipe.seed)
    torch.use_deterministic_algorithms(True)
    corpus = prepare(notes, pools(notes), recipe.variants, workers)
    letters, signs = _Tables(corpus.letters), _Tables(corpus.signs)
    model = Trainable(recipe)
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99))
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe.rate, weight_decay=0.01, fused=True)
    # The variants of one epoch may be cut into more windows than those of another.
    steps = sum(_steps(corpus.examples[e % recipe.variants], recipe.batch) for e in range(recipe.epochs))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=steps + 1, pct_start=0.1)
    chance = np.random.default_rng(recipe.seed)
    for epoch in range(recipe.epochs):
        examples = corpus.examples[epoch % len(corpus.examples)]
        model.train()
        losses = []
        for batch in _batches(examples, recipe.batch, chance):
            loss = _loss(model, batch, letters, signs, recipe, chance)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            average.update_parameters(model)
            losses.append(float(loss.detach()))
        yield epoch + 1, float(np.mean(losses)), average.module


def _steps(examples: list[Example], size: int) -> int:
    whole, rest = divmod(len(examples), 16 * size)
    return 16 * whole + -(-rest // size)


def _batches(examples: list[Example], size: int, chance: np.random.Generator) -> Iterator[list[Example]]:
    """All examples in chance's order, those of like length together so that little is padded."""
    order = chance.permutation(len(examples))
    blocks = [order[i : i + 16 * size] for i in range(0, len(order), 16 * size)]
    batches = []
    for block in blocks:
        near = sorted(block.tolist(), key=lambda i: len(examples[i].words))
        batches += [near[i : i + size] for i in range(0, len(near), size)]
    for number in chance.permutation(len(batches)).tolist():
        yield [examples[i] for i in batches[number]]


def _loss(
    model: Trainable,
    batch: list[Example],
    letters: _Tables,
    signs: _Tables,
    recipe: Recipe,
    chance: np.random.Generator,
) -> Tensor:
    longest = max(len(example.words) for example in batch)
    words = np.concatenate([example.words for example in batch])
    kinds, back = np.unique(words, return_inverse=True)
    place = torch.from_numpy(back)
    heard = model.letters(*letters.gather(kinds))[place]
    said = model.signs(*signs.gather(kinds))[place]
    offsets, at = [], 0
    for example in batch:
        offsets.append(example.offsets + at)
        at += len(example.around)
    around = model.signs(
        torch.from_numpy(np.concatenate([e.around for e in batch]).astype(np.int64)),
        torch.from_numpy(np.concatenate(offsets).astype(np.int64)),
    )

    def some() -> Tensor:
        return torch.from_numpy((chance.random(len(words)) > recipe.leave_out).astype(np.float32))[:, None]

    # A whole note without the rules' findings now and then: they were written by people who had seen other notes.
    trusted = np.concatenate([np.full(len(e.words), chance.random() > recipe.leave_out, np.float32) for e in batch])
    heard, said = heard * some(), said * some() + around * torch.from_numpy(trusted)[:, None]
    mask = torch.zeros(len(batch), longest, 1)
    target = torch.full((len(batch), longest), _IGNORED)
    shaped = [torch.zeros(len(batch), longest, heard.shape[1]) for _ in range(2)]
    at = 0
    for i, example in enumerate(batch):
        count = len(example.words)
        mask[i, :count] = 1
        target[i, :count] = torch.from_numpy(example.classes)
        shaped[0][i, :count], shaped[1][i, :count] = heard[at : at + count], said[at : at + count]
        at += count
    scores = model(shaped[0], shaped[1], mask)
    return functional.cross_entropy(
        scores.flatten(0, 1), target.flatten(), ignore_index=_IGNORED, label_smoothing=recipe.smoothing
    )
