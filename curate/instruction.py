"""From a document to a training example: instruction, input, output. The only place that says what is asked.

Nothing is made up: an output is always text that the document holds.
"""

import json
from typing import Any, Final, NamedTuple

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CONCLUSIONS: Final = ("CONCLUSION", "CONCLUSIONS", "INTERPRETATION", "CONCLUSIONS AND RELEVANCE")
ASSESSMENTS: Final = (
    "ASSESSMENT AND PLAN",
    "ASSESSMENT",
    "DISCHARGE DIAGNOSIS",
    "FINAL DIAGNOSIS",
    "DIAGNOSIS",
    "IMPRESSION",
)


class Example(NamedTuple):
    """What a model is told, is given and should answer."""

    instruction: str
    input: str
    output: str


def example(doc: dict[str, Any]) -> Example | None:
    """The training example of a Document row, or None where it makes none."""
    extra = json.loads(doc["extra"])
    return {"question": _question, "article": _article, "note": _note}[doc["kind"]](doc, extra)


def _question(doc: dict[str, Any], extra: dict[str, Any]) -> Example | None:
    if extra["answer"] is None:
        return None
    answer = f"{LETTERS[extra['answer']]}. {extra['options'][extra['answer']]}"
    if extra["explanation"]:
        answer += f"\n\n{extra['explanation']}"
    return Example("Answer the question by choosing one of the options.", doc["text"], answer)


def _article(doc: dict[str, Any], extra: dict[str, Any]) -> Example | None:
    sections = extra["sections"]
    if len(sections) > 1 and sections[-1]["label"].upper() in CONCLUSIONS:
        body = "\n\n".join(f"{section['label']}: {section['text']}" for section in sections[:-1])
        return Example("State the conclusion that follows from this study.", body, sections[-1]["text"])
    title = doc["title"]
    if not title or not doc["text"].startswith(title):
        return None
    body = doc["text"][len(title) :].strip()
    return Example("Give this abstract a title.", body, title) if body else None


def _note(doc: dict[str, Any], extra: dict[str, Any]) -> Example | None:
    if extra["dialogue"]:
        return Example("Write the clinical note of this consultation.", extra["dialogue"], doc["text"])
    for index, section in enumerate(extra["sections"]):
        if section["label"].upper() in ASSESSMENTS and section["text"]:
            rest = [s for i, s in enumerate(extra["sections"]) if i != index]
            body = "\n\n".join(f"{s['label']}: {s['text']}" for s in rest if s["text"])
            if body:
                return Example(
                    f"Read this clinical note and give its {section['label'].lower()}.", body, section["text"]
                )
    return None
