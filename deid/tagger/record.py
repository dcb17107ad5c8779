"""`shodhan deid train`: weights, how they came about, and a card that says what they are worth.

Every so-manieth note, by a digest of its id, is held out; the figures of record and card are measured on those notes as
they were written. Nobody in the notes exists, so nothing here is anyone's data.
"""

import hashlib
import json
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import StrictUndefined, Template
from safetensors.numpy import save

from deid.measure import Gold, Scores, score
from deid.tagger import FILE
from deid.tagger.network import Network
from deid.tagger.notebook import Marked
from deid.tagger.training import Recipe, train
from schemas.failure import Failure
from schemas.span import Span

Progress = Callable[[int, int], None]


def train_and_record(
    notes: Sequence[Marked], folder: Path, recipe: Recipe, held_out: int, workers: int, progress: Progress
) -> dict[str, Any]:
    """Train on all notes but one in `held_out` (0: on all), write weights, `record.json` and `CARD.md` into a folder,
    and return the record. `progress(epochs done, epochs)` is called after every epoch.
    """
    learned = [note for note in notes if not is_held_out(note, held_out)]
    kept = [note for note in notes if is_held_out(note, held_out)]
    started, losses = time.monotonic(), []
    model = None
    for epoch, loss, model in train(learned, recipe, workers):  # noqa: B007 - the last one is kept
        losses.append(round(loss, 4))
        progress(epoch, recipe.epochs)
    if model is None:
        raise Failure("training needs at least one epoch")
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / FILE
    weights.write_bytes(save({name: np.ascontiguousarray(w) for name, w in sorted(model.weights().items())}))
    record = {
        "model": FILE,
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "bytes": weights.stat().st_size,
        "recipe": asdict(recipe),
        "notes": {"learned": len(learned), "held_out": len(kept), "one_in": held_out, "sha256": _digest(notes)},
        "tables_sha256": _tables(),
        "losses": losses,
        "seconds": round(time.monotonic() - started),
        "versions": {name: version(name) for name in ("torch", "numpy", "safetensors")}
        | {"python": platform.python_version()},
        "held_out": _figures(measure(kept, Network.load(weights))) if kept else None,
        "rules_alone": _figures(measure(kept, None)) if kept else None,
    }
    (folder / "record.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "CARD.md").write_text(card(record), encoding="utf-8")
    return record


def is_held_out(note: Marked, one_in: int) -> bool:
    """Whether a note is kept from training; by its id, so that further notes move none."""
    return one_in > 0 and int.from_bytes(hashlib.sha256(note.id.encode()).digest()[:4]) % one_in == 0


def measure(notes: Sequence[Marked], model: Network | None) -> Scores:
    """Scores of the rules with a network, or alone, on notes as they were written."""
    from deid.analysis import analyse

    gold = [Gold(note.id, note.text, note.spans, note.tag, note.languages) for note in notes]
    found = []
    for note in gold:
        analysed = analyse(note.text, model)
        found.append([Span(*analysed.shade.span(hit.start, hit.end), label=hit.label) for hit in analysed.hits])
    return score(gold, found)


def _figures(scores: Scores) -> dict[str, Any]:
    cells = {"/".join(key): cell for key, cell in sorted(scores.cells.items()) if key[0] in ("tag", "label", "all")}
    return {
        "recall": {key: [cell.hidden, cell.spans, round(cell.recall, 4)] for key, cell in cells.items()},
        "over_redaction": {tag: round(scores.over(tag), 4) for tag in sorted(scores.outside)},
        "label_right": round(scores.label_right, 4),
    }


def _digest(notes: Sequence[Marked]) -> str:
    whole = hashlib.sha256()
    for note in notes:
        whole.update(repr((note.id, note.languages, note.tag, note.pieces)).encode())
    return whole.hexdigest()


def _tables() -> str:
    """Of the gazetteers and lexicons that the features look words up in; with other tables the weights mean less."""
    whole = hashlib.sha256()
    for package in ("deid.gazetteers", "deid.lexicon"):
        for entry in sorted(files(package).iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith((".tsv", ".txt", ".bin")):
                whole.update(entry.name.encode() + entry.read_bytes())
    return whole.hexdigest()


def card(record: dict[str, Any]) -> str:
    """The model card, in Markdown."""
    source = (files(__package__) / "card.md.j2").read_text(encoding="utf-8")
    text: str = Template(source, undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False).render(record)
    return text
