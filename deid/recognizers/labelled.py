"""Values beside their label: "UHID: KMH-220917", "आधार नं. ६३०६ १७१६ ९४४२", "a/c 1 1 2 0 2 4 5 3 8".

The label decides the kind; the kind decides what a value looks like and how far from its label it may stand. A checksum
only moves the score: a labelled number with a wrong check digit is a mistyped number, and goes.
"""

import re
from collections.abc import Callable
from functools import cache

import regex

from deid.checksums import aadhaar
from deid.lexicon import Cue, group
from deid.note import Note
from deid.recognizers.structured import COUNCILS, vetoed
from schemas.labels import Label

_SEP = r"[ .\-/_,]{0,3}\n?[ ]{0,3}"
_OCR = str.maketrans("OoQDIl|!ZzSsbBGTgqi", "0000111122556867991")
_FAR, _NEAR = 64, 26  # characters between a label and its value: a typed number; anything else
_CHUNK = regex.compile(r"[\p{L}\p{M}\d][\p{L}\p{M}\d/\-._]*")
_SPACED = regex.compile(r"[A-Za-z\d](?:[ ]?[ .\-/][ ]?[A-Za-z\d](?![A-Za-z\d])){3,24}")
_PARTS = regex.compile(
    r"(?:\p{Lu}{1,6}\n\d{4,}|[\p{Lu}\d\-/]{2,12}\d\n\d{3,}|\p{Lu}{1,6}[ ]{1,2}\d{1,2}[ ]{1,2}\d{4,10}"
    r"|\p{Lu}{1,6}[ \-]{1,3}\d{2,}[\dA-Za-z/\-]*|\d{1,4}[ ]{1,2}\p{Lu}?[ ]{0,2}\d{3,}[\d/\-]*"
    r"|[A-Za-z]{2,4}(?: \d){4,12})(?![\p{L}\d])"
)
_HIDDEN = r"[Xx*•#●■▪█▓○◦×]"
_BLANK = r"(?<![.\-_])(?:\.{4,14}|_{4,14}|-{4,14}) ?\d{4}(?!\d)"  # filled with dots or lines
_MASKED = re.compile(rf"(?:{_HIDDEN}{{2,14}}[ \-]?){{1,4}}\d{{3,4}}(?!\d)|{_BLANK}")
_MASKED_LONG = re.compile(rf"(?:{_HIDDEN}{{4}}[ \-.]{{0,2}}){{2}}\d{{4}}(?!\d)|{_HIDDEN}{{8}}\d{{4}}(?!\d)|{_BLANK}")
_PARTED = regex.compile(
    r"(?<!/ )[A-Za-z\d]{1,10}(?<![A-Z]{2}) / [A-Za-z\d]{1,10}(?: / [A-Za-z\d]{1,10}){1,5}"
)  # "WB / 31 / …" is a voter's
_CUT = re.compile(r"(?:…|\.{2,4}) ?(\d{4}(?:[ \-]\d{4}){0,2})(?!\d)")  # the beginning left out: "…4471-1190"
_BRACKETED = re.compile(r"(?<![\w./\-,])((?=[A-Z\-/]{0,8}\d{2})[A-Z\d][A-Z\d\-/]{3,22}\d)[ ]{0,2}[(\[][ ]?$")
_FILL = group("labelled_fill")
_WEAK = group("labelled_weak")
_ENDING = re.compile(r"(?:ending|ends|last four|last 4|के अंतिम)[ a-z]{0,12}(\d{4})(?!\d)")
_SCHEDULE = re.compile(r"0-\d{1,2}(?:-\d{1,2}){1,5}")  # "ID 0-3-7-28": days or doses
_CELL = re.compile(r"\|[ ]{0,3}[A-Za-z\d][\w\-/.]{3,30}[ ]{0,3}(?=[|\n]|$)")  # of one word
_REGISTRATION = ("reg", "rgn", "नों", "રજી", "रजि", "पंजी", "রেজি", "పంజీ", "నమోదు", "ನೋಂದ")
_COUNCIL = re.compile(rf"(?:{COUNCILS})(?![A-Za-z])")
_STOP = re.compile(r"[;।!?]|\.\s|\.$")


