"""The de-identification policy: which labels are looked for and what stands in their place."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.labels import Label

Operator = Literal["surrogate", "tag", "redact", "keep"]
"""`surrogate`: a made-up value of the same form, keyed, the same each time. `tag`: `[PERSON_1]`, numbered in a note.
`redact`: the label alone, `[PERSON]`. `keep`: left as it is, and counted."""


class TokenClassifier(BaseModel):
    """A hospital's own Hugging Face model for token classification, run beside the detector's own recognizers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path
    """Model and tokenizer as `save_pretrained` writes them; weights in safetensors."""
    labels: dict[str, Label | None]
    """Each label of the model, without B- and I-, to one of ours; null for what is no identifier."""
    min_score: float = Field(default=0.5, ge=0.0, le=1.0)
    """How likely a token must be for its label to count."""


class DeidPolicy(BaseModel):
    """How a personal source is de-identified. Unknown keys are errors; what is not named takes `default`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    default: Operator = "surrogate"
    operators: dict[Label, Operator] = Field(default_factory=dict)
    min_score: float = Field(default=0.4, ge=0.0, le=1.0)
    """Spans that score lower stay. 0.4 is Presidio's own default for what counts as found."""
    scope: Literal["patient", "dataset"] = "patient"
    """Whether one name keeps one surrogate within a patient's record, or over the whole dataset."""
    keep_weekday: bool = True
    """Whether dates move by whole weeks, so that a weekday keeps its place; else by any number of days, and a date with
    its weekday becomes `[DATE]`."""
    name_model: Path | None = None
    """Weights of the sequence model, as `shodhan deid train` writes them; else those of the package."""

    token_classifier: TokenClassifier | None = None
    """A hospital's own model, asked beside ours; needs the extra `finetune`."""

    @property
    def keeping(self) -> frozenset[Label]:
        """The labels whose identifiers are left where they are."""
        return frozenset(label for label in Label if self.operators.get(label, self.default) == "keep")
