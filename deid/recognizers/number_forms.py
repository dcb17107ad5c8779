"""Numbers as forms and programs write them: one digit a box, `9.84821E+09` and `98,48,21,34,671` from a spreadsheet,
`9848213467.0` from a table read as numbers, and those that a page break cuts in two.

The form tells that a number was kept as one. What it is, is told by the label before it, by its check digit, or by how
long it is.
"""

import re

from deid.checksums import aadhaar, luhn
from deid.lexicon import Cue
from deid.note import Note
from schemas.labels import Label

_BOX, _OPEN = r"[\[({][A-Za-z\d][\])}]", r"[\[({]"
_BOXES = re.compile(r"[|¦] {0,2}\w {0,2}[|¦] {0,2}\w {0,2}[|¦]|[\])}][ ]?[/\-.]?[ ]?[\[({]\w{1,5}[\])}]")
_BRACKETS = re.compile(rf"(?<![\w\])}}]){_BOX}(?:[ ]?[/\-.]?[ ]?{_BOX}){{5,19}}(?![\w\[({{])")
_GROUPS = re.compile(r"(?<![\w\])}])[\[({]\d{2,5}[\])}](?:[ ]?[/\-.]?[ ]?[\[({]\d{2,5}[\])}]){1,5}(?![\w\[({])")
_PIPES = re.compile(
    r"[A-Za-z\d](?<![A-Za-z\d].)(?:[ ]{0,2}[|¦][ ]{0,2}(?:[/\-.][ ]?[|¦][ ]?)?[A-Za-z\d](?![A-Za-z\d])){5,19}"
)
_SCIENCE = re.compile(r"\d(?<![\w.,].)\.(\d{4,17})[eE]\+?(\d{1,2})(?![\w.])")
_INDIAN = re.compile(r"\d(?<![\w.,].)\d?(?:,\d{2}){3,7},\d{3}(?![\d,]|\.\d)")
_WESTERN = re.compile(r"\d(?<![\w.,].)\d{0,2}(?:,\d{3}){3,5}(?![\d,]|\.\d)")
_COMMAS = re.compile(r",\d{2,3},\d{2,3},\d{2,3}")
_POINT = re.compile(r"\.00?(?![\d.])")
_FLOAT = re.compile(r"[2-9](?<![\w.].)(?:\d{9}|\d{11}|\d{13}|\d{15})$")
_PAGE = r"[ \-=*_#]{0,8}(?:(?:page|pg|p)\.?[ ]?)?\d{1,3}[ ]?(?:of|/)[ ]?\d{1,3}[ \-=*_#]{0,8}|[\-=*_]{3,40}"
_TORN = re.compile(rf"\d(?<![\w.].)[\d \-]{{3,14}}\d[ ]?\n(?:{_PAGE})\n[ ]?\d[\d \-]{{2,12}}\d(?!\d)", re.IGNORECASE)
_TURNED = re.compile(rf"\n(?:{_PAGE})\n", re.IGNORECASE)
_MICR = re.compile(r"([A-D⑆⑇⑈⑉])(?<!\w.)(\d{6,18})\1(?!\w)")  # symbols of the band of a cheque, read as letters
_CHEQUE = re.compile(r"micr|cheque|check leaf|चेक|চেক|காசோலை|చెక్|ಚೆಕ್|ചെക്ക്|ચેક|ਚੈੱਕ|ଚେକ|چیک", re.IGNORECASE)
_SPEAKER = r"(?:\[[^\]\n]{4,30}\][ ]?)?[^\W\d][\w .]{0,24}:[ ]"
_BUBBLES = re.compile(rf"\d(?<![\w.].)[\d \-]{{2,14}}\d[ ]?\n({_SPEAKER})\d[\d \-]{{2,12}}\d(?![\w.])")
_NEXT_BUBBLE = re.compile(rf"\n(?<=\d\n|\s\s){_SPEAKER}\d")
_LONGEST_SPEAKER = 60  # characters before a message
_STYLED = re.compile(r"\d(?<![\w.].)\d{1,4}(?:[*~`_]{1,2}[ \-]{0,2}[*~`_]{0,2}\d{2,5}){1,4}(?![\d.])")
"""Stars, tildes and the like around each part, with which chat programs make it bold."""
_PAN = re.compile(r"[A-Z]{3}[ABCFGHJLPTEK][A-Z]\d{4}[A-Z]")
_IFSC = re.compile(r"[A-Z]{4}0[A-Z0-9]{6}")
_EPIC = re.compile(r"[A-Z]{3}\d{7}")
_MONEY = re.compile(r"(?:₹|\brs\.?|\binr|\$|\busd|rupees)[ ]?$", re.IGNORECASE)
_AMOUNT = re.compile(
    r"[ ]?(?:/-|crore|cr\b|lakh|people|rupees"
    r"|cop(?:y|ies)|cells|cfu|iu\b|u/|/m|/[uµμ]l|/cu|/l\b|per ml|per cu|mg|ng|pg|ml\b)",
    re.IGNORECASE,
)
_FAR = 40  # characters between a label and its number
_DAY = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:(?:19|20)\d\d|\d\d)")
_DATED = re.compile(r"(?:d\.?o\.?[abdps]\b|dob|date|birth|जन्म|दिनांक|तारीख|তারিখ|તારીખ|தேதி|తేదీ)\W{0,6}$", re.IGNORECASE)
_SPOKEN_LENGTHS = {10: Label.PHONE_NUMBER, 12: Label.IN_AADHAAR, 14: Label.IN_ABHA_NUMBER, 16: Label.IN_AADHAAR}
_LENGTHS: dict[Label, range] = {
    Label.PHONE_NUMBER: range(10, 13),
    Label.IN_AADHAAR: range(12, 17),
    Label.IN_ABHA_NUMBER: range(14, 15),
    Label.PIN_CODE: range(6, 7),
    Label.BANK_ACCOUNT: range(9, 19),
}


