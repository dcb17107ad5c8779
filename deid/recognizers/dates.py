"""Dates: numeric in any order and with any separator, with month names of every language, in words, in file names.

Not dates: ratios and vitals (120/80, 6/36), durations (3/7, 2/52), bare years, lone weekdays, times of day.
"""

from functools import cache

import regex

from deid.lexicon import group, one_of, rows, values, words
from deid.note import Note
from deid.recognizers.structured import vetoed
from deid.recognizers.versions import numbered
from deid.shadow import shadow
from deid.tokens import Token, key
from schemas.labels import Label

_O = r"[\dOol]"
_FULL = regex.compile(
    rf"(?<![\w.])(?<!\d[/\-])({_O}{{1,4}})([ ]?[/\-._।][ ]?)({_O}{{1,2}})\2({_O}{{2,4}})(?![\d%])"
    rf"(?![/\-]\d)(?![.]\d)(?!\w*@)"
)
_SPACED = regex.compile(r"(?<![\d.:/])(\d{1,2}) (\d{1,2}) ((?:19|20)\d{2})(?![\d.:/])")
_RUN = regex.compile(r"(?<![\dA-Za-z.])((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_STAMP = regex.compile(
    r"(?<![\dA-Za-z.])((?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?=[01]\d[0-5]\d"
    r"(?:[0-5]\d)?(?!\d)|2[0-3][0-5]\d(?:[0-5]\d)?(?!\d))"
)
_RUN_BACK = regex.compile(r"(?<![\d\w])(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])((?:19|20)\d{2})(?!\d)")
_PART = regex.compile(
    rf"(?<![\w./])(?<!\d-)({_O}{{1,2}})([/.\-])({_O}{{1,2}})(?![\w%/])(?!\.\d)(?![ ]?(?:mg|ml|g|cm|mm|mmol|%)(?![a-z]))"
)
_MONTH_YEAR = regex.compile(r"(?<![\d./])(0?[1-9]|1[0-2])[/](20[0-4]\d|19\d\d)(?![\d/])")
_PART_BEFORE = regex.compile(
    (
        r"(?:\b(?:on|dt|dated|date|w\.?e\.?f|from|since|till|until|upto|by|visit|review|rev|f/?u|seen"
        r" again on|next visit|due|lmp|edd|doa|dod|dos|dob|"
        r"admitted|discharged|lap|laparotomy|surgery|op done|done|patch\)?|report|tha|aaya|kal|aaj)"
        r"|दि|दिनांक|तारीख|ता|जन्म|तारीख़|তারিখ|তাং|தேதி|తేదీ|ದಿನಾಂಕ|തീയതി|ਮਿਤੀ|તારીખ|તા|ତାରିଖ|am|pm"
        r"|ಭೇಟಿ)[ .:=(\-]{0,3}$"
    ),
    regex.IGNORECASE,
)
_PART_AFTER = regex.compile(
    r"[ ]?(?:ko|pe|par|tak|ku|ge|la|re|se|ki subah|को|पर|तक|से|पासून|ला|रोजी|રોજ|ના રોજ|થી|ના|ਨੂੰ"
    r"|ਤੋਂ|তারিখ|তারিখে|থেকে|তে|এ|అన|న|ನ|ರಂದು|ക്ക്|ന്|அன்று|அன்னிக்கு|ରେ|ରୁ|evening|morning|night"
    r"|"
    r"[ \-]?(?:क|ਨੂੰ))(?![\p{L}\p{M}])",
)
_VITAL = regex.compile(
    (
        r"(?<![a-z])(?:bp|vision|va|v/a|power|score|ratio|grade|apgar|vas|pain|iop|ph|n/?|re|le|be"
        r"|od|os|k1|k2|x|t|slr)[ .:=\-]{0,3}$"
    ),
    regex.IGNORECASE,
)
_WEEKDAY_BEFORE = regex.compile(r"([\p{L}\p{M}]+)\.?,?[ ]{1,2}(?:the )?$")
_WEEKDAY_AFTER = regex.compile(r",?[ ]{1,2}([\p{L}\p{M}]+)")
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_TO = (  # from a day to a day of one month
    r"(?:-|to|&|and|–|aur|se|nunchi|ninda|mudhal|muthal|theke|thi|ton|से|ते|और|व|থেকে|ও|முதல்|మరియు|నుంచి|నుండి|ನಿಂದ|ರಿಂದ|മുതൽ|થી|ਤੋਂ|ਤੇ|ରୁ)"
)


