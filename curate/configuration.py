"""Reading `shodhan.yaml`: one validated model, and errors that name the key and the remedy."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from schemas.config import Config
from schemas.failure import Failure, Refusal


def load(path: Path) -> Config:
    """The configuration in `path`; `workspace` is made absolute, against the folder of the file.

    Raises Failure where the file is missing or a key is unknown or wrong, and Refusal where the sources' terms do
    not allow the dataset's purpose.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Failure(f"{path}: no such file; `shodhan init` writes one to start from") from None
    except (OSError, UnicodeDecodeError):
        raise Failure(f"{path}: cannot be read as UTF-8 text; check its permissions and encoding") from None
    except yaml.YAMLError as error:
        raise Failure(f"{path}{_line(error)}: is not valid YAML; compare with what `shodhan init` writes") from None
    try:
        config = Config.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(step) for step in first["loc"]) or "the file"
        raise Failure(f"{path}: {key}: {first['msg'].lower()}; see docs/configuration.md") from None
    _check(path, config)
    return config.model_copy(update={"workspace": (path.parent / config.workspace).resolve()})


def _check(path: Path, config: Config) -> None:
    for name, source in config.sources.items():
        if config.dataset.purpose not in source.terms.purposes:
            raise Refusal(
                f"{path}: the terms of source {name} do not allow the purpose {config.dataset.purpose!r} of the "
                "dataset; leave the source out, or get its terms changed and state them under sources.terms.purposes"
            )
        if source.reader == "table" and source.columns is None:
            raise Failure(f"{path}: sources.{name}.columns: the reader `table` needs to be told the columns")
        if source.patients is not None and not source.personal:
            raise Failure(f"{path}: sources.{name}.patients: only personal sources are searched; set personal: true")
        if source.patients is not None and source.columns is not None and source.columns.subject is None:
            raise Failure(
                f"{path}: sources.{name}.patients: nothing says whose note is whose; map the notes' column with the "
                f"patient's number as columns.subject"
            )


def _line(error: yaml.YAMLError) -> str:
    mark: Any = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark else ""
