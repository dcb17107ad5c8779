"""Numbers and codes read out or written piece by piece: "nine eight double seven", "नौ आठ सात", "em pee zero four see
vee 8 8 2 1", "கே எல் 45 சி 2 0 8 1", "c for cat, j k p d 4 4 O l h".

Digits in words, letters by their names, single characters and slips of a scanner are read once into one string of
characters. What it is, is told by the label before it, by a form that such a string hardly has by chance (a plate, a
PAN, an IFSC), or, of digits alone, by how many they are. A span covers the whole phrase, so a note keeps no word of it.
"""

import re

from deid.checksums import aadhaar, luhn
from deid.lexicon import group
from deid.note import Note
from deid.recognizers.spelt_runs import Piece, Run, runs
from deid.recognizers.structured import STATES, vetoed
from deid.tokens import Token
from schemas.labels import Label

_BY_LENGTH = {
    10: Label.PHONE_NUMBER,
    11: Label.PHONE_NUMBER,
    12: Label.IN_AADHAAR,
    14: Label.IN_ABHA_NUMBER,
    16: Label.IN_AADHAAR,
}
_LENGTHS = {
    Label.PHONE_NUMBER: (10, 11, 12),
    Label.IN_AADHAAR: (12, 16),
    Label.IN_ABHA_NUMBER: (14,),
    Label.IN_PAN: (10,),
    Label.IN_IFSC: (11,),
    Label.IN_VOTER: (10,),
    Label.IN_GSTIN: (15,),
    Label.PIN_CODE: (6,),
}
_OF_DIGITS = frozenset((Label.PHONE_NUMBER, Label.IN_AADHAAR, Label.IN_ABHA_NUMBER, Label.PIN_CODE, Label.BANK_ACCOUNT))
_LETTERED = (Label.IN_PAN, Label.IN_IFSC, Label.IN_VOTER, Label.IN_VEHICLE_REGISTRATION, Label.IN_DRIVING_LICENSE)
_AADHAAR = 12  # digits
_SHORTEST = 9  # characters of a form
_LABELLED_LEAST = 4
_UNLABELLED_LEAST = 8
_FAR = 48  # characters between a label and the first piece
_BEHIND = 12  # characters between the last piece and a label behind it
_LINKS = frozenset(
    ("", "is the", "is my", "is her", "is his", "my", "her", "his", "this is", "hai", "yeh", "ye", "mera")
)
"""Words between a number and a label behind it."""

_D = "[0-9ODQILZSBG]"
_FORMS = (
    (Label.IN_GSTIN, rf"[0-3]{_D}[A-Z]{{5}}{_D}{{4}}[A-Z][0-9A-Z][Z2][0-9A-Z]", 5, "gstin"),
    (Label.IN_DRIVING_LICENSE, rf"(?:{STATES}){_D}{{2}}(?:[1I][9G]|[2Z][0O]){_D}{{2}}{_D}{{7}}", 8, "licence"),
    (Label.IN_IFSC, rf"[A-Z]{{4}}[0O]{_D}{{6}}", 4, "ifsc"),
    (Label.IN_PAN, rf"[A-Z]{{3}}[ABCFGHJLPTEK][A-Z]{_D}{{4}}[A-Z]", 3, "pan"),
    (
        Label.IN_VEHICLE_REGISTRATION,
        rf"(?:{STATES})(?:\d{_D}|{_D}\d|\d(?!\d))([A-Z]{{1,3}}){_D}{{4}}",
        3,
        "plate",
    ),
    (Label.IN_VOTER, rf"[A-Z]{{3}}({_D}{{7}})", 6, "epic, luhn"),
)
"""Label, form of the string with slips allowed, digits in it that must be digits, and what to call it."""
_COMPILED = tuple((label, re.compile(form), least, why) for label, form, least, why in _FORMS)
_SLIPS = str.maketrans("ODQILZSBG", "000112586")
_LIKE_DIGITS, _MISREAD = frozenset("OQILZSBG"), frozenset("OIL")
_COUNTRY = re.compile(r"(?:(?:\+|(?<!\d)00)91[ \-.]{0,3}(?:\(0\)[ ]?)?|\(\+91\)[ \-]{0,2}|\(0\)[ ]?|\+)$")
_CLINICAL = group("clinical_letters")


def find(note: Note) -> None:
    """Claim what is spelt out."""
    for run in runs(note):
        if not _labelled(note, run) and len(run.text) >= _SHORTEST:
            _by_form(note, run)
            _digits_alone(note, run)