@cache
def _month_pattern() -> "regex.Pattern[str]":
    """A month's name with a day or a year beside it."""
    month = one_of({shadow(phrase).text.casefold() for _, phrase in rows("months.tsv")})
    ordinal = r"(?:[ ]?(?:st|nd|rd|th|la|re|ra|ਲੀ|वी|वां|वाँ|শে|ই|রা|ঠা|লা|য়|তারিখে|ம்|ஆம்|ന്|వ|ನೇ|tarikh|तारीख))?"
    year = r"(?:(?:19|20)\d{2}|14\d{2}|'?\d{2})"
    gap = r"[ \-./,_]{0,3}"
    return regex.compile(
        rf"(?:(?<![\p{{L}}\p{{M}}\d.])|(?<=\p{{Ll}})(?={_DAY}{month}(?:19|20)\d\d))(?:{_DAY}{ordinal}"
        rf"(?:[ ]?(?:of|তারিখ|tarikh|तारीख))?{gap}(?:{_TO}[ ]?{_DAY}{ordinal}{gap})?{month}"
        rf"(?![\p{{L}}\p{{M}}])\.?(?:{gap}(?:two thousand|{year})(?![\d:]))?"
        rf"|{month}\.?[ \-./]{{0,2}}{_DAY}{ordinal}(?![\d.:]|[ ]?(?:mg|ml|g|%|years|yrs))(?:{gap}{year}(?![\d:]))?"
        rf"|(?:(?:early|mid|late|end|end of|beginning of)[ \-])?{month}\.?{gap}(?:of )?(?:(?:19|20)\d{{2}}|'\d\d)(?!\d)"
        rf"|(?:19|20)\d{{2}}{gap}{month}(?![\p{{L}}\p{{M}}])(?:{gap}{_DAY}(?![\d.:]))?)",
        regex.IGNORECASE,
    )


def find(note: Note) -> None:
    """Claim every date."""
    s = note.s
    _in_words(note)
    months = values("months.tsv")
    for token in note.tokens:
        if token.kind == "word" and token.key in months:
            for match in _month_pattern().finditer(s, max(0, token.start - 36), min(len(s), token.end + 24)):
                if match.start() <= token.start < match.end():  # another date near by may be cut by the window's end
                    start, end = _with_weekday(note, match.start(), match.end())
                    note.claim(start, end, Label.DATE, 0.9, "month name")
    for match in _FULL.finditer(s):
        version = "." in match[2] and numbered(s, match.start())
        if _is_date(match[1], match[3], match[4], match[2].strip()) and not (_numbered_file(s, match) or version):
            start, end = _with_weekday(note, match.start(), match.end())
            note.claim(start, end, Label.DATE, 0.9, "numeric date")
    for match in _SPACED.finditer(s):
        if _is_date(match[1], match[2], match[3], " "):
            note.claim(*match.span(), Label.DATE, 0.7, "numeric date, spaced")
    for match in (*_RUN.finditer(s), *_STAMP.finditer(s), *_RUN_BACK.finditer(s)):
        before = s[max(0, match.start() - 12) : match.start()].casefold()
        if "lot" not in before and "batch" not in before and "exp" not in before:
            note.claim(
                match.start(1),
                match.end(3) if match.re is not _STAMP else match.end(1),
                Label.DATE,
                0.6,
                "date in a row",
            )
    for match in _MONTH_YEAR.finditer(s):
        if not vetoed(note, *match.span()):  # an expiry
            note.claim(*match.span(), Label.DATE, 0.6, "month and year")
    for match in _PART.finditer(s):
        _partial(note, match)


