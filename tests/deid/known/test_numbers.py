import random
import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.known import Known, find
from deid.known.numbers import one_slip
from deid.note import Note
from schemas.labels import Label

Found = Callable[[str], list[tuple[str, str]]]
ZEROS = [0x30, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0x660, 0x6F0, 0xFF10, 0x1D7CE]
ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
HINDI = ["शून्य", "एक", "दो", "तीन", "चार", "पांच", "छह", "सात", "आठ", "नौ"]
SEPARATORS = ["", " ", "-", ".", "  ", "/", "\u00a0", "\u2011", " - ", "\u200b", "_", "·"]


@given(
    digits=st.text(string.digits, min_size=8, max_size=16),
    zero=st.sampled_from(ZEROS),
    separator=st.sampled_from(SEPARATORS),
    cuts=st.lists(st.booleans(), min_size=16, max_size=16),
    before=st.sampled_from(["", "ph ", "रोगी: ", "x\n", "BP 120/80, tel "]),
    after=st.sampled_from(["", " son", ".", "\nBP 120/80", ", 3 days"]),
)
def test_every_rendering_in_figures_is_found(
    digits: str, zero: int, separator: str, cuts: list[bool], before: str, after: str
) -> None:
    known = Known(((Label.IN_AADHAAR, digits),))
    if len(set(digits)) == 1 or digits in "01234567890" or digits == "9876543210":
        return  # a filler, no identifier
    written = "".join(chr(zero + int(d)) + (separator if cut else "") for d, cut in zip(digits, cuts, strict=False))
    assert hidden(f"{before}{written}{after}", known, len(before), len(before) + len(written.rstrip(separator)))


@given(st.text(string.digits, min_size=8, max_size=14), st.sampled_from([ENGLISH, HINDI]), st.randoms())
def test_every_rendering_in_words_is_found(digits: str, words: list[str], draw: random.Random) -> None:
    if len(set(digits)) == 1 or digits in "01234567890":
        return
    said: list[str] = []
    for digit in digits:
        if words is ENGLISH and said and said[-1] == words[int(digit)] and draw.random() < 0.7:
            said[-1] = f"double {said[-1]}"
        else:
            said.append(draw.choice([words[int(digit)], digit]))
    text = f"call {' '.join(said)} please"
    assert hidden(text, Known(((Label.PHONE_NUMBER, digits),)), 5, len(text) - 7)


@given(st.text(string.digits, min_size=8, max_size=16), st.data())
def test_one_digit_wrong_or_two_swapped_are_found(digits: str, data: st.DataObject) -> None:
    if len(set(digits)) == 1 or digits in "01234567890":
        return
    place = data.draw(st.integers(0, len(digits) - 2))
    wrong = digits[:place] + data.draw(st.sampled_from(string.digits)) + digits[place + 1 :]
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    known = Known(((Label.BANK_ACCOUNT, digits),))
    for text in (f"no {wrong} end", f"no {swapped} end"):
        assert hidden(text, known, 3, 3 + len(digits))


def hidden(text: str, known: Known, start: int, end: int) -> bool:
    """Whether every letter and digit of a range is covered."""
    note = Note(text)
    find(note, known)
    spans = [note.shade.span(hit.start, hit.end) for hit in note.hits]
    return all(any(a <= i < b for a, b in spans) for i in range(start, end) if text[i].isalnum())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("98450\n61237", "98450\n61237"), ("+91-98450 61237", "91-98450 61237"), ("919845061237", "919845061237"),
        ("9845O6l237", "9845O6l237"), ("XXXXXX1237", "XXXXXX1237"), ("98******37", "98******37"),
        ("XXXX XXXX 2346", "XXXX XXXX 2346"), ("mobile ending in 1237", "1237"), ("uhid / 7734501", "uhid / 7734501"),
        ("UHlD77345O1", "UHlD77345O1"), ("7734501", "7734501"), ("UHID7734510", "UHID7734510"),
        ("4 1 5 0 0 1", "4 1 5 0 0 1"), ("415 001", "415 001"), ("४१५००१", "४१५००१"),
        ("sulo dot d54 at example dot com", "sulo dot d54 at example dot com"),
        ("nine eight four five zero six one two three seven", "nine eight four five zero six one two three seven"),
        ("ninety eight 45 zero six twelve thirty seven", "ninety eight 45 zero six twelve thirty seven"),
    ],
)  # fmt: skip
def test_disguises(text: str, expected: str, found: Found) -> None:
    assert expected in [hit for hit, _ in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "98450 61300", "2341 2341 9999", "UHID8834502", "415002", "Rs 4,15,001", "1415001", "4150.01", "41 50 0 1",
        "XXXX XXXX 9999", "ending in 9999", "BP 120/80, 7734, 501 mg", "Hb 9.8, 45.0, 61.2, 37.4", "7734502",
    ],
)  # fmt: skip
def test_other_numbers_stay(text: str, found: Found) -> None:
    assert found(text) == []


def test_few_digits_need_a_label() -> None:
    known = Known(((Label.MEDICAL_RECORD_NUMBER, "4521"),))
    for text, count in (("MRN: 4521", 1), ("4521 cells", 0), ("platelets 4521", 0), ("MRN: 4521.5", 0)):
        note = Note(text)
        find(note, known)
        assert len(note.hits) == count, text


def test_fillers_are_no_identifiers() -> None:
    known = Known(((Label.PHONE_NUMBER, "0000000000"), (Label.PHONE_NUMBER, "1234567890"), (Label.PERSON, "Not known")))
    note = Note("0000000000 1234567890 cause not known")
    find(note, known)
    assert note.hits == []
    assert repr(known) == "Known(2 identifiers)", "no value is printed"


def test_one_slip() -> None:
    assert one_slip("12344", "12345")
    assert one_slip("13245", "12345")
    assert one_slip("1245", "12345")
    assert one_slip("122345", "12345")
    assert not one_slip("12345", "12345")
    assert not one_slip("54321", "12345")
