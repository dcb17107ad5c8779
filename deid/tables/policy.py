"""The column policy of a call: a YAML file of the hospital's, or one of those that come along (`presets/`)."""

from pathlib import Path

import yaml
from pydantic import ValidationError

from schemas.columns import ColumnPolicy
from schemas.failure import Failure

_PRESETS = Path(__file__).with_name("presets")


def presets() -> tuple[str, ...]:
    """The names of those that come along."""
    return tuple(sorted(path.stem for path in _PRESETS.glob("*.yaml")))


def read_column_policy(path: Path | None, preset: str | None) -> tuple[ColumnPolicy, Path]:
    """The policy, and the folder that paths in it are relative to.

    Raises Failure unless exactly one of file and preset is named, or where the policy does not hold, naming the field.
    """
    if (path is None) == (preset is None):
        raise Failure("say what the columns hold: --policy FILE or --preset NAME, one of them")
    if preset is not None:
        if preset not in presets():
            raise Failure(f"there is no preset of that name; there are: {', '.join(presets())}")
        path = _PRESETS / f"{preset}.yaml"
    assert path is not None  # noqa: S101 - one of the two
    try:
        return ColumnPolicy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {}), path.parent
    except (OSError, UnicodeDecodeError):
        raise Failure(f"{path}: cannot be read; name a YAML file with `tables` (docs/tables.md)") from None
    except yaml.YAMLError:
        raise Failure(f"{path}: not YAML; mend it") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise Failure(f"{path}: {where}: {first['msg']}; see docs/tables.md") from None
