import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.contamination.folding import _one_by_one, folded_words, folding_tables
from curate.word_kernel import hash_words
from curate.words import word_hash

SCRIPTS = "aZéЕіαΣﬁ²Ⅳ½ﬀ한各कि़ணிமதعربى9٣ \u00ad\u200d\u0301-.\n\U0001d44e"


def hashes(text: str) -> list[int]:
    data = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    out = np.empty(data.size + 1, np.uint64)
    return out[: hash_words(data, 0, data.size, *folding_tables(), out)].tolist()


def test_what_looks_alike_is_alike() -> None:
    latin = [word for word, _, _ in folded_words("fever of the scar, 2 officinal")]
    assert [
        word for word, _, _ in folded_words("f\u0435v\u0435r of th\u0435 \u0455\u0441\u0430r, ² o\ufb03cinal")
    ] == latin
    assert [word for word, _, _ in folded_words("Sjögren's cafe\u0301 co\u00adop")] == ["sjogren", "s", "cafe", "coop"]
    assert [word for word, _, _ in folded_words("ज्वर है")] == ["ज्वर", "है"], "signs of Indic scripts are letters"


@given(st.text() | st.text(alphabet=SCRIPTS))
def test_the_kernel_sees_the_words_of_the_definition(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    assert hashes(text) == [word_hash(word) for word, _, _ in folded_words(text)]


@given(st.text() | st.text(alphabet=SCRIPTS))
def test_places_lie_on_the_text_and_hold_the_word(text: str) -> None:
    end = 0
    for word, start, stop in folded_words(text):
        assert end <= start < stop <= len(text) or (text[start:stop] and len(text[start]) == 1)
        assert word in "".join(found for found, _, _ in folded_words(text[start:stop]))
        end = start


@given(st.text() | st.text(alphabet=SCRIPTS), st.integers(0, 9), st.integers(0, 9))
def test_words_are_those_of_one_character_at_a_time(text: str, first: int, until: int) -> None:
    assert folded_words(text) == _one_by_one(text)
    assert folded_words(text, first, until) == folded_words(text)[first:until]
