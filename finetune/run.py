"""A run's folder, `models/<name>-<digest>/`: named by what decides its result, whole or not there, bound to the log.

The happy path of a run that is kept, in order:

1. take the lock of `models/` (flock: the kernel releases it when its holder dies)
2. write everything into `models/.<run>.new/`
3. append the entry `train.finished`, with the record's digest, to the log, once
4. fsync each file and folder, rename the folder to `models/<run>/`, fsync `models/`

Killed before 4, the next run starts anew; training is deterministic, so it finds its own entry in the log. A run is
used only when its record is in the log and its adapter's files have the digests that the record states: a folder that
somebody else put there is refused, and is never signed after the fact.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from audit import durable
from audit.canonical import canonical_bytes, sha256_of
from audit.certificate import file_sha256
from audit.dataset import VerifiedDataset
from audit.keys import PUBLIC_KEY, Signer, Verifier
from audit.log import Log, now
from finetune import libraries
from finetune.base import Base
from schemas.failure import Failure, Refusal
from schemas.log_entry import LogEntry
from schemas.recipe import EvaluationRecord, Recipe, TrainingRecord

TRAINED: Final = "train.finished"
EVALUATED: Final = "evaluate.finished"
TRAINING: Final = "training.json"
EVALUATION: Final = "evaluation.json"
MEASURE: Final = "measure.json"
ADAPTER: Final = "adapter"
_NOT_TRAINING: Final = frozenset({"dataset", "model", "workspace", "trust", "evaluate_items"})
"""Where things lie, and how the result is scored; dataset and model are bound by their digests instead."""


@dataclass(frozen=True, slots=True)
class Run:
    """One training run of a workspace; `name` is the recipe's with a digest of all that decides the result."""

    workspace: Path
    name: str
    recipe_sha256: str

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return self.workspace / "models" / self.name

    @property
    def adapter(self) -> Path:
        """Folder of the adapter (peft's layout, safetensors)."""
        return self.folder / ADAPTER

    @property
    def finished(self) -> bool:
        """Whether it is there; a folder appears whole."""
        return self.folder.exists()

    @property
    def audit_dir(self) -> Path:
        """The workspace's log."""
        return self.workspace / "audit"


def run_of(recipe: Recipe, root: Path, dataset: VerifiedDataset, base: Base) -> Run:
    """The run that `recipe` means: the same recipe, data, model and library versions are the same run."""
    recipe_sha256 = sha256_of(recipe.model_dump(mode="json", exclude=set(_NOT_TRAINING)))
    digest = sha256_of(
        {
            "recipe": recipe_sha256,
            "certificate": dataset.certificate_sha256,
            "model": base.sha256,
            "versions": {**libraries.versions(), "shodhan": version("shodhan")},
        }
    )
    return Run(root / recipe.workspace, f"{recipe.name}-{digest[:12]}", recipe_sha256)


def load_training(run: Run) -> TrainingRecord:
    """The record of a finished run, the evidence for it checked.

    Raises Failure when it was never trained; Refusal when its record is not in the log or a file of its adapter is not
    the one that training wrote.
    """
    path = run.folder / TRAINING
    try:
        record = TrainingRecord.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        if run.finished:
            raise Refusal(
                f"{path}: is missing; restore it from a copy, or remove {run.folder} and train again"
            ) from None
        raise Failure(f"{run.folder}: this recipe was not trained yet; `shodhan finetune train` does it") from None
    except (ValidationError, ValueError):
        raise Refusal(
            f"{path}: does not parse; restore it from a copy, or remove {run.folder} and train again"
        ) from None
    check_adapter(run.adapter, record)
    history = Log.open(run.audit_dir).history()
    if history.find(TRAINED, sha256_of(record)) is None:
        raise Refusal(f"{path}: not in the log: nobody recorded this training; remove {run.folder} and train again")
    return record


def check_adapter(adapter: Path, record: TrainingRecord) -> None:
    """Refuse an adapter that is not, file for file, the one that `record` states."""
    actual = {path.name: file_sha256(path) for path in sorted(adapter.iterdir())} if adapter.is_dir() else {}
    for name in sorted({*actual, *record.adapter_files}):
        if actual.get(name) != record.adapter_files.get(name):
            raise Refusal(
                f"{adapter / name}: not the file that training wrote; remove {adapter.parent} and train again"
            )


@contextlib.contextmanager
def kept_whole(run: Run) -> Iterator[Path]:
    """An empty folder to write the run into: the run's own when the block ends, dropped when it fails.

    Raises Failure when another training holds this workspace.
    """
    models = run.folder.parent
    models.mkdir(parents=True, exist_ok=True)
    with (models / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"{models}: another training is running in this workspace") from None
        beside = models / f".{run.name}.new"
        shutil.rmtree(beside, ignore_errors=True)  # what a killed run left
        beside.mkdir()
        try:
            yield beside
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        _sync(beside)
        beside.rename(run.folder)
        durable.sync_folder(models)


def record_in_log(run: Run, event: str, record: TrainingRecord | EvaluationRecord, counts: dict[str, int]) -> None:
    """Append `event` with the digest of `record` to the workspace's log, once. Raises Refusal without a key."""
    entry = LogEntry(
        event=event,
        recorded_at=now(),
        component="finetune",
        component_version=version("shodhan"),
        run=run.name,
        subject_sha256=sha256_of(record),
        subject_name=f"{event.partition('.')[0]}:{run.name}",
        counts=counts,
    )
    Log.open(run.audit_dir, signer_of(run)).append_once([entry])


def signer_of(run: Run) -> Signer:
    """The workspace's signing key, for what training and evaluation add to the log. Raises Refusal without one."""
    return Signer.load(run.workspace / "vault", Verifier.load(run.audit_dir / PUBLIC_KEY).name)


def write_record(folder: Path, name: str, record: TrainingRecord | EvaluationRecord) -> None:
    """Put the canonical bytes of `record` at `folder/name`."""
    durable.replace(folder / name, canonical_bytes(record) + b"\n")


def _sync(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            durable.sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    durable.sync_folder(folder)
