"""A value made coarse: a date its year, a PIN code its first three digits, an age over 89 "90+", a place its state.

None where nothing coarser is known; the label alone then stands in its place.
"""

import re
from functools import cache
from importlib.resources import files

import regex

from deid.digits import decimal, digit_like
from deid.shadow import shadow
from deid.tokens import tokens
from schemas.labels import Label

_LONGEST = 4  # words of a place


def generalise(label: Label, value: str) -> str | None:
    """The coarse value. PIN code and age in the digits of the value's script; of a place the state's English name."""
    match label:
        case Label.DATE:
            year = _year(shadow(value).text)
            return None if year is None else _in_digits_of(value, str(year))
        case Label.PIN_CODE:
            digits = "".join(c for c in shadow(value).text if c.isdigit())
            return _in_digits_of(value, digits[:3]) if len(digits) == 6 else None
        case Label.AGE_OVER_89:
            return _in_digits_of(value, "90") + "+"
        case Label.LOCATION:
            return _state(value)
        case _:
            return None


def _year(text: str) -> int | None:
    """The year of a date as it is written: four digits, or the last of its numbers where there are two or three."""
    numbers = re.findall(r"\d+", text)
    whole = [int(n) for n in numbers if len(n) == 4 and 1800 <= int(n) <= 2199]
    if len(whole) == 1:
        return whole[0]
    if len(numbers) == 1 and len(numbers[0]) == 8:  # 20230814 or 14082023
        return next((int(y) for y in (numbers[0][:4], numbers[0][4:]) if 1800 <= int(y) <= 2199), None)
    named = regex.search(r"\p{L}", text) is not None
    if len(numbers) == (2 if named else 3) and len(numbers[-1]) == 2:
        short = int(numbers[-1])
        return 2000 + short if short < 40 else 1900 + short  # as `deid.dates` reads it
    return None


def _in_digits_of(value: str, digits: str) -> str:
    """`digits` in the script of the first digit of `value`."""
    first = next((c for c in value if decimal(c) is not None), "0")
    return "".join(digit_like(first, int(c)) for c in digits)


def _state(value: str) -> str | None:
    """The one state in which everything of a place lies that the table knows."""
    table = _states()
    keys = [token.key for token in tokens(shadow(value).text) if token.kind == "word"]
    found, at = set[str](), 0
    while at < len(keys):
        size = next((n for n in range(_LONGEST, 0, -1) if " ".join(keys[at : at + n]) in table), 0)
        if size:
            found.add(table[" ".join(keys[at : at + size])])
        at += max(size, 1)
    return found.pop() if len(found) == 1 else None


@cache
def _states() -> dict[str, str]:
    """Keys of the words of a place, joined by a space -> its state."""
    found = {}
    for line in (files(__package__) / "states.tsv").read_text(encoding="utf-8").splitlines():
        state, places = line.split("\t")
        for place in places.split("|"):
            found[" ".join(token.key for token in tokens(shadow(place).text) if token.kind == "word")] = state
    return found
