"""No identifier outside the data: what detection missed in a certified row stands in nothing that `finetune` writes.

What may hold one: the dataset, and the answer that `ask` prints.
"""

import json

import pytest
import yaml
from typer.main import get_command
from typer.testing import CliRunner

from finetune.commands import app

pytest.importorskip("torch", reason="training needs the finetune extra")

CANARIES = ("sulochana", "98450 61237", "7734501")
SAID = "Sulochana, 98450 61237, UHID7734501"


def test_no_canary_outside_the_dataset(workspace):
    rows = workspace.rows()
    for number, row in enumerate(rows):
        extra = json.loads(row["extra"])
        rows[number] = row | {"text": f"{row['text']} {SAID}", "input": f"{row['input']} {SAID}"}
        if "question" in extra:
            extra["question"] += f" {SAID}"
            rows[number]["extra"] = json.dumps(extra)
    workspace.certified(rows, "canary")
    recipe = workspace.root / "recipe.yaml"
    plain = workspace.recipe(dataset="datasets/canary/1.0.0", steps=2, evaluate_items=2)
    recipe.write_text(yaml.safe_dump(plain.model_dump(mode="json", exclude_none=True)))
    commands = [
        ("init", str(workspace.root / "another.yaml")),
        ("plan", str(recipe)),
        ("train", str(recipe)),
        ("evaluate", str(recipe), "--json"),
        ("ask", str(recipe), f"Who is {SAID}?", "--max-new-tokens", "2"),
    ]
    assert {name for name, *_ in commands} == set(get_command(app).commands)
    said = []
    for command in commands:
        done = CliRunner().invoke(app, list(command))
        assert done.exit_code == 0, (command, done.output)
        said.append((command[0], "" if command[0] == "ask" else done.output))
    files = [path for path in workspace.root.rglob("*") if path.is_file() and "datasets" not in path.parts]
    said += [(path.name, path.name + path.read_bytes().decode("utf-8", "replace")) for path in files]
    assert any(name == "evaluation.json" for name, _ in said)
    leaks = [(where, canary) for where, what in said for canary in CANARIES if canary in what.casefold()]
    assert not leaks
