"""Quality: what no model should learn from, each for one named reason; the first that fits counts."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import regex

from curate.stage import Fate, Outcome, Stage, decided
from curate.words import words
from schemas.config import Quality as Settings

PICTURE: Final = regex.compile(
    r"""
      \b(?:by|with|at|the|see|marked|an)\s+(?:black\s+|white\s+|red\s+)?arrow(?:s|ed|head|heads)?\b
    | \b(?:marked|labell?ed)\s+(?:with|by|as|in|[A-Z]\b)
    | \bidentify\s+the\s+(?:\w+\s+){0,3}?(?:image|picture|photo(?:graph)?|figure|diagram|slide|specimen|instrument)\b
    | \b(?:image|picture|photo(?:graph)?|figure|diagram|slide|specimen|instrument|x-?ray|radiograph|scan|ct|mri|
          ecg|ekg|usg|histology|fundus|tracing|graph|curve)s?\s+
      (?:is\s+|are\s+|as\s+|has\s+been\s+)?
      (?:shown|given|provided|depicted|displayed|attached|below|above|marked)\b
    | \b(?:shown|given|depicted|seen|displayed)\s+(?:in|on)\s+
      (?:the\s+|this\s+|following\s+|below\s+|above\s+|given\s+)*
      (?:image|picture|photo(?:graph)?|figure|diagram|slide|graph)s?\b
    | \b(?:following|given|shown|this|below|above)\s+
      (?:image|picture|photo(?:graph)?|figure|diagram|slide|instrument)s?\b
    | \(see\s+(?:image|figure|picture)\)
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
"""Wordings of questions that cannot be answered without their picture."""


@dataclass(frozen=True)
class Quality(Stage):
    """Drops what is retracted, empty, too short, in another language, or a broken question."""

    settings: Settings
    name = "quality"

    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:  # noqa: ARG002 - no state
        """Decide each row of `part`."""
        columns = part.select(["kind", "text", "language_mix", "flags", "extra"]).to_pylist()
        return decided(part, self.name, [self._fate(doc) for doc in columns])

    def _fate(self, doc: dict[str, Any]) -> Fate | None:
        question = json.loads(doc["extra"]) if doc["kind"] == "question" else None
        for reason, applies in self._rules(doc, question):
            if applies():
                return Fate(reason)
        return None

    def _rules(self, doc: dict[str, Any], question: dict[str, Any] | None) -> list[tuple[str, Callable[[], bool]]]:
        flags = doc["flags"]
        rules: list[tuple[str, Callable[[], bool]]] = [
            ("retracted", lambda: "retracted" in flags),
            ("retraction_notice", lambda: "retraction_notice" in flags),
            ("empty", lambda: not doc["text"].strip()),
            ("no_abstract", lambda: "no_abstract" in flags),
            ("too_short", lambda: len(words(doc["text"])) < self.settings.min_words),
            ("wrong_language", lambda: not self._reads(doc["language_mix"])),
        ]
        if question is not None:
            rules += [
                ("needs_picture", lambda: bool(PICTURE.search(question["question"]))),
                ("repeated_options", lambda: _repeated(question["options"])),
                ("answer_withheld", lambda: question["answer"] is None),
                ("answer_not_among_options", lambda: not _answerable(question)),
            ]
        return rules

    def _reads(self, language_mix: str | None) -> bool:
        """Whether the main language (the first of "hi(Deva)+en") is one that the configuration asks for."""
        return language_mix is not None and language_mix.split("+")[0].split("(")[0] in self.settings.languages


def _repeated(options: list[str]) -> bool:
    seen = [" ".join(words(option)) or option.strip() for option in options]
    return len(set(seen)) < len(seen)


def _answerable(question: dict[str, Any]) -> bool:
    options, answer, stated = question["options"], question["answer"], question["answer_text"]
    return 0 <= answer < len(options) and (stated is None or words(stated) == words(options[answer]))
