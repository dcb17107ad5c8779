"""The verdict of decontamination: against what, how, and how well it works; measured in the run that it speaks of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Part(BaseModel):
    """A part of the verdict."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Benchmark(Part):
    """Evaluation items of one family: how many, and the SHA-256 of what they say, whatever their order."""

    items: int = Field(ge=0)
    sha256: Sha256


class PlantedRecall(Part):
    """Items planted into sampled documents in one way, and how many of them were found."""

    planted: int = Field(ge=0)
    found: int = Field(ge=0)
    tiers: dict[str, int] = {}  # of the found, by the tier that was reported


class FalsePositives(Part):
    """Sampled documents held against decoys (halves of different items put together), which none of them can hold.

    `upper_per_million` is the upper end of the 95 % interval of the rate (Clopper and Pearson 1934), rounded up.
    """

    documents: int = Field(ge=0)
    decoys: int = Field(ge=0)
    hit: int = Field(ge=0)
    upper_per_million: int = Field(ge=0, le=1_000_000)


class DecontaminationVerdict(Part):
    """What a certificate says of decontamination. No floats: a signed statement holds none."""

    benchmarks: dict[str, Benchmark]  # by family of the items' ids
    unread: dict[str, int] = {}  # records of the benchmarks that could not be read, by reason: not looked for
    parameters: dict[str, str]
    recall: dict[str, PlantedRecall]  # verbatim, edited, shuffled, reworded
    false_positives: FalsePositives
