"""Numbers in words: a run of number words read as days, months and years, and written anew in its script."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from itertools import chain
from typing import NamedTuple

from deid.lexicon import rows, values
from deid.shadow import shadow
from deid.tokens import LONGEST, key, script


class Number(NamedTuple):
    """One number word of a shadow, `[start, end)`."""

    start: int
    end: int
    value: int
    ordinal: bool
    text: str


class Reading(NamedTuple):
    """A number that words `[first, last)` of a run mean; `year` where it can be nothing else."""

    first: int
    last: int
    value: int
    year: bool


_HINDI = frozenset(("hi", "mr", "gu", "pa"))  # whose ordinals are near to those of Hindi, the only ones romanised
_FUSED = (("শো", 100), ("सौ", 100), ("शे", 100), ("ই", 1), ("শে", 1), ("th", 1), ("ம்", 1), ("ന്", 1), ("న", 1))


def number(word: str) -> tuple[int, bool] | None:
    """Value of a number word and whether it is an ordinal; None for any other."""
    wanted = key(word)
    if wanted in _cardinals():
        return _cardinals()[wanted], False
    if wanted in _ordinals():
        return _ordinals()[wanted], True
    for end, times in _FUSED:
        stem = wanted.removesuffix(end)
        if stem != wanted and stem in _cardinals():
            return _cardinals()[stem] * times, times == 1
    return None


def readings(run: Sequence[Number], shapes: Sequence[str]) -> list[Reading] | None:
    """The run cut into numbers by the first of the shapes that it has: D a day or month, Y a year."""
    for shape in shapes:
        found = _cut(run, 0, shape)
        if found is not None:
            return found
    return None


def write_day(new: int, old: Sequence[Number]) -> str:
    """A day in words: ordinal where the old one was, in the old one's script."""
    return _cased(" ".join(_pair(new, old, ordinal=old[-1].ordinal)), old)


def write_year(new: int, old: Sequence[Number]) -> str:
    """A year in words, in the pattern of the old one: thousands, hundreds, two pairs, or the last pair alone."""
    spoken = [word.value for word in old]
    if 1000 in spoken or 2000 in spoken:
        thousands, rest = divmod(new, 1000)
        hundreds, rest = divmod(rest, 100)
        made = [*_pair(thousands, old), _one(1000, old)]
        if hundreds:
            made += [*_pair(hundreds, old), _one(100, old)]
    elif any(v >= 100 for v in spoken):
        hundreds, rest = divmod(new, 100)
        made = [*_pair(hundreds, old), _one(100, old)]
    elif _pairs(spoken) is not None and len(spoken) > 1 and _two(spoken) is None:
        first, rest = divmod(new, 100)
        made = _pair(first, old)
        if rest < 10:
            made.append(_one(0, old))
    else:
        made, rest = [], new % 100
        if rest < 10:
            made.append(_one(0, old))
    if rest or not made:
        made += _pair(rest, old)
    return _cased(" ".join(made), old)


def _cut(run: Sequence[Number], at: int, shape: str) -> list[Reading] | None:
    if not shape:
        return [] if at == len(run) else None
    for last in range(len(run) if shape[0] == "Y" else min(len(run), at + 2), at, -1):
        spoken = [word.value for word in run[at:last]]
        if shape[0] == "Y" and any(word.ordinal for word in run[at:last]):
            continue
        value = _year(spoken) if shape[0] == "Y" else _two(spoken)
        if value is None or (shape[0] == "D" and not 1 <= value <= 31):
            continue
        rest = _cut(run, last, shape[1:])
        if rest is not None:
            return [Reading(at, last, value, shape[0] == "Y"), *rest]
    return None


def _two(spoken: Sequence[int]) -> int | None:
    """A number below a hundred."""
    if len(spoken) == 1 and spoken[0] < 100:
        return spoken[0]
    if len(spoken) == 2 and spoken[0] in range(20, 100, 10) and 1 <= spoken[1] <= 9:
        return spoken[0] + spoken[1]
    if len(spoken) == 2 and spoken[0] == 0 and spoken[1] <= 9:
        return spoken[1]
    return None


def _pairs(spoken: Sequence[int]) -> int | None:
    """ "nineteen eighty", "twenty twenty three"."""
    if len(spoken) > 1 and spoken[0] in (18, 19, 20):
        rest = _two(spoken[1:])
        return spoken[0] * 100 + rest if rest is not None and (rest > 9 or spoken[1] == 0) else None
    return None


def _year(spoken: Sequence[int]) -> int | None:
    for thousand, times in ((1000, 1), (2000, 2)):
        if thousand in spoken:
            at = list(spoken).index(thousand)
            front = (_two(spoken[:at]) or 1) if times == 1 and at else times
            rest = _hundreds(spoken[at + 1 :])
            return None if rest is None or front > 2 or (times == 2 and at) else front * 1000 + rest
    if any(v >= 100 for v in spoken):
        value = _hundreds(spoken)
        return value if value is not None and value > 999 else None
    pairs = _two(spoken)
    return _pairs(spoken) if pairs is None else pairs


