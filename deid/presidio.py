"""Presidio, imported without torch and transformers, which it and spaCy load wherever they are installed.

Nothing here uses either: with them `deid detect` on one note takes 10.2 s instead of 2.7 (measured 2026-11-22, with the
finetune extra installed). A process that has imported them already keeps them, and may import them later.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without(*packages: str) -> Iterator[None]:
    absent = [package for package in packages if package not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None: an import raises ImportError
    try:
        yield
    finally:
        for package in absent:
            del sys.modules[package]


with _without("torch", "transformers"):
    from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerRegistry, RecognizerResult
    from presidio_anonymizer import AnonymizerEngine
    from presidio_anonymizer.entities import OperatorConfig
    from presidio_anonymizer.operators import Operator, OperatorType

__all__ = [
    "AnalysisExplanation",
    "AnonymizerEngine",
    "EntityRecognizer",
    "Operator",
    "OperatorConfig",
    "OperatorType",
    "RecognizerRegistry",
    "RecognizerResult",
]
