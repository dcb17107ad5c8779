"""What the sequence model takes for a code and is none: "K/c/o", "sticker", "130/84" for a voter's number, a row of
readings for a telephone number.
"""

import re
from itertools import pairwise

from deid.checksums import aadhaar
from deid.gazetteers import words as english
from deid.lexicon import group, values
from deid.note import Hit, Note
from deid.recognizers.structured import vetoed
from deid.recognizers.tagged import MODEL
from deid.tokens import Token
from schemas.labels import Label

_NO_CODES = (
    Label.PERSON, Label.DATE, Label.AGE_OVER_89, Label.LOCATION, Label.ORGANIZATION, Label.EMAIL_ADDRESS, Label.URL,
    Label.IN_ABHA_ADDRESS, Label.IN_UPI_ID,
)  # fmt: skip
_CODES = frozenset(Label) - set(_NO_CODES)
_OF_A_FORM = frozenset(
    {Label.IN_VOTER, Label.IN_DRIVING_LICENSE, Label.IN_PASSPORT, Label.IN_GSTIN, Label.IN_IFSC, Label.IN_PAN}
)
_LONG = frozenset({Label.IN_AADHAAR, Label.IN_ABHA_NUMBER})
_FEWEST_SEEN = 4  # digits that a masked number shows
_FEWEST_TOLD = 5  # digits in words of a code that nothing names
_HALVES = frozenset(("half", "aadha", "aadhi", "adha", "adhi", "आधा", "आधी", "অর্ধেক", "અડધી", "ಅರ್ಧ", "அரை", "అర", "അര"))
_NAMES = frozenset({Label.PERSON, Label.LOCATION, Label.ORGANIZATION})
_SHORTEST_FORM = 6  # letters and digits; what is less stands beside the rest of it
_LETTERS = 5  # of a small word that may be part of a code
_NEAR = 2  # characters between two parts of a code
_SPELT = "number in words"
_FEWEST_FIGURES = 5
_LENGTHS = (10, 11, 12, 14, 16)  # digits of numbers that people write in short parts
_SPREAD = 12  # of readings of one thing, such as saturations
_LONGEST_PHONE = 13
_FAR = 32  # characters between a label and its number
_FIGURES = re.compile(r"(?:[A-Za-z]{1,2} )?\d{2,3}(?:,? {1,2}\d{2,3})*")
_ROW_BEFORE = re.compile(r"(?<![\w.,/])(?:\d{2,3},? {1,2}){1,12}$")
_ROW_AFTER = re.compile(r"(?:,? {1,2}\d{2,3}(?![\w./]\w)(?!\w)){1,12}")
_ROW = 40  # characters, or tokens, of a row looked at on either side
_DOSES = re.compile(r"\d(?:-\d){3,6}")
_FEWEST_IN_A_ROW = 3
_MOST_DOSES = 5
_PARTING = frozenset(("dash", "slash", "hyphen", "minus", "डैश", "स्लैश"))
_TURNOVER = re.compile(r"\d{3,4}/\d{3,4}(?!\d)")
_AT_ONCE = re.compile(r"\d ?@ ?\d")
_FEWEST_FROM_ONE = 4  # numbers of a count that begins at one
_RANGE = re.compile(r"(\d{1,2}) ?- ?(\d{1,2})")
_SEX_AND_AGE = re.compile(r"[MFmf] ?[|/,] ?\d{1,2}|\d{1,2} ?[|/,] ?[MFmf]")
_MONTHS = 12
_POSITIONS = re.compile(r"(?:[A-Z]{1,2}\d{1,2}[ ,\-]{1,2}){2,}[A-Z]{1,2}\d{1,2}")
_ANALYTE = re.compile(r"(?:p[HO]2?|pCO2|SpO2|HCO3|FiO2|PEEP|Na|K|Cl|Hb|TLC|ESR|CRP|TSH|INR|LDL|HDL)(?![a-z])")
_GROUP = re.compile(r"\d{3,5}(?: \d{3,5}){0,3}")
_GROUPS_AFTER = re.compile(r"(?: \d{3,5}){1,3}(?![\d.])")
_GROUPS_BEFORE = re.compile(r"(?<![\d.])(?:\d{3,5} ){1,3}$")
_FEWEST_COUNTED, _LONGEST_COUNT = 6, 3  # numbers that are counted, and digits of one