def _hundreds(spoken: Sequence[int]) -> int | None:
    """A number below 1000, or hundreds up to ninety-nine of them."""
    if not spoken:
        return 0
    if 100 in spoken:
        at = list(spoken).index(100)
        front, rest = (_two(spoken[:at]) if at else 1), (_two(spoken[at + 1 :]) if spoken[at + 1 :] else 0)
    elif spoken[0] >= 100:
        front, rest = spoken[0] // 100, (_two(spoken[1:]) if spoken[1:] else 0)
    else:
        return _two(spoken)
    return None if front is None or rest is None else front * 100 + rest


@cache
def _cardinals() -> dict[str, int]:
    found = {word: int(head) for word, head in values("number_words.tsv").items()}
    found.update({word: int(head) for word, head in values("digit_words.tsv").items() if head.isdigit()})
    for _, spoken in _days():
        for value, word in enumerate(spoken, 1):
            found.setdefault(key(shadow(word).text), value)
    return found


@cache
def _ordinals() -> dict[str, int]:
    return {word: int(head) for word, head in values("ordinal_words.tsv").items()}


@cache
def _names(table: str) -> dict[tuple[int, str], list[str]]:
    """(value, script) -> words, those of one script alone; Latn is English, Latn* every other Latin spelling."""
    found: dict[tuple[int, str], list[str]] = {}
    for head, phrase in _all(table):
        if len({script(c) for c in phrase if c.isalpha()}) == 1:
            writing = script(phrase)
            composed = table == "cardinals" and 20 < int(head) < 100 and int(head) % 10  # by English of two words
            if writing == "Latn" and (composed or (int(head), "Latn") in found):
                writing = "Latn*"
            found.setdefault((int(head), writing), []).append(phrase)
    return found


def _all(table: str) -> Iterator[tuple[str, str]]:
    if table == "ordinals":
        return rows("ordinal_words.tsv")
    digits = ((head, phrase) for head, phrase in rows("digit_words.tsv") if head.isdigit())
    return chain(digits, rows("number_words.tsv"))


def _english(old: Sequence[Number]) -> bool:
    for table in ("cardinals", "ordinals"):
        for word in old:
            if any(key(word.text) == name for name in _names(table).get((word.value, "Latn"), ())):
                return True
    return False


def _writing(old: Sequence[Number]) -> str:
    writing = script(old[0].text)
    return writing if writing != "Latn" or _english(old) else "Latn*"


def _one(value: int, old: Sequence[Number], *, ordinal: bool = False) -> str:
    """A single word for a number; without one in the script, the cardinal, then English."""
    writing = _writing(old)
    language, spoken = _language(old) if 1 <= value <= 31 and writing != "Latn" else ("", ())
    if spoken and (not ordinal or (writing == "Latn*" and language not in _HINDI)):
        return spoken[value - 1]
    for table in ("ordinals", "cardinals") if ordinal else ("cardinals",):
        names = _names(table).get((value, writing)) or (_names(table).get((value, "Latn")) if "L" in writing else None)
        if names:
            return names[0]
    raise KeyError(value)


@cache
def _days() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Languages and their words for 1 to 31."""
    found = list(rows("day_words.tsv"))
    return tuple((found[at][0], tuple(word for _, word in found[at : at + 31])) for at in range(0, len(found), 31))


def _language(old: Sequence[Number]) -> tuple[str, tuple[str, ...]]:
    """The language whose word for the same number is most like the old one; none where the script has but one."""
    word = next((word for word in old if 1 <= word.value <= 31), None)
    if word is None:
        return "", ()
    choices = [(name, spoken) for name, spoken in _days() if script(spoken[0]) == script(word.text)]
    return max(choices, key=lambda row: _likeness(row[1][word.value - 1], key(word.text)), default=("", ()))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, key(one), other[:LONGEST], autojunk=False).ratio()


def _pair(value: int, old: Sequence[Number], *, ordinal: bool = False) -> list[str]:
    """A number below a hundred: one word, or tens and a unit."""
    if value > 20 and value % 10 and (_writing(old) == "Latn" or not _has(value, old)):
        return [_one(value - value % 10, old), _one(value % 10, old, ordinal=ordinal)]
    return [_one(value, old, ordinal=ordinal)]


def _has(value: int, old: Sequence[Number]) -> bool:
    return (value, _writing(old)) in _names("cardinals")


def _cased(made: str, old: Sequence[Number]) -> str:
    text = old[0].text
    return made.upper() if text.isupper() else made.capitalize() if text[0].isupper() else made
