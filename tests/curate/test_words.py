import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.words import jaccard, shingles, word_spans, words


def test_words_keep_marks_and_digits_and_fold_case() -> None:
    assert words("The PATIENT's BP: 120/80") == ["the", "patient", "s", "bp", "120", "80"]
    assert words("श्रीमती सीता, தமிழ்") == ["श्रीमती", "सीता", "தமிழ்"]


@given(st.text())
def test_word_spans_are_the_words_and_lie_on_the_text(text: str) -> None:
    spans = word_spans(text)
    assert all(0 <= start < end <= len(text) for _, start, end in spans)
    assert [start for _, start, _ in spans] == sorted(start for _, start, _ in spans)
    # Folding a lone character that is no word may make one (U+0345); everything else agrees.
    if "\u0345" not in text:
        assert [word for word, _, _ in spans] == words(text)


def test_a_shingle_is_five_words_and_a_short_text_is_one() -> None:
    assert shingles("a b c d e f", 5).size == 2
    assert shingles("a b c", 5).size == 1
    assert shingles(" -- ", 5).size == 0
    assert jaccard(shingles("a b c d e f g", 5), shingles("a b c d e f h", 5)) == 2 / 4


@given(st.lists(st.sampled_from("abcdefgh"), max_size=30), st.lists(st.sampled_from("abcdefgh"), max_size=30))
def test_jaccard_over_hashes_is_jaccard_over_sets(a: list[str], b: list[str]) -> None:
    def runs(text: list[str]) -> set[tuple[str, ...]]:
        return {tuple(text[i : i + 2]) for i in range(max(1, len(text) - 1))} if text else set()

    union = runs(a) | runs(b)
    expected = len(runs(a) & runs(b)) / len(union) if union else 0.0
    assert np.isclose(jaccard(shingles(" ".join(a), 2), shingles(" ".join(b), 2)), expected)
