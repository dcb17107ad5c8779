"""QLoRA training on a verified dataset, with evidence: what went in, what came out, and that what was saved is that.

Takes a `VerifiedDataset`, never a path to data. Deterministic on a CPU: the same recipe, dataset, model and number of
threads give the same adapter, byte for byte.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from audit import durable
from audit.canonical import canonical_bytes
from audit.certificate import file_sha256
from audit.dataset import VerifiedDataset
from finetune import libraries, memory, run
from finetune.base import PACKAGE, Base, find_base
from finetune.examples import Example, Examples, read_examples
from finetune.heldout import answer_loss
from finetune.model import device_name, load_adapter, load_model, load_tokenizer, lora_config
from finetune.phases import Phases, Report, silent
from schemas.failure import Failure
from schemas.recipe import Recipe, TrainingRecord


def train(dataset: VerifiedDataset, recipe: Recipe, root: Path, *, report: Report = silent) -> TrainingRecord:
    """Train the recipe's adapter on `dataset`, keep it under `models/<run>/`, and record it in the log.

    A run that is there already, evidence and all, is not trained again: its record is returned. `root` is the folder
    that the recipe's paths are relative to. Raises Failure when there is nothing to train on, memory does not suffice,
    training diverges, or the adapter, reloaded, is not what was trained; Refusal when evidence does not hold or there
    is no key to sign the log with; Missing.
    """
    libraries.prepare()
    phases = Phases(report)
    phases.begin("base model")
    base = find_base(recipe.model, root, root / recipe.workspace)
    this = run.run_of(recipe, root, dataset, base)
    if this.finished:
        return run.load_training(this)
    run.signer_of(this)
    memory.need(recipe, base)
    phases.begin("examples")
    tokenizer = load_tokenizer(base)
    training, heldout = training_examples(dataset, tokenizer, recipe), heldout_examples(dataset, tokenizer, recipe)
    with run.kept_whole(this) as folder:
        phases.begin("loading")
        model = load_model(base, quantise=recipe.quantise)
        phases.begin("loss before")
        before = answer_loss(model, heldout.examples, tokenizer.pad_token_id)
        phases.begin("training", recipe.steps)
        model = _fit(model, tokenizer, training.examples, recipe, folder, phases)
        phases.begin("loss after")
        after = answer_loss(model, heldout.examples, tokenizer.pad_token_id)
        if not math.isfinite(after):
            raise Failure("training diverged: the held-out loss is no number any more; lower learning_rate")
        phases.begin("saving and reloading")
        probe = heldout.examples[0]
        expected = probe_logits(model, probe)
        save_adapter(model, folder / run.ADAPTER, base)
        del model
        if not reload_matches(expected, probe, base, folder / run.ADAPTER, quantise=recipe.quantise):
            raise Failure(
                "the saved adapter, loaded anew, does not give the logits of the trained one; nothing is kept"
            )
        record = TrainingRecord(
            recipe_sha256=this.recipe_sha256,
            certificate_sha256=dataset.certificate_sha256,
            dataset=f"{dataset.predicate.dataset}/{dataset.predicate.version}",
            model_sha256=base.sha256,
            seed=recipe.seed,
            steps=recipe.steps,
            examples=len(training.examples),
            heldout_loss_before=before,
            heldout_loss_after=after,
            adapter_files={path.name: file_sha256(path) for path in sorted((folder / run.ADAPTER).iterdir())},
            versions=libraries.versions(),
            model=recipe.model if recipe.model.startswith(PACKAGE) else Path(recipe.model).name,
            run=this.name,
            device=device_name(),
            quantised=recipe.quantise,
            train_tokens=training.tokens,
            heldout_examples=len(heldout.examples),
            heldout_answer_tokens=sum(example.answer_tokens for example in heldout.examples),
            truncated=training.truncated,
            skipped=dict(sorted(training.skipped.items())),
            reload_identical=True,
        )
        run.write_record(folder, run.TRAINING, record)
        durable.replace(folder / run.MEASURE, phases.measure().model_dump_json(indent=2).encode() + b"\n")
        counts = {"examples": record.examples, "steps": record.steps, "heldout_examples": record.heldout_examples}
        run.record_in_log(this, run.TRAINED, record, counts)
    return record


def training_examples(dataset: VerifiedDataset, tokenizer: Any, recipe: Recipe) -> Examples:
    """As many training examples as the recipe's steps can use. Raises Failure when there is none."""
    limit = recipe.steps * recipe.batch_size * recipe.accumulate
    return _some(dataset, "train", tokenizer, recipe, limit)


