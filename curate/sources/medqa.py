"""MedQA (USMLE; Jin et al. 2021) and MMLU (Hendrycks et al. 2021) in the same shape: options under letters."""

from collections.abc import Iterator
from pathlib import Path

from curate.sources.json_records import json_lines
from curate.sources.questions import LETTERS, Row, as_document, content_id, lettered, shaped
from curate.sources.record import Broken, Document, broken
from curate.sources.streams import ByteStream
from schemas.config import Source
from schemas.extra import QuestionExtra


class LetteredRow(Row):
    """A row of MedQA (`meta_info` is the examination's step) or MMLU (`subject`)."""

    question: str
    options: dict[str, str]
    answer_idx: str | None = None
    answer: str | None = None
    realidx: int | str | None = None
    meta_info: str | None = None
    subject: str | None = None


def read(unit: tuple[Path, ...], source: Source) -> Iterator[Document | Broken]:  # noqa: ARG001
    """One Document a row; `answer` counts the letters from 0. The family of the id is `medqa` or `mmlu`."""
    stream = ByteStream(unit[0])
    index = 0
    for row in json_lines(stream):
        yield broken(index, row) if isinstance(row, str) else question(row, index)
        index += 1
    if stream.damage is not None:
        yield broken(index, stream.damage)


def question(row: dict[str, object], index: int, family: str | None = None) -> Document | Broken:
    """The Document of one row whose options stand under letters.

    Flags: `answer_withheld` (no letter), `answer_not_among_options` (a letter that no option has),
    `answer_text_differs` (the stated text is not that of the option).
    """
    shape = shaped(LetteredRow, row)
    options = None if shape is None else lettered(shape.options)
    if shape is None or options is None:
        return broken(index, "unexpected_shape")
    flags = set()
    answer = None
    letter = (shape.answer_idx or "").strip().upper()
    if not letter:
        flags.add("answer_withheld")
    elif len(letter) == 1 and letter in LETTERS[: len(options)]:
        answer = LETTERS.index(letter)
        if shape.answer is not None and shape.answer.strip() != options[answer].strip():
            flags.add("answer_text_differs")
    else:
        flags.add("answer_not_among_options")
    if family is None:
        family = "medqa" if shape.subject is None else "mmlu"
    name = content_id(shape.question, options) if shape.realidx is None else str(shape.realidx)
    extra = QuestionExtra(
        question=shape.question,
        options=options,
        answer=answer,
        answer_text=shape.answer,
        subject=shape.subject,
        topic=shape.meta_info,
    )
    return as_document(f"{family}:{name}", extra, index, flags)
