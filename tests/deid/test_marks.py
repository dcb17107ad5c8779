import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.marks import beside, line, read_marked
from deid.replace import Replacer
from schemas.failure import Failure
from schemas.labels import Label
from schemas.policy import DeidPolicy
from schemas.span import Span

TEXT = "Seen by Anita Rao on 3 May."
SPANS = [Span(8, 17, Label.PERSON), Span(21, 26, Label.DATE)]
TAGS = Replacer(DeidPolicy(default="tag"), b"k" * 32)


@pytest.fixture
def notes(tmp_path):
    path = tmp_path / "clean.jsonl"
    path.write_text("".join(json.dumps({"id": name, "text": TEXT}) + "\n\n" for name in "ab"))
    return path


def marked(notes, *lines):
    beside(notes).write_text("".join(lines))
    return [spans for _, spans in read_marked(notes)]


def test_they_stand_beside_the_notes_and_hold_no_value(notes):
    assert beside(notes).name == "clean.spans.jsonl"
    lines = [line("a", TEXT, SPANS), line("b", TEXT, [])]
    assert marked(notes, *lines) == [SPANS, []]
    assert "Anita" not in beside(notes).read_text()


def test_without_them_a_note_has_its_own_spans_or_none(notes):
    own = {"id": "c", "text": TEXT, "spans": [{"start": 8, "end": 17, "label": "PERSON", "score": 1.0, "source": "x"}]}
    notes.write_text(notes.read_text() + json.dumps(own) + "\n")
    assert [spans for _, spans in read_marked(notes)] == [None, None, SPANS[:1]]


@pytest.mark.parametrize(
    "lines",
    [
        [line("a", TEXT, SPANS)],
        [line("a", TEXT, SPANS), line("b", TEXT + " ", SPANS)],
        [line("a", TEXT, SPANS), line("c", TEXT, SPANS)],
        [line("a", TEXT, SPANS), line("b", TEXT, SPANS), line("c", TEXT, SPANS)],
        [line("a", TEXT, SPANS), line("b", TEXT, SPANS)[:-9]],
        ["[]\n", "[]\n"],
    ],
    ids=["too few", "another text", "another id", "too many", "torn", "no object"],
)
def test_marks_of_other_notes_are_refused(notes, lines):
    with pytest.raises(Failure, match=r"clean\.spans\.jsonl, line \d: does not belong to the note of that line"):
        marked(notes, *lines)


@pytest.mark.parametrize(
    "spans",
    [[Span(8, 17, Label.PERSON), Span(16, 18, Label.DATE)], [Span(8, 28, Label.PERSON)]],
    ids=["overlapping", "outside"],
)
def test_spans_that_cannot_be_are_refused(notes, spans):
    with pytest.raises(Failure, match="line 1: spans need start, end and a known label"):
        marked(notes, line("a", TEXT, spans))


@given(st.lists(st.tuples(st.text("ab ०9", max_size=4), st.text("xyz", min_size=1, max_size=3)), max_size=100))
def test_the_spans_of_a_replaced_text_are_what_stands_for_the_identifiers(pieces):
    text, spans = "", []
    for between, value in pieces:
        text += between
        spans.append(Span(len(text), len(text) + len(value), Label.OTHER_ID))
        text += value
    after, places = TAGS.replaced(text, spans, None)
    assert after == "".join(between + after[s.start : s.end] for (between, _), s in zip(pieces, places, strict=True))
    assert all(after[s.start : s.end].startswith("[OTHER_ID_") for s in places)
