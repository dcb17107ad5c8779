"""`index.json` of an index of near duplicates: which documents were decided before, and what their sketches mean."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class IndexGeneration(BaseModel):
    """What one run of `shodhan curate dedup` added: the documents that stayed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run: str  # the run's name, and that of the folder with the files
    inputs_sha256: str  # digest of the files that were read
    documents: int
    files: dict[str, str]  # name -> SHA-256


class DedupIndex(BaseModel):
    """Generations in the order in which they were added."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1] = 1
    definition: str  # digest of settings, word tables and hash functions: sketches of another one cannot be compared
    generations: tuple[IndexGeneration, ...] = ()