def _number(text: str) -> int:
    return int(text.translate(str.maketrans("Ool", "001")))


def _numbered_file(s: str, match: "regex.Match[str]") -> bool:
    """The day behind the month and capitals written on: a file of a ministry, "5/13/2019-NCD-III"."""
    after = s[match.end() : match.end() + 3]
    return _number(match[3]) > 12 and after[:1] == "-" and after[1:].isupper() and after[1:].isalpha()


def _is_date(first: str, middle: str, last: str, separator: str) -> bool:
    """Whether three numbers can be day, month, year in some order that is written."""
    if sum(c.isdigit() for c in first + middle + last) < 3:
        return False
    a, b, c = _number(first), _number(middle), _number(last)
    if len(first) == 4:
        return 1900 <= a <= 2100 and 1 <= b <= 12 and 1 <= c <= 31 and len(last) <= 2
    if len(first) > 2 or len(last) == 3:
        return False
    if len(last) == 4 and not 1900 <= c <= 2100:
        return False
    if len(last) == 2 and separator == "-" and (a == 0 or b == 0 or (a < 31 and b == 0) or _dose(first, middle, last)):
        return False
    return (1 <= a <= 31 and 1 <= b <= 12) or (1 <= a <= 12 and 1 <= b <= 31 and len(last) == 4)


def _dose(first: str, middle: str, last: str) -> bool:
    """ "12-0-8", "14-10-12": units of insulin or tablets in a day; a year of two digits after hyphens wants a
    leading zero.
    """
    return not (first.startswith("0") or middle.startswith("0")) and _number(last) < 15


def _partial(note: Note, match: "regex.Match[str]") -> None:
    """Day and month alone: only beside a word that calls for a date, for so vitals and ratios are written too."""
    s = note.s
    day, separator, month = match[1], match[2], match[3]
    if not any(c.isdigit() for c in day) or not any(c.isdigit() for c in month):
        return
    a, b = _number(day), _number(month)
    if not (1 <= a <= 31 and 1 <= b <= 12) or _VITAL.search(s, max(0, match.start() - 10), match.start()):
        return
    if separator == "." and numbered(s, match.start()):
        return
    before = _PART_BEFORE.search(s, max(0, match.start() - 24), match.start())
    after = _PART_AFTER.match(s, match.end())
    if separator in ".-" and not (before or (after and len(day) == 2 and len(month) == 2)):
        return
    inside = match.start() > 0 and s[match.start() - 1] == "(" and s[match.end() : match.end() + 1] == ")"
    if (
        (before and b != 7)
        or (after and b != 7)
        or (inside and b not in (5, 7, 10) and a > 0 and before)
        or (inside and regex.search(r"\d (?:am|pm) $", s[max(0, match.start() - 7) : match.start() - 1] + " "))
    ):
        note.claim(*match.span(), Label.DATE, 0.55, "day and month")


def _with_weekday(note: Note, start: int, end: int) -> tuple[int, int]:
    """Draw in a weekday beside a date, and an ordinal article before it."""
    s = note.s
    days = words("weekdays.txt")
    before = _WEEKDAY_BEFORE.search(s, max(0, start - 24), start)
    if before and key(before[1]) in days:
        start = before.start(1)
    elif s[max(0, start - 4) : start].casefold() == "the ":
        start -= 4
    after = _WEEKDAY_AFTER.match(s, end)
    if after and key(after[1]) in days and len(after[1]) > 3:
        end = after.end(1)
    return start, end


@cache
def _number_words() -> dict[str, int]:
    found = {word: int(head) for word, head in values("number_words.tsv").items()}
    found.update({word: int(head) for word, head in values("digit_words.tsv").items() if head.isdigit()})
    return found


@cache
def _ordinals() -> frozenset[str]:
    return words("ordinal_words.tsv")


