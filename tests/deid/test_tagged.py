import numpy as np
import pytest

from deid.analysis import analyse, evidence
from deid.note import Note
from deid.recognizers.tagged import ADD, MODEL, find, network
from deid.tagger.network import CLASSES
from deid.tagger.notebook import notebook
from schemas.labels import Label
from schemas.policy import DeidPolicy

# Sentences without title, label or relation; none of them stands in the notes that the network learned from.
UNCUED = {
    "en": ("She was dropped at the gate by Thankamani before the round, comfortable, vitals stable.", "Thankamani"),
    "hi(Latn)": ("subah Ramdulari boli ki raat bhar ulti hui, ab bukhar nahi hai, dawa chalu rakhein", "Ramdulari"),
    "hi": ("सुबह रामदुलारी ने बताया कि रात भर उल्टी हुई, अब बुखार नहीं है।", "रामदुलारी"),
    "mr": ("काल संध्याकाळी विठाबाईंनी सांगितले की पोटात दुखत आहे, जेवण कमी आहे.", "विठाबाईंनी"),
    "gu": ("સવારે જશોદાબેને કહ્યું કે આખી રાત ઊલટી થઈ, હવે તાવ નથી.", "જશોદાબેને"),
    "pa": ("ਸਵੇਰੇ ਗੁਰਨਾਮ ਨੇ ਦੱਸਿਆ ਕਿ ਸਾਰੀ ਰਾਤ ਉਲਟੀਆਂ ਆਈਆਂ, ਹੁਣ ਬੁਖ਼ਾਰ ਨਹੀਂ।", "ਗੁਰਨਾਮ"),
    "bn": ("সকালে মাধবীলতা বললেন সারা রাত বমি হয়েছে, এখন জ্বর নেই।", "মাধবীলতা"),
    "or": ("ସକାଳେ ସୁଲୋଚନା କହିଲେ ରାତିସାରା ବାନ୍ତି ହେଲା, ଏବେ ଜ୍ୱର ନାହିଁ।", "ସୁଲୋଚନା"),
    "ta": ("காலையில் செல்லம்மாள் வந்து இரவெல்லாம் வாந்தி என்றார், இப்போது காய்ச்சல் இல்லை.", "செல்லம்மாள்"),
    "te": ("ఉదయం వెంకటలక్ష్మి వచ్చి రాత్రంతా వాంతులు అయ్యాయని చెప్పింది, ఇప్పుడు జ్వరం లేదు.", "వెంకటలక్ష్మి"),
    "kn": ("ಬೆಳಗ್ಗೆ ಪುಟ್ಟಮ್ಮ ಬಂದು ರಾತ್ರಿಯೆಲ್ಲಾ ವಾಂತಿ ಎಂದರು, ಈಗ ಜ್ವರ ಇಲ್ಲ.", "ಪುಟ್ಟಮ್ಮ"),
    "ml": ("രാവിലെ ഏലിയാമ്മ വന്ന് രാത്രി മുഴുവൻ ഛർദ്ദി എന്ന് പറഞ്ഞു, ഇപ്പോൾ പനി ഇല്ല.", "ഏലിയാമ്മ"),
}


def found_by_model(text):
    note = analyse(text, network())
    return [(text[slice(*note.shade.span(hit.start, hit.end))], hit) for hit in note.hits if hit.why == MODEL]


def hides(text, name):
    note = analyse(text, network())
    start = text.index(name)
    places = [note.shade.span(hit.start, hit.end) for hit in note.hits]
    return any(first <= start and start + len(name) - 2 <= last for first, last in places)


def test_names_without_any_cue_are_found_in_most_languages():
    missed = [language for language, (text, name) in UNCUED.items() if not hides(f"UHID: 882133\n{text}", name)]
    assert len(missed) <= 3, missed


@pytest.mark.parametrize("note", notebook()[::40], ids=lambda note: note.id)
def test_the_model_takes_no_dose_value_or_number_beside_its_lot(note):
    analysed = analyse(note.text, network())
    taken = {
        i for hit in analysed.hits if hit.why == MODEL for i in range(*analysed.token_range(hit.start, hit.end))
    }  # fmt: skip
    assert not {i for i in taken & analysed.figure_tokens if analysed.tokens[i].kind == "number"}