def find(note: Note) -> None:
    """Take such findings back: rows of figures first, for what stands beside one is beside no code."""
    hits = sorted(note.hits)
    _take_back(note, hits, {hit for hit in hits if _no_number(note, hit)})
    hits = sorted(note.hits)
    _take_back(note, hits, {hit for at, hit in enumerate(hits) if _no_code(note, hit, _beside_a_code(hits, at))})


def _take_back(note: Note, hits: list[Hit], doubted: set[Hit]) -> None:
    for hit in doubted:
        note.taken[hit.start : hit.end] = bytes(hit.end - hit.start)
    note.hits = [hit for hit in hits if hit not in doubted]


def _no_number(note: Note, hit: Hit) -> bool:
    """Readings by the model's word alone, or counting."""
    if hit.why == MODEL and any(
        none(note, hit) for none in (_row_of_figures, _of_measures, _part_of_none, _few_told, _figure_told)
    ):
        return True
    return hit.why in (MODEL, _SPELT) and (_counted(note, hit) or _schedule(note, hit) or _recalled(note, hit))


def _no_code(note: Note, hit: Hit, beside: bool) -> bool:
    """Words without a number, letters that stand alone, a value too short for its form; by the model's word alone."""
    if hit.why != MODEL or hit.label not in _CODES:
        return False
    tokens = note.tokens[slice(*note.token_range(hit.start, hit.end))]
    said = [token for token in tokens if token.kind != "mark"]
    if any(token.kind == "number" or _is_number(token) for token in said):
        short = hit.label in _OF_A_FORM and sum(len(token.text) for token in said) < _SHORTEST_FORM
        return not beside and (short or _too_few_digits(note, hit, said))
    return not beside or any(len(token.text) > _LETTERS and token.text.islower() for token in said)


def _too_few_digits(note: Note, hit: Hit, said: list[Token]) -> bool:
    """Three digits or fewer for a number that has ten or more, and no label that they are the rest of one of."""
    if hit.label not in _LONG or any(_is_number(token) for token in said) or _labelled(note, hit):
        return False
    return sum(c.isdigit() for c in note.s[hit.start : hit.end]) < _FEWEST_SEEN


def _row_of_figures(note: Note, hit: Hit) -> bool:
    """Readings one after the other, without a label before them, and not as many digits as such a number has; more
    digits than a telephone number has; "2450/1980" or "5-5-4-4" for a date; "43.5@172" for an address.
    """
    text = note.s[hit.start : hit.end]
    digits = re.sub(r"\D", "", text)
    if hit.label is Label.IP_ADDRESS:
        return _AT_ONCE.search(text) is not None
    if hit.label is Label.DATE:
        around = note.s[max(0, hit.start - 5) : hit.end + 5]
        turnover = len(digits) >= 4 and _TURNOVER.search(around) and not re.search(r"\d/\d{1,2}/\d", around)
        return bool(turnover or _DOSES.fullmatch(text)) or _figures(note, hit, least=_FEWEST_FIGURES)
    if hit.label not in _CODES or _labelled(note, hit):
        return False
    if hit.label is Label.PHONE_NUMBER and len(digits) > _LONGEST_PHONE and re.fullmatch(r"\d+(?: \d+)+", text):
        return True
    return _figures(note, hit, least=_FEWEST_FIGURES if hit.label is Label.PHONE_NUMBER else _FEWEST_IN_A_ROW)


def _figures(note: Note, hit: Hit, least: int) -> bool:
    """Whether the row in which a finding stands is one of readings: `least` of them, rising or falling all along, near
    each other, or not as many digits together as a number has that is written in short parts.
    """
    row = note.s[hit.start : hit.end]
    if not _FIGURES.fullmatch(row):
        return False
    before = _ROW_BEFORE.search(note.s, max(0, hit.start - _ROW), hit.start)
    after = _ROW_AFTER.match(note.s, hit.end, hit.end + _ROW)
    row = (before.group() if before else "") + row + (after.group() if after else "")
    figures = [int(figure) for figure in re.findall(r"\d+", row)]
    if len(figures) < least:
        return False
    digits = re.sub(r"\D", "", row)
    steps = {(b > a) - (b < a) for a, b in pairwise(figures)}
    if (len(steps) == 1 and 0 not in steps) or len(digits) not in _LENGTHS:
        return True
    near = len(figures) >= _FEWEST_FIGURES and max(figures) - min(figures) <= _SPREAD
    return near or (len(digits) == 12 and not digits.startswith("91") and not aadhaar(digits))