@cache
def _listed(name: str) -> frozenset[str]:
    """Keys of a set of words."""
    return frozenset(key(shadow(word).text) for word in group(name))


def _in_words(note: Note) -> None:
    """A month's name with number words beside it: "fifteenth august nineteen eighty", "सोलह मार्च दो हज़ार चौबीस"."""
    months, found = values("months.tsv"), note.tokens
    for index, token in enumerate(found):
        if token.kind == "word" and token.key in months and note.free(token.start, token.end):
            first, last = _walk(found, index, -1, 4), _walk(found, index, 1, 8)
            if any(found[at].kind == "word" and at != index for at in range(first, last + 1)) and (
                first < index or last > index
            ):
                start, end = _with_weekday(note, found[first].start, found[last].end)
                note.claim(start, end, Label.DATE, 0.85, "date in words")
    _digits_in_words(note)


def _walk(found: list[Token], index: int, step: int, limit: int) -> int:
    """The furthest token from a month that number words, ordinals or links reach; links do not end a date."""
    best, at, numbers = index, index + step, _number_words()
    while 0 <= at < len(found) and abs(at - index) <= limit:
        token = found[at]
        if (
            (token.kind == "word" and (token.key in numbers or token.key in _ordinals() or _compound(token.key)))
            or (token.kind == "number" and len(token.text) in (1, 2, 4))
            or (step > 0 and best > index and token.key in _listed("day_words_behind"))
        ):
            best = at
        elif not (token.key in _listed("date_links") or token.text in ",-"):
            break
        at += step
    return best


def _compound(word: str) -> bool:
    """Fused numbers of the eastern languages: "উনিশশো", "পাঁচই"."""
    return any(
        word.endswith(end) and word[: -len(end)] in _number_words() for end in ("শো", "ই", "শে", "सौ", "th", "ம்")
    )


def _digits_in_words(note: Note) -> None:
    """Dates all in numbers' words behind a label ("likha hai fifteen eight eighty") and a lone ordinal ("on the
    twentieth", "since the twenty-first of last month").
    """
    numbers, ordinals = _number_words(), _ordinals()
    found = note.tokens
    for index, token in enumerate(found):
        if token.kind != "word" or not (token.key in numbers or token.key in ordinals):
            continue
        if not note.free(token.start, token.end):
            continue
        _lone_ordinal(note, index)
        value = numbers.get(token.key, 0)
        if 1 <= value <= 31 and index + 2 < len(found):
            month, year = numbers.get(found[index + 1].key, 0), numbers.get(found[index + 2].key, 0)
            before = numbers.get(found[index - 1].key) if index else None
            if 1 <= month <= 12 and year >= 20 and before is None and not (year > 99):
                end = found[_year_end(found, index + 3) - 1].end
                note.claim(token.start, end, Label.DATE, 0.6, "date in words")


def _year_end(found: list[Token], at: int) -> int:
    """Index behind the rest of a year of which two digits are told: "[eighty] four", "[twenty] twenty-two"."""
    numbers, parts = _number_words(), 0
    while at < len(found) and parts < 2:
        after = at + (found[at].text == "-")
        if after >= len(found) or not 0 < numbers.get(found[after].key, 100) < 100:
            break
        at, parts = after + 1, parts + 1
    return at


def _lone_ordinal(note: Note, index: int) -> None:
    """ "the" and a day's ordinal, the twenty- before it or not, behind a word that a day follows."""
    found, ordinals = note.tokens, _ordinals()
    last = index
    while (
        last + 1 < len(found) and (found[last + 1].text == "-" or found[last + 1].key in ordinals) and last < index + 2
    ):
        last += 1
    if not (found[last].key in ordinals and found[last].key.endswith(("th", "st", "nd", "rd")) and index > 1):
        return
    plain = last == index and not found[last].key.endswith("th")  # "on the first"
    if not plain and found[index - 1].key == "the" and found[index - 2].key in _listed("before_days"):
        note.claim(found[index].start, found[last].end, Label.DATE, 0.5, "ordinal day")
