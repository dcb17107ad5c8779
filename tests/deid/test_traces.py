from hypothesis import given
from hypothesis import strategies as st

from deid.note import Note
from deid.recognizers import traces
from deid.recognizers.traces import occurrences, worth_seeking
from deid.shadow import fold_case
from schemas.labels import Label


def test_what_was_found_once_is_found_word_for_word_elsewhere():
    note = Note("Zorvakh came late. ZORVAKH left; zorvakhs and azorvakh stay.")
    note.claim(0, 7, Label.PERSON, 0.9, "told")
    traces.find(note)
    assert sorted((hit.start, hit.end) for hit in note.hits) == [(0, 7), (19, 26)]


def test_what_may_mean_something_else_is_not_sought():
    assert [worth_seeking(value) for value in ("Om", "8/10", "fever", "4821")] == [None] * 4
    assert [worth_seeking(value) for value in ("AB/4821", "Zok")] == ["ab/4821", "zok"]


@given(st.text())
def test_one_case_keeps_every_place(text):
    assert len(fold_case(text)) == len(text)


@given(st.lists(st.text("abc1", min_size=3, max_size=6)), st.text("abc1 "))
def test_occurrences_are_the_words_of_the_text(values, text):
    found = [text[start:end] for start, end in occurrences(set(values), text)]
    assert found == [word for word in text.split() if word in values]


@given(
    st.lists(st.text("ab[^-]. ", min_size=3, max_size=6).filter(lambda value: value == value.strip()), max_size=4),
    st.text("ab[^-]. "),
)
def test_they_are_the_same_in_a_long_text(values, text):
    long = text + " " * 10_000
    assert list(occurrences(set(values), long)) == [
        (start, end) for start, end in occurrences(set(values), text + "   ") if end <= len(text)
    ]
