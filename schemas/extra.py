"""What the column `extra` of a Document holds, by kind: canonical JSON of one of these."""

from pydantic import BaseModel, ConfigDict


class Extra(BaseModel):
    """Unknown keys are errors, so a reader cannot smuggle an undeclared field into the data."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Section(Extra):
    """One labelled part of a text: a structured abstract's METHODS, a note's ASSESSMENT AND PLAN."""

    label: str
    text: str


class ArticleExtra(Extra):
    """An article. `sections` holds the parts of a structured abstract or a body, in order.

    `language` is as the source states it; several are joined, `eng+spa`. `licence` is the address or the words by which
    the article itself states its licence (PMC open access), if it does.
    """

    journal: str | None = None
    year: int | None = None
    language: str | None = None
    publication_types: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    licence: str | None = None
    sections: tuple[Section, ...] = ()


class NoteExtra(Extra):
    """A clinical note. `dialogue` is the conversation that a note was written from (ACI-Bench).

    Holds nothing that identifies: every string here passes de-identification with the text.
    """

    note_type: str | None = None
    sections: tuple[Section, ...] = ()
    dialogue: str | None = None


class QuestionExtra(Extra):
    """A multiple-choice or yes/no/maybe question.

    `answer` indexes `options` from 0; None where the publisher withheld it. `answer_text` is the answer as the
    source states it, where it does. `context` is what the question is asked about.
    """

    question: str
    options: tuple[str, ...]
    answer: int | None = None
    answer_text: str | None = None
    explanation: str | None = None
    context: str | None = None
    subject: str | None = None
    topic: str | None = None
    choice_type: str | None = None


EXTRAS: dict[str, type[Extra]] = {
    "article": ArticleExtra,
    "note": NoteExtra,
    "question": QuestionExtra,
    "deletion": Extra,
}
