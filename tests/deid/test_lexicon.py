"""Phrases of the lexicon in tokens, with case endings where they may have any."""

import pytest

from deid.lexicon import stems
from deid.note import Note


@pytest.mark.parametrize(
    ("text", "phrase", "inflected"),
    [
        ("அவரை மருத்துவமனையில் சேர்த்தனர்", "மருத்துவமனை", True),
        ("त्यांना रुग्णालयात नेले", "रुग्णालय", True),
        ("ಆರೋಗ್ಯ ಕೇಂದ್ರಕ್ಕೆ ಹೋದರು", "ಆರೋಗ್ಯ ಕೇಂದ್ರ", True),
        ("ಆರೋಗ್ಯ ಕೇಂದ್ರ ದೂರ", "ಆರೋಗ್ಯ ಕೇಂದ್ರ", False),
        ("the hospital is far", "hospital", False),
    ],
)
def test_words_for_institutions_are_known_with_their_endings(text: str, phrase: str, inflected: bool) -> None:
    cue = next(cue for cue in Note(text).places if cue.kind == "org")
    assert (cue.phrase, cue.inflected) == (phrase, inflected)


def test_a_stem_is_never_shorter_than_three_characters() -> None:
    assert all(len(stem) > 2 for word in ("ನಗೆ", "ঘরে", "வீட்டில்", "गावात") for stem in stems(word))