def find(note: Note) -> None:
    """Claim numbers by these forms. Linear in the length of the text."""
    s = note.s
    for boxes in (_BRACKETS, _PIPES) if _BOXES.search(s) else ():
        for match in boxes.finditer(s):
            label = _told(note, match.start(), re.sub(r"[^A-Za-z\d]", "", match.group()).upper())
            if label is not None:
                _claim(note, match.start(), match.end(), label, "a digit a box")
    for match in _GROUPS.finditer(s) if _BOXES.search(s) else ():
        digits = re.sub(r"\D", "", match.group())
        label = _labelled(note, match.start(), len(digits)) or _checked(digits)
        if label is not None and len(digits) > 9:
            _claim(note, match.start(), match.end(), label, "a group a box")
    for match in _SCIENCE.finditer(s) if "E+" in s or "e+" in s else ():
        length = int(match[2]) + 1
        if 8 <= length <= 19 and len(match[1]) <= length:
            label = _labelled(note, match.start(), length) or _SPOKEN_LENGTHS.get(length, Label.BANK_ACCOUNT)
            note.claim(*match.span(), label, 0.8, "number of a spreadsheet")
    for pattern in (_INDIAN, _WESTERN) if _COMMAS.search(s) else ():
        for match in pattern.finditer(s):
            _grouped(note, match, kept=pattern is _INDIAN)
    for point in _POINT.finditer(s) if ".0" in s else ():
        number = _FLOAT.search(s, max(0, point.start() - 17), point.start())
        label = number and (_labelled(note, number.start(), len(number.group())) or _checked(number.group()))
        if number and label:
            note.claim(*number.span(), label, 0.75, "number of a table")
    for match in _MICR.finditer(s):
        if _CHEQUE.search(s, max(0, match.start() - 64), match.start()):
            note.claim(*match.span(2), Label.BANK_ACCOUNT, 0.75, "band of a cheque")
    for match in _BUBBLES.finditer(s) if _NEXT_BUBBLE.search(s) else ():
        least = max(0, match.start() - _LONGEST_SPEAKER)
        line = s[max(s.rfind("\n", least, match.start()) + 1, least) : match.start()]
        if line.rpartition("]")[2].lstrip().startswith(match[1].rpartition("]")[2].lstrip()):
            _joined(note, match, "number in two messages")
    for match in _STYLED.finditer(s) if any(mark in s for mark in "*~`_") else ():
        _joined(note, match, "number in parts of a style")
    for match in _TORN.finditer(s) if _TURNED.search(s) else ():
        first, last = re.split(r"\n[^\n]*\n", match.group(), maxsplit=1)
        digits = re.sub(r"\D", "", first + last)
        label = _labelled(note, match.start(), len(digits)) or _checked(digits)
        if label is not None and len(digits) > 9:
            note.claim(*match.span(), label, 0.75, "number across a page")