def _labelled(note: Note, run: Run) -> bool:
    """Claim what is read out behind a label, as far as such a number goes."""
    if not any(piece.named for piece in run.pieces):
        return False
    found = note.tokens
    first = next((i for i, piece in enumerate(run.pieces) if not _plain(piece, found[run.first[i]])), len(run.pieces))
    if first == len(run.pieces):
        return False
    start = found[run.first[first]].start
    cue = next((cue for cue in reversed(note.labels_before(start)) if cue.kind != "veto"), None)
    lettered = first
    if cue is not None and cue.kind in _OF_DIGITS:  # "ji" is a word of respect, and the letter G
        first = next((i for i, p in enumerate(run.pieces[first:], first) if not p.chars.isalpha()), first)
        start = found[run.first[first]].start
    if cue is None or note.tokens[cue.last - 1].end < start - _FAR:
        return _label_behind(note, run, first)
    between = note.s[max(found[cue.last - 1].end, start - _FAR - 1) : start]
    if len(between) > _FAR or between.count("\n") > 1 or any(c.isdigit() for c in between):
        return False
    label = Label(cue.kind)
    last = _last(run, first, label)
    text = "".join(piece.chars for piece in run.pieces[first:last])
    digits = sum(c.isdigit() for c in text)
    if digits < 2 or len(text) < _LABELLED_LEAST or _read_out(run.pieces[first:last], label) < 2:
        return False
    if label in (Label.IN_PAN, Label.IN_IFSC) and text.isdigit():
        return False  # "Tab Pan one slash zero slash one"
    if label is Label.IN_VEHICLE_REGISTRATION and not (text[:2] in STATES.split("|") and text[2:3].isdigit()):
        return False
    if text.isdigit() and len(text) not in _LENGTHS.get(label, (len(text),)):
        label = _BY_LENGTH.get(len(text), label)
    if label is Label.PHONE_NUMBER and not (text.isdigit() and digits > 4):
        label = Label.MEDICAL_RECORD_NUMBER  # "card number", "her number in your book"
    elif label is Label.PHONE_NUMBER and lettered < first and len(text) not in _LENGTHS[label]:
        if all(len(piece.chars) == 1 for piece in run.pieces[lettered:first]):
            first, label = lettered, Label.MEDICAL_RECORD_NUMBER  # "call text: K slash two four"
    elif label is Label.MEDICAL_RECORD_NUMBER and _mobile(text):
        label = Label.PHONE_NUMBER
    return _claim(note, run, first, last, label, "number in words")


def _label_behind(note: Note, run: Run, first: int) -> bool:
    """Claim what is read out before its label: "two one four double seven oh nine, voter slip"."""
    label_of, found = None, note.tokens
    last = len(run.pieces)
    end = found[run.last[last - 1]].end
    for cue in note.labels_after(end):
        gap = note.s[end : found[cue.first].start]
        if len(gap) <= _BEHIND and "\n" not in gap and cue.kind != "veto" and gap.strip(" ,.-()") in _LINKS:
            label_of = Label(cue.kind)
        break
    pieces = run.pieces[first:last]
    text = "".join(piece.chars for piece in pieces)
    if label_of is None or sum(piece.named for piece in pieces) < _LABELLED_LEAST or sum(map(str.isdigit, text)) < 5:
        return False
    if label_of in _LENGTHS and len(text) not in _LENGTHS[label_of]:
        return False
    return _claim(note, run, first, last, label_of, "number in words")


def _read_out(pieces: list[Piece], label: Label) -> int:
    """How many pieces are named; where such a number begins with letters, how many characters: बीपी is two letters, but
    no record's number begins so.
    """
    return sum(len(piece.chars) if label in _LETTERED else 1 for piece in pieces if piece.named)


def _plain(piece: Piece, token: Token) -> bool:
    """A short word in lower case that may be no part of the code."""
    return not piece.named and len(piece.chars) > 1 and token.text.islower()


def _last(run: Run, first: int, label: Label) -> int:
    """The piece after the last of the number: as its kind is long, or up to a word or a measure that is no part."""
    length, digits, last = 0, False, first
    for i, piece in enumerate(run.pieces[first:], first):
        if len(piece.chars) > 1 and not piece.named and piece.chars.isalpha() and (digits or piece.chars in _CLINICAL):
            break
        length += len(piece.chars)
        digits = digits or piece.chars.isdigit()
        last = i + 1
        if length in _LENGTHS.get(label, ()) and (last == len(run.pieces) or not run.pieces[last].chars.isdigit()):
            break
    return last


def _by_form(note: Note, run: Run) -> None:
    """Claim codes whose form is their own, where something in them is read out or misread; others find the rest."""
    if run.text.isdigit():
        return
    free = 0
    for at, owner in enumerate(run.owner):
        if at < free or (at and run.owner[at - 1] == owner):
            continue
        for label, form, least, why in _COMPILED:
            match = form.match(run.text, at)
            if match is None or (match.end() < len(run.text) and run.owner[match.end()] == run.owner[match.end() - 1]):
                continue
            first, last = owner, run.owner[match.end() - 1] + 1
            start, end = _range(note, run, first, last)
            if sum(c.isdigit() for c in match.group()) < least or not _plausible(
                label, match, run.pieces[first:last], note.s[start:end]
            ):
                continue
            if _claim(note, run, first, last, label, f"{why}, spelt"):
                free = match.end()
                break


