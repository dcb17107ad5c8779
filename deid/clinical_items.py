"""What must stay of a clinical text: medicines with their dose, doses and how often, values of tests and vital signs,
and the words that negate.

A measuring rod for de-identification, no clinical parser: an item is taken where its form is plain, in English and in
the languages of India, in any script, and what is not sure is left. Knows nothing of identifiers, marks or redaction.

- `drug`: an international name (`gazetteers/drugs.txt`, and the stems by which the World Health Organization builds
  such names), in Latin letters or by its sound in a script of India; a word after "Tab", "Inj"; a word that is not
  ordinary English before a dose with its unit or frequency ("Telma 40 OD"); each with the strength that follows.
- `dose`: a number with a unit ("500 mg"), a frequency ("BD", "1-0-1", "q8h", "दिन में दो बार"), a course ("x 5 days",
  "3/7").
- `value`: test or vital sign with its number and unit, or with "negative", "raised" ("BP 120/80", "HbA1c 8.6 %").
- `negation`: "no", "denies", "nahi", "நெஞ்சு வலி இல்லை"; not the "no" of "Reg. no".
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

import regex

from deid.gazetteers import drug_sounds, drugs, sound, words
from deid.lexicon import one_of, rows
from deid.shadow import fold_case, shadow


class Kind(StrEnum):
    """Of what kind an item is."""

    DRUG = "drug"
    DOSE = "dose"
    VALUE = "value"
    NEGATION = "negation"


class Item(NamedTuple):
    """Clinical content at `[start, end)`, code points of the text as given."""

    start: int
    end: int
    kind: Kind


def clinical_items(text: str) -> list[Item]:
    """The items of a text by place; those of one kind do not overlap. Linear in the length of the text."""
    seen = shadow(text)
    small = fold_case(seen.text)
    values = list(_values(seen.text, small))
    inside = bytearray(len(seen.text))
    for start, end in values:
        inside[start:end] = b"\x01" * (end - start)
    found = [
        *((start, end, Kind.VALUE) for start, end in values),
        *((start, end, Kind.DRUG) for start, end in _drugs(seen.text, inside)),
        *((start, end, Kind.DOSE) for start, end in _doses(seen.text, small) if not inside[start]),
        *((start, end, Kind.NEGATION) for start, end in _negations(seen.text) if not inside[start]),
    ]
    return [Item(*seen.span(start, end), kind) for start, end, kind in sorted(found)]


def figures(text: str) -> list["Place"]:
    """Ranges of the values and doses alone, in a shadow's text; they may overlap."""
    folded = fold_case(text)
    return [*_values(text, folded), *_doses(text, folded)]


Place = tuple[int, int]

_NUMBER = r"\d{1,6}(?:[.,]\d{1,3}){0,2}"
_EDGE = r"(?<![\p{L}\p{M}\p{N}])"
_STOP = r"(?![\p{L}\p{M}\p{N}])"
_STRENGTH = rf"{_NUMBER}(?: ?[-/] ?{_NUMBER})?"
# Endings that the World Health Organization gives to names of one class ("stems"), those that hardly another word has.
_STEMS = (
    "cillin|oxacin|thromycin|damycin|camicin|cycline|conazole|nidazole|prazole|bendazole|sartan|pril|olol|"
    "dipine|vastatin|gliptin|gliflozin|glitazone|formin|setron|triptan|tinib|umab|ximab|zumab|ciclovir|cyclovir|navir|"
    "tegravir|buvir|fovir|azepam|azolam|oxetine|pramine|triptyline|barbital|curonium|fibrate|parin|xaban|dogrel|"
    "lukast|buterol|meterol|moterol|metasone|methasone|nisone|nisolone|sonide|coxib|fenac|profen|dronate|thiazide|semide|azosin|penem|"
    "peridol|peridone|zolpidem|mustine|platin|rubicin|taxel|relix|pentin|gabalin|racetam|trexate|phylline|tropium|"
    "zepine|bactam|olamide|prost|vudine|quine|motidine|nitidine|metidine|zatidine"
)


@cache
def _phrases(kind: str) -> str:
    """A pattern of the lexicon's phrases of a kind, the longest that there is."""
    return one_of({shadow(phrase).text.casefold() for head, phrase in rows("clinical.tsv") if head == kind})


