"""docs/dependencies.md and constraints.txt speak of the same packages as pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
GROUPS = {"core": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
DECLARED = [Requirement(line) for group in GROUPS.values() for line in group]


def _name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {_name(name): version for name, version in pairs}


@pytest.mark.parametrize("requirement", DECLARED, ids=lambda requirement: requirement.name)
def test_every_declared_package_is_pinned_within_its_bounds(requirement: Requirement) -> None:
    assert requirement.specifier.contains(_pins()[_name(requirement.name)])


@pytest.mark.parametrize("requirement", DECLARED, ids=lambda requirement: requirement.name)
def test_every_declared_package_has_a_row_with_the_pinned_version(requirement: Requirement) -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = {_name(name): version for name, version in re.findall(r"^\| ([\w.-]+) \| ([\d.]+) \|", page, re.MULTILINE)}
    assert rows[_name(requirement.name)] == _pins()[_name(requirement.name)]


def test_constraints_hold_no_local_build_and_no_editable_line() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "+" not in text
    assert "-e " not in text
    assert "torch==2.13.0\n" in text
