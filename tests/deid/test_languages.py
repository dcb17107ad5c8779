import pytest

from deid.languages import language_mix


@pytest.mark.parametrize(
    ("text", "mix"),
    [
        ("The patient was admitted with fever and cough of three days.", "en"),
        ("मरीज़ को दो दिन से बुखार है और खाँसी भी है", "hi(Deva)"),
        ("रुग्णाला दोन दिवस ताप आहे आणि खोकला नाही, तपासणी केले", "mr(Deva)"),
        ("நோயாளிக்கு இரண்டு நாளாக காய்ச்சல்", "ta(Taml)"),
        ("রোগীর দুই দিন ধরে জ্বর", "bn(Beng)"),
        ("Pt ko do din se bukhar hai, khansi bhi hai aur saans phoolti hai", "hi(Latn)+en"),
        ("Étude de la pression chez les patients avec une insuffisance du rein", "fr"),
        ("Über die Behandlung der Hypertonie bei Patienten mit Diabetes und das Herz", "de"),
        ("", "und"),
        ("12 34", "und"),
    ],
)
def test_mixes(text, mix):
    assert language_mix(text) == mix