def test_codes_and_counts_stay():
    for text in (
        "Registered as CTRI/2021/05/033456 before the first patient",
        "lot 7714502 and batch 9920113 of the same kit",
        "ISBN 978-81-312-5590-2, reprinted 2019",
        "total screened 48211 positive 1204",
    ):
        assert not found_by_model(text), text


def test_what_a_form_proves_is_never_taken_back():
    text = "aadhaar 2345 6789 0124 mail kamala@example.org"
    note = evidence(text)
    proven = {hit for hit in note.hits if hit.label in (Label.IN_AADHAAR, Label.EMAIL_ADDRESS)}
    find(note, network(), veto=1.0)
    assert proven
    assert proven <= set(note.hits)


def test_what_is_too_little_to_be_a_finding_hides_nothing_and_leaves_its_place():
    for text in [note.text for note in notebook()[::80]]:
        note = analyse(text, network())
        assert all(hit.score >= ADD for hit in note.hits if hit.why == MODEL)
        assert sum(hit.end - hit.start for hit in note.hits) == note.taken.count(1)


def test_the_policy_keeps_all_that_the_network_finds():
    assert DeidPolicy().min_score <= ADD


def test_an_empty_note_is_left_alone():
    note = Note("")
    find(note, network())
    assert note.hits == []


class Fixed:
    """A network that finds given words as likely as it is told, under given labels."""

    def __init__(self, said):
        self.said = said

    def probabilities(self, tokens, context):
        classes = np.zeros((len(tokens), len(CLASSES)), np.float32)
        for row, token in zip(classes, tokens, strict=True):
            likelihood, label = self.said.get(token.text, (0.0, Label.PERSON))
            row[CLASSES.index(f"I-{label}")] = likelihood
            row[0] = 1 - likelihood
        return classes


def claimed(text, **said):
    note = Note(text)
    note.claim(0, 4, Label.OTHER_ID, 1.0, "somewhere else in the note")
    find(note, Fixed(said))
    return [(note.s[hit.start : hit.end], hit.label) for hit in note.hits[1:]]


def test_a_word_that_is_nearly_likely_enough_goes_with_the_finding_beside_it_under_its_label():
    beside = {"Care": (0.2, Label.ORGANIZATION), "Nampally": (0.9, Label.LOCATION)}
    assert claimed("7714 was seen at Care Nampally", **beside) == [("Care Nampally", Label.LOCATION)]
    assert claimed("7714 was seen at Care alone", **beside) == []


def test_findings_of_different_labels_stay_two():
    beside = {"Rama": (0.9, Label.PERSON), "Guntur": (0.9, Label.LOCATION)}
    assert claimed("7714 spoke to Rama Guntur", **beside) == [("Rama", Label.PERSON), ("Guntur", Label.LOCATION)]


def test_a_title_is_a_name_only_where_the_network_is_sure():
    assert claimed("7714 then selvi came", selvi=(0.95, Label.PERSON)) == [("selvi", Label.PERSON)]
    assert claimed("7714 then selvi came", selvi=(0.6, Label.PERSON)) == []


def test_everyday_words_are_names_only_where_the_network_is_surer():
    person = Label.PERSON
    assert claimed("7714 then ghazvok came", ghazvok=(0.4, person)) == [("ghazvok", person)]
    assert claimed("7714 then medicine came", medicine=(0.4, person)) == []
    assert claimed("7714 then medicine came", medicine=(0.7, person)) == [("medicine", person)]
    assert claimed("7714 then Medicine came", Medicine=(0.4, person)) == [("Medicine", person)]


def test_words_of_a_file_name_are_no_part_of_the_code_in_it():
    said = {"88": (1.0, Label.OTHER_ID), "QX": (0.6, Label.OTHER_ID)}
    assert claimed("7714 and scan_88QX.pdf", **said) == [("88QX", Label.OTHER_ID)]


def test_what_stands_beside_a_number_in_words_is_not_the_number():
    beside = {"4471": (0.9, Label.DEVICE_ID), "sticker": (0.15, Label.DEVICE_ID)}
    assert claimed("7714 then sticker 4471", **{**beside, "4471": (0.0, Label.DEVICE_ID)}) == []
    note = Note("7714 then sticker 4471")
    note.claim(18, 22, Label.DEVICE_ID, 0.9, "label")
    find(note, Fixed(beside))
    assert [note.s[hit.start : hit.end] for hit in note.hits] == ["4471"]
