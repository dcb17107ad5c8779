import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deid.detector import Detector
from schemas.policy import DeidPolicy


@pytest.fixture(scope="module")
def detector():
    return Detector(DeidPolicy())


def found(detector, text):
    return {(span.label.value, text[span.start : span.end]) for span in detector.detect([text])[0]}


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("Aadhaar 2341 2341 2346 seen", "IN_AADHAAR", "2341 2341 2346"),
        ("आधार नं. २३४१ २३४१ २३४६ है", "IN_AADHAAR", "२३४१ २३४१ २३४६"),
        ("Aadhaar no 2341 2341 2340 (typing error)", "IN_AADHAAR", "2341 2341 2340"),
        ("card XXXX XXXX 2346 shown", "IN_AADHAAR", "XXXX XXXX 2346"),
        ("card 2341-****-2346 shown", "IN_AADHAAR", "2341-****-2346"),
        ("passport scan Z 31O 7745 kept", "IN_PASSPORT", "Z 31O 7745"),
        ("slip no, roll WB / 31 / 2l4 / 009871 there", "IN_VOTER", "WB / 31 / 2l4 / 009871"),
        (
            "mail joby underscore thomas seventy nine at the rate gmail dot com",
            "EMAIL_ADDRESS",
            "joby underscore thomas seventy nine at the rate gmail dot com",
        ),
        ("ईमेल रजनी डॉट पी एट जीमेल", "EMAIL_ADDRESS", "रजनी डॉट पी एट जीमेल"),
        ("ஆதார் எண் 2341-2341-2346", "IN_AADHAAR", "2341-2341-2346"),
        ("ABHA 91-2345-6789-0129", "IN_ABHA_NUMBER", "91-2345-6789-0129"),
        ("abha id kavi.r@abdm ok", "IN_ABHA_ADDRESS", "kavi.r@abdm"),
        ("pay to shop.77@okicici now", "IN_UPI_ID", "shop.77@okicici"),
        ("mail a.b@example.com", "EMAIL_ADDRESS", "a.b@example.com"),
        ("mail tara dot m (at) gmail (dot) com", "EMAIL_ADDRESS", "tara dot m (at) gmail (dot) com"),
        ("GSTIN 27AAPFU0939F1ZV", "IN_GSTIN", "27AAPFU0939F1ZV"),
        ("PAN ABCPD1234E", "IN_PAN", "ABCPD1234E"),
        ("mobile +91 98765 43210", "PHONE_NUMBER", "+91 98765 43210"),
        ("मो. ९८७६५ ४३२१०", "PHONE_NUMBER", "९८७६५ ४३२१०"),
        (
            "phone nine eight seven six five four three two one double zero",
            "PHONE_NUMBER",
            "nine eight seven six five four three two one double zero",
        ),
        ("फोन नौ आठ सात छह पाँच चार तीन दो एक शून्य", "PHONE_NUMBER", "नौ आठ सात छह पाँच चार तीन दो एक शून्य"),
        ("UHID: KMH-220917", "MEDICAL_RECORD_NUMBER", "KMH-220917"),
        ("IFSC SBIN0001234", "IN_IFSC", "SBIN0001234"),
        ("bike KA 51 AB 1234 hit", "IN_VEHICLE_REGISTRATION", "KA 51 AB 1234"),
        ("DL MH14 20150001234", "IN_DRIVING_LICENSE", "MH14 20150001234"),
        ("seen on 14/08/2023 again", "DATE", "14/08/2023"),
        ("९ मार्च २०२४ को", "DATE", "९ मार्च २०२४"),
        ("२७ শ্রাবণ ১৪৩০", "DATE", "२७ শ্রাবণ ১৪৩০"),
        ("ದಾಖಲು 4 ಜುಲೈ 2025, ಬಿಡುಗಡೆ 9 ಜುಲೈ 2025 ರಂದು", "DATE", "9 ಜುಲೈ 2025"),
        ("జరిగింది 15 నుంచి 17 అక్టోబరు లో", "DATE", "15 నుంచి 17 అక్టోబరు"),
        ("a lady aged 93 years", "AGE_OVER_89", "93"),
        ("Age/Sex: 9O / F", "AGE_OVER_89", "9O"),
        ("AGE:94Y SEX:M SERUM", "AGE_OVER_89", "94"),
        ("సీతాలు: 97 ఏళ్ళు", "AGE_OVER_89", "97"),
        ("ವಯಸ್ಸು ತೊಂಬತ್ನಾಲ್ಕು", "AGE_OVER_89", "ತೊಂಬತ್ನಾಲ್ಕು"),
        ("vayassu thonnutti naalu", "AGE_OVER_89", "thonnutti naalu"),
        ("3|Bherulal Bhil|90|LE PCIOL", "AGE_OVER_89", "90"),
        ("2. Ramesh (94): cataract", "AGE_OVER_89", "94"),
        ("her grandson says she is 94; cough", "AGE_OVER_89", "94"),
        ("ડૉક્ટર: બા ની ઉંમર?\nદર્દી: ૯૧. ખાંસી", "AGE_OVER_89", "૯૧"),
        ("पिता की 91 की उम्र, साथ थे", "AGE_OVER_89", "91"),
        ("Seen by Dr. Meenakshi Sundaram today", "PERSON", "Meenakshi Sundaram"),
        ("[9:41 pm] Mukku: report has come\n", "PERSON", "Mukku"),
        ("Date: 18/07/2022\nShrikant Bhat, KMC No. 58120", "PERSON", "Shrikant Bhat"),
        ("PID|1||CHC-77120||ਕੰਬੋਜ^ਰਾਜਨ||19710914|M", "PERSON", "ਕੰਬੋਜ^ਰਾਜਨ"),
        ("नाम: विमला देवी, आयु 40", "PERSON", "विमला देवी"),
        ("Address: 14 Gandhi Road, Adyar, Chennai 600020", "PIN_CODE", "600020"),
        ("KMC 12345 signed", "MEDICAL_LICENSE", "12345"),
        ("login from 203.0.113.47", "IP_ADDRESS", "203.0.113.47"),
    ],
)
def test_identifiers_are_found_whole(detector, text, label, value):
    assert (label, value) in found(detector, text)


