"""PubMedQA (Jin et al. 2019): is it so, by this abstract? yes, no or maybe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from curate.sources.json_records import numbered_members
from curate.sources.questions import Row, as_document, shaped
from curate.sources.record import Broken, Document, broken
from curate.sources.streams import ByteStream
from schemas.config import Source
from schemas.extra import QuestionExtra

OPTIONS: Final = ("yes", "no", "maybe")


class PubMedQaRow(Row):
    """A member of the authors' file. `LONG_ANSWER` is the abstract's conclusion, which `CONTEXTS` leaves out."""

    QUESTION: str
    CONTEXTS: list[str]
    LABELS: list[str] | None = None
    LONG_ANSWER: str | None = None
    final_decision: str | None = None


def read(unit: tuple[Path, ...], source: Source) -> Iterator[Document | Broken]:  # noqa: ARG001
    """One Document a PMID; the context is the abstract with its labels, the explanation its conclusion.

    Every one of them has the key `pmid:<PMID>`: the abstract that it was made of.
    """
    stream = ByteStream(unit[0])
    index = 0
    for member in numbered_members(stream):
        yield broken(index, member) if isinstance(member, str) else _question(*member, index)
        index += 1
    if stream.damage is not None:
        yield broken(index, stream.damage)


def _question(pmid: str, member: dict[str, object], index: int) -> Document | Broken:
    row = shaped(PubMedQaRow, member)
    if row is None:
        return broken(index, "unexpected_shape")
    labels = row.LABELS if row.LABELS is not None and len(row.LABELS) == len(row.CONTEXTS) else [""] * len(row.CONTEXTS)
    context = "\n\n".join(
        f"{label}: {text}" if label else text for label, text in zip(labels, row.CONTEXTS, strict=True)
    )
    decision = (row.final_decision or "").strip().lower()
    flags = set()
    if not decision:
        flags.add("answer_withheld")
    elif decision not in OPTIONS:
        flags.add("answer_not_among_options")
    extra = QuestionExtra(
        question=row.QUESTION,
        options=OPTIONS,
        answer=OPTIONS.index(decision) if decision in OPTIONS else None,
        answer_text=row.final_decision,
        explanation=row.LONG_ANSWER,
        context=context,
    )
    return as_document(f"pubmedqa:{pmid}", extra, index, flags, keys=(f"pmid:{pmid}",))
