"""Values in the fields of messages that programs exchange: DICOM tags, HL7 segments, GS1 labels of devices, the
machine-readable zone of a passport, bar codes between asterisks, and the pages behind them.

A field's number or place says what it holds, whatever it looks like: DICOM PS3.6, HL7 version 2.5 chapters 3 to 7, GS1
General Specifications 3.2, ICAO Doc 9303.
"""

import re

from deid.note import Note
from schemas.labels import Label

_TAG = re.compile(
    r"00(?<![0-9A-Fa-f]..)([0-9A-Fa-f]{2})[,|:]?([0-9A-Fa-f]{4})[)\]]?[ ]{0,3}(?:[A-Z]{2}\b)?[ ]{0,2}"
    r"(?:[A-Za-z' ]{0,30}[:=])?[ ]{0,2}"
    r"[\[=:\"'<]{0,2}[ ]?([^\]\"'>;|\n(]{1,64})"
)
_TAGS = {
    "00100020": Label.MEDICAL_RECORD_NUMBER,  # patient's id
    "00101000": Label.MEDICAL_RECORD_NUMBER,  # other ids
    "00080050": Label.MEDICAL_RECORD_NUMBER,  # accession
    "00200010": Label.MEDICAL_RECORD_NUMBER,  # study id
    "00380010": Label.MEDICAL_RECORD_NUMBER,  # admission
    "00400253": Label.MEDICAL_RECORD_NUMBER,
    "00401001": Label.MEDICAL_RECORD_NUMBER,
    "00321001": Label.MEDICAL_RECORD_NUMBER,
    "00101050": Label.HEALTH_INSURANCE_ID,
    "00102154": Label.PHONE_NUMBER,
    "00181000": Label.DEVICE_ID,  # serial number
    "00181002": Label.DEVICE_ID,
    "00181008": Label.DEVICE_ID,
    "00100030": Label.DATE,  # of birth
    "00080012": Label.DATE,
    "00080020": Label.DATE,
    "00080021": Label.DATE,
    "00080022": Label.DATE,
    "00080023": Label.DATE,
    "00080025": Label.DATE,
    "0008002A": Label.DATE,
    "00380020": Label.DATE,
    "00400002": Label.DATE,
    "00400244": Label.DATE,
}
_AGE_TAG = "00101010"
_OLD = re.compile(r"0?(9\d|1[0-2]\d)Y?\b")
_SEGMENT = re.compile(r"\b(PID|NK1|PV1|ORC|OBR|IN1|MRG|GT1|SPM|EVN)\|([^\n~]{2,600})")
FIELD, FACILITY = "hl7 field", "hl7 facility"
"""What findings in a field say of where they come from."""
_FIELDS: dict[str, dict[int, Label]] = {
    "PID": {
        2: Label.MEDICAL_RECORD_NUMBER, 3: Label.MEDICAL_RECORD_NUMBER, 4: Label.MEDICAL_RECORD_NUMBER, 7: Label.DATE,
        13: Label.PHONE_NUMBER, 14: Label.PHONE_NUMBER, 18: Label.MEDICAL_RECORD_NUMBER, 19: Label.IN_AADHAAR,
        20: Label.IN_DRIVING_LICENSE,
    },
    "NK1": {5: Label.PHONE_NUMBER, 6: Label.PHONE_NUMBER},
    "PV1": {19: Label.MEDICAL_RECORD_NUMBER, 50: Label.MEDICAL_RECORD_NUMBER, 44: Label.DATE, 45: Label.DATE},
    "ORC": {2: Label.MEDICAL_RECORD_NUMBER, 3: Label.MEDICAL_RECORD_NUMBER, 9: Label.DATE},
    "OBR": {
        2: Label.MEDICAL_RECORD_NUMBER, 3: Label.MEDICAL_RECORD_NUMBER, 6: Label.DATE, 7: Label.DATE, 8: Label.DATE,
        14: Label.DATE, 22: Label.DATE,
    },
    "IN1": {36: Label.HEALTH_INSURANCE_ID, 49: Label.HEALTH_INSURANCE_ID},
    "MRG": {1: Label.MEDICAL_RECORD_NUMBER, 4: Label.MEDICAL_RECORD_NUMBER},
    "GT1": {6: Label.PHONE_NUMBER, 7: Label.PHONE_NUMBER},
    "SPM": {2: Label.MEDICAL_RECORD_NUMBER},
    "EVN": {2: Label.DATE},
}  # fmt: skip
"""Fields by their number behind the name of the segment."""
_PEOPLE: dict[str, frozenset[int]] = {
    "PID": frozenset((5, 6, 9)),
    "NK1": frozenset((2,)),
    "PV1": frozenset((7, 8, 9, 17, 52)),
    "ORC": frozenset((10, 11, 12, 19)),
    "OBR": frozenset((10, 16, 28, 32, 33, 34, 35)),
    "GT1": frozenset((3,)),
    "IN1": frozenset((16,)),
}
"""Fields that name somebody: components between carets, a number before them or not."""
_PERSON = re.compile(
    r"(?:[\w\-]{0,24}\d[\w\-]{0,24}\^)?((?:[^\W\d_]|[.' \-]){2,40}(?:\^(?:[^\W\d_]|[.' \-]){1,40}){1,4})"
)
_HEADER = re.compile(r"\bMSH\|\^~\\?&?\|[^|\n]{0,60}\|([^|\n]{0,60})\|[^|\n]{0,60}\|([^|\n]{0,60})\|")
"""MSH-4 and MSH-6: the facilities that a message is from and for."""
_FACILITY = re.compile(r"[^\W\d][\w &.'\-]{3,59}")
_VALUE = re.compile(r"[A-Za-z\d+][\w+\-./ ]{2,40}")
_UDI = re.compile(r"\((01|10|11|17|21|241|91)\)[ ]?([A-Za-z\d\-./+]{2,24})")
_UDI_BARE = re.compile(
    r"01(?<!\d..)\d{14}(?:1[17]\d{6})?(?:10[A-Za-z\d]{1,20}(?:\x1d|\|))?21([A-Za-z\d]{4,20})(?![A-Za-z\d])"
)
_ZONE = re.compile(
    r"([A-Z][A-Z\d]\d{6}|[A-Z]\d{7})<?(?:<|\d)[A-Z]{3}(\d{6})\d?[MF<X](\d{0,6})\d?|P<[A-Z]{3}([A-Z<]{5,39})",
    re.MULTILINE,
)
_STARS = re.compile(r"\*([A-Z\d][A-Z\d\-./$+% ]{4,24}[A-Z\d])\*(?![\w*])")
_SYMBOLOGY = re.compile(r"\][A-Za-z]\d([A-Z\d][A-Z\d\-]{4,24})(?!\w)")  # ISO/IEC 15424
_FEWEST = 4  # digits of a value