def find(note: Note) -> None:
    """Claim the value of every label in the note, typed numbers first."""
    for typed in (True, False):
        for index, cue in enumerate(note.labels):
            if cue.kind != "veto" and (cue.kind in _TYPED) == typed:
                _value(note, index, cue)
    for cue in note.labels if "(" in note.s or "[" in note.s else ():
        if cue.kind != "veto":
            _before(note, cue)


def _before(note: Note, cue: Cue) -> None:
    """The value that stands before its label in brackets: "447190 (UHID)"."""
    start, end = note.tokens[cue.first].start, note.tokens[cue.last - 1].end
    if note.s[end : end + 2].lstrip(" .")[:1] not in ("]", ")") or not start:
        return
    match = _BRACKETED.search(note.s, max(0, start - _NEAR - 14), start)
    if match and cue.phrase not in _FILL and not vetoed(note, *match.span(1)):
        note.claim(*match.span(1), Label(cue.kind), 0.7, f"before its label {cue.phrase}")


def _value(note: Note, index: int, cue: Cue) -> None:
    """Look for one label's value between it and the next label."""
    s, found = note.s, note.tokens
    start = found[cue.last - 1].end
    if note.taken[found[cue.first].start] == 1:
        return
    reach = _FAR if cue.kind in _TYPED else _NEAR
    limit = min(len(s), start + reach + 48)
    for other in note.labels[index + 1 : index + 4]:
        if (
            other.first >= cue.last
            and other.kind != cue.kind
            and _firm(note, other)
            and (other.kind != "veto" or _numbered(note, other))
        ):
            limit = min(limit, found[other.first].start)
            break
    shape = _TYPED.get(cue.kind, _identifier)
    hit = shape(note, cue, start, limit, reach)
    if hit is not None:
        begin, end, score = hit
        label = Label(cue.kind)
        if label is Label.MEDICAL_RECORD_NUMBER and _clinician(note, cue, begin):
            label = Label.MEDICAL_LICENSE
        note.claim(begin, end, label, score, f"label {cue.phrase}")


def _firm(note: Note, cue: Cue) -> bool:
    """A label that may end another label's search: not a word like "number" or "call" inside a phrase."""
    return cue.phrase not in _WEAK or note.s[note.tokens[cue.last - 1].end :][:1] in ":="


def _numbered(note: Note, cue: Cue) -> bool:
    """A number stands right after the word: "lot 1572", not "the form"."""
    end = note.tokens[cue.last - 1].end
    return any(c.isdigit() for c in note.s[end : end + 6])


def _clinician(note: Note, cue: Cue, begin: int) -> bool:
    """A registration number in a line that names a doctor or a degree, or that begins with a council, is a
    clinician's.
    """
    if not cue.phrase.startswith(_REGISTRATION):
        return False
    if _COUNCIL.match(note.s, begin):
        return True
    start = note.tokens[cue.first].start
    before = note.s[max(note.s.rfind("\n", max(0, start - 70), start), start - 70, 0) : start]
    return (
        re.search(
            (
                r"\b(?:Dr|DR|dr|MBBS|M\.?D|M\.?S|DNB|DM|MCh|BAMS|BHMS|BDS|Consultant|Pathologist|doctor|physician)\b"
                r"|एम.?बी|डॉ|डा|ডাঃ|ડૉ"
            ),
            before,
        )
        is not None
    )


Shape = Callable[[Note, Cue, int, int, int], tuple[int, int, float] | None]


@cache
def _digits(count: int, strange: bool) -> re.Pattern[str]:
    """A run of `count` digits with separators; `strange`: letters that a scanner or a joker put for digits, too."""
    digit = r"[\dOoQDIl|!ZzSsbBGTgqi]" if strange else r"\d"
    edge = "" if strange else r"(?<!\d[.\-/])"
    return re.compile(
        rf"(?<![\w]){edge}{digit}(?:{_SEP}{digit}){{{count - 1}}}(?![\w])"
        if strange
        else rf"(?<!\d){edge}{digit}(?:{_SEP}{digit}){{{count - 1}}}(?!\d)"
    )