def _labelled(note: Note, hit: Hit) -> bool:
    for cue in reversed(note.labels_before(hit.start)):
        end = note.tokens[cue.last - 1].end
        return cue.kind != "veto" and hit.start - end <= _FAR and "\n" not in note.s[end : hit.start]
    return False


def _counted(note: Note, hit: Hit) -> bool:
    """Whether the words count, upwards or down, by equal steps: "one two three", "ninety three eighty six"."""
    told = [_value(token) for token in _row_told(note, hit) if token.kind in ("word", "number")]
    fewest = _FEWEST_FROM_ONE if told[:1] == [1] and hit.why == MODEL else _FEWEST_COUNTED
    if len(told) < fewest or 0 in told:
        return False
    whole: list[int] = []
    for value in told:
        if whole and whole[-1] % 10 == 0 and 20 <= whole[-1] <= 90 and value < 10:
            whole[-1] += value
        else:
            whole.append(value)
    return len({b - a for a, b in pairwise(whole)}) == 1 and whole[0] != whole[1]


def _row_told(note: Note, hit: Hit) -> list[Token]:
    """The tokens of a finding, and the numbers in words that stand beside it with nothing between."""
    first, last = note.token_range(hit.start, hit.end)
    least, most = max(0, first - _ROW), min(len(note.tokens), last + _ROW)
    while first > least and _may_be_told(note.tokens[first - 1]):
        first -= 1
    while last < most and _may_be_told(note.tokens[last]):
        last += 1
    return note.tokens[first:last]


def _may_be_told(token: Token) -> bool:
    return token.kind == "word" and (_is_number(token) or token.key in _PARTING or token.key in _HALVES)


def _few_told(note: Note, hit: Hit) -> bool:
    """Numbers in words and everyday words, no letters of a code, of fewer digits than a code has and with no number or
    finding beside them: "three of five".
    """
    if hit.label not in _CODES or _labelled(note, hit):
        return False
    tokens = [token for token in _row_told(note, hit) if token.kind != "mark"]
    told = [token for token in tokens if _is_number(token)]
    others = [token for token in tokens if not _is_number(token)]
    if not told or any(token.kind == "number" or token.key not in english() for token in others):
        return False
    if _continued(note, tokens[0].start, -1) or _continued(note, tokens[-1].end, 1):
        return False
    numbers = [values("digit_words.tsv").get(t.key) or values("number_words.tsv").get(t.key, "") for t in told]
    return sum(len(number) if number.isdigit() else _FEWEST_TOLD for number in numbers) < _FEWEST_TOLD


def _continued(note: Note, place: int, step: int) -> bool:
    """Whether a number or a finding stands a mark or a blank away from a place."""
    near = range(place, min(len(note.s), place + _NEAR)) if step > 0 else range(max(0, place - _NEAR), place)
    return any(note.s[i].isdigit() or note.taken[i] == 1 or note.s[i] == "-" for i in near)


def _figure_told(note: Note, hit: Hit) -> bool:
    """A number in words, a decimal point in it or not, that would be a name, a place or an institution."""
    if hit.label not in _NAMES:
        return False
    tokens = [t for t in note.tokens[slice(*note.token_range(hit.start, hit.end))] if t.kind != "mark"]
    points = [token for token in tokens if token.key in group("decimal_points")]
    return len(tokens) > len(points) > 0 and all(_is_number(token) for token in tokens if token not in points)


