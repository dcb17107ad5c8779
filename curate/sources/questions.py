"""What the question readers share: options under letters, a question as text, an id for a row that has none."""

import hashlib
import json
import string
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from curate.sources.record import Document
from schemas.extra import QuestionExtra

_Shape = TypeVar("_Shape", bound="Row")

LETTERS = string.ascii_uppercase


class Row(BaseModel):
    """The shape of a source's row: fields it does not name are ignored, a field of the wrong type breaks the row."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


def shaped(shape: type[_Shape], row: Mapping[str, object]) -> _Shape | None:
    """The row in that shape, or None where it does not fit; pydantic's own message would quote values."""
    try:
        return shape.model_validate(row)
    except ValidationError:
        return None


def lettered(options: Mapping[str, str]) -> tuple[str, ...] | None:
    """The options in the order of their letters; None unless they are A, B, ... without a gap."""
    if not options or sorted(options) != list(LETTERS[: len(options)]):
        return None
    return tuple(options[letter] for letter in sorted(options))


def content_id(question: str, options: Sequence[str]) -> str:
    """An id for a row without one: the first 16 hex digits of the SHA-256 of what it asks."""
    return hashlib.sha256(json.dumps([question, *options], ensure_ascii=False).encode()).hexdigest()[:16]


def as_document(
    doc_id: str, extra: QuestionExtra, record: int, flags: set[str], keys: tuple[str, ...] = ()
) -> Document:
    """The Document of a question. `text` is the question, its context and one line an option ("A. ...")."""
    body = [extra.question.strip()]
    if extra.context:
        body.append(extra.context)
    body.append("\n".join(f"{letter}. {option}" for letter, option in zip(LETTERS, extra.options, strict=False)))
    return Document(doc_id, "question", "\n\n".join(body), extra, record, keys=keys, flags=tuple(sorted(flags)))
