"""Identifiers in disguises that seven hands thought of, and what looks like an identifier and is none."""

import importlib.util
from pathlib import Path

HERE = Path(__file__).resolve().parent


def test_most_are_found_and_few_notes_without_any_are_flagged() -> None:
    spec = importlib.util.spec_from_file_location(
        "hard_identifiers_benchmark", HERE.parent / "benchmarks" / "hard_identifiers.py"
    )
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    counts = benchmark.score(benchmark.load(HERE / "hard_identifiers.jsonl"))
    assert len(counts) == 7
    total = sum(counts.values(), start=type(next(iter(counts.values())))())
    assert total["hit"] >= 0.92 * total["marks"]
    assert total["flagged"] <= 0.05 * total["negative"]
    for count in counts.values():
        assert count["hit"] >= 0.8 * count["marks"]
