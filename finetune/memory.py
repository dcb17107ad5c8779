"""How much memory a recipe needs, from the model's configuration alone: no weight is loaded.

The sum of five parts, each stated below. An estimate, to refuse early what cannot work; not a promise.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from finetune import libraries
from finetune.base import Base
from finetune.model import device_name
from schemas.failure import Failure
from schemas.recipe import Recipe

NF4_BYTES: Final = 0.516  # 4 bits, an 8-bit scale for 64 weights, a 32-bit scale for 256 scales: 4.127 bits
ADAPTER_BYTES: Final = 16  # float32 weight, gradient and Adam's two moments
LIBRARIES: Final = 800_000_000  # torch, transformers, peft and trl imported: resident before any model
HIDDEN_KEPT, INNER_KEPT = 14, 6
"""Tensors of the hidden and of the feed-forward size that a Llama-like layer keeps for the backward pass, per token."""
LOGITS_KEPT: Final = 3  # logits, their softmax, their gradient


@dataclass(frozen=True, slots=True)
class Need:
    """What a recipe will need, in bytes, and what there is."""

    model_parameters: int
    trained_parameters: int
    bytes: int
    available: int
    device: str


def need(recipe: Recipe, base: Base) -> Need:
    """What training by `recipe` on `base` needs.

    Raises Failure for what cannot work: more tokens than the model's context, an adapter of a higher rank than the
    matrices it is added to, or more memory than there is.
    """
    libraries.prepare()
    config, shapes, parameters = _skeleton(base)
    context = getattr(config, "max_position_embeddings", None)
    if context is not None and recipe.max_tokens > context:
        raise Failure(f"max_tokens: {recipe.max_tokens}, but the model's context is {context} tokens")
    smallest = min(min(shape) for shape in shapes)
    if recipe.lora.rank > smallest:
        raise Failure(f"lora.rank: {recipe.lora.rank}, but the smallest matrix it is added to has rank {smallest}")
    device = device_name()
    trained = sum(recipe.lora.rank * (rows + columns) for rows, columns in shapes)
    linear = sum(rows * columns for rows, columns in shapes)
    plain = 4 if recipe.quantise or device == "cpu" else 2  # what is not in 4 bits: float32, or bfloat16 on a GPU
    weights = linear * (NF4_BYTES if recipe.quantise else plain) + (parameters - linear) * plain
    tokens = recipe.batch_size * recipe.max_tokens
    layer = tokens * 4 * (HIDDEN_KEPT * config.hidden_size + INNER_KEPT * config.intermediate_size)
    # recomputing keeps the input of each layer, and one layer's tensors at a time
    kept = (
        layer + config.num_hidden_layers * tokens * 4 * config.hidden_size
        if recipe.recompute_activations
        else config.num_hidden_layers * layer
    )
    logits = tokens * config.vocab_size * 4 * LOGITS_KEPT
    total = int(weights + trained * ADAPTER_BYTES + kept + logits) + (LIBRARIES if device == "cpu" else 0)
    available = _available(device)
    if total > available:
        raise Failure(
            f"this recipe needs about {total / 1e9:.1f} GB of memory, {available / 1e9:.1f} GB are free; "
            "lower batch_size or max_tokens, or set recompute_activations: true"
        )
    return Need(parameters, trained, total, available, device)


def _skeleton(base: Base) -> tuple[Any, list[tuple[int, int]], int]:
    """The model's configuration, the shape of every linear layer that gets an adapter, and the count of parameters."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    try:
        config = AutoConfig.from_pretrained(base.folder, local_files_only=True, trust_remote_code=False)
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise Failure(
            f"{base.folder}: config.json describes no causal language model ({type(error).__name__})"
        ) from None
    head = model.get_output_embeddings()
    shapes = [
        (module.out_features, module.in_features)
        for module in model.modules()
        if isinstance(module, torch.nn.Linear) and module is not head
    ]
    if not shapes:
        raise Failure(f"{base.folder}: the model has no linear layer to adapt")
    return config.get_text_config(), shapes, sum(parameter.numel() for parameter in model.parameters())


def _available(device: str) -> int:
    """Free bytes: of the GPU, or of the machine with what this process holds already."""
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    page = os.sysconf("SC_PAGE_SIZE")
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        own = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * page
    except OSError:  # no Linux: what the machine has in all
        return os.sysconf("SC_PHYS_PAGES") * page
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")) + own