def _run(note: Note, start: int, limit: int, reach: int, counts: tuple[int, ...]) -> tuple[int, int, str] | None:
    """The first run of one of these many digits that begins within reach and is still free."""
    s = note.s
    best: tuple[int, int, str] | None = None
    for strange in (False, True):
        for count in counts:
            match = _digits(count, strange).search(s, start, limit)
            if (
                match is None
                or match.start() > start + reach
                or (best and match.start() > best[0])
                or not note.free(*match.span())
            ):
                continue
            text = match.group()
            plain = re.sub(r"[ .\-/_,\n]", "", text).translate(_OCR)
            if (
                not plain.isdigit()
                or sum(c.isdigit() for c in text) < 0.6 * count
                or _broken(s, match.start(), match.end())
            ):
                continue
            if best is None or match.start() < best[0] or match.end() > best[1]:
                best = (match.start(), match.end(), plain)
        if best:
            return best
    return None


def _broken(s: str, start: int, end: int) -> bool:
    """Several numbers of different size with spaces between, such as vitals, are no number: "120 80 98 6 36 5"."""
    if "/" in s[start:end] and "  " in s[start:end]:
        return True
    groups = [len(group) for group in re.split(r"[ \n]+", s[start:end]) if group]
    return len(groups) > 3 and len(set(groups)) > 2 and 1 in groups


def _aadhaar(note: Note, _: Cue, start: int, limit: int, reach: int) -> tuple[int, int, float] | None:
    masked = _MASKED_LONG.search(note.s, start, limit)
    run = _run(note, start, limit, reach, (16, 12, 14))
    if masked and (run is None or masked.start() < run[0]):
        return masked.start(), masked.end(), 0.95
    if run is None:
        ending = _ENDING.search(note.s, start, limit) or _CUT.search(note.s, start, min(limit, start + _NEAR))
        return (ending.start(1), ending.end(1), 0.7) if ending else None
    return run[0], run[1], 1.0 if aadhaar(run[2]) else 0.85


def _typed(counts: tuple[int, ...], score: float) -> Shape:
    def shape(note: Note, _: Cue, start: int, limit: int, reach: int) -> tuple[int, int, float] | None:
        run = _run(note, start, limit, reach, counts)
        if run is None and (cut := _CUT.search(note.s, start, min(limit, start + _NEAR))):
            return cut.start(1), cut.end(1), 0.7
        return (run[0], run[1], score) if run else None

    return shape


def _phone(note: Note, cue: Cue, start: int, limit: int, reach: int) -> tuple[int, int, float] | None:
    pattern = re.compile(
        rf"(?<![\d])(?:(?:\+|00)?9[1lI][ \-.(]{{0,3}}(?:\(?0\)?)?|\(?0[\d)\- ]{{0,5}})?[6-9](?:{_SEP}\d){{9}}(?!\d)"
    )
    match = pattern.search(note.s, start, limit)
    if match and match.start() <= start + reach and note.free(*match.span()) and not _broken(note.s, *match.span()):
        return match.start(), match.end(), 0.95
    strange = re.compile(r"\+?9[1lI][ \-][\dOlIoSB]{5}[ \-]?[\dOlIoSB]{5}(?!\w)").search(note.s, start, limit)
    if strange and strange.start() <= start + reach and note.free(*strange.span()):
        return strange.start(), strange.end(), 0.85
    run = _run(note, start, limit, reach, (10, 11, 12))
    if run and (len(run[2]) != 12 or run[2].startswith("91")) and run[2][-10] in "6789012345":
        return run[0], run[1], 0.85
    local = re.compile(r"(?<![\d/])[2-7]\d{2,3}[ \-]?\d{4}(?!\d)(?![./]\d)").search(
        note.s, start, min(limit, start + 14)
    )
    if local and cue.phrase not in _WEAK and note.free(*local.span()):
        return local.start(), local.end(), 0.6
    return None


