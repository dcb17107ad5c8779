import importlib.util
import inspect
import json
import pkgutil
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest
import typer.main
from pydantic import BaseModel

import schemas
from schemas.document import TABLES
from schemas.export import ROOTS, exported

ROOT = Path(__file__).resolve().parents[2]


def _generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _generate()
COMMANDS = dict(generate.walk(typer.main.get_command(generate.shodhan.app), "shodhan"))


def test_the_reference_is_not_stale() -> None:
    assert [str(path.relative_to(ROOT)) for path in generate.stale()] == [], "run: make docs"


def test_a_changed_a_missing_and_a_left_over_page_are_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "REFERENCE", tmp_path)
    generate.write()
    assert generate.stale() == []
    (tmp_path / "commands.md").write_text("by hand", encoding="utf-8")
    (tmp_path / "schemas" / "config.json").unlink()
    (tmp_path / "schemas" / "gone.json").write_text("{}", encoding="utf-8")
    assert [path.name for path in generate.stale()] == ["commands.md", "config.json", "gone.json"]
    generate.write()
    assert generate.stale() == []


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_argument_and_option_has_help(path: str) -> None:
    command = COMMANDS[path]
    assert (command.help or "").strip(), "the command has no docstring"
    for parameter in generate.parameters(command):
        assert (parameter.help or "").strip(), f"{parameter.name} has no help"
        assert f"`{parameter.opts[0]}" in generate.commands_page() or parameter.param_type_name == "argument"


def test_every_room_has_commands() -> None:
    assert {path.split()[1] for path in COMMANDS} >= {"curate", "deid", "audit", "finetune", "demo", "init"}


def test_every_model_of_schemas_is_exported_or_part_of_one_that_is() -> None:
    named = {model.__name__ for model in ROOTS.values()}
    for schema in exported().values():
        named |= set(schema.get("$defs", {}))
    for module in pkgutil.iter_modules(schemas.__path__, "schemas."):
        for _, model in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(model, BaseModel) and model.__module__ == module.name and model.model_fields:
                assert model.__name__ in named, f"{module.name}.{model.__name__}: add it to schemas/export.py"


@pytest.mark.parametrize("name", ROOTS)
def test_a_json_schema_names_itself_and_refuses_unknown_keys(name: str) -> None:
    schema = exported()[f"{name}.json"]
    assert schema["$id"].endswith(f"/{name}.json")
    assert schema["additionalProperties"] is False
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_described_column_by_column(name: str) -> None:
    columns = exported()[f"table-{name}.json"]["columns"]
    assert [column["name"] for column in columns] == TABLES[name].names
    for column, field in zip(columns, TABLES[name], strict=True):
        assert column["nullable"] == field.nullable
        assert ("fields" in column) == pa.types.is_struct(field.type)
        assert ("items" in column) == pa.types.is_list(field.type)