def find(note: Note) -> None:
    """Claim them. Linear in the length of the text."""
    s = note.s
    _tags(note)
    if "|" in s:
        for match in _SEGMENT.finditer(s):
            _segment(note, match)
        for match in _HEADER.finditer(s):
            for number in (1, 2):
                if _FACILITY.fullmatch(match[number]):
                    note.claim(*match.span(number), Label.ORGANIZATION, 0.8, FACILITY)
    if "(21)" in s or "(01)" in s:
        _device(note)
    if "<" in s:
        for match in _ZONE.finditer(s):
            if match[1]:
                note.claim(*match.span(1), Label.IN_PASSPORT, 0.9, "machine-readable zone")
                note.claim(*match.span(2), Label.DATE, 0.9, "machine-readable zone")
                if match[3]:
                    note.claim(*match.span(3), Label.DATE, 0.9, "machine-readable zone")
            elif "<" in match[4]:
                note.claim(*match.span(4), Label.PERSON, 0.9, "machine-readable zone")
    for match in _STARS.finditer(s) if s.count("*") > 1 else ():
        if _digits(match[1]) >= _FEWEST and " " not in match[1]:
            note.claim(*match.span(1), Label.MEDICAL_RECORD_NUMBER, 0.7, "bar code")
    for match in _SYMBOLOGY.finditer(s) if "]" in s else ():
        if _digits(match[1]) >= _FEWEST and not match[1].startswith("01"):
            note.claim(*match.span(1), Label.MEDICAL_RECORD_NUMBER, 0.7, "bar code")
    for match in _UDI_BARE.finditer(s):
        note.claim(*match.span(1), Label.DEVICE_ID, 0.8, "device label")


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)


def _tags(note: Note) -> None:
    for match in _TAG.finditer(note.s):
        tag = "00" + (match[1] + match[2]).upper()
        label = _TAGS.get(tag)
        if label is not None and _digits(match[3]) > 1:
            note.claim(match.start(3), match.start(3) + len(match[3].rstrip()), label, 0.9, "dicom tag")
        elif tag == _AGE_TAG and (age := _OLD.match(match[3])):
            start = match.start(3)
            note.claim(start, start + age.end(1), Label.AGE_OVER_89, 0.9, "dicom tag")


def _segment(note: Note, match: re.Match[str]) -> None:
    wanted, place = _FIELDS[match[1]], match.start(2)
    for number, field in enumerate(match[2].split("|"), 1):
        label = wanted.get(number)
        if number in _PEOPLE.get(match[1], ()) and (person := _PERSON.match(field)):
            note.claim(place + person.start(1), place + person.end(1), Label.PERSON, 0.85, FIELD)
        if label is not None:
            value = _VALUE.match(field)
            if value and _digits(value.group()) >= _FEWEST:
                end = place + len(value.group().rstrip())
                if label is Label.DATE:
                    end = min(end, place + 8)
                note.claim(place, end, label, 0.85, FIELD)
        place += len(field) + 1


def _device(note: Note) -> None:
    """The serial number behind (21); where there is one, the days when the device was made and expires, too."""
    found = list(_UDI.finditer(note.s))
    serial = any(match[1] == "21" for match in found)
    for match in found:
        if match[1] == "21" and _digits(match[2]):
            note.claim(*match.span(2), Label.DEVICE_ID, 0.9, "device label")
        elif serial and match[1] in ("11", "17") and len(match[2]) == 6 and match[2].isdigit():
            note.claim(*match.span(2), Label.DATE, 0.7, "device label")
        elif match[1] in ("01", "10") and note.free(*match.span(2)):
            note.block(*match.span(2))  # of the product and the lot: of many devices