def _schedule(note: Note, hit: Hit) -> bool:
    """How many tablets in the morning, at noon and at night: "one dash zero dash one", "onnu poojyam onnu"."""
    tokens = [t for t in _row_told(note, hit) if t.kind != "mark"]
    while tokens and tokens[-1].key in _PARTING:
        tokens.pop()
    told = tokens[::2] if any(token.key in _PARTING for token in tokens) else tokens
    parting = tokens[1::2] if told is not tokens else []
    if not _FEWEST_IN_A_ROW <= len(told) <= _MOST_DOSES or (parting and len(parting) != len(told) - 1):
        return False
    small = [values("digit_words.tsv").get(token.key, token.text) for token in told]
    if not all(dose in ("0", "1", "2") or dose in _HALVES for dose in small) or not all(
        token.key in _PARTING for token in parting
    ):
        return False
    in_words = all(token.kind == "word" for token in told)
    return bool(parting) or ("0" in small and in_words and not _labelled(note, hit))


def _of_measures(note: Note, hit: Hit) -> bool:
    """Values read out: the name of a test before a number in words, or numbers in words that are taken for a telephone
    and can be none; a row of electrodes, leads or vertebrae; a range of two numbers taken for a date.
    """
    text = note.s[hit.start : hit.end]
    if hit.label is Label.DATE:
        ends = _RANGE.fullmatch(text)
        return ends is not None and int(ends[2]) > _MONTHS and int(ends[1]) < int(ends[2])
    if hit.label in _CODES and _SEX_AND_AGE.fullmatch(text):
        return True
    if hit.label not in _CODES or _labelled(note, hit):
        return False
    if _POSITIONS.fullmatch(text):
        return True
    tokens = [t for t in note.tokens[slice(*note.token_range(hit.start, hit.end))] if t.kind != "mark"]
    if any(token.kind == "number" for token in tokens) and not _ANALYTE.match(text):
        return False
    numbers = [values("digit_words.tsv").get(t.key) or values("number_words.tsv").get(t.key) for t in tokens]
    told = "".join(number for number in numbers if number)
    if tokens and _ANALYTE.match(text) and _is_number(tokens[-1]):
        return len(told) < _SHORTEST_FORM
    if hit.label is Label.PHONE_NUMBER and numbers and all(numbers) and told.isdigit():
        return _grouped(note, hit) and told[0] not in "06789"
    return False


def _grouped(note: Note, hit: Hit) -> bool:
    """Commas between numbers of two digits or more in words: "two ten, one ninety six"."""
    parts = note.s[hit.start : hit.end].split(",")
    return len(parts) > 1 and all(any(_value_of(word) > 9 for word in part.split()) for part in parts)


def _value_of(word: str) -> int:
    value = values("number_words.tsv").get(word.casefold(), "")
    return int(value) if value.isdigit() and len(value) <= _LONGEST_COUNT else 0


def _part_of_none(note: Note, hit: Hit) -> bool:
    """Some groups of a row of them that stands behind a lot, a count or a reference."""
    if hit.label not in _CODES or not _GROUP.fullmatch(note.s, hit.start, hit.end):
        return False
    after = _GROUPS_AFTER.match(note.s, hit.end)
    before = _GROUPS_BEFORE.search(note.s, max(0, hit.start - _ROW), hit.start)
    if after is None and before is None:
        return False
    return vetoed(note, before.start() if before else hit.start, after.end() if after else hit.end)


def _recalled(note: Note, hit: Hit) -> bool:
    """Digits that a patient repeats in a test of memory."""
    for cue in reversed(note.labels_before(hit.start)):
        near = hit.start - note.tokens[cue.last - 1].end <= _FAR
        return near and cue.kind == "veto" and cue.phrase in group("memory_tests")
    return False


def _value(token: Token) -> int:
    """What a word says; 0 where it is no number."""
    value = values("digit_words.tsv").get(token.key) or values("number_words.tsv").get(token.key) or token.text
    return int(value) if value.isdigit() and len(value) <= _LONGEST_COUNT else 0


def _is_number(token: Token) -> bool:
    return token.key in values("digit_words.tsv") or token.key in values("number_words.tsv")


def _beside_a_code(hits: list[Hit], place: int) -> bool:
    """Whether a finding before or behind, a character or two away, is a code."""
    hit = hits[place]
    near = [(hits[place - 1], hit)] if place else []
    near += [(hit, hits[place + 1])] if place + 1 < len(hits) else []
    return any(right.start - left.end <= _NEAR and {left.label, right.label} <= _CODES for left, right in near)