def _pattern(pattern: str, score: float, flags: int = re.IGNORECASE) -> Shape:
    compiled = re.compile(pattern, flags)

    def shape(note: Note, _: Cue, start: int, limit: int, reach: int) -> tuple[int, int, float] | None:
        match = compiled.search(note.s[start:limit])  # a slice: what is written on to its label begins a value, too
        if match and match.start() <= reach and note.free(start + match.start(), start + match.end()):
            return start + match.start(), start + match.end(), score
        return None

    return shape


def _account(note: Note, _: Cue, start: int, limit: int, reach: int) -> tuple[int, int, float] | None:
    masked = _MASKED.search(note.s, start, limit)
    if masked and masked.start() <= start + reach and note.free(*masked.span()):
        return masked.start(), masked.end(), 0.85
    match = re.compile(rf"(?<![\w.])\d(?:{_SEP}\d){{8,17}}(?!\d)").search(note.s, start, limit)
    if match and match.start() <= start + reach and note.free(*match.span()) and not _broken(note.s, *match.span()):
        return match.start(), match.end(), 0.9
    ending = _ENDING.search(note.s, start, limit)
    return (ending.start(1), ending.end(1), 0.7) if ending else None


_L, _O = r"[A-Z]", r"[\dOolIiSsBbZzGTgq]"
_E, _G = r"[ .\-]{0,3}", r"[ \-]?"
_TYPED: dict[str, Shape] = {
    "IN_AADHAAR": _aadhaar,
    "IN_ABHA_NUMBER": _typed((14,), 0.95),
    "PHONE_NUMBER": _phone,
    "PIN_CODE": _pattern(
        (
            r"(?<![\d.])[1-9]\d{2}[ \-\n]{0,2}\d{3}(?![\d.]\d)(?!\d)"
            r"|(?<![\w.])(?=\d{3}[.,_/]\d{3}(?!\d)|\d{1,5}[ ]?[.,_/][ ]?\d{0,5}[ ]?[.,_/])"
            r"[1-9](?:[ ]?[.,_/][ ]?\d|\d){5}(?![\w.,]\d|\w)"
            rf"|(?<![\w.])(?=(?:\W?{_O}){{0,2}}\W?\d\W?{_O}?\W?\d)[1-9lI]{_G}{_O}(?:{_G}{_O}){{4}}(?![\w.])"
        ),
        0.9,
    ),
    "BANK_ACCOUNT": _account,
    "IN_PAN": _pattern(
        (
            rf"(?<![A-Z\d]){_L}(?:{_E}[A-Z0]){{4}}{_E}{_O}(?:{_E}{_O}){{3}}{_E}[A-Z](?![A-Z\d])|[A-Z]{{5}}X{{4}}[A-Z]"
            rf"|X{{5}}\d{{4}}[A-Z]"
        ),
        0.95,
    ),
    "IN_VOTER": _pattern(
        (
            rf"(?<![A-Z\d]){_L}(?:{_E}[A-Z]){{2}}[ /\-\n|]{{0,3}}{_O}(?:[ \-]?{_O}){{6}}(?![A-Z\d])"
            rf"|(?<![A-Z\d])[A-Z]{{2}}/\d{{2}}/\d{{2,3}}/\d{{4,7}}"
            rf"(?!\d)"
        ),
        0.95,
    ),
    "IN_PASSPORT": _pattern(
        rf"(?<![A-Z\d])[A-Z]{_E}(?=(?:{_E}[OolI]){{0,3}}{_E}\d){_O}(?:{_E}{_O}){{6}}(?![A-Z\d])"
        r"|(?<![A-Z\d])[A-Z]{2}\d{6}(?![A-Z\d])",
        0.9,
    ),
    "IN_DRIVING_LICENSE": _pattern(rf"(?<![A-Z\d])[A-Z]{_E}[A-Z]{_E}\d(?:[ \-/.]{{0,2}}[A-Z]?\d){{10,14}}(?!\d)", 0.9),
    "IN_VEHICLE_REGISTRATION": _pattern(
        (
            rf"(?<![A-Z\d])[A-Z]{_E}[A-Z]{_E}\d(?:{_E}\d){{0,1}}(?:{_E}[A-Z]){{1,3}}{_E}\n?\d(?:{_E}\d){{2,3}}"
            rf"(?![A-Z\d])|\d{{2}}[ \-.]?BH[ \-.]?\d{{4}}[ \-.]?[A-Z]{{1,2}}"
        ),
        0.9,
    ),
    "IN_IFSC": _pattern(rf"(?<![A-Z\d])[A-Z](?:{_E}[A-Z]){{3}}{_E}[0O](?:{_E}[A-Z\d]){{6}}(?![A-Z\d])", 0.95),
    "IN_GSTIN": _pattern(
        rf"(?<![A-Z\d]){_O}{{2}}[ \-]?[A-Z0158]{{5}}[ \-]?{_O}{{4}}[ \-]?[A-Z\d]{{4}}(?![A-Z\d])", 0.9
    ),
    "IN_RATION_CARD": _pattern(
        r"(?<![\w])[A-Z]{0,5}[ /\-]{0,2}\d{0,4}[ /\-]{0,2}[A-Z]?[ /\-]{0,2}\d(?:[ /\-]{0,2}\d){5,16}(?![\w])", 0.9
    ),
    "IN_UPI_ID": lambda *_: None,
}


