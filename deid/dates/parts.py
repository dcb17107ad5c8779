"""The parts of a written date, left to right: each a day, month or year with its place and the way it is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import regex

from deid.dates import months, numerals, words
from deid.lexicon import rows
from deid.lexicon import words as keys
from deid.shadow import Shadow
from deid.tokens import key, script

Writer = Callable[[int, bool], str]
"""(new value, whether numbers are padded with zeros) -> how it is written."""


@dataclass(frozen=True, slots=True)
class Part:
    """`[start, end)` of a shadow. `kind`: d a number that may be a day, m a named month, y a year."""

    start: int
    end: int
    kind: str
    value: int
    write: Writer
    calendar: str = "gregorian"
    spelled: bool = True
    """In words or with a name; not in digits."""
    weight: int = 0
    """Digits that it is written in; 0 for words."""


@dataclass(frozen=True, slots=True)
class Parts:
    """All parts of a span. `weekday`: a day of the week is named beside them."""

    parts: tuple[Part, ...]
    weekday: bool


_TIME = regex.compile(r"(?:T|(?<![\d:]))\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?![\d:])(?:Z\b)?|(?<=\d)T\d{4,6}Z?\b")
_RUN = regex.compile(r"(?<![\dOoIl])[\dOoIl]{4,14}(?![\dOoIl])")
_SPREAD = regex.compile(r"\d(?:[ ·]\d){0,3}")
_WORD = regex.compile(r"[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)*")
_LATIN_MONTH = regex.compile(r"[A-Za-z01]{3,9}")
_ROMAN_SIGN = regex.compile(r"[Ⅰ-Ⅻⅰ-ⅻ]")
_NUMBERS = (regex.compile(r"[\dOoIl]{1,4}"), regex.compile(r"\d{1,4}"))
_NAMES = (
    regex.compile(r"[\p{L}\p{M}']+[ -][\p{L}\p{M}]+[ -][\p{L}\p{M}]+"),
    regex.compile(r"[\p{L}\p{M}']+[ -][\p{L}\p{M}]+"),
)
_GAP = regex.compile(r"[ \n-]{1,3}")
_SINGLE = regex.compile(r"\d[ ·]\d")
_JOINED = regex.compile(r"\d\d|\p{L}")
_APART = regex.compile(r"\d[ ·]*[/\-._।][ ·]*\d|\d·.*\d·")
_LETTER = regex.compile(r"[\p{L}\p{M}]")
_MARK = regex.compile(r"\p{M}")
_ATTACHED = regex.compile(r"[\p{L}\p{M}\d]-?$")
_ZERO_OR_ONE = regex.compile("[01]")
_LATIN = regex.compile("[A-Za-z]")
_LONGEST = 200  # code points of a date; a longer span is none


@cache
def _suffix() -> "regex.Pattern[str]":
    return regex.compile(rf"(?:[ ]?-)?[ ]?({numerals.suffix_pattern()})(?![\p{{M}}])", regex.IGNORECASE)


@cache
def _links() -> frozenset[str]:
    return frozenset(key(word) for _, word in rows("date_links.txt"))


def parts(text: str, shade: Shadow) -> Parts | None:
    """What a date is made of; None where a word or a sign of it is unknown, for it may tell the date."""
    return _Reader(text, shade).read() if len(text) <= _LONGEST else None


class _Reader:
    def __init__(self, text: str, shade: Shadow) -> None:
        self._text, self._shade, self._s = text, shade, shade.text
        self._found: list[Part] = []
        self._runs: list[tuple[int, list[words.Number]]] = []  # number words, and how many parts stand before them
        self._weekday = False
        single = _SINGLE.search(self._s) and not _JOINED.search(self._s)
        self._spread = bool(single) and bool(_APART.search(self._s))

    def read(self) -> Parts | None:
        at, s = 0, self._s
        while at < len(s):
            if not s[at].isalnum():
                at += 1
                continue
            end = self._step(at)
            if end is None:
                return None
            at = end
        if self._runs and not self._spell():
            return None
        return Parts(tuple(sorted(self._found, key=lambda part: part.start)), self._weekday)

    def _original(self, start: int, end: int) -> str:
        return self._text[slice(*self._shade.span(start, end))]

    def _step(self, at: int) -> int | None:
        """The end of what begins here, once it is taken in."""
        for step in (self._time, self._together, self._digits, self._sign, self._named, self._spoken, self._other):
            end = step(at)
            if end is not None:
                return end
        return None

    def _time(self, at: int) -> int | None:
        match = _TIME.match(self._s, at)
        return match.end() if match and self._found else None

    def _together(self, at: int) -> int | None:
        """Day, month and year in one row of digits: 20230815, 15082023, 150823, 230815, 202308151430."""
        match = _RUN.match(self._s, at)
        if match is None or not any(c.isdigit() for c in match.group()):
            return None
        end = match.end()
        if end < len(self._s) and self._s[end].isalpha() and self._s[end] != "T":
            return None
        number = f"{numerals.value(match.group()):0{end - at}d}"
        cuts = _cuts(number)
        if not cuts or (len(number) == 4 and len(self._s.strip()) > 4):
            return None
        for kind, first, last in cuts:
            self._number(at + first, at + last, "y" if kind == "y" else "d", fixed=True)
        return end

    def _digits(self, at: int) -> int | None:
        s = self._s
        if self._spread:
            match = _SPREAD.match(s, at)
            return self._number(at, match.end()) if match else None
        for pattern in _NUMBERS:
            match = pattern.match(s, at)
            if match is None or (end := self._fits(match)) is None:
                continue
            return end
        return None

    def _fits(self, match: "regex.Match[str]") -> int | None:
        s, at, end = self._s, match.start(), match.end()
        taken = match.group()
        if not any(c.isdigit() for c in taken) and (
            regex.fullmatch("I+", taken) or taken in ("o", "O") or (end < len(s) and s[end].isalpha())
        ):
            return None
        if end < len(s) and s[end].isdigit():
            return None
        latin = _LATIN_MONTH.match(s, at)
        if latin and _misread_month(latin.group()):
            return None
        if numerals.value(taken) <= 31 and len(taken) <= 2:
            suffix = _suffix().match(s, end)
            if suffix and self._ends(suffix.end()):
                return self._ordinal(at, end, suffix)
        if end < len(s) and _LETTER.match(s[end]):
            word = _WORD.match(s, end)
            known = word and (months.month(word.group()) or key(word.group()) in _links() or word.group()[0] == "T")
            attached = word and script(word.group()) != "Latn" and len(word.group()) <= 6
            if not (known or attached or _MARK.match(s[end])):
                return None
        return self._number(at, end)

    def _ends(self, at: int) -> bool:
        word = _WORD.match(self._s, at)
        return word is None or months.month(word.group()) is not None or key(word.group()) in _links()

    def _ordinal(self, at: int, end: int, match: "regex.Match[str]") -> int:
        old, gap, ending = self._original(at, end), self._s[end : match.start(1)], match[1]
        day = numerals.value(self._s[at:end])

        def write(new: int, padded: bool) -> str:
            return numerals.like(old, new, padded=padded) + gap + numerals.suffix(ending, day, new)

        self._found.append(Part(at, match.end(), "d", day, write, weight=end - at))
        return match.end()

    def _number(self, at: int, end: int, kind: str = "", *, fixed: bool = False) -> int:
        old, value = self._original(at, end), numerals.value(self._s[at:end])
        weight = sum(c in "OoIl" or c.isdigit() for c in self._s[at:end])
        if not kind:
            short = self._s[max(0, at - 1) : at] == "'" and weight == 2
            kind = "x" if weight == 3 else "y" if weight == 4 or value > 31 or value == 0 or short else "d"

        def write(new: int, padded: bool) -> str:
            if weight == 2 and kind == "y":
                return numerals.like(old, new % 100, padded=True)
            return numerals.like(old, new % 100 if weight == 2 else new, padded=padded or fixed)

        self._found.append(Part(at, end, kind, value, write, spelled=False, weight=weight))
        return end

    def _sign(self, at: int) -> int | None:
        """A month as one Roman sign."""
        if not _ROMAN_SIGN.match(self._s, at):
            return None
        base = 0x2160 if self._s[at] < "ⅰ" else 0x2170
        month = ord(self._s[at]) - base + 1
        self._found.append(Part(at, at + 1, "m", month, lambda new, _: chr(base + new - 1)))
        return at + 1

    def _named(self, at: int) -> int | None:
        s = self._s
        latin = _LATIN_MONTH.match(s, at)
        misread = _misread_month(latin.group()) if latin else ""
        if misread:
            return self._month(at, at + len(misread), misread.replace("0", "o").replace("1", "l"))
        for pattern in _NAMES:
            match = pattern.match(s, at)
            if match and months.is_month(match.group().replace("-", " ")):
                return self._month(at, match.end(), match.group())
        match = _WORD.match(s, at)
        if match is None:
            return None
        word, stop = match.group(), s[match.end() : match.end() + 1] == "."
        other = words.number(word) is not None or key(word) in keys("weekdays.txt") or key(word) in _links()
        if other and not (stop and script(word) != "Latn") and not months.is_month(word):
            return None
        return self._month(at, match.end(), word, stop=stop)

    def _month(self, at: int, end: int, word: str, *, stop: bool = False) -> int | None:
        month = months.month(word, stop=stop)
        if month is None:
            return None
        write = month.write
        self._found.append(Part(at, end, "m", month.number, lambda new, _: write(new), month.calendar))
        return end

    def _spoken(self, at: int) -> int | None:
        """A run of number words, or a Roman number."""
        run: list[words.Number] = []
        end = at
        while match := _WORD.match(self._s, at):
            found = words.number(match.group())
            if found is not None and key(match.group()) not in keys("weekdays.txt"):
                run.append(words.Number(at, match.end(), *found, match.group()))
                end = match.end()
            elif not run or key(match.group()) != "and":
                break
            gap = _GAP.match(self._s, match.end())
            if gap is None:
                break
            at = gap.end()
        if run:
            self._runs.append((len(self._found), run))
            return end
        match = _WORD.match(self._s, at)
        number = months.roman(match.group()) if match else 0
        if match is None or not number:
            return None
        old = match.group()
        kind = "m" if number <= 12 else "d"
        self._found.append(Part(at, match.end(), kind, number, lambda new, _: months.write_roman(new, old)))
        return match.end()

    def _other(self, at: int) -> int | None:
        """A weekday, a word that tells nothing of the date, or an ending that stands at a number or a month."""
        match = _WORD.match(self._s, at)
        if match is None:
            return at + 1 if _MARK.match(self._s[at]) else None
        word = key(match.group())
        if word in keys("weekdays.txt"):
            self._weekday = True
            return match.end()
        before = self._s[max(0, at - 2) : at]
        attached = bool(_ATTACHED.search(before)) and script(match.group()) != "Latn"
        return match.end() if word in _links() or (attached and len(word) <= 6) else None

    def _spell(self) -> bool:
        """Give the runs of number words their meaning, by what stands around them."""
        named = any(part.kind == "m" for part in self._found)
        alone = len(self._runs) == 1 and not self._found
        made: list[Part] = []
        for before, run in self._runs:
            after_month = any(part.kind == "m" for part in self._found[:before])
            has_day = any(part.kind == "d" for part in self._found[:before]) or any(
                first is not run and first[0].start < run[0].start for _, first in self._runs
            )
            if alone:
                shapes = ["D", "DDY", "DD", "Y"]
            elif named and after_month:
                shapes = ["Y", "D", "DY"] if has_day else ["D", "DY", "Y"]
            elif named:
                shapes = ["D", "Y", "DD"]
            else:
                shapes = ["D", "Y", "DD", "DY"]
            found = words.readings(run, shapes)
            if found is None:
                return False
            made += [self._word(run[reading.first : reading.last], reading) for reading in found]
        self._found += made
        return True

    def _word(self, run: Sequence[words.Number], reading: words.Reading) -> Part:
        year = reading.year
        write = partial(_say_year if year else _say_day, run)
        return Part(run[0].start, run[-1].end, "y" if year else "d", reading.value, write)


def _say_day(old: Sequence[words.Number], new: int, _: bool) -> str:
    return words.write_day(new, old)


def _say_year(old: Sequence[words.Number], new: int, _: bool) -> str:
    return words.write_year(new, old)


def _misread_month(word: str) -> str:
    """The head of a word that is a month's name with 0 for o or 1 for l, and nothing behind it but digits."""
    if not _ZERO_OR_ONE.search(word) or not _LATIN.search(word):
        return ""
    for end in range(len(word), 2, -1):
        head = word[:end]
        if end < len(word) and not word[end].isdigit():
            continue
        plain = head.replace("0", "o").replace("1", "l")
        if _ZERO_OR_ONE.search(head) and months.is_month(plain) and not head[-1].isdigit():
            return head
    return ""