def _joined(note: Note, match: re.Match[str], why: str) -> None:
    """Parts with something between them that is no part of the number."""
    digits = re.sub(r"\D", "", re.sub(rf"\n{_SPEAKER}", "", match.group()))
    label = _labelled(note, match.start(), len(digits)) or _checked(digits)
    if label is not None and len(digits) > 9:
        note.claim(*match.span(), label, 0.75, why)


def _grouped(note: Note, match: re.Match[str], kept: bool) -> None:
    """A number with commas as in an amount. Of ten digits or more in the Indian way it is none that a hospital sees."""
    s = note.s
    if _MONEY.search(s, max(0, match.start() - 8), match.start()) or _AMOUNT.match(s, match.end()):
        return
    digits = match.group().replace(",", "")
    label = _labelled(note, match.start(), len(digits)) or _checked(digits)
    if label is None and kept and len(digits) >= 11:
        label = Label.BANK_ACCOUNT
    if label is not None and len(digits) > 9:
        note.claim(*match.span(), label, 0.75, "number grouped as an amount")


def _told(note: Note, start: int, text: str) -> Label | None:
    """What stands in boxes."""
    if not text.isdigit():
        for form, label in ((_PAN, Label.IN_PAN), (_IFSC, Label.IN_IFSC), (_EPIC, Label.IN_VOTER)):
            if form.fullmatch(text):
                return label
        cue = _cue(note, start)
        letters = cue is not None and any(c.isdigit() for c in text)
        return Label(cue.kind) if cue is not None and letters else None
    if _DAY.fullmatch(text) and _DATED.search(note.s, max(0, start - 24), start):
        return Label.DATE
    return _labelled(note, start, len(text)) or _checked(text)


def _labelled(note: Note, start: int, length: int) -> Label | None:
    """The kind of the nearest label before, where such a number may be as long."""
    cue = _cue(note, start)
    if cue is None:
        return None
    label = Label(cue.kind)
    return label if length in _LENGTHS.get(label, range(5, 25)) else None


def _cue(note: Note, start: int) -> Cue | None:
    for cue in reversed(note.labels_before(start)):
        end = note.tokens[cue.last - 1].end
        if end < start - _FAR or any(c.isdigit() for c in note.s[end:start]):
            return None
        if cue.kind != "veto":
            return cue
    return None


def _checked(digits: str) -> Label | None:
    """What a number without a label is by its check digit, or, of a mobile number, by its first."""
    if len(digits) in (12, 16) and aadhaar(digits):
        return Label.IN_AADHAAR
    if len(digits) == 14 and digits.startswith("91") and luhn(digits):
        return Label.IN_ABHA_NUMBER
    mobile = digits[2:] if len(digits) == 12 and digits.startswith("91") else digits
    return Label.PHONE_NUMBER if len(mobile) == 10 and mobile[0] in "6789" else None


def _claim(note: Note, start: int, end: int, label: Label, why: str) -> None:
    """With the brackets around it; `Note.claim` leaves off what it takes for punctuation."""
    if note.claim(start, end, label, 0.8, why) and note.s[start] in "([{":
        hit = note.hits[-1] = note.hits[-1]._replace(start=start, end=end)
        note.taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
