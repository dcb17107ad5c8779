"""`shodhan.yaml`: what to read, under which policy, who signs. One validated model; unknown keys are errors."""

import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from schemas.patients import PatientTable
from schemas.policy import DeidPolicy

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
ReaderName = Literal[
    "pubmed", "jats", "medmcqa", "medqa", "pubmedqa", "mimic-hosp", "mimic-note", "aci-bench", "fhir", "table"
]


class Section(BaseModel):
    """A part of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Terms(Section):
    """Licence and permitted purposes; they travel with every row, and the gate holds training to them."""

    licence: str = Field(min_length=1)
    purposes: tuple[str, ...] = ("research",)


class Columns(Section):
    """Which column of a table means what (reader `table` only). `text` may join several columns by a blank line."""

    id: str
    text: str | tuple[str, ...]
    title: str | None = None
    subject: str | None = None
    kind: Literal["article", "note"] = "note"


class Source(Section):
    """One source: files of one kind, read by one reader, under one set of terms."""

    reader: ReaderName
    paths: tuple[str, ...] = Field(min_length=1)
    """Files, folders or globs, relative to the configuration file."""
    role: Literal["train", "evaluation"] = "train"
    personal: bool = False
    """True: rows are about living persons; they pass de-identification, and ids become keyed tokens."""
    terms: Terms
    columns: Columns | None = None
    patients: PatientTable | None = None
    """Where personal: a table of the patients, whose identifiers are searched in the notes of each."""
    rank: int = 0
    """Of duplicates the one from the source with the smallest rank survives."""


Contained = Literal["drop", "report", "off"]


class Containment(Section):
    """Documents that stand, almost whole, in a longer one of the same role and kind: an abstract in its article."""

    threshold: float = Field(default=0.9, gt=0.5, le=1.0)
    """Share of a document's shingles that the longer one must have."""
    min_shingles: int = Field(default=20, ge=1)
    """A document of fewer different shingles is not looked for: short sentences stand in many texts."""
    articles: Contained = "drop"
    notes: Contained = "report"
    questions: Contained = "off"


class CopiedLines(Section):
    """Lines of a note that stand in an earlier note of the same patient."""

    drop: bool = False
    min_words: int = Field(default=5, ge=1)
    """A line of fewer words stays: labels and short findings are not copies."""


class Dedup(Section):
    """Near duplicates: MinHash over word shingles, banded, verified by exact Jaccard."""

    threshold: float = Field(default=0.8, gt=0.0, le=1.0)
    shingle_words: int = Field(default=5, ge=1)
    permutations: int = Field(default=128, ge=16)
    containment: Containment = Containment()
    copied_lines: CopiedLines = CopiedLines()


class Decontaminate(Section):
    """Training text that holds an evaluation item: found by rare words, verified by alignment."""

    template_words: int = Field(default=3, ge=2)
    max_items: int = Field(default=8, ge=1)
    """A run of `template_words` words in more items than this is a template ("which of the following") and never
    counts."""
    min_coverage: float = Field(default=0.6, gt=0.0, le=1.0)
    """Share of what an item says, weighed by rarity, that a text must hold."""
    min_bits: float = Field(default=45.0, gt=0.0)
    """What is found must say so much: a text has it by chance once in 2^bits tries, if words were independent."""
    sample: int = Field(default=4_096, ge=0)
    """Documents in which rarity is counted, items are planted and false positives estimated."""
    planted: int = Field(default=400, ge=0)
    """Items planted for each tier, to measure how many are found."""


class Quality(Section):
    """What a document must be to stay."""

    min_words: int = Field(default=5, ge=0)
    languages: tuple[str, ...] = (
        "en",
        "hi",
        "ta",
        "bn",
        "te",
        "kn",
        "ml",
        "mr",
        "gu",
        "pa",
        "or",
        "as",
        "ur",
    )


class Dataset(Section):
    """The dataset that comes out."""

    name: Name = "dataset"
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")] = "1.0.0"
    description: str = "A certified dataset made by Shodhan."
    creator: str = "unnamed hospital"
    url: str = "https://example.invalid/dataset"
    licence: str = "see the terms of each row"
    published: datetime.date
    """Stated, not taken from the clock: the same input gives the same bytes on any day."""
    purpose: str = "research"
    """What the certificate allows; a source whose terms do not name it stops the run."""
    heldout_share: float = Field(default=0.02, ge=0.0, lt=0.5)
    shard_rows: int = Field(default=20_000, ge=1)


class Signing(Section):
    """Who signs. The private key lies in `vault/`, the public one in `audit/`."""

    origin: str = Field(default="hospital.example/shodhan", pattern=r"^[^\s+]+$")


class Engine(Section):
    """What the stages run on."""

    name: Literal["local", "ray"] = "local"
    """`local`: processes of this machine. `ray`: the same on Ray, here or on a cluster. Never changes the result."""
    address: str | None = Field(default=None, pattern=r"^[^\s:/]+:\d+$")
    """Of a running Ray cluster (host:port) that shares the workspace folder; without it Ray is started here."""
    workers: int | None = Field(default=None, ge=1)
    """Tasks at once; by default as many as the machine, or the cluster, has processors. Never changes the result."""
    batch_rows: int = Field(default=2_048, ge=1, le=1_000_000)
    """Rows per part: the memory of a worker follows it."""

    @model_validator(mode="after")
    def _address_is_of_ray(self) -> Self:
        if self.address is not None and self.name != "ray":
            raise ValueError("address is of engine: ray; set name: ray, or leave it out")
        return self


class Config(Section):
    """The whole of `shodhan.yaml`."""

    version: Literal[1] = 1
    workspace: Path = Path(".")
    """Where runs/, datasets/, audit/, vault/ and models/ are kept, relative to the configuration file."""
    sources: dict[Name, Source] = Field(min_length=1)
    dedup: Dedup = Dedup()
    decontaminate: Decontaminate = Decontaminate()
    quality: Quality = Quality()
    deid: DeidPolicy = DeidPolicy()
    dataset: Dataset
    signing: Signing = Signing()
    engine: Engine = Engine()
