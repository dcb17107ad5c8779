"""Abstracts of studies that never took place, composed sentence by sentence; within one the numbers agree."""

import dataclasses
import random
from typing import Final

from curate.synthetic.table import rows

LABELS: Final = (
    ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS"),
    ("BACKGROUND AND OBJECTIVES", "PATIENTS AND METHODS", "RESULTS", "INTERPRETATION"),
    ("INTRODUCTION", "MATERIAL AND METHODS", "FINDINGS", "CONCLUSION"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Abstract:
    """Title and sections (label, text) of one study; `topic` is what it is about."""

    title: str
    sections: tuple[tuple[str, str], ...]
    topic: str
    year: int

    @property
    def plain(self) -> str:
        """The sections as one paragraph."""
        return " ".join(text for _, text in self.sections)


def abstract(draw: random.Random) -> Abstract:
    """One study: its background, what was done, what was found, and a conclusion that follows from the finding."""
    facts = _facts(draw)
    background = f"{_say(draw, 'background', facts)} {_say(draw, 'objective', facts)}"
    results = draw.choice(_texts("results"))
    null = "{rr0}" in results or "did not change" in results
    found = [results, *draw.sample(_texts("extra"), draw.choice((1, 2)))]
    texts = (
        background,
        _say(draw, "methods", facts),
        " ".join(_fill(sentence, facts) for sentence in found),
        _say(draw, "conclusion_none" if null else "conclusion_good", facts),
    )
    return Abstract(
        title=_say(draw, "title", facts) + ".",
        sections=tuple(zip(draw.choice(LABELS), texts, strict=True)),
        topic=facts["Condition"],
        year=int(facts["year1"]) + 1,
    )


def _facts(draw: random.Random) -> dict[str, str]:
    condition = draw.choice(_rows("condition"))
    treatment = draw.choice([row for row in _rows("treatment") if _suits(row, condition["text"])])
    outcome = draw.choice([row for row in _rows("outcome") if _suits(row, condition["text"])])
    first = draw.randint(2012, 2021)
    ratio = draw.uniform(0.42, 0.86)
    null = draw.uniform(0.92, 1.08)
    difference = draw.uniform(1.1, 9.4)
    facts = {
        "condition": condition["text"],
        "people": condition["second"],
        "treatment": treatment["text"],
        "control": treatment["second"],
        "outcome": outcome["text"],
        "benefit": outcome["second"],
        "setting": draw.choice(_rows("setting"))["text"],
        "n": str(draw.randint(48, 2400)),
        "clusters": str(draw.randrange(12, 62, 2)),
        "months": str(draw.choice((3, 6, 9, 12, 18, 24, 36))),
        "weeks": str(draw.randint(2, 10)),
        "year0": str(first),
        "year1": str(first + draw.randint(1, 3)),
        "age": f"{draw.uniform(24, 68):.1f}",
        "women": str(draw.randint(28, 71)),
        "rr": f"{ratio:.2f}",
        "low": f"{ratio * 0.78:.2f}",
        "high": f"{min(0.97, ratio * 1.12):.2f}",
        "rr0": f"{null:.2f}",
        "low0": f"{null * 0.8:.2f}",
        "high0": f"{null * 1.25:.2f}",
        "p": f"{draw.uniform(0.001, 0.041):.3f}",
        "diff": f"{difference:.1f}",
        "dlow": f"{difference * 0.4:.1f}",
        "dhigh": f"{difference * 1.6:.1f}",
        "ae1": str(draw.randint(3, 14)),
        "ae2": str(draw.randint(4, 18)),
        "lost": str(draw.randint(3, 40)),
        "kept": str(draw.randint(81, 98)),
        "cost": f"{draw.randrange(900, 19_000, 50):,}",
        "kappa": f"0.{draw.randint(66, 91)}",
    }
    capitals = {key.capitalize(): _capital(facts[key]) for key in ("condition", "treatment", "outcome", "benefit")}
    return {**facts, **capitals}


def _rows(part: str) -> list[dict[str, str]]:
    return [row for row in rows("literature") if row["part"] == part]


def _suits(row: dict[str, str], condition: str) -> bool:
    """Whether a treatment or outcome goes with a condition; the third column lists which, empty for any."""
    return not row["third"] or condition in row["third"].split(";")


def _texts(part: str) -> list[str]:
    return [row["text"] for row in _rows(part)]


def _say(draw: random.Random, part: str, facts: dict[str, str]) -> str:
    return _fill(draw.choice(_texts(part)), facts)


def _fill(sentence: str, facts: dict[str, str]) -> str:
    return _capital(sentence.format(**facts))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
