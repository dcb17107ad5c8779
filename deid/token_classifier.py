"""A hospital's own Hugging Face model for token classification, as one more Presidio recognizer.

Loaded from a folder: no network, safetensors alone, no code of the model's own. Texts longer than the model reads are
looked at in windows that overlap.
"""

import hashlib
from functools import cached_property
from typing import Any

from deid.presidio import EntityRecognizer, RecognizerResult
from schemas.failure import Failure, Missing
from schemas.labels import Label
from schemas.policy import TokenClassifier

_WINDOW, _OVERLAP, _BATCH = 512, 64, 8  # tokens, tokens, windows


class TokenClassifierRecognizer(EntityRecognizer):  # type: ignore[misc]  # Presidio has no types
    """Finds what the model finds. Raises Missing without transformers, Failure for a folder that is no such model."""

    def __init__(self, settings: TokenClassifier) -> None:
        self.settings = settings
        wanted = sorted({label for label in settings.labels.values() if label is not None})
        super().__init__(supported_entities=wanted, name="TokenClassifier", supported_language="en", version="1.0")

    def load(self) -> None:
        """Presidio's hook; the model is loaded when the first text is asked about."""

    @cached_property
    def sha256(self) -> str:
        """Of the files of weights, in the order of their names. Raises Failure."""
        files = sorted(self.settings.folder.glob("*.safetensors"))
        if not files:
            raise Failure(f"{self.settings.folder}: no *.safetensors; save the model with save_pretrained")
        return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()

    @cached_property
    def _loaded(self) -> tuple[Any, Any, dict[int, Label | None]]:
        folder, given = self.settings.folder, self.settings.labels
        try:
            from transformers import AutoModelForTokenClassification, AutoTokenizer
            from transformers.utils.logging import disable_progress_bar
        except ImportError as error:
            raise Missing("deid.token_classifier needs transformers; pip install 'shodhan[finetune]'") from error
        disable_progress_bar()
        _ = self.sha256  # refuses a folder without safetensors before anything is loaded
        where = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, use_fast=True, **where)
            model = AutoModelForTokenClassification.from_pretrained(folder, use_safetensors=True, **where)
        except (OSError, ValueError, KeyError) as error:
            raise Failure(f"{folder}: no model for token classification with a fast tokenizer") from error
        names = {number: name.removeprefix("B-").removeprefix("I-") for number, name in model.config.id2label.items()}
        if missing := sorted(set(names.values()) - given.keys() - {"O"}):
            raise Failure(f"deid.token_classifier.labels: say what {', '.join(missing)} of {folder} stand for, or null")
        return tokenizer, model.eval(), {number: given.get(name) for number, name in names.items()}

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002
        """Runs of tokens of one label, as code points of the text."""
        found = []
        for start, end, label, score in self._runs(text):
            if label in entities and text[start:end].strip():
                found.append(RecognizerResult(label.value, start, end, score))
        return found

    def _runs(self, text: str) -> list[tuple[int, int, Label, float]]:
        import torch

        tokenizer, model, labels = self._loaded
        window = min(_WINDOW, tokenizer.model_max_length)
        windows = tokenizer(
            text.encode("utf-8", "replace").decode(),  # a lone surrogate is one code point, and so is what replaces it
            truncation=True,
            max_length=window,
            stride=min(_OVERLAP, window // 4),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
            return_tensors="pt",
        )
        best: dict[tuple[int, int], tuple[float, Label]] = {}
        for first in range(0, len(windows["input_ids"]), _BATCH):
            batch = {k: windows[k][first : first + _BATCH] for k in ("input_ids", "attention_mask")}
            with torch.inference_mode():
                shares = model(**batch).logits.softmax(-1)
            likely, numbers = (values.tolist() for values in shares.max(-1))
            offsets = windows["offset_mapping"][first : first + _BATCH].tolist()
            for scores, kinds, places in zip(likely, numbers, offsets, strict=True):
                for score, number, (start, end) in zip(scores, kinds, places, strict=True):
                    label = labels[number]
                    if end > start and label is not None and score >= self.settings.min_score:
                        best[start, end] = max(best.get((start, end), (0.0, label)), (score, label))
        return _joined(best)


def _joined(tokens: dict[tuple[int, int], tuple[float, Label]]) -> list[tuple[int, int, Label, float]]:
    """Neighbouring tokens of one label, at most a blank apart, as one run with the least of their scores."""
    runs: list[tuple[int, int, Label, float]] = []
    for (start, end), (score, label) in sorted(tokens.items()):
        if runs and runs[-1][2] == label and start - runs[-1][1] <= 1:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]), label, min(score, runs[-1][3]))
        else:
            runs.append((start, end, label, score))
    return runs