def _value() -> str:
    number = rf"[<>~]? ?{_NUMBER}(?: ?[-/] ?{_NUMBER})?(?!\d|[-/ ]\d{{4}})"
    unit = (
        r"%|/ ?(?:min|hpf|cumm|mm3)|mm ?hg|m?g/d?l|mcg/d?l|ng/d?l|ng/ml|pg/ml|[mµμ]?iu/m?l|mmol(?:/l)?|meq/l|i?u/l|gm?%"
        r"|bpm|kgs?|lbs?|pounds|cms?|mm|°? ?[fc]|degrees|lakhs?|k|ml|ra|sec|s|deg ?[fc]|l"
    )
    told = r"positive|negative|non-?reactive|reactive|neg|pos|nr|nil|normal|raised|elevated|high|low|stable|\+ve|-ve"
    between = r"\)?\.?(?: {0,3}[:=~<>(-]{1,2}| (?:is|was|of|at|to|level|count|rate|today)){0,2} {0,3}"
    result = rf"{number}(?: ?(?:{unit})(?![\p{{L}}\p{{N}}]))?|(?:{told}){_STOP}"
    number_of_a_form = r"(?!t[^\p{L}\p{N}]{0,4}\d{4})"  # T-5519 is no temperature
    return (
        rf"{_EDGE}{number_of_a_form}(?:{_phrases('analyte')}){_STOP}{between}(?:{result})"
        rf"|{_EDGE}ph ?[:=]? ?[67]\.\d{{1,3}}(?!\d)"
    )


def _often() -> str:
    """A frequency."""
    return rf"{_EDGE}(?:{_phrases('frequency')}|q ?\d{{1,2}} ?(?:h|hr|hrs|hourly)|\d{{1,2}} ?hourly){_STOP}"


def _mass() -> str:
    """A unit of a dose."""
    return rf"(?:{_phrases('unit')})(?:/(?:kg|day|hr|h|min|dose|ml|5 ?ml))?{_STOP}"


def _named() -> str:
    """A word before a dose with its unit or its frequency, that is not looked up yet."""
    name = rf"{_EDGE}(?P<name>[a-z][a-z]{{2,30}}(?:[- +](?-i:[A-Z\d]{{1,3}})(?![a-z]))?)"
    dose = rf"{_NUMBER}(?:/{_NUMBER})? ?(?:(?:mg|mcg|gm|g|iu|units?){_STOP}|{_often()})"
    return rf"{name}(?= (?:{dose}|(?-i:OD|BD|BID|TDS|TID|QID|HS|SOS){_STOP}))"


_PATTERNS: dict[str, Callable[[], str]] = {
    "value": _value,
    "strength": lambda: rf"{_EDGE}(?<!\d[.,/-]){_STRENGTH} ?-?{_mass()}(?!/ ?d?l)",
    "often": _often,
    # 1-0-1, ½-0-½, 12-0-8: at least one dose of the day is none, or all are single figures up to four
    "daily": lambda: (
        r"(?<![\p{L}\d/.-])(?:(?=[\d½/-]{0,9}(?<!\d)0(?!\d))(?:½|1/2|\d{1,2})(?:-(?:½|1/2|\d{1,2})){2,3}"
        r"|[0-4½](?:-[0-4½]){2,3})(?![\p{L}\d/-])"
    ),
    "course": lambda: (
        rf"{_EDGE}(?:[x×*] ?|for ){_NUMBER}(?:-\d{{1,2}})? ?(?:(?:{_phrases('period')}){_STOP}|/(?:7|52|12)(?!\d))"
        r"|(?<![\d/.-])\d{1,2}/(?:7|52)(?![\d/])"
    ),
    "negation": lambda: (
        rf"{_EDGE}(?:{_phrases('negation')}){_STOP}|(?<![\p{{L}}\d])-ve{_STOP}"
        rf"|{_EDGE}[\p{{L}}\p{{M}}]{{1,40}}(?:{_phrases('negation_ending')})(?![\p{{L}}\p{{M}}])"
    ),
    "form": lambda: (
        rf"{_EDGE}(?:{_phrases('form')}){_STOP}\.? ?[:-]? ?"
        r"(?P<name>[\p{L}][\p{L}\p{M}]{2,30}(?:[-+][\p{L}\d]{1,6})?)(?P<strength>(?: [A-Z]{1,3})? \d)?"
    ),
    "dosed": _named,
    "word": lambda: rf"{_EDGE}(?:(?:{_phrases('drug')})|[\p{{L}}][\p{{L}}\p{{M}}]{{3,30}}){_STOP}",
    "after": lambda: (
        r" ?(?:[-–] ?)?(?:(?:XL|XR|SR|ER|CR|LS|DS|MD|AM|H|M|D|CV|Duo|Forte|Plus) ?)?"
        rf"{_STRENGTH}(?: ?-?{_mass()})?(?![./-]?\d)"
    ),
}


@cache
def _pattern(name: str) -> "regex.Pattern[str]":
    return regex.compile(_PATTERNS[name](), regex.IGNORECASE)


