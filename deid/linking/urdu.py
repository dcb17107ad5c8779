"""Urdu, read as sounds: short vowels are not written, and the long ones share their letters with v and y."""

import unicodedata

from deid.linking.rules import rewrite, rules

_LETTERS = dict(
    zip(
        "بپتٹثجچحخدڈذرڑزژسشصضطظغفقکكگلمنںوؤہھهۂۃةءیيىئےۓ",
        "bpttsjchkddjrrjjsssjtjgfkkkglmnNWWh-hhaa-IIIEyy",
        strict=True,
    )
)
_LETTERS |= {
    "-": "",
    "ء": "",
    "ھ": "",
    "ے": "I",
    "ا": "a",
    "آ": "a",
    "أ": "a",
    "إ": "i",
    "ٱ": "a",
    "ع": "?",
    "\u064f": "u",
}
_RULES = rules(
    *(
        (r"^[a?]W(?=.)", "VF"),  # او: o, u, au
        (r"^[a?]I(?=.)", "VE"),
        (r"(?<=[bptckg])h(?=.)", "8"),
        (r"^[a?]", "V"),
        (r"[?]$", "a"),
        (r"[?]", "O"),
        (r"^W", "v"),
        (r"^I", "y"),
        (r"(?<=.)h$", "a"),  # شبانہ
        (r"Nh", "nh"),
    )
)


def sounds(word: str) -> str:
    """The sounds of a word in Arabic script, not yet folded."""
    text = "".join(_LETTERS.get(c, "") for c in unicodedata.normalize("NFC", word))
    return rewrite(text, _RULES)