def _identifier(note: Note, cue: Cue, start: int, limit: int, reach: int) -> tuple[int, int, float] | None:
    """A record, policy, licence, device or other number: anything with digits that begins right after its label."""
    s = note.s
    label_start = note.tokens[cue.first].start
    chunk = _CHUNK.match(s, label_start)
    if chunk and chunk.end() > start and s[start] in "/-" and _counts(chunk.group(), 3):
        return label_start, chunk.end(), 0.8
    weak = cue.phrase in _WEAK
    place, breaks, filled, words = start, 0, False, 0
    while place < min(limit, start + reach):
        c = s[place]
        if c == "\n":
            breaks += 1
            if breaks > 1 or (words and not filled):
                return None
            place += 1
        elif c.isalnum():
            value = _value_at(note, place, limit)
            if value and (
                not weak
                or filled
                or _counts(s[value[0] : value[1]], 4)
                or s[start : value[0]].strip() in (":", "=", "#", ":-")
            ):
                text = s[value[0] : value[1]]
                if re.fullmatch(r"\d{1,3}/\d{1,3}|\d{1,2}\.\d+|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}", text) and not filled:
                    return None
                if _SCHEDULE.fullmatch(text):
                    return None
                return value[0], value[1], 0.7 if weak else 0.8
            word = regex.compile(r"[\p{L}\p{M}\d'.]+").match(s, place)
            if word is None or any(d.isdigit() for d in word.group()):
                return None
            filled = filled or word.group().strip(".").casefold() in _FILL
            words += word.group().strip(".").casefold() not in _FILL
            if words > (0 if weak else 2):
                return None
            place = word.end()
        elif c == "|" and not (words or breaks or s[start:place].strip(" :")) and _CELL.match(s, place):
            place += 1  # the cell beside that of the label
        elif c in ";।|" or (c == "," and words):
            return None
        else:
            place += 1
    return None


def _counts(text: str, least: int) -> bool:
    return sum(c.isdigit() for c in text) >= least


def _value_at(note: Note, place: int, limit: int) -> tuple[int, int] | None:
    """The longest identifier-like string that begins at a place: single characters with blanks, parts, or one chunk."""
    s = note.s
    best = 0
    for pattern in (_SPACED, _PARTS, _PARTED, _CHUNK):
        match = pattern.match(s, place, min(limit, place + 48))
        if match is None:
            continue
        text = match.group().rstrip("./-_")
        text = re.sub(r"[\-._](?:[A-Za-z]{3,}.*|final)$", "", text) if pattern is _CHUNK and "_" in text else text
        if _counts(text, 3) or (_counts(text, 2) and re.search(r"[/\-]", text) and len(text) > 3):
            best = max(best, place + len(text))
    if best and note.free(place, best):
        return place, best
    return None
