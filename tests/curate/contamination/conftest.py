"""Items of many kinds, made of invented words; what a word is rare by is then the same for all."""

import random

import pytest

from curate.contamination.items import Item

SYLLABLES = ("ba", "ne", "ro", "ti", "lu", "ka", "mo", "se", "di", "pha", "gre", "sto")


def word(drawn: random.Random) -> str:
    return "".join(drawn.choice(SYLLABLES) for _ in range(drawn.randint(2, 4)))


@pytest.fixture(scope="session")
def items() -> list[Item]:
    """Sixty questions with four options; every third begins with a template, every tenth has a context."""
    drawn = random.Random(7)
    found = []
    for number in range(60):
        stem = " ".join(word(drawn) for _ in range(drawn.randint(8, 30))).capitalize() + "?"
        if number % 3 == 0:
            stem = f"Which of the following statements is not true about {stem}"
        context = " ".join(word(drawn) for _ in range(80)) + "." if number % 10 == 0 else ""
        options = tuple(" ".join(word(drawn) for _ in range(drawn.randint(1, 3))) for _ in range(4))
        found.append(Item(f"exam:{number}", stem, context, options))
    return found


@pytest.fixture(scope="session")
def prose() -> list[str]:
    """Texts of ten sentences that hold no item."""
    drawn = random.Random(8)
    return [". ".join(" ".join(word(drawn) for _ in range(12)) for _ in range(10)) + "." for _ in range(40)]
