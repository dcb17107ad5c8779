"""Ladders: a value, and the wider and wider groups that it is in. The last rung of every ladder is `*`, for all.

Pure functions of one value; they know nothing of tables. Each rung is nested in the next, so that going up only ever
joins groups.
"""

import csv
import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from deid.digits import decimal
from schemas.columns import Age, Category, Day, Icd, Ladder, Listed, Parts, PinCode, Prefix
from schemas.failure import Failure

TOP: Final = "*"
BESIDE: Final = "\x1f"
"""Between the version and the code that an `icd` ladder with a version column climbs from."""

Climb = Callable[[str], tuple[str | None, ...] | None]
"""A value's rungs below `*`, or None where it is no value of this ladder's kind."""


def climb(ladder: Ladder, folder: Path) -> Climb:
    """The function that climbs `ladder`. Raises Failure where its file, relative to `folder`, cannot be read."""
    match ladder:
        case Age():
            return lambda text: _age(text, ladder.bands, ladder.top)
        case PinCode():
            return _pin
        case Day():
            return lambda text: (text, text[:7], text[:4])
        case Icd():
            return lambda text: _icd(text, ladder.version)
        case Prefix():
            return lambda text: (text, *(text[:length] for length in ladder.lengths))
        case Parts():
            return lambda text: (text, text.split(ladder.separator, 1)[0].strip())
        case Category():
            return lambda text: (text,)
        case Listed():
            rows, width = _listed(folder / ladder.path)
            return lambda text: (text, *rows[text]) if text in rows else (text, *[None] * width)


def names(ladder: Ladder, folder: Path) -> tuple[str, ...]:
    """What each level is called in a report; as many as there are rungs, `*` included."""
    match ladder:
        case Age():
            below = ("years", *(f"{band} years" for band in ladder.bands))
        case PinCode():
            below = ("6 digits", "3 digits", "2 digits")
        case Day():
            below = ("day", "month", "year")
        case Icd():
            below = ("code", "category", "chapter")
        case Prefix():
            below = ("code", *(f"{length} characters" for length in ladder.lengths))
        case Parts():
            below = ("value", "first part")
        case Category():
            below = ("value",)
        case Listed():
            below = ("value", *(f"level {n + 1}" for n in range(_listed(folder / ladder.path)[1])))
    return (*below, TOP)


def shown_from(ladder: Ladder) -> int:
    """The lowest level whose values may stand in a report: an exact day, PIN code, place or code may not."""
    return 0 if isinstance(ladder, Age | Category | Icd | Parts) else 1


def _age(text: str, bands: tuple[int, ...], top: int) -> tuple[str, ...] | None:
    """90+ is one at every level, and where bands are wider, the band that 90 is in is open above: 80+."""
    match = re.fullmatch(r"\s*(\d{1,3})(?:\.\d+)?\s*(\+?)\s*", text)
    if match is None or int(match[1]) > 150:
        return None
    years = max(int(match[1]), top) if match[2] and int(match[1]) >= top - 1 else int(match[1])  # "89+" is 90 or more
    if match[2] and years < top:
        return None
    rungs = [f"{top}+" if years >= top else str(years)]
    for band in bands:
        low, last = years // band * band, top // band * band
        rungs.append(f"{last}+" if low >= last else f"{low}-{low + band - 1}")
    return tuple(rungs)


def _pin(text: str) -> tuple[str, ...] | None:
    digits = "".join(str(value) for value in map(decimal, text) if value is not None)
    if len(digits) != 6 or len(re.sub(r"[\s-]", "", text)) != 6:
        return None
    return digits, f"{digits[:3]}***", f"{digits[:2]}****"


def _icd(text: str, version: str) -> tuple[str | None, ...] | None:
    """Code, category (three characters; of an external cause in ICD-9 four), chapter as its range of categories."""
    said, _, code = text.rpartition(BESIDE)
    version = said.strip() or version
    bare = code.strip().upper().replace(".", "")
    if version not in ("9", "10") or not re.fullmatch(r"[0-9A-Z]{3,8}", bare):
        return None
    category = bare[:4] if version == "9" and bare[0] == "E" else bare[:3]
    firsts, lasts = _chapters()[version]
    place = bisect_right(firsts, bare[:3]) - 1
    # Letters and digits sort as the chapters do: C7A lies between C00 and D49, O9A behind O99.
    inside = place >= 0 and bare[:3] <= lasts[place]
    return code, category, f"ICD-{version} {firsts[place]}-{lasts[place]}" if inside else None


@cache
def _chapters() -> dict[str, tuple[list[str], list[str]]]:
    """First and last category of each chapter (ICD-9-CM; ICD-10 of WHO and ICD-10-CM, whichever is wider)."""
    found: dict[str, tuple[list[str], list[str]]] = {"9": ([], []), "10": ([], [])}
    for line in Path(__file__).with_name("icd_chapters.tsv").read_text(encoding="ascii").splitlines():
        version, first, last = line.split("\t")
        found[version][0].append(first)
        found[version][1].append(last)
    return found


@cache
def _listed(path: Path) -> tuple[dict[str, tuple[str | None, ...]], int]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, ValueError, csv.Error):
        raise Failure(f"{path}: no ladder can be read; give a CSV file: the value, then its wider groups") from None
    found: dict[str, tuple[str | None, ...]] = {}
    wider: dict[tuple[int, str], tuple[str | None, ...]] = {}
    for number, (value, *groups) in enumerate(rows, 1):
        rungs = tuple(group or None for group in groups)
        if len(groups) != len(header) - 1 or found.setdefault(value, rungs) != rungs:
            raise Failure(f"{path}: row {number} has other cells than the header, or a value a second time; mend it")
        for level, group in enumerate(groups):
            if group and wider.setdefault((level, group), rungs[level + 1 :]) != rungs[level + 1 :]:
                raise Failure(f"{path}: row {number} puts one group into two wider ones; give it two names")
    return found, len(header) - 1
