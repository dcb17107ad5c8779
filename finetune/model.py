"""A base model in memory: frozen, in 4 bits (NF4, double quantisation; Dettmers et al. 2023), with or without adapter.

Training, evaluation and inference load through here, so the same base means the same numbers everywhere.
On a CPU everything that is not in 4 bits is float32: without bfloat16 instructions that is also the faster way
(measured on an AVX-512 machine without them: 1.7 times as fast as bfloat16).
"""

from pathlib import Path
from typing import Any

from finetune import libraries
from finetune.base import Base
from schemas.failure import Failure
from schemas.recipe import Lora


def device_name() -> str:
    """`cuda` where there is a GPU, else `cpu`."""
    libraries.prepare()
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def load_tokenizer(base: Base) -> Any:
    """The tokenizer of `base`. Raises Failure when it has no chat template, or no token that ends an answer."""
    libraries.prepare()
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(base.folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise Failure(f"{base.folder}: the tokenizer does not load ({type(error).__name__})") from None
    if not tokenizer.chat_template:
        raise Failure(f"{base.folder}: the tokenizer has no chat template; take an instruction-tuned model")
    if tokenizer.eos_token_id is None:
        raise Failure(f"{base.folder}: the tokenizer has no end-of-sequence token")
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(base: Base, *, quantise: bool) -> Any:
    """The frozen base model in evaluation mode, on the GPU where there is one.

    Raises Failure when the folder's configuration and its weights do not make a model.
    """
    device = device_name()
    import torch
    from peft import prepare_model_for_kbit_training
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    quantisation = {
        "quantization_config": BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
    }
    try:
        model = AutoModelForCausalLM.from_pretrained(
            base.folder,
            dtype=dtype,
            device_map={"": device} if device == "cuda" else None,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            **(quantisation if quantise else {}),
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise Failure(f"{base.folder}: the model does not load ({type(error).__name__})") from None
    if quantise:  # norms and embeddings in float32, for inference too: else a reloaded adapter meets another base
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
    model.requires_grad_(requires_grad=False)
    return model.eval()


def load_adapter(base: Base, adapter: Path, *, quantise: bool) -> Any:
    """The base model with the saved adapter in `adapter` on it, in evaluation mode."""
    model = load_model(base, quantise=quantise)
    from peft import PeftModel

    return PeftModel.from_pretrained(model, adapter, is_trainable=False, local_files_only=True).eval()


def lora_config(lora: Lora) -> Any:
    """peft's form of the recipe's adapters: on every linear layer but the output head."""
    from peft import LoraConfig

    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules="all-linear",
        bias="none",
        task_type="CAUSAL_LM",
    )
