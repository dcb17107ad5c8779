"""One question to the trained model, on this machine. What it says is not medical advice."""

from pathlib import Path
from typing import Any, Final

from audit.dataset import VerifiedDataset
from finetune import libraries, run
from finetune.base import find_base
from finetune.examples import holds_special_token, prompt_ids
from finetune.model import load_adapter, load_tokenizer
from schemas.failure import Failure
from schemas.recipe import Recipe

NOTICE: Final = "Not medical advice: a small experimental model wrote this; it is often wrong. Ask a clinician."


def ask(dataset: VerifiedDataset, recipe: Recipe, root: Path, question: str, *, max_new_tokens: int = 128) -> str:
    """What the recipe's trained adapter answers. Neither question nor answer is kept anywhere.

    Takes the dataset because an adapter whose data was revoked must not speak on. Raises Failure when the recipe was
    not trained or the question cannot be asked; Refusal when evidence for the adapter does not hold; Missing.
    """
    libraries.prepare()
    base = find_base(recipe.model, root, root / recipe.workspace)
    this = run.run_of(recipe, root, dataset, base)
    run.load_training(this)
    tokenizer = load_tokenizer(base)
    return answer(load_adapter(base, this.adapter, quantise=recipe.quantise), tokenizer, question, max_new_tokens)


def answer(model: Any, tokenizer: Any, question: str, max_new_tokens: int) -> str:
    """The most likely continuation, token by token (greedy), so the same question gets the same answer.

    Raises Failure for a question that is empty, spells a control token, or leaves no room in the model's context.
    """
    import torch

    if not question.strip():
        raise Failure("the question is empty")
    if holds_special_token(tokenizer, question):
        raise Failure("the question spells a control token of the model")
    ids = torch.tensor([prompt_ids(tokenizer, question)], device=model.device)
    context = getattr(model.config, "max_position_embeddings", None)
    if context is not None and ids.shape[1] + max_new_tokens > context:
        raise Failure(f"the question is too long: {ids.shape[1]} tokens, and the model's context is {context}")
    with torch.no_grad():
        out = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=max_new_tokens,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    text: str = tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True)
    return text.strip()