def heldout_examples(dataset: VerifiedDataset, tokenizer: Any, recipe: Recipe) -> Examples:
    """The examples that the loss is measured on. Raises Failure when there is none."""
    return _some(dataset, "heldout", tokenizer, recipe, recipe.heldout_examples)


def probe_logits(model: Any, example: Example) -> Any:
    """Logits of every position of `example`, shape (tokens, vocabulary), under no_grad and in evaluation mode.

    bitsandbytes takes another kernel where a gradient is wanted, which differs in the last bits; so: none is.
    """
    import torch

    model.eval()
    with torch.no_grad():
        return model(input_ids=torch.tensor([example.input_ids], device=model.device)).logits[0].cpu()


def reload_matches(expected: Any, probe: Example, base: Base, adapter: Path, *, quantise: bool) -> bool:
    """Whether the adapter on disk, on the same base loaded anew, gives `expected` (as `probe_logits`) bit for bit."""
    import torch

    return bool(torch.equal(probe_logits(load_adapter(base, adapter, quantise=quantise), probe), expected))


def save_adapter(model: Any, folder: Path, base: Base) -> None:
    """Save the adapter of `model` as safetensors; the same adapter gives the same bytes, wherever its base lies."""
    model.save_pretrained(folder, safe_serialization=True)
    (folder / "README.md").unlink(missing_ok=True)  # peft's empty card
    path = folder / "adapter_config.json"
    settings = json.loads(path.read_bytes())
    settings["base_model_name_or_path"] = f"sha256:{base.sha256}"
    settings["target_modules"] = sorted(settings["target_modules"])  # a set: its order changes from process to process
    durable.replace(path, canonical_bytes(settings) + b"\n")


def _some(dataset: VerifiedDataset, split: str, tokenizer: Any, recipe: Recipe, limit: int) -> Examples:
    found = read_examples(dataset, split, tokenizer, max_tokens=recipe.max_tokens, seed=recipe.seed, limit=limit)
    if not found.examples:
        why = ", ".join(f"{reason} {count}" for reason, count in sorted(found.skipped.items())) or "it has no rows"
        raise Failure(f"{dataset.path}: no example in the split `{split}` with max_tokens {recipe.max_tokens}: {why}")
    return found


def _fit(
    model: Any,
    tokenizer: Any,
    examples: Sequence[Example],
    recipe: Recipe,
    folder: Path,
    phases: Phases,
) -> Any:
    """Train a new adapter on `model`; the model with it."""
    import torch
    from datasets import Dataset
    from transformers import PrinterCallback, TrainerCallback, set_seed
    from trl import SFTConfig, SFTTrainer

    class Steps(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
            phases.done(state.global_step)

    set_seed(recipe.seed)
    on_gpu = device_name() == "cuda"
    arguments = SFTConfig(
        output_dir=str(folder),  # nothing is written there: no checkpoints, no logs
        max_steps=recipe.steps,
        per_device_train_batch_size=recipe.batch_size,
        gradient_accumulation_steps=recipe.accumulate,
        gradient_checkpointing=recipe.recompute_activations,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="linear",
        optim="adamw_torch",
        train_sampling_strategy="sequential",  # the order is that of the examples
        dataset_kwargs={"skip_prepare_dataset": True},  # tokens and labels are ours
        max_length=None,
        remove_unused_columns=False,
        dataloader_pin_memory=on_gpu,
        use_cpu=not on_gpu,
        bf16=on_gpu,
        seed=recipe.seed,
        data_seed=recipe.seed,
        save_strategy="no",
        logging_strategy="no",
        eval_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    rows = Dataset.from_dict(
        {
            "input_ids": [list(example.input_ids) for example in examples],
            "labels": [example.labels for example in examples],
        }
    )
    trainer = SFTTrainer(
        model=model,
        args=arguments,
        train_dataset=rows,
        processing_class=tokenizer,
        peft_config=lora_config(recipe.lora),
        callbacks=[Steps()],
    )
    trainer.remove_callback(PrinterCallback)
    for parameter in trainer.model.parameters():
        if parameter.requires_grad:  # trl makes them bfloat16, which Adam's small steps are lost in
            parameter.data = parameter.data.to(torch.float32)
    try:
        trainer.train()
    except (torch.OutOfMemoryError, MemoryError):
        raise Failure("memory ran out; lower batch_size or max_tokens, or set recompute_activations: true") from None
    return trainer.model
