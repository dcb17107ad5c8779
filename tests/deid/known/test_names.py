from collections.abc import Callable

import pytest

from deid.known import Known, find
from deid.known.names import allowed, within
from deid.note import Note
from schemas.labels import Label

Found = Callable[[str], list[tuple[str, str]]]


@pytest.mark.parametrize(
    "name",
    [
        "सुलोचना देशपांडे",
        "সুলোচনা দেশপাণ্ডে",
        "ਸੁਲੋਚਨਾ ਦੇਸ਼ਪਾਂਡੇ",
        "સુલોચના દેશપાંડે",
        "ସୁଲୋଚନା ଦେଶପାଣ୍ଡେ",
        "சுலோச்சனா தேஷ்பாண்டே",
        "సులోచన దేశ్‌పాండే",
        "ಸುಲೋಚನಾ ದೇಶಪಾಂಡೆ",
        "സുലോചന ദേശ്പാണ്ഡെ",
        "سلوچنا دیشپانڈے",
    ],
)
def test_one_name_in_every_script(name: str, found: Found) -> None:
    assert found(f"12 {name} 13") == [(name, "PERSON")]


@pytest.mark.parametrize(
    "name",
    [
        "sulochana deshpande", "SULOCHANA DESHPANDE", "Sulochna Deshpandey", "Sulochanaa Despande", "Sluochana",
        "S. Deshpande", "Sulochana D.", "SULOCHANADESHPANDE", "sulochana_deshpande",
        "S u l o c h a n a", "Sulo-\nchana",
        "Sul0chana", "sulochanaji", "sulochanabai", "Sulochana Vasant Deshpande", "सुलोचना ताई"[:7], "সুলোচনার",
        "சுலோச்சனாவுக்கு", "Sulo\u200bchana", "Ｓｕｌｏｃｈａｎａ", "Sulосhаnа",
    ],
)  # fmt: skip
def test_spellings_slips_and_disguises(name: str, found: Found) -> None:
    hidden = "".join(text for text, label in found(f"seen today: {name} came") if label == "PERSON")
    assert hidden.strip(".") == name.strip(".")


@pytest.mark.parametrize(
    "text",
    [
        "pet mein dard, desh se aaya", "dispense pads, deep pain, SD 4.2, S.D. of mean", "सुबह से दर्द, देश में बारिश",
        "Mrs Kulkarni and Dr. Ramesh Iyer", "Shivaji Hospital", "Tab Metformin 500 mg BD", "solution changed; salicin",
    ],
)  # fmt: skip
def test_ordinary_words_and_other_people_stay(text: str, found: Found) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Violet stain was normal, the skin is violet", ["Violet"]),
        ("spoke to Violet about it", ["Violet"]),
        ("Mrs. violet came", ["violet"]),
        ("grace violet again", ["grace violet"]),
        ("Grace Violet, 45 F", ["Grace Violet"]),
        ("a kumar under violet light", []),
    ],
)
def test_a_name_that_is_a_word_counts_by_its_surroundings(text: str, hidden: list[str]) -> None:
    note = Note(text)
    find(note, Known(((Label.PERSON, "Grace Violet Kumar"),)))
    assert [text[hit.start : hit.end] for hit in note.hits] == hidden


def test_a_short_name_has_no_slips() -> None:
    known = Known(((Label.PERSON, "Uma Rao"),))
    for text, count in (("Uma", 1), ("उमा", 1), ("Una came", 0), ("umra", 0), ("Urao", 0)):
        note = Note(text)
        find(note, known)
        assert len(note.hits) == count, text


def test_eponyms_stay() -> None:
    known = Known(((Label.PERSON, "Margaret Wilson"),))
    for text, count in (("Wilson's disease", 0), ("Wilson disease", 0), ("Mrs Wilson has Wilson's disease", 1)):
        note = Note(text)
        find(note, known)
        assert len(note.hits) == count, text


def test_the_distance_is_damerau_and_bounded() -> None:
    assert [allowed(length) for length in (3, 4, 5, 7, 8)] == [0, 0, 1, 1, 2]
    assert within("sluochana", "sulochana", 1)
    assert within("sulchna", "sulochana", 2)
    assert not within("sulchna", "sulochana", 1)
    assert not within("mulochana", "sulochana", 2)