_HEADS: dict[str, Callable[[], str]] = {
    "value": lambda: rf"(?<![^\W_])(?={_beginnings('analyte')}|ph)",
    "strength": lambda: r"\d(?<![^\W_].)",
    "often": lambda: rf"(?<![^\W_])(?={_beginnings('frequency')}|q|\d)",
    "daily": lambda: r"[½\d](?=[\d/]{0,2}-)",
    "course": lambda: r"[x×*f\d](?= ?\d|or \d|/)",
}
"""Where a match of a pattern may begin, roughly and in small letters: so much quicker to see that the pattern is asked
only there. No head takes more than one character, for the next may begin in it.
"""
_TELLING = 3  # letters of a phrase that hardly another word begins with


def _beginnings(kind: str) -> str:
    """A pattern of the first letters of the lexicon's phrases of a kind."""
    return one_of({shadow(phrase).text.casefold()[:_TELLING] for head, phrase in rows("clinical.tsv") if head == kind})


@cache
def _head(name: str) -> re.Pattern[str]:
    return re.compile(_HEADS[name]())


def _matches(name: str, text: str, folded: str) -> Iterator[Place]:
    """Where a pattern matches, from left to right. `folded` is the text in one case."""
    pattern, reached = _pattern(name), 0
    for head in _head(name).finditer(folded):
        if head.start() >= reached and (match := pattern.match(text, head.start())):
            reached = match.end()
            yield match.span()


def _values(text: str, folded: str) -> Iterator[Place]:
    return _matches("value", text, folded)


def _doses(text: str, folded: str) -> Iterator[Place]:
    reached = 0
    found = (place for name in ("strength", "often", "daily", "course") for place in _matches(name, text, folded))
    for start, end in sorted(found):
        if start >= reached:
            yield start, end
            reached = end


_BEFORE = regex.compile(r"[\p{L}/]{1,12}\.? ?$")
_BEFORE_FIGURE = regex.compile(r"\.|[:#-]| ?[:#]")


def _negations(text: str) -> Iterator[Place]:
    """All but the "no" that is short for number: after a label, before a full stop or a colon."""
    for match in _pattern("negation").finditer(text):
        if match.group().casefold() == "no":
            label = _BEFORE.search(text, max(0, match.start() - 14), match.start())
            if label and label.group().rstrip(" .").casefold() in _words("numbered"):
                continue
            if _BEFORE_FIGURE.match(text, match.end()):
                continue
        yield match.span()


def _drugs(text: str, inside: bytearray) -> Iterator[Place]:
    """Names, each with the strength after it. What stands in a value ("calcium 9.1") is the value's."""
    names = [m.span() for m in _pattern("word").finditer(text) if is_drug(m.group())]
    for match in _pattern("form").finditer(text):
        name = match["name"]
        if is_drug(name) or (not name[0].islower() and (match["strength"] or _no_word(name))):
            names.append(match.span("name"))
    names += [m.span("name") for m in _pattern("dosed").finditer(text) if is_drug(m["name"]) or _no_word(m["name"])]
    reached = 0
    for start, end in sorted(names, key=lambda place: (place[0], -place[1])):
        if start >= reached and not inside[start]:
            after = _pattern("after").match(text, end)
            reached = after.end() if after else end
            yield start, reached


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(phrase.casefold() for head, phrase in rows("clinical.tsv") if head == kind)


@cache
def _stem() -> regex.Pattern[str]:
    return regex.compile(rf"(?:cef[a-z]{{4,}}|[a-z]{{2,}}(?:{_STEMS}))")


@lru_cache(maxsize=1 << 14)
def is_drug(word: str) -> bool:
    """Whether a word is the name of a medicine, by list, by stem or, in a script of India, by sound."""
    name = word.casefold()
    if name in _words("drug") or name in drugs():
        return True
    if name.isascii():
        return len(name) > 6 and _stem().fullmatch(name) is not None
    tamil = "\u0b80" <= word[0] < "\u0c00"
    return len(name) > 5 and sound(word, tamil) in drug_sounds(tamil)


@cache
def _dosing() -> frozenset[str]:
    """Words of the lexicon that stand before a number and name no medicine."""
    found = (phrase.casefold() for head, phrase in rows("clinical.tsv") if head != "drug")
    return frozenset(word for phrase in found for word in (phrase, *phrase.split()))


def _no_word(name: str) -> bool:
    """Neither ordinary English nor a word of dosing: beside a dose it is a brand."""
    head = regex.split(r"[- +]", name.casefold())[0]
    return head not in words() and head not in _dosing()
