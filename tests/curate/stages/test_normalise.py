import unicodedata
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curate.stages.normalise import Normalise, normalised
from schemas.extra import NoteExtra

SCRIPTS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("नामபெயர்ஃ:ു്\u200d\u200cൻന്റെਨਾਮਅਾৰ১ৗো|&amp;lt; \u00a0\u200b\r\n"),
    )
)


@settings(deadline=None)
@given(SCRIPTS, st.booleans())
@example("&amp;lt;", False)
@example("ന്\u200d", False)
@example("ਅਾ", False)
@example("নামঃ ক\u200cখ", False)
def test_twice_is_once(text: str, layout: bool) -> None:
    once = normalised(text, layout=layout)
    assert normalised(once, layout=layout) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\r" not in once
    assert "\u200b" not in once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P&lt;0.05 &amp;amp; more", "P<0.05 & more"),
        ("A&B", "A&B"),
        ("5\u00a0mg\u2009twice\u202fdaily", "5 mg twice daily"),
        ("a\u200bb\u00adc\ufeff", "abc"),
        ("one  \r\ntwo\n\n\n\nthree ", "one\ntwo\n\nthree"),
        # The label's colon and the table's bar stay: the library alone would make visarga and danda of them.
        ("नाम: राम|ॲड २५", "नाम: राम|ॲड २५"),
        ("பெயர்: குமார் - 1", "பெயர்: குமார் - 1"),
        ("নাম: রাম | ১২", "নাম: রাম | ১২"),
        # Joiners are spelling; old chillus become atomic.
        ("ഒക്\u200cടോബർ", "ഒക്\u200cടോബർ"),
        ("അവന്\u200d", "അവൻ"),
        ("ଶିବ ଵ", "ଶିବ ଵ"),
        ("cafe\u0301", "café"),
    ],
)
def test_examples(text: str, expected: str) -> None:
    assert normalised(text) == expected


def test_digits_of_every_script_stay() -> None:
    for zero in (0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0x6F0):
        digits = "".join(chr(zero + i) for i in range(10))
        assert normalised(digits) == digits


def test_layout_of_notes_stays_and_extra_is_normalised_too(part: Callable[..., pa.Table]) -> None:
    rows = [
        {"kind": "note", "text": "Name :  Ram    Age : 5", "extra": NoteExtra(dialogue="so\u00a0he said")},
        {"text": "two  blanks", "title": "a\u200bb"},
    ]
    outcome = Normalise().apply(part(*rows), 0, None)
    note, article = outcome.kept.to_pylist()
    assert note["text"] == "Name :  Ram    Age : 5"
    assert '"dialogue":"so he said"' in note["extra"]
    assert (article["text"], article["title"]) == ("two blanks", "ab")
    assert note["language_mix"].startswith("en")


def test_the_lost_rt_is_counted_and_left_alone(part: Callable[..., pa.Table]) -> None:
    outcome = Normalise().apply(part({"text": "The pulmonary aery", "flags": ["lost_rt"]}, {}), 0, None)
    assert outcome.counts["lost_rt"] == 1
    assert outcome.kept["text"].to_pylist()[0] == "The pulmonary aery"
