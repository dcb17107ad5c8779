"""MedMCQA (Pal et al. 2022) in the three shapes it goes round in, which state the answer in three ways.

- native: `opa`..`opd`, `cop` from 1 (the authors' files) or from 0 (as the dataset hub serves them);
- listed: `choices` with their letter glued on ("A. ..."), `answer` as a number;
- lettered: `options` under letters, `answer_idx` as a letter.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from curate.sources.answer_base import AnswerBase
from curate.sources.json_records import json_lines
from curate.sources.lost_rt import has_lost_rt
from curate.sources.medqa import question as lettered_question
from curate.sources.questions import LETTERS, Row, as_document, content_id, shaped
from curate.sources.record import Broken, Document, broken
from curate.sources.streams import ByteStream
from schemas.config import Source
from schemas.extra import QuestionExtra

WITHHELD: Final = -1
"""The answer of a test split's row."""


class NativeRow(Row):
    """A row in the authors' fields."""

    question: str
    opa: str
    opb: str
    opc: str
    opd: str
    cop: int | None = None
    exp: str | None = None
    id: str | None = None
    subject_name: str | None = None
    topic_name: str | None = None
    choice_type: str | None = None


class ListedRow(Row):
    """A row with a list of choices."""

    question: str
    choices: list[str]
    answer: int | None = None
    exp: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class _Numbered:
    """What the two shapes with numbers have in common."""

    field: str  # where the number stands: "cop" and "answer" may count differently
    extra: QuestionExtra
    number: int
    id: str | None


def read(unit: tuple[Path, ...], source: Source) -> Iterator[Document | Broken]:  # noqa: ARG001
    """One Document a row; `answer` counts from 0 in every shape.

    The file is read twice: first for the evidence where its numbers start, then for its rows. Where that cannot be
    told, every row with a number is Broken (`answer_base_undecidable`). Flags: `answer_withheld`,
    `answer_not_among_options`, `lost_rt`.
    """
    bases: dict[str, AnswerBase] = {}
    for row in json_lines(ByteStream(unit[0])):
        if isinstance(row, dict) and (seen := _numbered(row)) is not None:
            evidence = bases.setdefault(seen.field, AnswerBase())
            evidence.see(seen.number, seen.extra.options, seen.extra.explanation)
    yield from _rows(unit[0], {name: evidence.decide() for name, evidence in bases.items()})


def read_unanswered(unit: tuple[Path, ...], source: Source) -> Iterator[Document | Broken]:  # noqa: ARG001
    """As `read`, for who needs no answers: rows with a number have none, and none is Broken for it."""
    return _rows(unit[0], None)


def _rows(path: Path, decided: dict[str, int | None] | None) -> Iterator[Document | Broken]:
    stream = ByteStream(path)
    index = 0
    repeats: Counter[str] = Counter()
    for row in json_lines(stream):
        yield broken(index, row) if isinstance(row, str) else _question(row, index, decided, repeats)
        index += 1
    if stream.damage is not None:
        yield broken(index, stream.damage)


def _question(
    row: dict[str, object], index: int, bases: dict[str, int | None] | None, repeats: Counter[str]
) -> Document | Broken:
    if "options" in row:
        document = lettered_question(row, index, "medmcqa")
        if isinstance(document, Document) and has_lost_rt(document.text):
            document = replace(document, flags=tuple(sorted({*document.flags, "lost_rt"})))
        return document
    seen = _numbered(row)
    if seen is None:
        return broken(index, "unexpected_shape")
    flags = set()
    answer = None
    if bases is None or seen.number == WITHHELD:
        flags.add("answer_withheld")
    elif (base := bases[seen.field]) is None:
        return broken(index, "answer_base_undecidable")
    elif 0 <= seen.number - base < len(seen.extra.options):
        answer = seen.number - base
    else:
        flags.add("answer_not_among_options")
    extra = seen.extra.model_copy(update={"answer": answer})
    if has_lost_rt("\n".join((extra.question, *extra.options, extra.explanation or ""))):
        flags.add("lost_rt")
    name = seen.id
    if name is None:
        digest = content_id(extra.question, extra.options)
        repeats[digest] += 1
        name = digest if repeats[digest] == 1 else f"{digest}-{repeats[digest]}"
    return as_document(f"medmcqa:{name}", extra, index, flags)


def _numbered(row: dict[str, object]) -> _Numbered | None:
    """The row if it is native or listed; a missing answer is a withheld one."""
    if "opa" in row and (native := shaped(NativeRow, row)) is not None:
        extra = QuestionExtra(
            question=native.question,
            options=(native.opa, native.opb, native.opc, native.opd),
            explanation=native.exp,
            subject=native.subject_name,
            topic=native.topic_name,
            choice_type=native.choice_type,
        )
        return _Numbered("cop", extra, WITHHELD if native.cop is None else native.cop, native.id)
    if "choices" in row and (listed := shaped(ListedRow, row)) is not None and 0 < len(listed.choices) <= len(LETTERS):
        extra = QuestionExtra(question=listed.question, options=_unglued(listed.choices), explanation=listed.exp)
        return _Numbered("answer", extra, WITHHELD if listed.answer is None else listed.answer, listed.id)
    return None


def _unglued(choices: list[str]) -> tuple[str, ...]:
    """Choices without the letter glued on, if every one of them has its own; "A. lumbricoides" alone keeps its A."""
    glue = [f"{letter}." for letter in LETTERS[: len(choices)]]
    if all(choice.lstrip().startswith(mark) for choice, mark in zip(choices, glue, strict=True)):
        return tuple(choice.lstrip()[len(mark) :].lstrip(" ") for choice, mark in zip(choices, glue, strict=True))
    return tuple(choices)