def _plausible(label: Label, match: re.Match[str], pieces: list[Piece], written: str) -> bool:
    """Something is named; or misread or written one by one, in letters of one case and on one line. The letters of a
    plate are no measure; a voter's number has its check digit.
    """
    if not any(piece.named for piece in pieces):
        letters = [c for c in written if c.isalpha() and c not in "loOI"]
        small = all(c.islower() for c in letters)
        misread = any(set(piece.chars) <= _LIKE_DIGITS for piece in pieces[1:])
        spaced = sum(len(piece.chars) == 1 for piece in pieces) > len(pieces) // 2
        odd = misread or spaced or label is Label.IN_DRIVING_LICENSE
        odd = odd or (small and label is Label.IN_VEHICLE_REGISTRATION)
        if "\n" in written or not odd or not (small or all(c.isupper() for c in letters)):
            return False
    if label is Label.IN_VEHICLE_REGISTRATION:
        return match[1] not in _CLINICAL
    if label is Label.IN_VOTER and len(pieces) > 2 and all(p.named and p.chars.isalpha() for p in pieces[:3]):
        return True  # letters by their names are those of a code
    return label is not Label.IN_VOTER or luhn(match[1].translate(_SLIPS))


def _digits_alone(note: Note, run: Run) -> None:
    """Claim digits, some of them in words or misread, when they are as many as a telephone or an Aadhaar number has."""
    at = 0
    while at < len(run.pieces):
        end = at
        while end < len(run.pieces) and (run.pieces[end].chars.isdigit() or set(run.pieces[end].chars) <= _MISREAD):
            end += 1
        pieces = run.pieces[at:end]
        text = "".join(piece.chars for piece in pieces).translate(_SLIPS)
        label, words = _BY_LENGTH.get(len(text)), sum(piece.named and piece.chars.isdigit() for piece in pieces)
        if (
            label
            and not (_decimal(note, run, at, end) or _values(note, run, at, end, text))
            and (words >= _UNLABELLED_LEAST or (_telephone(pieces, text, words) and _undisputed(note, run, at, end)))
        ):
            _claim(
                note, run, at, end, label if words else Label.PHONE_NUMBER, "number in words" if words else "telephone"
            )
        at = end + 1


def _decimal(note: Note, run: Run, first: int, last: int) -> bool:
    """A decimal point is said right before or behind: a value, and perhaps a row of them."""
    beside = (run.first[first] - 1, run.last[last - 1] + 1)
    return any(0 <= i < len(note.tokens) and note.tokens[i].key in group("decimal_points") for i in beside)


def _values(note: Note, run: Run, first: int, last: int, text: str) -> bool:
    """Twelve digits that are no Aadhaar number, told as numbers of three digits or fewer with commas between them."""
    if len(text) != _AADHAAR or (aadhaar(text) and text[0] not in "01"):
        return False
    told, group_of = [""], 0
    for i in range(first, last):
        if i > first and "," in note.s[note.tokens[run.last[i - 1]].end : note.tokens[run.first[i]].start]:
            told.append("")
            group_of += 1
        told[group_of] += run.pieces[i].chars
    return len(told) > 1 and max(map(len, told)) < _LABELLED_LEAST


def _telephone(pieces: list[Piece], text: str, words: int) -> bool:
    """A mobile number or, with its area code, another, and not a row of values by chance: some digits are in words or
    misread, or it is written in one long part and short ones, or digit by digit.
    """
    misread = sum(not c.isdigit() for piece in pieces for c in piece.chars)
    if misread > 4:
        return False
    sizes = [len(piece.chars) for piece in pieces]
    grouped = words or misread or sizes[0] >= 4 or max(sizes) == 1
    if len(text) == 11 and text[0] == "0":
        return text[1] != "0" and bool(words or misread or 3 <= sizes[0] <= 5)
    if len(text) == 12 and text.startswith("91"):
        return text[2] in "6789" and bool(grouped or sizes[0] == 2)
    return _mobile(text) and bool(grouped)


def _undisputed(note: Note, run: Run, first: int, last: int) -> bool:
    """On one line, in one column, beside no lot or unit, and no value."""
    start, end = _range(note, run, first, last)
    written = note.s[start:end]
    if "\n" in written or "  " in written or vetoed(note, start, end, telephone=True):
        return False
    return not any(run.first[i] in note.figure_tokens for i in range(first, last))


def _mobile(text: str) -> bool:
    return len(text) == 10 and text[0] in "6789" and text.isdigit()


def _range(note: Note, run: Run, first: int, last: int) -> tuple[int, int]:
    return note.tokens[run.first[first]].start, note.tokens[run.last[last - 1]].end


def _claim(note: Note, run: Run, first: int, last: int, label: Label, why: str) -> bool:
    """Take pieces, unless a letter or a digit that is none of theirs is written on to them."""
    start, end = _range(note, run, first, last)
    if note.s[start - 1 : start].isalnum() or note.s[end : end + 1].isalnum():
        return False
    if label is Label.PHONE_NUMBER and (before := _COUNTRY.search(note.s, max(0, start - 10), start)):
        start = before.start()
    return note.free(start, end) and note.claim(start, end, label, 0.85, why)
