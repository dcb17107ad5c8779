"""Numbers dictated digit by digit, in words of any language: "nine eight double seven", "नौ आठ सात", "onbathu ettu".

Six words or more in a row are a number (four behind a label); how many digits they come to, and the label before them,
decide which. A span covers the whole phrase, so a note keeps no word of it.
"""

from deid.lexicon import values
from deid.note import Note
from deid.tokens import Token
from schemas.labels import Label

_REPEAT = {"double": 2, "triple": 3}
_JOIN = frozenset(("and", "aur", "और", "மற்றும்", "আর", "o", "slash", "dash", "hyphen", "स्लैश"))
_BY_LENGTH = {
    10: Label.PHONE_NUMBER,
    11: Label.PHONE_NUMBER,
    12: Label.IN_AADHAAR,
    14: Label.IN_ABHA_NUMBER,
    16: Label.IN_AADHAAR,
}
_LABELLED_LEAST = 4
_UNLABELLED_LEAST = 8
_FAR = 48  # characters between a label and the first digit word


def find(note: Note) -> None:
    """Claim runs of digit words."""
    table = values("digit_words.tsv")
    found = note.tokens
    index = 0
    while index < len(found):
        if found[index].key not in table or found[index].kind != "word":
            index += 1
            continue
        last, count, stop = _run(found, index, table)
        if last - index >= _LABELLED_LEAST or count >= _LABELLED_LEAST:
            _decide(note, index, last, count)
        index = max(last, index + 1) if count else stop  # of "double double …" no part is a number


def _run(found: list[Token], first: int, table: dict[str, str]) -> tuple[int, int, int]:
    """(index after the last digit word, digits that the run comes to, index of the token that ends it)."""
    at, last, count, repeat = first, first, 0, 1
    while at < len(found):
        token = found[at]
        value = table.get(token.key) if token.kind == "word" else None
        if value is not None:
            if value in _REPEAT:
                repeat = _REPEAT[value]
            else:
                count, repeat, last = count + repeat, 1, at + 1
        elif token.kind == "number" and len(token.text) == 1 and at > first:
            count, last = count + repeat, at + 1
        elif not (token.text in ",-/." or token.key in _JOIN or (token.kind == "break" and count >= 3)):
            break
        at += 1
    return last, count, at


def _decide(note: Note, first: int, last: int, count: int) -> None:
    found = note.tokens
    start, end = found[first].start, found[last - 1].end
    label: Label | None = None
    for cue in reversed(note.labels_before(start)):
        between = note.s[max(found[cue.last - 1].end, start - _FAR - 1) : start]
        if cue.kind == "veto":
            continue
        if len(between) <= _FAR and between.count("\n") <= 1 and not any(c.isdigit() for c in between):
            label = Label(cue.kind)
            start = _letters_before(note, first, found[cue.last - 1].end, start)
        break
    by_length = _BY_LENGTH.get(count)
    if label is None:
        if count < _UNLABELLED_LEAST or by_length is None:
            return
        label = by_length
    elif (
        label in (Label.PHONE_NUMBER, Label.IN_AADHAAR, Label.IN_ABHA_NUMBER, Label.MEDICAL_RECORD_NUMBER) and by_length
    ):
        label = by_length if label is not Label.MEDICAL_RECORD_NUMBER else label
    note.claim(start, end, label, 0.85, "number in words")


def _letters_before(note: Note, first: int, floor: int, start: int) -> int:
    """Letters spelt before the digits belong to the number: "s e h double zero", "N as in Nagpur five", "एक्स वाई
    एफ़ १२".
    """
    found = note.tokens
    at = first - 1
    while at >= 0 and found[at].start >= floor and _spells(found, at):
        start = found[at].start
        at -= 1
    return start


def _spells(found: list[Token], at: int) -> bool:
    """A letter or two, a hyphen between letters, "slash", or a part of "N as in Nagpur"."""
    token, before = found[at], found[at - 1] if at else None
    if token.kind == "word":
        return (
            len(token.text) <= 2
            or token.key in ("slash", "dash", "as", "in")
            or (token.upper and before is not None and before.key == "in")
        )
    return token.text == "-" and before is not None and before.kind == "word"
