"""Numbers and codes read out or written piece by piece: "nine eight double seven", "नौ आठ सात", "em pee zero four see
vee 8 8 2 1", "கே எல் 45 சி 2 0 8 1", "c for cat, j k p d 4 4 O l h".

Digits in words, letters by their names, single characters and slips of a scanner are read once into one string of
characters. What it is, is told by the label before it, by a form that such a string hardly has by chance (a plate, a
PAN, an IFSC), or, of digits alone, by how many they are. A span covers the whole phrase, so a note keeps no word of it.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from deid.checksums import luhn
from deid.gazetteers import sound
from deid.gazetteers import words as english
from deid.lexicon import group, values
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.recognizers.structured import STATES, vetoed
from deid.tokens import LONGEST, Token
from schemas.labels import Label

_REPEAT = {"double": 2, "triple": 3}
_JOIN = frozenset(("and", "aur", "और", "மற்றும்", "আর", "slash", "dash", "hyphen", "oblique", "dot", "stroke", "स्लैश"))
_MARKS = frozenset(",-/._·•…")
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
_LETTERED = (Label.IN_PAN, Label.IN_IFSC, Label.IN_VOTER, Label.IN_VEHICLE_REGISTRATION, Label.IN_DRIVING_LICENSE)
_SHORTEST = 9  # characters of a form
_LABELLED_LEAST = 4
_UNLABELLED_LEAST = 8
_FAR = 48  # characters between a label and the first piece
_SHORT = 4  # letters of a lower-case word that may be a part of a code

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
_CLINICAL = group("clinical_letters")
_BLOCKS = (0x900, 0x980, 0xA00, 0xA80, 0xB00, 0xB80, 0xC00, 0xC80, 0xD00)  # of the scripts of India, laid out alike
_SHORTENED = {
    block + long: block + short
    for block in _BLOCKS
    for long, short in (
        (0x08, 0x07),
        (0x0A, 0x09),
        (0x40, 0x3F),
        (0x42, 0x41),
        (0x0F, 0x0E),
        (0x47, 0x46),
        (0x4B, 0x4A),
    )
    if block >= 0xB80 or long not in (0x0F, 0x47, 0x4B)
}
"""Long vowels to short ones: బీ and బి are one letter. Only the south tells a long e and o from short ones."""


class _Piece(NamedTuple):
    """What one token says: its characters, and whether it names them ("pee", "nine") or just writes them."""

    chars: str
    named: bool


class _Run(NamedTuple):
    """Pieces one behind the other, with the first token of each ("double") and the last. `text` is what they come to,
    `owner[i]` the piece that character i is of.
    """

    first: list[int]
    last: list[int]
    pieces: list[_Piece]
    text: str
    owner: list[int]


def find(note: Note) -> None:
    """Claim what is spelt out."""
    for run in _runs(note):
        if not _labelled(note, run) and len(run.text) >= _SHORTEST:
            _by_form(note, run)
            _digits_alone(note, run)


# ---------------------------------------------------------------- reading


@cache
def _digit_words() -> dict[str, str]:
    longer = {word: value for word, value in values("number_words.tsv").items() if len(value) == 2}
    return longer | values("digit_words.tsv")


@cache
def _native_names() -> tuple[dict[str, str], int]:
    table = {_short(word): letter for word, letter in values("letter_names.tsv").items() if not word.isascii()}
    return table, max(map(len, table))


@lru_cache(maxsize=1 << 16)
def _piece(text: str, key: str, kind: str) -> _Piece | None:
    if kind == "number":
        return _Piece(text, False)
    if kind != "word":
        return None
    digit = _digit_words().get(key)
    if digit is not None:
        return _Piece(digit, True)
    if not text.isascii() or "'" in text:
        letters = _letter_names(key)
        return _Piece(letters, True) if letters else None
    if len(text) == 1:
        return _Piece(text.upper(), False)
    if text.isupper():
        return _Piece(text, False) if len(text) <= 5 else None
    letter = values("letter_names.tsv").get(key)
    if letter is not None:
        return _Piece(letter, True)
    if len(text) <= _SHORT and (key.upper() in STATES.split("|") or not _ordinary(key)):
        return _Piece(text.upper(), False)
    return None


def _ordinary(key: str) -> bool:
    return key in english() or key in lexicon_words("function_words.tsv") or key in lexicon_words("months.tsv")


def _short(word: str) -> str:
    return word.translate(_SHORTENED)


def _letter_names(key: str) -> str:
    """The letters that a native word names, one name behind the other; empty where it is another word."""
    table, longest = _native_names()
    key = _short(key)
    if key in table:
        return table[key]
    if len(key) > 6 * longest:
        return ""
    best: list[str | None] = ["", *[None] * len(key)]
    for end in range(1, len(key) + 1):
        for start in range(max(0, end - longest), end):
            if (head := best[start]) is not None and (letter := table.get(key[start:end])):
                best[end] = head + letter
                break
    return best[-1] or ""


def _runs(note: Note) -> Iterator[_Run]:
    found = note.tokens
    cues = {i for cue in note.labels for i in range(cue.first, cue.last)}
    read = [_piece(text, key, kind) for _, _, text, key, kind in found]
    at = 0
    while at < len(found):
        if read[at] is None or at in cues or not any(read[at + 1 : at + 4]):
            at += 1
            continue
        run, at = _run(found, read, at, cues)
        if len(run.pieces) > 1:
            yield run


def _run(found: list[Token], read: list[_Piece | None], first: int, cues: set[int]) -> tuple[_Run, int]:
    """The run that begins at a token, and the index of the token that ends it."""
    run = _Run([], [], [], "", [])
    chars: list[str] = []
    repeat, repeated, mark, at = 1, first, 0, first
    while at < len(found) and at not in cues:
        token, before = found[at], run.pieces[-1] if run.pieces else None
        if token.text in ("for", "as") and before and len(before.chars) == 1:
            at = _example(found, at)  # "c for cat", "n as in Nagpur"
            continue
        piece = read[at]
        if piece is None and token.kind == "word" and sum(p.named and p.chars.isdigit() for p in run.pieces) > 1:
            piece = _heard(token)
        if piece is None:
            if token.text in _MARKS and (not mark or found[mark].text == token.text == "."):
                mark = mark or at
            elif not (token.key in _JOIN or (token.kind == "break" and before and before.named)):
                break
            at += 1
            continue
        if mark and before and _ends(found, mark, before, piece):
            break
        mark = 0
        if piece.chars in _REPEAT:
            repeat, repeated = _REPEAT[piece.chars], at
        elif not (token.text == "0" and at > first and _rings(found, at)):
            said = piece.chars[0] * (repeat - 1) + piece.chars
            run.first.append(at if repeat == 1 else repeated)
            run.last.append(at)
            run.pieces.append(piece if repeat == 1 else _Piece(said, True))
            chars += said
            run.owner.extend([len(run.pieces) - 1] * len(said))
            repeat = 1
        at += 1
    return run._replace(text="".join(chars)), max(at, first + 1)


@cache
def _digit_sounds() -> dict[tuple[str, bool], str]:
    table: dict[tuple[str, bool], str] = {}
    for word, value in _digit_words().items():
        if len(word) > 2:
            heard = (sound(word, _tamil(word)), _tamil(word))
            table[heard] = value if table.get(heard, value) == value else ""
    return {heard: value for heard, value in table.items() if len(heard[0]) > 2}


def _tamil(word: str) -> bool:
    return "\u0b80" <= word[0] < "\u0c00"


def _heard(token: Token) -> _Piece | None:
    """A digit in another spelling ("naalugu", "paanj"), or two written as one word ("doublefour", "ଶୂନଶୂନ"); asked only
    where numbers are being told.
    """
    if len(token.key) > LONGEST or _ordinary(token.key):
        return None
    digits = _digit_sounds().get((sound(token.key, _tamil(token.key)), _tamil(token.key)))
    if digits:
        return _Piece(digits, True)
    for cut in range(2, len(token.key) - 1):
        head, tail = _digit_words().get(token.key[:cut]), _digit_words().get(token.key[cut:])
        if head and tail and tail not in _REPEAT:
            return _Piece(tail * _REPEAT[head] if head in _REPEAT else head + tail, True)
    return None


def _ends(found: list[Token], mark: int, before: _Piece, after: _Piece) -> bool:
    """A comma, a stop before a blank, or a mark between blanks ends the run, unless characters are told one by one on
    both sides of it.
    """
    left = found[mark - 1].end < found[mark].start
    right = found[mark].end < found[mark + 1].start
    stop = {",": True, ".": right, "-": False}.get(found[mark].text, left and right)
    return stop and not all(piece.named or len(piece.chars) == 1 for piece in (before, after))


def _example(found: list[Token], at: int) -> int:
    """The index after "for cat" or "as in Nagpur"; that of the next token where a word is wanting."""
    after = at + 1 + (found[at].key == "as" and at + 1 < len(found) and found[at + 1].key == "in")
    return after + 1 if after < len(found) and found[after].kind == "word" else at + 1


def _rings(found: list[Token], at: int) -> bool:
    """The ring of an abbreviation, written as a zero: यू०पी०."""
    before = found[at - 1]
    return before.end == found[at].start and before.kind == "word" and not before.text.isascii()


# ---------------------------------------------------------------- deciding


def _labelled(note: Note, run: _Run) -> bool:
    """Claim what is read out behind a label, as far as such a number goes."""
    if not any(piece.named for piece in run.pieces):
        return False
    found = note.tokens
    first = next((i for i, piece in enumerate(run.pieces) if not _plain(piece, found[run.first[i]])), len(run.pieces))
    if first == len(run.pieces):
        return False
    start = found[run.first[first]].start
    cue = next((cue for cue in reversed(note.labels_before(start)) if cue.kind != "veto"), None)
    if cue is None:
        return False
    between = note.s[max(found[cue.last - 1].end, start - _FAR - 1) : start]
    if len(between) > _FAR or between.count("\n") > 1 or any(c.isdigit() for c in between):
        return False
    label = Label(cue.kind)
    last = _last(run, first, label)
    text = "".join(piece.chars for piece in run.pieces[first:last])
    digits = sum(c.isdigit() for c in text)
    if digits < 2 or len(text) < _LABELLED_LEAST or _read_out(run.pieces[first:last], label) < 2:
        return False
    if label is Label.IN_VEHICLE_REGISTRATION and not (text[:2] in STATES.split("|") and text[2:3].isdigit()):
        return False
    if text.isdigit() and len(text) not in _LENGTHS.get(label, (len(text),)):
        label = _BY_LENGTH.get(len(text), label)
    if label is Label.PHONE_NUMBER and not (text.isdigit() and digits > 4):
        label = Label.MEDICAL_RECORD_NUMBER  # "card number", "her number in your book"
    elif label is Label.MEDICAL_RECORD_NUMBER and _mobile(text):
        label = Label.PHONE_NUMBER
    return _claim(note, run, first, last, label, "number in words")


def _read_out(pieces: list[_Piece], label: Label) -> int:
    """How many pieces are named; where such a number begins with letters, how many characters: बीपी is two letters, but
    no record's number begins so.
    """
    return sum(len(piece.chars) if label in _LETTERED else 1 for piece in pieces if piece.named)


def _plain(piece: _Piece, token: Token) -> bool:
    """A short word in lower case that may be no part of the code."""
    return not piece.named and len(piece.chars) > 1 and token.text.islower()


def _last(run: _Run, first: int, label: Label) -> int:
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


def _by_form(note: Note, run: _Run) -> None:
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


def _plausible(label: Label, match: re.Match[str], pieces: list[_Piece], written: str) -> bool:
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
    return label is not Label.IN_VOTER or luhn(match[1].translate(_SLIPS))


def _digits_alone(note: Note, run: _Run) -> None:
    """Claim digits, some of them in words or misread, when they are as many as a telephone or an Aadhaar number has."""
    at = 0
    while at < len(run.pieces):
        end = at
        while end < len(run.pieces) and (run.pieces[end].chars.isdigit() or set(run.pieces[end].chars) <= _MISREAD):
            end += 1
        pieces = run.pieces[at:end]
        text = "".join(piece.chars for piece in pieces).translate(_SLIPS)
        label, words = _BY_LENGTH.get(len(text)), sum(piece.named and piece.chars.isdigit() for piece in pieces)
        if label and (
            words >= _UNLABELLED_LEAST or (_telephone(pieces, text, words) and _undisputed(note, run, at, end))
        ):
            _claim(
                note, run, at, end, label if words else Label.PHONE_NUMBER, "number in words" if words else "telephone"
            )
        at = end + 1


def _telephone(pieces: list[_Piece], text: str, words: int) -> bool:
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


def _undisputed(note: Note, run: _Run, first: int, last: int) -> bool:
    """On one line, in one column, beside no lot or unit, and no value."""
    start, end = _range(note, run, first, last)
    written = note.s[start:end]
    if "\n" in written or "  " in written or vetoed(note, start, end):
        return False
    return not any(run.first[i] in note.figure_tokens for i in range(first, last))


def _mobile(text: str) -> bool:
    return len(text) == 10 and text[0] in "6789" and text.isdigit()


def _range(note: Note, run: _Run, first: int, last: int) -> tuple[int, int]:
    return note.tokens[run.first[first]].start, note.tokens[run.last[last - 1]].end


def _claim(note: Note, run: _Run, first: int, last: int, label: Label, why: str) -> bool:
    """Take pieces, unless a letter or a digit that is none of theirs is written on to them."""
    start, end = _range(note, run, first, last)
    if note.s[start - 1 : start].isalnum() or note.s[end : end + 1].isalnum():
        return False
    if label is Label.PHONE_NUMBER and note.s[start - 1 : start] == "+":
        start -= 1
    return note.free(start, end) and note.claim(start, end, label, 0.85, why)
