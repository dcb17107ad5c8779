"""Parts of one value that were found one by one are one: "TS07" and "HK 1881" on two lines, "seven nine" and, after a
"no, sorry", "seven one".

What stands between them is a blank, a mark of joining or the words with which people correct themselves, and at least
one of them is known from its surroundings alone; two numbers that are each complete by their form stay two.
"""

import re
from itertools import islice

import regex

from deid.lexicon import group, values, words
from deid.note import Hit, Note
from deid.recognizers.tagged import MODEL
from deid.tokens import Token
from schemas.labels import Label

_ADDRESSES = frozenset({Label.EMAIL_ADDRESS, Label.URL, Label.IN_UPI_ID, Label.IN_ABHA_ADDRESS})
_APART = frozenset({Label.PERSON, Label.LOCATION, Label.ORGANIZATION, Label.AGE_OVER_89, Label.DATE, Label.PIN_CODE})
_CODES = frozenset(Label) - _APART - _ADDRESSES
_WIDEST = 4  # characters between two parts
_GAP = re.compile(r"[ \n.\-/\\_,·:+<>()|*&%=]{0,4}")
_NAMED = frozenset({Label.PERSON, Label.ORGANIZATION})
_PATH_SAID = re.compile(r" (?:dot|slash)(?: at)?(?: [a-z]{1,20})?$", re.IGNORECASE)  # a link that goes on
_NARROW = re.compile(r" {0,2}|[ ]?[\-/._·\\][ ]?|[ ]?[/\-.]?\n[ ]?")
_JOINT = "parts of one value"
_UNSURE = frozenset((MODEL, _JOINT, "number in words"))
_FEW = 10  # digits of a number that may be a part of another
_LONGEST_PART = 200  # characters of a part read out
_LONGEST_VALUE = 400  # characters of a value that goes on: every part of it is read again with each that follows
_MOST = 200  # corrections, and paths, of one text that are looked at
_NEAR = 24  # characters between a label and a number
_PATH = re.compile(r"\\\\[\w.$\-]{1,60}(?:\\[\w.$%\-]{1,80}){1,12}")
_LONGEST_CORRECTION = 8  # words
_ENDING = 4  # letters of the ending of an ordinal
_NUMBERS = frozenset(("no", "na", "ना", "ના", "না"))
_BREAKS = frozenset(",،;-–—…(")
_BETWEEN = regex.compile(r"[ ,،.…\-–—\"'()!?\n]*")


def find(note: Note) -> None:
    """Join them, under the label of the longer."""
    _corrected(note)
    _paths(note)
    kept: list[Hit] = []
    for hit in sorted(note.hits):
        if hit.label is Label.PHONE_NUMBER and hit.start and note.s[hit.start - 1] == "+":
            hit = hit._replace(start=hit.start - 1)  # noqa: PLW2901
            note.taken[hit.start] = 1
        before = kept[-1] if kept else None
        if before is not None and _one(note, before, hit):
            kept[-1] = _joined(note, before, hit)
        else:
            kept.append(hit)
    note.hits = kept


def _one(note: Note, left: Hit, right: Hit) -> bool:
    """Whether two findings are parts of one value."""
    if right.start - left.end > _WIDEST or left.end - left.start > _LONGEST_VALUE:
        return False
    gap = note.s[left.end : right.start]
    pair = {left.label, right.label}
    if len(pair) == 1 and gap in ("/", "-") and pair <= _CODES:
        return True
    if (
        left.label is Label.URL
        and gap == " "
        and _PATH_SAID.search(note.s, left.start, left.end)
        and right.label in _NAMED
    ):
        return True  # "youtube dot com slash at asha cooks"
    if not (left.why in _UNSURE or right.why in _UNSURE):
        return False
    if pair <= _ADDRESSES:
        return gap == " " or _NARROW.fullmatch(gap) is not None
    if pair == {Label.DATE}:
        told = _told(note, left) and _told(note, right)
        if gap == " " and MODEL in (left.why, right.why) and _parts_of_a_date(note, left, right):
            return True
        if gap == " " and _in_words(note, left) and _in_words(note, right):
            return _of_a_month(note, left) != _of_a_month(note, right)
        return told and _NARROW.fullmatch(gap) is not None and (_short(note, left) or _short(note, right))
    if not pair <= _CODES or not (_told(note, left) and _told(note, right)):
        return False
    if _NARROW.fullmatch(gap):
        return _short(note, left) or _short(note, right)
    return _GAP.fullmatch(gap) is not None and "\n" not in gap and _said(note, left) and _said(note, right)


def _told(note: Note, hit: Hit) -> bool:
    """Whether a finding has a digit, a number in words or the letters of a code in it."""
    text = note.s[hit.start : hit.end]
    return any(c.isdigit() for c in text) or len(text) == 1 or text.isupper() or _said(note, hit)


def _parts_of_a_date(note: Note, left: Hit, right: Hit) -> bool:
    """A month in words and a day or a year; an era and what follows."""
    if _in_words(note, left) == _in_words(note, right):
        return False
    said, written = (left, right) if _in_words(note, left) else (right, left)
    if any(token.key in group("eras") for token in _tokens(note, said)):
        return True
    numbers = sum(token.kind == "number" for token in _tokens(note, written))
    return numbers == 1 and _of_a_month(note, said) and not _of_a_month(note, written)


def _in_words(note: Note, hit: Hit) -> bool:
    return not any(c.isdigit() for c in note.s[hit.start : hit.end])


def _of_a_month(note: Note, hit: Hit) -> bool:
    return any(token.key in values("months.tsv") for token in _tokens(note, hit))


