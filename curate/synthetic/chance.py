"""The one source of chance: the same seed and purpose give the same sequence on every machine."""

import random


def chance(seed: int, purpose: str) -> random.Random:
    """A generator for each purpose, so that a change to one part of the demo leaves the others as they were."""
    return random.Random(f"shodhan:{seed}:{purpose}")  # noqa: S311 - invents patients, never keys
