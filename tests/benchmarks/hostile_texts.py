"""Texts that a detector might crash, hang or go astray on, and what must hold of its spans.

Families of texts, each at any length from a seed; and a Hypothesis strategy that mixes pieces of them with any Unicode.
A family is a way to make one piece; a text is pieces one behind the other. Where pieces must differ from each other to
do harm (names, numbers, addresses), they do. Every name, number and address is made up here.
"""

import random
from collections.abc import Callable, Iterator

from hypothesis import strategies as st

from deid.detector import Detector
from deid.replace import Replacer
from deid.residual import residual
from schemas.span import Span

Piece = Callable[[random.Random], str]

_SCRIPTS = {
    "Deva": (0x915, 0x939), "Beng": (0x995, 0x9B9), "Guru": (0xA15, 0xA39), "Gujr": (0xA95, 0xAB9),
    "Orya": (0xB15, 0xB39), "Taml": (0xB95, 0xBB9), "Telu": (0xC15, 0xC39), "Knda": (0xC95, 0xCB9),
    "Mlym": (0xD15, 0xD39), "Arab": (0x628, 0x64A),
}  # fmt: skip
_VOWELS = {"Deva": (0x93E, 0x94C), "Beng": (0x9BE, 0x9CC), "Taml": (0xBBE, 0xBCC), "Telu": (0xC3E, 0xC4C)}
_GIVEN = ("Ramesh", "Sunita", "Kavitha", "Abdul", "Harpreet", "Meenakshi", "Thomas", "Asha", "Lakshmi", "Bhaskar")
_FAMILY = ("Kumar", "Devi", "Sundaram", "Patil", "Banerjee", "Reddy", "Nair", "Singh", "Sheikh", "Iyer")
_NATIVE = ("रमेश कुमार", "सुनीता देवी", "மீனாட்சி", "కవిత రెడ్డి", "সুমিত্রা দেবী", "ಲಕ್ಷ್ಮಿ", "മേരി തോമസ്", "ਹਰਪ੍ਰੀਤ ਸਿੰਘ", "محمد اسلم")
_TOWNS = ("Chennai", "Nagpur", "Mysuru", "Guntur", "Kolkata", "Thrissur", "Ludhiana")
_BIDI = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
_ZEROS = (0x30, 0x660, 0x966, 0x9E6, 0xBE6, 0xC66, 0xFF10)
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f"


def _letters(draw: random.Random, low: int, high: int, count: int) -> str:
    return "".join(chr(draw.randint(low, high)) for _ in range(count))


def _syllables(draw: random.Random, count: int) -> str:
    """A made-up Latin word that no list has."""
    return "".join(draw.choice("bdgjklmnprstv") + draw.choice("aeiou") for _ in range(count))


def _native_word(draw: random.Random, count: int) -> str:
    name = draw.choice(list(_VOWELS))
    return "".join(chr(draw.randint(*_SCRIPTS[name])) + chr(draw.randint(*_VOWELS[name])) for _ in range(count))


def _digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(count))


def _person(draw: random.Random) -> str:
    return f"{draw.choice(_GIVEN)} {draw.choice(_FAMILY)}"


def _of(*pieces: str) -> Piece:
    return lambda draw: draw.choice(pieces)


