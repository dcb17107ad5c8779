"""The plan of a run: which files, which stages in which order, and the name that follows from them.

A run is named by the digest of its inputs, its configuration, its code, the libraries that write its bytes and, where
a source is personal, the fingerprint of the pseudonym key. Equal plans are one run.
"""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from audit.canonical import sha256_of as digest_of
from curate.code import code_digest
from curate.durable import sha256_of
from curate.ingest import SourceFile
from curate.patients import PatientFile, patient_files
from curate.sources.registry import READERS, find_files
from curate.stage import Stage
from curate.stages.decontaminate import Decontaminate
from curate.stages.deidentify import Deidentify, DeidentifyKnown, detectors
from curate.stages.exact_duplicates import ExactDuplicates
from curate.stages.near_duplicates import NearDuplicates
from curate.stages.normalise import Normalise
from curate.stages.quality import Quality
from curate.stages.shard import Shard
from curate.stages.verify import Verify
from deid.key import Vault, open_vault, token
from schemas.config import Config
from schemas.failure import Failure

LIBRARIES: Final = (
    "datasketch", "duckdb", "indic-nlp-library", "lxml", "numba", "numpy", "polars", "presidio-analyzer",
    "presidio-anonymizer", "pyarrow", "regex", "safetensors", "xxhash",
)  # fmt: skip
"""What could change the bytes that come out."""


@dataclass(frozen=True)
class Plan:
    """Everything that decides what comes out, and nothing that does not."""

    config: Config
    units: tuple[tuple[str, tuple[SourceFile, ...]], ...]  # source name and the files read together
    config_sha256: str
    code_sha256: str
    run: str
    patients: tuple[PatientFile, ...] = ()
    opened: Vault | None = None  # where a source is personal: the lock was opened once, here

    @property
    def keys(self) -> Vault | Path:
        """What the tasks are given: the opened vault, or, where none of them needs a key, its folder."""
        return self.opened or self.vault

    @property
    def vault(self) -> Path:
        """Where the keys are."""
        return self.config.workspace / "vault"

    @property
    def personal(self) -> frozenset[str]:
        """The names of the sources that are about living persons."""
        return frozenset(name for name, source in self.config.sources.items() if source.personal)

    @property
    def evaluation(self) -> tuple[str, ...]:
        """The names of the sources that are kept for scoring."""
        return tuple(name for name, source in self.config.sources.items() if source.role == "evaluation")

    def stages(self) -> tuple[Stage, ...]:
        """The stages after ingest, in order."""
        config = self.config
        ranks = {name: source.rank for name, source in config.sources.items()}
        deidentify = DeidentifyKnown if self.patients else Deidentify
        return (
            Normalise(),
            ExactDuplicates(ranks),
            NearDuplicates(config.dedup, ranks),
            Decontaminate(config.decontaminate),
            Quality(config.quality),
            deidentify(config.deid, self.keys, self.personal, self.patients),
            Verify(config.deid, self.personal),
            Shard(config.dataset.heldout_share),
        )


def plan(config: Config, root: Path) -> Plan:
    """Find the files of each source, relative to `root`, digest them and name the run.

    Raises Failure where a source matches no file or its patient table is missing, and Refusal where a source is
    personal and there is no key.
    """
    units: list[tuple[str, tuple[SourceFile, ...]]] = []
    for name, source in config.sources.items():
        files = find_files(source, root)
        numbers = {path: number for number, path in enumerate(files)}
        for unit in READERS[source.reader].units(files):
            files_of_unit = [_digested(path, f"#{numbers[path]}" if source.personal else path.name) for path in unit]
            units.append((name, tuple(files_of_unit)))
    patients = patient_files(config, root)
    settings = config.model_dump(mode="json", exclude={"workspace": True, "engine": {"workers", "name", "address"}})
    config_sha256 = digest_of(settings)
    code_sha256 = code_digest()
    needs_key = any(source.personal for source in config.sources.values())
    opened = open_vault(config.workspace / "vault") if needs_key else None
    identity = {
        "inputs": [[name, *(f"{file.name}:{file.sha256}" for file in files)] for name, files in units],
        "patients": [[table.source, table.sha256] for table in patients],
        "config": config_sha256,
        "code": code_sha256,
        "libraries": {library: version(library) for library in LIBRARIES},
        "detectors": detectors(config.deid)
        if needs_key
        else None,  # a model named in the policy is a file that may change
        "key": token(opened.key, "run", "fingerprint") if opened else None,
    }
    return Plan(config, tuple(units), config_sha256, code_sha256, digest_of(identity)[:16], patients, opened)


def _digested(path: Path, name: str) -> SourceFile:
    try:
        return SourceFile(path, name, sha256_of(path))
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror}); mend it, or leave it out of sources.paths") from None
