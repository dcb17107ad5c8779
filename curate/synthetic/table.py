"""Reading the word lists beside the code: tab-separated with a header, or one JSON object a line."""

import csv
import functools
import importlib.resources
import json
from typing import Any


@functools.cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of `tables/<name>.tsv`, by column."""
    return tuple(csv.DictReader(_lines(f"{name}.tsv"), delimiter="\t", quoting=csv.QUOTE_NONE))


@functools.cache
def objects(name: str) -> tuple[dict[str, Any], ...]:
    """Objects of `tables/<name>.jsonl`."""
    return tuple(json.loads(line) for line in _lines(f"{name}.jsonl"))


def _lines(file: str) -> list[str]:
    return (importlib.resources.files("curate.synthetic.tables") / file).read_text(encoding="utf-8").splitlines()
