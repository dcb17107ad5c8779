import json

from hypothesis import given
from hypothesis import strategies as st

from curate.instruction import example
from schemas.extra import ArticleExtra, Extra, NoteExtra, QuestionExtra, Section


def doc(kind: str, text: str, extra: Extra, title: str | None = None) -> dict[str, object]:
    return {"kind": kind, "text": text, "title": title, "extra": extra.model_dump_json()}


def test_a_question_is_answered_by_letter_and_text() -> None:
    extra = QuestionExtra(question="Q", options=("x", "y"), answer=1, explanation="Because.")
    made = example(doc("question", "Q\nA. x\nB. y", extra))
    assert made is not None
    assert (made.input, made.output) == ("Q\nA. x\nB. y", "B. y\n\nBecause.")
    assert example(doc("question", "Q", QuestionExtra(question="Q", options=("x", "y")))) is None


def test_a_structured_abstract_asks_for_its_conclusion() -> None:
    sections = (Section(label="METHODS", text="We did."), Section(label="CONCLUSIONS", text="It works."))
    made = example(
        doc("article", "T\n\nMETHODS: We did.\n\nCONCLUSIONS: It works.", ArticleExtra(sections=sections), "T")
    )
    assert made is not None
    assert made.output == "It works."
    assert "It works" not in made.input


def test_a_plain_abstract_asks_for_its_title() -> None:
    made = example(doc("article", "Title here.\n\nThe body.", ArticleExtra(), "Title here."))
    assert made is not None
    assert (made.input, made.output) == ("The body.", "Title here.")


def test_a_note_asks_for_its_assessment_or_is_written_from_its_dialogue() -> None:
    sections = (Section(label="HISTORY", text="Fever."), Section(label="IMPRESSION", text="Malaria."))
    made = example(doc("note", "HISTORY: Fever. IMPRESSION: Malaria.", NoteExtra(sections=sections)))
    assert made is not None
    assert (made.input, made.output) == ("HISTORY: Fever.", "Malaria.")
    spoken = example(doc("note", "the note", NoteExtra(dialogue="[doctor] hello")))
    assert spoken is not None
    assert (spoken.input, spoken.output) == ("[doctor] hello", "the note")
    assert example(doc("note", "no sections", NoteExtra())) is None


@given(st.text(min_size=1), st.text(min_size=1), st.sampled_from(["METHODS", "CONCLUSIONS", "IMPRESSION", "HISTORY"]))
def test_an_output_is_always_text_of_the_document(text: str, other: str, label: str) -> None:
    sections = (Section(label="A", text=other), Section(label=label, text=text))
    for row in (
        doc("article", f"{other}\n\n{text}", ArticleExtra(sections=sections), other),
        doc("note", f"{other} {text}", NoteExtra(sections=sections)),
    ):
        made = example(row)
        if made is not None:
            assert made.output in str(row["text"])
            assert json.loads(str(row["extra"]))