FAMILIES: dict[str, Piece] = {
    # any character at all
    "any character": lambda d: chr(d.randrange(0x110000)),
    "any of the first plane": lambda d: chr(d.randrange(0x10000)),
    "lone surrogates": lambda d: chr(d.randrange(0xD800, 0xE000)),
    "lone surrogates between words": lambda d: f"Dr {chr(d.randrange(0xD800, 0xE000))}{d.choice(_GIVEN)} ",
    "ASCII": lambda d: chr(d.randrange(128)),
    "control characters": lambda d: chr(d.choice((*range(32), *range(0x7F, 0xA0)))),
    "combining marks on one letter": lambda d: chr(d.randrange(0x300, 0x370)),
    "combining marks on many letters": lambda d: d.choice("aeiou") + _letters(d, 0x300, 0x36F, 40),
    "native signs without a letter": _of("्", "ा", "ಾ", "்", "়"),
    "mixed bidi": lambda d: d.choice(_BIDI) + d.choice(("Ram", "محمد", "12", "שלום")),
    "bidi controls alone": lambda d: d.choice(_BIDI),
    "invisible between letters": lambda d: d.choice(_INVISIBLE) + d.choice("Ra12 "),
    "emoji": _of("👩🏽‍⚕️", "🏥", "🇮🇳", "😷"),
    "mathematical letters": lambda d: chr(d.randrange(0x1D400, 0x1D800)),
    "letters that lengthen in lower case": _of("İ", "ẞ", "ŉ", "ǰ"),
    # one thing over and over
    "blanks": _of(" "),
    "many kinds of blank": _of(" ", "\t", "\u00a0", "\u2003", "\u3000", "\r", "\v", "\x1c", "\x1e", "\x1f"),
    "newlines": _of("\n"),
    "carriage returns": _of("\r\n"),
    "one letter": _of("a"),
    "one capital": _of("A"),
    "capitals without a blank": lambda d: chr(d.randrange(65, 91)),
    "letters without a blank": lambda d: chr(d.randrange(97, 123)),
    "camel case": lambda d: d.choice(_GIVEN),
    "single letters": lambda d: chr(d.randrange(97, 123)) + " ",
    "initials": lambda d: chr(d.randrange(65, 91)) + ". ",
    "initials without a blank": lambda d: chr(d.randrange(65, 91)) + ".",
    "initials and names": lambda d: f"{chr(d.randrange(65, 91))}. {d.choice(_FAMILY)} ",
    "digits": lambda d: d.choice("0123456789"),
    "one digit": _of("9"),
    "native digits": lambda d: chr(0x966 + d.randrange(10)),
    "digits of all scripts": lambda d: chr(d.choice(_ZEROS) + d.randrange(10)),
    "superscript and circled digits": _of("²", "³", "①", "⑨", "½", "Ⅷ", "௰", "፩"),
    "spaced digits": lambda d: d.choice("0123456789") + " ",
    "spaced nines and ones": lambda d: d.choice("91") + "  ",
    "dotted digits": lambda d: d.choice("0123456789") + ".",
    "dashed digits": lambda d: d.choice("0123456789") + "-",
    "slashed digits": lambda d: d.choice("0123456789") + "/",
    "digits and look-alikes": lambda d: d.choice("0123456789OolISBZ"),
    "fours of digits": lambda d: _digits(d, 4) + " ",
    "digits on lines": lambda d: d.choice("0123456789") + "\n",
    "letters and digits": lambda d: d.choice("ABCDEFGH12345678"),
    "signs": lambda d: d.choice("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    "opening brackets": _of("("),
    "brackets": lambda d: d.choice("()[]{}<>"),
    "square brackets": _of("["),
    "nested quotes": lambda d: d.choice(("\"'", '"“', "‘«", '"')),
    "apostrophes": _of("a'"),
    "at signs": _of("@"),
    "spaced at signs": _of("@ "),
    "at signs and letters": _of("a@"),
    "underscores": _of("_"),
    "underscores and letters": _of("a_"),
    "hyphens": _of("-"),
    "joins before an at": lambda d: "-_." * 25 + "!@x ",
    "letters and joins before an at": lambda d: "".join(d.choice("a-_+.") for _ in range(85)) + "!@x ",
    "spaced letters before an at": lambda d: "a b c d e f g h i j k l m n o p q r s t! @x ",
    "words before an at": lambda d: "alpha dot beta dot gamma dash delta _ epsilon; at x ",
    "dots": _of("."),
    "dots and letters": _of("a."),
    "colons": _of(":"),
    "groups of hexadecimals": _of("ab:", "1f:"),
    "carets": _of("A^"),
    "bars": _of("a | "),
    "bars alone": _of("|"),
    "masks": lambda d: d.choice("Xx*•#"),
    "masks and digits": lambda d: d.choice(("XXXX ", "****", "12", "#")),
    "slashes": _of("/"),
    "links": _of("http://"),
    "hosts": lambda d: d.choice(("www.", "com.", "in.", "a-b.")),
    "halves and zeros": _of("½-", "0-", "1-"),
    # one label, cue or lexicon word over and over
    "label": _of("Aadhaar "),
    "label without a blank": _of("Aadhaar"),
    "label and number sign": _of("No. "),
    "many labels": lambda d: d.choice(("UHID ", "PAN: ", "phone ", "reg no ", "DOB ", "a/c no ", "ABHA ", "lot ")),
    "native labels": lambda d: d.choice(("आधार नं. ", "मोबाइल: ", "ஆதார் எண் ", "ফোন ", "నాम ")),
    "label far before numbers": lambda d: f"phone {'x ' * 20}{_digits(d, 3)} ",
    "title": _of("Dr "),
    "titles": lambda d: d.choice(("Dr. ", "Mr ", "Smt. ", "श्री ", "डॉ. ", "Prof ")),
    "name label": _of("Name: "),
    "relation": _of("s/o "),
    "relations": lambda d: d.choice(("wife of ", "s/o ", "पुत्र ", "beti ", "mother ")),
    "honorific": _of("ji "),
    "honorifics": lambda d: d.choice(("amma ", "ji ", "bhai ", "sir ", "अम्मा ", "जी ")),
    "Amma with a capital": _of("Amma "),
    "telling a name": lambda d: d.choice(("my name is ", "mera naam ", "naan ", "मैं ")),
    "role": lambda d: d.choice(("Sister ", "nurse ", "ASHA ")),
    "address label": lambda d: d.choice(("Address: ", "R/o ", "पता: ", "near ")),
    "address part": lambda d: d.choice(("Road ", "nagar ", "Taluk ", "नगर ")),
    "institution": lambda d: d.choice(("Hospital ", "Clinic, ", "PHC ", "अस्पताल ")),
    "month": lambda d: d.choice(("January ", "मार्च ", "மே ", "May ")),
    "months and numbers": lambda d: f"{d.choice(('Jan', 'March', 'मई'))} {d.randrange(40)} ",
    "digit words": lambda d: d.choice(("nine ", "eight ", "double ", "zero ")),
    "double alone": _of("double "),
    "number words": lambda d: d.choice(("twenty ", "five ", "hundred ", "बीस ")),
    "digit words and joins": lambda d: d.choice(("nine ", "and ", "and ", "- ", "- ", "/ ")),
    "spelt letters before digit words": lambda d: d.choice(("a ", "b ", "x ", "as in ", "- ", "nine ")),
    "ninety": _of("ninety ", "years "),
    "negation": _of("no ", "nahi ", "denies "),
    "not a number": _of("no. ", "reg no ", "regno. "),
    "doses": lambda d: f"Tab {_syllables(d, 3)} {d.randrange(999)} mg 1-0-1 x {d.randrange(9)} days ",
    "values": lambda d: f"BP {d.randrange(200)}/{d.randrange(130)} Hb {d.randrange(20)}.{d.randrange(9)} g/dl ",
    "veto": lambda d: d.choice(("lot ", "batch ", "code ")) + _digits(d, 8) + " ",
    # native words without blanks
    **{f"{name} without a blank": (lambda d, r=r: chr(d.randint(*r))) for name, r in _SCRIPTS.items()},
    "native syllables without a blank": lambda d: _native_word(d, 3),
    "native cues without a blank": lambda d: d.choice(("पति", "अनिल", "गौतम", "श्रीमती", "சிஸ்டர்", "மேரி", "డాక్టర్")),
    "native names without a blank": lambda d: d.choice(_NATIVE).replace(" ", ""),
    "words of sixty letters": lambda d: _native_word(d, 30) + " ",
    "long words": lambda d: _syllables(d, 30) + " ",
    # names, numbers and addresses, all different
    "names": lambda d: _person(d) + " ",
    "names behind titles": lambda d: f"Dr. {_person(d)}, ",
    "native names": lambda d: d.choice(_NATIVE) + " ",
    "native names behind titles": lambda d: f"श्री {d.choice(_NATIVE)}, ",
    "new names behind titles": lambda d: f"Mrs {_syllables(d, 3).title()} {_syllables(d, 4).title()} came. ",
    "new native names behind titles": lambda d: f"श्रीमती {_native_word(d, 4)} {_native_word(d, 5)} आईं। ",
    "new names, one a line": lambda d: f"Name: {_syllables(d, 4).title()}\n",
    "lists of names": lambda d: f"{d.choice(_GIVEN)}, ",
    "names in HL7": lambda d: f"{d.choice(_FAMILY).upper()}^{d.choice(_GIVEN).upper()}^",
    "names before ages": lambda d: f"{_person(d)}, {d.randrange(100)}/M ",
    "tables of names": lambda d: f"{d.randrange(99)} | {_person(d)} | {d.randrange(99)}\n",
    "names in file names": lambda d: f"consent_{d.choice(_GIVEN)}_{_digits(d, 4)}.pdf ",
    "towns": lambda d: d.choice(_TOWNS) + ", ",
    "towns without a mark": lambda d: d.choice(_TOWNS) + " ",
    "towns and PIN codes": lambda d: f"{d.choice(_TOWNS)} {d.randrange(110000, 855000)} ",
    "PIN codes": lambda d: f"{d.randrange(110000, 855000)} ",
    "addresses": lambda d: f"Address: 9 {_syllables(d, 3).title()} Road, {d.choice(_TOWNS)} 6000{_digits(d, 2)}. ",
    "new towns in a row": lambda d: f"{_syllables(d, 3).title()}, ",
    "near new places": lambda d: f"near {_syllables(d, 3).title()} ",
    "institutions": lambda d: f"{d.choice(_GIVEN)} Hospital, {d.choice(_TOWNS)}, ",
    "new institutions": lambda d: f"{_syllables(d, 3).title()} Nursing Home ({_syllables(d, 2).title()}) ",
    "phone numbers": lambda d: f"9{_digits(d, 9)} ",
    "names and phone numbers": lambda d: f"{_syllables(d, 4).title()} 9{_digits(d, 9)} ",
    "labelled phone numbers": lambda d: f"phone: 9{_digits(d, 9)}, ",
    "e-mail addresses": lambda d: f"{_syllables(d, 3)}@{_syllables(d, 2)}.com ",
    "UPI ids": lambda d: f"{_syllables(d, 3)}@okicici ",
    "record numbers": lambda d: f"UHID: KMH-{_digits(d, 6)} ",
    "one record number": _of("UHID: KMH-220917 "),
    "codes": lambda d: f"KMH{_digits(d, 7)} ",
    "Aadhaar numbers": lambda d: f"Aadhaar {_digits(d, 4)} {_digits(d, 4)} {_digits(d, 4)} ",
    "dates": lambda d: f"{d.randrange(1, 32):02d}/{d.randrange(1, 13):02d}/20{_digits(d, 2)} ",
    "dates in words": lambda d: f"{d.choice(('fifteenth', 'सोलह'))} {d.choice(('August', 'मार्च'))} nineteen eighty ",
    "numbers told with joints": lambda d: "nine and 8 slash double oh as in Nagpur naalugu, em pee KL ",
    "spoken numbers": lambda d: "nine eight double seven six five four three two one ",
    "IP addresses": lambda d: ".".join(str(d.randrange(300)) for _ in range(4)) + " ",
    "links with paths": lambda d: f"https://{_syllables(d, 3)}.in/{_syllables(d, 4)}?id={_digits(d, 6)} ",
    "registrations": lambda d: f"Dr. {d.choice(_GIVEN)} Reg. No. KMC {_digits(d, 5)} ",
    "everything": lambda d: d.choice(_SMALL)(d),
}  # fmt: skip

_SMALL = [piece for name, piece in FAMILIES.items() if name != "everything"]


def pieces(family: str, seed: int) -> Iterator[str]:
    """Pieces of a family without end."""
    draw = random.Random(f"{family} {seed}")
    while True:
        yield FAMILIES[family](draw)


def text(family: str, length: int, seed: int = 0) -> str:
    """A text of so many characters. A longer one of the same seed begins with it."""
    found, size = [], 0
    for piece in pieces(family, seed):
        found.append(piece)
        size += len(piece)
        if size >= length:
            return "".join(found)[:length]
    raise AssertionError("pieces have no end")


def hostile_texts() -> st.SearchStrategy[str]:
    """Texts of up to some thousand characters: any Unicode with lone surrogates, pieces of all families, repeated."""
    characters = st.text(st.characters(exclude_categories=()), max_size=12)
    families = st.builds(lambda name, seed: FAMILIES[name](random.Random(seed)), st.sampled_from([*FAMILIES]), _SEEDS)
    few = st.lists(st.one_of(characters, families, families), max_size=12).map("".join)
    repeated = st.builds(lambda piece, times: piece * times, few.map(lambda t: t[:60]), st.integers(2, 60))
    long = st.builds(text, st.sampled_from([*FAMILIES]), st.integers(1, 1500), _SEEDS)
    return st.one_of(few, few, repeated, long, st.lists(st.one_of(few, repeated, long), max_size=3).map("".join))


_SEEDS = st.integers(0, 1 << 16)


def scrubbed(detector: Detector, replacer: Replacer, note: str) -> list[Span]:
    """Detect, replace, look for what remains; the spans. AssertionError where they break a law."""
    spans = detector.detect([note])[0]
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(note), f"a span leaves the text or its order: {span.source}"
        end = span.end
    after = replacer.replace(note, spans, "patient")
    residual([after], [[note[span.start : span.end] for span in spans]])
    return spans