def _cuts(number: str) -> list[tuple[str, int, int]]:
    """Where a row of digits is to be cut: (y, m or d, start, end). Empty where it is no date."""

    def year_first(width: int) -> list[tuple[str, int, int]]:
        return [("y", 0, width), ("m", width, width + 2), ("d", width + 2, width + 4)]

    def day_first(width: int) -> list[tuple[str, int, int]]:
        return [("d", 0, 2), ("m", 2, 4), ("y", 4, 4 + width)]

    choices = {
        4: [[("d", 0, 2), ("m", 2, 4)]],
        6: [day_first(2), year_first(2)],
        8: [year_first(4), day_first(4)],
        12: [year_first(4)],
        14: [year_first(4)],
    }.get(len(number), [])
    for cuts in choices:
        fields = {kind: int(number[first:last]) for kind, first, last in cuts}
        if not (1 <= fields["m"] <= 12 and 1 <= fields["d"] <= 31):
            continue
        year = fields.get("y", 2000)
        if (len(number) > 6 and 1900 <= year <= 2100) or len(number) == 4:
            return cuts
        if len(number) == 6 and (not 30 < year < 40 or cuts is choices[-1]):
            return cuts
    return choices[0] if choices and len(number) == 6 and _dayish(number) else []


def _dayish(number: str) -> bool:
    return 1 <= int(number[:2]) <= 31 and 1 <= int(number[2:4]) <= 12