def _short(note: Note, hit: Hit) -> bool:
    if hit.end - hit.start > _LONGEST_PART:
        return False
    if _said(note, hit):
        return sum(token.kind != "mark" for token in _tokens(note, hit)) < _FEW
    return sum(c.isalnum() for c in note.s[hit.start : hit.end]) < _FEW


def _said(note: Note, hit: Hit) -> bool:
    """Whether a finding is read out."""
    return any(_number_word(token) for token in _tokens(note, hit))


def _tokens(note: Note, hit: Hit) -> list[Token]:
    return note.tokens[slice(*note.token_range(hit.start, hit.end))]


def _number_word(token: Token) -> bool:
    tables = ("digit_words.tsv", "number_words.tsv", "digit_spellings.tsv")
    return token.kind == "word" and any(token.key in values(table) for table in tables)


def _joined(note: Note, left: Hit, right: Hit) -> Hit:
    note.taken[left.start : right.end] = b"\x01" * (right.end - left.start)
    longer = max(left, right, key=lambda hit: hit.end - hit.start)
    return longer._replace(start=left.start, end=right.end, score=max(left.score, right.score), why=_JOINT)


def _corrected(note: Note) -> None:
    """What is told, the words that take it back, and what is told instead are one."""
    found, taking_back, done = note.tokens, group("corrections"), 0
    taken_back = [i for i, token in enumerate(found) if token.key in taking_back] if note.hits or note.labels else []
    for at in taken_back[:_MOST]:
        if at >= done:
            first, done = _correction(found, at)
            _bridge(note, first, done)


def _correction(found: list[Token], at: int) -> tuple[int, int]:
    """The range of tokens of words of correction and the marks between them."""
    taking_back, last = group("corrections") | group("correction_links"), at + 1
    while last < len(found) and last - at < 2 * _LONGEST_CORRECTION:
        if not (
            found[last].key in taking_back or (found[last].kind == "mark" and _BETWEEN.fullmatch(found[last].text))
        ):
            break
        last += 1
    return at, last


def _bridge(note: Note, first: int, last: int) -> None:
    """Join the numbers on both sides of words of correction, where one of them is a finding."""
    left, right = _number(note, first - 1, -1), _number(note, last, 1)
    if left is None or right is None:
        return
    numbered = last < len(note.tokens) and note.tokens[last - 1].text == "."
    alone = last - first == 1 + numbered and note.tokens[first].key in _NUMBERS
    start, end = note.tokens[left].start, note.tokens[right].end
    sides = {hit.label for hit in note.hits if hit.end in (note.tokens[first - 1].end, end) or hit.start == start}
    dates = sides == {Label.DATE} and all(note.taken[note.tokens[i].start] == 1 for i in (first - 1, last))
    if alone and (numbered or (note.tokens[first - 1].text not in _BREAKS and not dates)):
        return  # "no" is short for number more often
    inside = [hit for hit in note.hits if hit.start < end and hit.end > start and hit.label not in _ADDRESSES]
    if not inside and (label := _label(note, start, end)) is not None and note.claim(start, end, label, 0.7, _JOINT):
        return
    if not inside or {hit.label for hit in inside} & {Label.PERSON, Label.LOCATION, Label.ORGANIZATION}:
        return
    start, end = min(start, *(hit.start for hit in inside)), max(end, *(hit.end for hit in inside))
    longest = max(inside, key=lambda hit: hit.end - hit.start)
    note.hits = [hit for hit in note.hits if hit not in inside]
    note.hits.append(longest._replace(start=start, end=end, why=_JOINT))
    note.taken[start:end] = b"\x01" * (end - start)


def _label(note: Note, start: int, end: int) -> Label | None:
    """The label right before a number that was corrected while it was told."""
    if sum(c.isdigit() for c in note.s[start:end]) < _FEW:
        return None
    for cue in reversed(note.labels_before(start)):
        near = start - note.tokens[cue.last - 1].end < _NEAR
        return Label(cue.kind) if near and cue.kind != "veto" else None
    return None


def _paths(note: Note) -> None:
    """A path on a server in which somebody's name was found is a person's own."""
    for match in islice(_PATH.finditer(note.s), _MOST) if "\\" in note.s else ():
        inside = [hit for hit in note.hits if match.start() <= hit.start and hit.end <= match.end()]
        if any(hit.label is Label.PERSON for hit in inside):
            note.hits = [hit for hit in note.hits if hit not in inside]
            note.hits.append(Hit(*match.span(), Label.URL, 0.8, "path with a name"))
            note.taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())


def _of_a_day(found: list[Token], at: int) -> bool:
    """An ordinal, its ending written on to a number, or "the" before one: 9[th], [the twentieth]."""
    token, ordinals = found[at], words("ordinal_words.tsv")
    if token.kind != "word":
        return False
    if token.key == "the":
        return at + 1 < len(found) and (found[at + 1].key in ordinals or found[at + 1].kind == "number")
    ending = at and found[at - 1].kind == "number" and found[at - 1].end == token.start and len(token.text) <= _ENDING
    return token.key in ordinals or bool(ending)


def _number(note: Note, at: int, step: int) -> int | None:
    """The far end of the number that begins at a token or a mark before it, up to a finding's end or a dozen tokens."""
    found, best, steps = note.tokens, None, 0
    while 0 <= at < len(found) and steps < 24:
        token = found[at]
        taken = note.taken[token.start] == 1
        if taken or token.kind == "number" or _number_word(token) or (len(token.text) == 1 and token.text.isalpha()):
            best = at
        elif _of_a_day(found, at):
            best = at if step > 0 or best is not None or token.key in words("ordinal_words.tsv") else best
        elif token.kind != "mark" or token.text not in ",،.-…\"'/":
            break
        at, steps = at + step, steps + 1
    return best