@pytest.mark.parametrize(
    "text",
    [
        "[9:41 pm] Agent: hello\n[9:42 pm] Recep: wait\n[9:43 pm] Cust: ok\n[9:44 pm] Patient: fever",
        "BP 120/80, PR 98/min, vision 6/6 and 6/18, pain 7/10",
        "Review 1/52, physio 3/7, sutures out 10/7",
        "Tab Telma 40 1-0-0, Inj Mixtard 12-0-8, Dolo 650 SOS",
        "TLC 14200, Plt 245000, HCV RNA 6543210 IU/mL",
        "batch 220814226199 exp 2026",
        "Graves disease, Koch's contact, Murphy's sign, Pott's spine",
        "दो दिन से बुखार, तीन बार उल्टी",
        "call 108 or 104; toll-free 1800-180-1104",
        "H/o CABG in 2009, PTCA 2016",
        "counts 6234 7781 9010 of the state",
        "fever 101 F, pulse 98, SpO2 (96)",
        "FBS|104|70-100\nSpO2|97|on room air",
        "ratio 3:1, 90 व 30",
        "SNOMED CT 73211009, ICD E11.65, LOINC 4548-4",
        "she is 96 kg, he was 101 F, SpO2 is 94",
    ],
)
def test_medicine_stays(detector, text):
    assert detector.detect([text]) == [[]]


def test_a_name_sure_once_is_found_in_every_script(detector):
    text = "Name: Farhana Qureshi. later फरहाना said, and Farhana left."
    values = [value for label, value in found(detector, text) if label == "PERSON"]
    assert "Farhana" in values
    assert "फरहाना" in values


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(), max_size=300))
def test_any_text_gives_spans_inside_it(detector, text):
    spans = detector.detect([text])[0]
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        end = span.end


PIECES = st.sampled_from(
    [
        "Aadhaar ",
        "2341 ",
        "९८७",
        "Dr. ",
        "@",
        " at ",
        ".",
        "/",
        "-",
        "\n",
        "नाम: ",
        "मार्च ",
        "no ",
        "x" * 50,
        "१ ",
        "dot ",
        "\u200b",
        "a b c d ",
        "(",
        "1" * 30,
    ]
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=60))
def test_hostile_mixtures_do_no_harm(detector, pieces):
    text = "".join(pieces)
    assert all(span.end <= len(text) for span in detector.detect([text])[0])


@pytest.mark.parametrize(
    "piece", ["a", "1 ", "Dr. A ", "@", "9", "a.", "\u0301", "नाम ", "Ram ", "1/2 ", "x@y ", "(", "no 1 ", "march "]
)
def test_time_grows_with_length_alone(detector, piece):
    def seconds(size):
        text = (piece * size)[:size]
        start = time.process_time()
        detector.detect([text])
        return time.process_time() - start

    seconds(1000)
    small, large = seconds(20_000), seconds(80_000)
    assert large < 12 * small + 0.5  # four times the text; a square would be sixteen


def test_equal_texts_give_equal_spans(detector):
    text = "Dr. Asha Rao, Ph 98765 43210"
    assert detector.detect([text, text])[0] == detector.detect([text])[0]


def test_a_name_that_is_a_word_goes_beside_another_part_of_it(detector):
    head = "Patient name: Mrs. Kamala Deshpande\n\n"
    text = head + "kamala deshpande has no fever"
    found = [text[span.start : span.end] for span in detector.detect([text])[0] if span.start >= len(head)]
    assert " ".join(found) == "kamala deshpande"
