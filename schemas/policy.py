"""The de-identification policy: which labels are looked for and what stands in their place."""

from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from schemas.labels import Label

Operator = Literal["surrogate", "tag", "redact", "mask", "token", "encrypt", "shift", "generalise", "keep"]
"""`surrogate`: a made-up value of the same form, keyed, the same each time. `tag`: `[PERSON_1]`, numbered in a note.
`redact`: the label alone, `[PERSON]`. `mask`: `______3210`, a number without its digits or with its last few. `token`:
`[PERSON:…]`, keyed, the same each time. `encrypt`: `[PERSON=…]`, which the vault's holder can read. `shift`: a date
moved with all dates of its scope. `generalise`: less exact: year, state, three digits of a PIN code, 90+. `keep`: left
as it is, and counted."""

_NUMBERS: Final = frozenset(Label) - {
    Label.PERSON, Label.DATE, Label.AGE_OVER_89, Label.LOCATION, Label.PIN_CODE, Label.ORGANIZATION,
    Label.EMAIL_ADDRESS, Label.URL, Label.IP_ADDRESS, Label.IN_ABHA_ADDRESS, Label.IN_UPI_ID,
}  # fmt: skip
FITTING: Final[dict[Operator, frozenset[Label]]] = {
    "mask": _NUMBERS,
    "shift": frozenset({Label.DATE}),
    "generalise": frozenset({Label.DATE, Label.AGE_OVER_89, Label.LOCATION, Label.PIN_CODE}),
}
"""The labels that an operator fits; one that is not named here fits all."""


class Mask(BaseModel):
    """`mask` with its parameter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mask: int = Field(ge=0, le=4)
    """How many letters and digits at the end stay; none where that would be more than half."""


Choice = Annotated[
    Annotated[Operator, Tag("operator")] | Annotated[Mask, Tag("parameters")],
    Discriminator(lambda choice: "operator" if isinstance(choice, str) else "parameters"),
]
"""An operator by its name, or with its parameters."""


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

    default: Choice = "surrogate"
    operators: dict[Label, Choice] = Field(default_factory=dict)
    min_score: float = Field(default=0.2, ge=0.0, le=1.0)
    """Spans that score lower stay. What the name model is less sure of is a word rather than a name."""
    scope: Literal["patient", "dataset"] = "patient"
    """Whether one name keeps one surrogate within a patient's record, or over the whole dataset."""
    reidentification: bool = False
    """Whether the vault keeps, encrypted, which surrogate and token stands for which original."""
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
        return frozenset(label for label in Label if self.operator(label) == "keep")

    def operator(self, label: Label) -> Operator:
        """What is done with a label."""
        choice = self.operators.get(label, self.default)
        return "mask" if isinstance(choice, Mask) else choice

    def shown(self, label: Label) -> int:
        """Where the operator is `mask`: how many characters at the end stay."""
        choice = self.operators.get(label, self.default)
        return choice.mask if isinstance(choice, Mask) else 0

    @model_validator(mode="after")
    def _fits(self) -> "DeidPolicy":
        for label in Label:
            operator = self.operator(label)
            if label not in FITTING.get(operator, frozenset(Label)):
                fitting = [name for name in get_args(Operator) if label in FITTING.get(name, frozenset(Label))]
                where = f"operators.{label}" if label in self.operators else f"default, and so operators.{label}"
                raise PydanticCustomError(
                    "operator_does_not_fit",
                    "{where}: {operator} does not fit; {fitting} do",
                    {"where": where, "operator": operator, "fitting": ", ".join(fitting)},
                )
        return self
