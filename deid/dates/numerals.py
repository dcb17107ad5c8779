"""Numbers in digits: of any script, misread as letters, spread out; and the endings of days, which follow them."""

from functools import cache

import regex

from deid.digits import decimal, digit_like
from deid.lexicon import rows
from deid.tokens import key

_MISREAD = str.maketrans("OoIl", "0011")


def value(digits: str) -> int:
    """The number that digits of a shadow mean, O and o read as 0, I and l as 1; all else is passed over."""
    return int("".join(c for c in digits.translate(_MISREAD) if "0" <= c <= "9") or "0")


def like(old: str, new: int, *, padded: bool) -> str:
    """A number in the digits of the old one; where `padded`, with its width. A year has the width of the old one."""
    places = [i for i, c in enumerate(old) if c in "OoIl" or decimal(c) is not None]
    first = next((old[i] for i in places if decimal(old[i]) is not None), "0")
    width = len(places)
    plain = f"{new:0{width}d}" if padded or width > 2 else str(new)
    made = [digit_like(first, int(c)) for c in plain]
    if len(made) != width:
        return "".join(made)
    characters = list(old)
    for place, digit in zip(places, made, strict=True):
        characters[place] = digit
    return "".join(characters)


@cache
def _series() -> tuple[dict[str, list[str]], dict[tuple[str, int], str], dict[str, str]]:
    """Ending -> series that have it; (series, day) -> ending; series -> the ending of all other days."""
    having: dict[str, list[str]] = {}
    at: dict[tuple[str, int], str] = {}
    other: dict[str, str] = {}
    for head, ending in rows("day_suffixes.tsv"):
        name, *days = head.split()
        having.setdefault(key(ending), []).append(name)
        for day in days:
            if day == "*":
                other.setdefault(name, ending)
            else:
                at[name, int(day)] = ending
    return having, at, other


def suffix_pattern() -> str:
    """A regular expression for any of the endings, longest first."""
    endings = sorted({ending for _, ending in rows("day_suffixes.tsv")}, key=len, reverse=True)
    return "|".join(regex.escape(ending) for ending in endings)


def suffix(old: str, old_day: int, day: int) -> str:
    """The ending that the new day has in the series of the old ending."""
    having, at, other = _series()
    names = having[key(old)]
    fitting = [name for name in names if key(at.get((name, old_day), other[name])) == key(old)]
    name = (fitting or names)[0]
    made = at.get((name, day), other[name])
    return made.upper() if old.isupper() else made
