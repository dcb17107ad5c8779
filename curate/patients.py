"""The patient table of a source: found and digested with the inputs, read where notes are de-identified.

A process reads it once and keeps it in memory. Nothing of it is written anywhere: the run's name holds its digest.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from curate.ingest import keyed
from deid.key import Vault, load_key
from deid.patients import Patients, digest, read_patients
from schemas.config import Config
from schemas.failure import Failure
from schemas.patients import PatientTable


@dataclass(frozen=True)
class PatientFile:
    """Whose notes it is about, where it is, the SHA-256 of its bytes, and what its columns hold."""

    source: str
    path: Path
    sha256: str
    spec: PatientTable

    def load(self, vault: Vault | Path) -> Patients:
        """The table, its subjects keyed as ingest keys those of the notes.

        Raises Failure where it cannot be read, or is no longer what the run was planned with.
        """
        return _loaded(self.source, self.path, self.sha256, self.spec.model_dump_json(), vault)

    def check(self) -> None:
        """Read it once, before hours of work. Raises Failure as `load` does."""
        read_patients(self.path, self.spec)


def patient_files(config: Config, root: Path) -> tuple[PatientFile, ...]:
    """The patient tables that a configuration names, relative to `root`. Raises Failure where one is missing."""
    return tuple(
        PatientFile(name, root / source.patients.path, digest(root / source.patients.path), source.patients)
        for name, source in config.sources.items()
        if source.patients is not None
    )


@lru_cache(maxsize=8)  # the tables of one run; a process of the engine works on one run
def _loaded(source: str, path: Path, sha256: str, spec: str, vault: Vault | Path) -> Patients:
    key = load_key(vault)
    if digest(path) != sha256:
        raise Failure(f"{path}: the patient table changed while the run was under way; run again for a run of its own")
    return read_patients(
        path, PatientTable.model_validate_json(spec), lambda value: keyed(key, source, "subject", value)
    )
