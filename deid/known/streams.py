"""A note as a row of characters without what stands between them: what a number or a code is searched in.

A stream holds a NUL wherever a value cannot go on: another word, too wide a gap, a second line break.
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import regex

from deid.lexicon import group, values
from deid.note import Note
from deid.tokens import Token, key

BREAK = "\0"
_GAP = 5  # characters that may stand between two digits of one number: " - / "
_LETTER_GAP = 3  # between two characters of a code or a spelt name
_REPEAT = {"double": 2, "triple": 3}
_JOIN = frozenset(key(word) for word in group("known_number_joins"))
_LOOKS = str.maketrans("oilsbz", "011582")  # what is read for a digit, and typed for one
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


class Stream(NamedTuple):
    """`text[i]` stands at `[starts[i], ends[i])` of the shadow; a break stands nowhere."""

    text: str
    starts: list[int]
    ends: list[int]


def looks(text: str) -> str:
    """A value in lower case without separators, letters that look like digits as these."""
    return "".join(_WORD.findall(lower(text))).translate(_LOOKS)


def lower(text: str) -> str:
    """Lower case, of the same length."""
    folded = text.lower()
    return folded if len(folded) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def characters(note: Note) -> Stream:
    """Letters and digits, look-alikes as digits; a break at a gap too wide for one code."""
    pieces: list[str] = []
    places: list[int] = []
    folded, last = lower(note.s).translate(_LOOKS), 0
    for match in _WORD.finditer(folded):
        start, end = match.span()
        if start - last > _LETTER_GAP or note.s.count("\n", last, start) > 1:
            pieces.append(BREAK)
            places.append(start)
        pieces.append(match.group())
        places.extend(range(start, end))
        last = end
    return Stream("".join(pieces), places, [place + 1 for place in places])


def digits(note: Note) -> Stream:
    """Digits however written: in figures, with letters that look like them inside, and in words of any language."""
    run = _Run([], [], [])
    found = note.tokens
    for index, token in enumerate(found):
        if token.kind == "break":
            run.lines += 1
        elif token.kind == "number":
            run.figures(token.text, token)
        elif token.kind == "word":
            written = _written(found, index)
            said = _said().get(token.key)
            if written:
                run.figures(written, token)
            elif said is not None:
                run.say(said, token)
            elif token.key in _JOIN:
                run.reach = token.end
            else:
                run.stop(token.start)
    return Stream("".join(run.text), run.starts, run.ends)


@dataclass
class _Run:
    """The stream of digits as it grows."""

    text: list[str]
    starts: list[int]
    ends: list[int]
    reach: int = 0  # where the last thing stood that belongs to a number
    lines: int = 0  # line breaks since then
    repeat: int = 1  # of the next digit
    repeat_from: int = 0
    tens: bool = False  # the last was "ninety", which a digit may complete

    def figures(self, figures: str, token: Token) -> None:
        if len(figures) == 1 and self.repeat > 1:
            self._put(figures * self.repeat, self.repeat_from, token.end)
            return
        for place, figure in enumerate(figures, start=token.start):
            self._put(figure, place, place + 1)

    def say(self, value: str, token: Token) -> None:
        if value in _REPEAT:
            self.repeat, self.repeat_from = _REPEAT[value], token.start
        elif self.tens and len(value) == 1 and value != "0" and token.start - self.reach <= 2:
            self.text[-1], self.ends[-1], self.reach, self.tens = value, token.end, token.end, False
        else:
            start = self.repeat_from if self.repeat > 1 else token.start
            self._put(value * self.repeat, start, token.end)
            self.tens = len(value) == 2 and value[0] > "1" and value[1] == "0"

    def stop(self, place: int) -> None:
        if self.text and self.text[-1] != BREAK:
            self.text.append(BREAK)
            self.starts.append(place)
            self.ends.append(place)
        self.repeat, self.tens = 1, False

    def _put(self, value: str, start: int, end: int) -> None:
        if start - self.reach > _GAP or self.lines > 1:
            self.stop(start)
        self.text.extend(value)
        self.starts.extend([start] * len(value))
        self.ends.extend([end] * len(value))
        self.reach, self.lines, self.repeat, self.tens = end, 0, 1, False


def _written(found: list[Token], index: int) -> str:
    """The digits that a short word written onto a number is read for: the O of "98O4", else nothing."""
    token = found[index]
    if token.kind != "word" or len(token.text) > 3:
        return ""
    looked = lower(token.text).translate(_LOOKS)
    before = index > 0 and found[index - 1].kind == "number" and found[index - 1].end == token.start
    after = index + 1 < len(found) and found[index + 1].kind == "number" and found[index + 1].start == token.end
    return looked if looked.isdecimal() and looked.isascii() and (before or after) else ""


@cache
def _said() -> dict[str, str]:
    """Number words to their digits, "double" and "triple" to themselves; what is said beyond 99 is no digit."""
    found = {word: head for word, head in values("number_words.tsv").items() if len(head) == 2}
    return found | values("digit_words.tsv")
