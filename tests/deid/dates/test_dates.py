import datetime
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deid.dates import around, days, shift
from deid.dates.calendars import Stamp, moved
from deid.dates.words import Number, number, write_day, write_year

BENGALI = "০১২৩৪৫৬৭৮৯"
DEVANAGARI = "०१२३४५६७८९"
ENGLISH = [datetime.date(2000, month, 1).strftime("%B") for month in range(1, 13)]
HINDI = [
    "जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर",
]  # fmt: skip
TAMIL = [
    "ஜனவரி", "பிப்ரவரி", "மார்ச்", "ஏப்ரல்", "மே", "ஜூன்", "ஜூலை", "ஆகஸ்ட்", "செப்டம்பர்", "அக்டோபர்", "நவம்பர்", "டிசம்பர்",
]  # fmt: skip
BANGLA = [
    "জানুয়ারি", "ফেব্রুয়ারি", "মার্চ", "এপ্রিল", "মে", "জুন", "জুলাই", "আগস্ট", "সেপ্টেম্বর", "অক্টোবর", "নভেম্বর", "ডিসেম্বর",
]  # fmt: skip
ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ONES = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ORDINALS = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}
PIECES = [
    "0", "1", "31", "O", "l", "/", "-", ".", "th", "st", "'24", "2024", "to", "and", "may", "माघ", "ஆடி", "ten",
    "twenty", "XI", "Ⅵ", "১লা", "T", "\u200b", "⑤", "'ম", " ", "\n", "\ud800",
]  # fmt: skip
DAYS_BN = {1: "লা", 2: "রা", 3: "রা", 4: "ঠা"}


def native(value, digits, width=0):
    return "".join(digits[int(c)] for c in f"{value:0{width}d}")


def suffixed(n):
    return f"{n}{'th' if n in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def spelled(n):
    if n < 20:
        return ONES[n - 1]
    return TENS[n // 10 - 2] + (f" {ONES[n % 10 - 1]}" if n % 10 else "")


def ordinal(n):
    if n % 10 == 0 and n >= 20:
        return {20: "twentieth", 30: "thirtieth"}[n]
    if n > 20:
        return f"{TENS[n // 10 - 2]} {ordinal(n % 10)}"
    return ORDINALS.get(n, ONES[n - 1] + "th")


def in_words(d):
    year = f"two thousand {spelled(d.year % 100)}" if d.year % 100 else "two thousand"
    return f"{ordinal(d.day)} of {ENGLISH[d.month - 1]} {year}"


FORMS = {
    "slashes": lambda d: f"{d:%d/%m/%Y}",
    "hyphens, short": lambda d: f"{d.day:02d}-{d.month:02d}-{d:%y}",
    "dots": lambda d: f"{d:%d.%m.%Y}",
    "iso": lambda d: f"{d:%Y-%m-%d}",
    "row": lambda d: f"{d:%Y%m%d}",
    "row back": lambda d: f"{d:%d%m%y}",
    "stamp": lambda d: f"{d:%Y%m%d}T2207",
    "iso stamp": lambda d: f"{d:%Y-%m-%d}T09:14",
    "roman": lambda d: f"{d.day}.{ROMAN[d.month - 1]}.{d:%y}",
    "suffix": lambda d: f"{suffixed(d.day)} {ENGLISH[d.month - 1]} {d.year}",
    "upper": lambda d: f"{suffixed(d.day)} {ENGLISH[d.month - 1]} {d.year}".upper(),
    "american": lambda d: f"{ENGLISH[d.month - 1][:3]} {d.day}, {d.year}",
    "short year": lambda d: f"{d.day} {ENGLISH[d.month - 1][:3].lower()} '{d:%y}",
    "hindi": lambda d: f"{native(d.day, DEVANAGARI)} {HINDI[d.month - 1]} {d.year}",
    "hindi numeric": lambda d: (
        "/".join(native(*v) for v in ((d.day, DEVANAGARI, 2), (d.month, DEVANAGARI, 2)))
        + "/"
        + native(d.year, DEVANAGARI)
    ),
    "bengali": lambda d: (
        f"{native(d.day, BENGALI)}{DAYS_BN.get(d.day, 'শে' if d.day > 18 else 'ই')} {BANGLA[d.month - 1]}"
        f" {native(d.year, BENGALI)}"
    ),
    "tamil": lambda d: f"{d.day}-ஆம் தேதி {TAMIL[d.month - 1]} {d.year}",
    "line break": lambda d: f"{d.day} {ENGLISH[d.month - 1]}\n{d.year}",
    "spread": lambda d: " ".join(f"{d:%d/%m/%y}"),
    "weekday": lambda d: f"{WEEKDAYS[d.weekday()]} {d.day} {ENGLISH[d.month - 1]} {d.year}",
    "words": in_words,
}
WEEKS = st.integers(4, 104).map(lambda weeks: -7 * weeks)
DATES = st.dates(datetime.date(2003, 1, 2), datetime.date(2029, 12, 31))
FORM = st.sampled_from(sorted(FORMS))


@given(DATES, DATES, FORM, FORM, WEEKS)
def test_interval_and_form_stay_whatever_the_forms(first, second, one, other, by):
    """Each date comes out exactly as its form writes the date moved: so every interval and the order stay."""
    cut = {"american", "short year"}  # "May" is cut short or written in full, and nobody can tell
    assume(not (cut & {one, other} and 5 in (first.month, second.month)))
    assert shift(FORMS[one](first), by) == FORMS[one](first + datetime.timedelta(by))
    assert shift(FORMS[other](second), by) == FORMS[other](second + datetime.timedelta(by))


@given(
    DATES,
    st.integers(0, 40),
    WEEKS,
    st.sampled_from(["{a:%d/%m/%y} - {b:%d/%m/%y}", "{a.day} {a:%B %Y} to {b.day} {b:%B %Y}"]),
)
def test_both_ends_of_a_range_move(first, length, by, form):
    second, move = first + datetime.timedelta(length), datetime.timedelta(by)
    assert shift(form.format(a=first, b=second), by) == form.format(a=first + move, b=second + move)


@given(DATES, DATES, WEEKS)
def test_months_keep_the_order_of_full_dates(first, second, by):
    """A month moves to the one in which its middle falls: never behind the month of a later date's month."""
    a, b = (shift(f"{ENGLISH[d.month - 1]} {d.year}", by).split() for d in sorted((first, second)))
    assert (int(a[1]), ENGLISH.index(a[0])) <= (int(b[1]), ENGLISH.index(b[0]))


@given(DATES, DATES.filter(lambda d: d.day < 29), WEEKS)
def test_a_year_that_is_not_written_is_that_of_the_note(near, date, by):
    written = min(
        (date.replace(year=near.year + step) for step in (-1, 0, 1)), key=lambda choice: abs((choice - near).days)
    )
    after = written + datetime.timedelta(by)
    assert shift(f"{date.day:02d}/{date.month:02d}", by, near) == f"{after.day:02d}/{after.month:02d}"


@given(st.text(max_size=300), WEEKS)
def test_any_text_is_survived(text, by):
    assert shift(text, by) is None or isinstance(shift(text, by), str)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), WEEKS)
def test_any_mixture_of_parts_is_survived(text, by):
    assert shift(text, by) is None or isinstance(shift(text, by), str)


@pytest.mark.parametrize(
    "text", ["31/02/2023", "45/13/2023", "29-02-2023", "31 April 2024", "00/00/2020", "9999-12-3x"]
)
def test_a_wrong_date_cannot_be_moved(text):
    assert shift(text, -28) is None


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("15/08/2023", "18/07/2023"),
        ("5/8/23", "8/7/23"),
        ("15.viii.23", "18.vii.23"),
        ("15-VIII-23", "18-VII-23"),
        ("150823", "180723"),
        ("Aug '23", "Jul '23"),
        ("১লা জানুয়ারি", "৪ঠা ডিসেম্বর"),
        ("১৫ই আগস্ট", "১৮ই জুলাই"),
        ("১৫ আগস্টের", "১৮ জুলাইয়ের"),
        ("ஆகஸ்டில் 15", "ஜூலையில் 18"),
        ("15 अगस्त को", "18 जुलाई को"),
        ("१५ ऑगस्ट", "१८ जुलै"),
        ("पंद्रह अगस्त", "अठारह जुलाई"),
        ("fifteen eight eighty", "eighteen seven eighty"),
        ("12-14 March 2024", "13-15 February 2024"),
        ("28 Feb – 3 Mar", "31 Jan – 3 Feb"),
        ("28-30 March 2024", "29 February - 2 March 2024"),
        ("29 Dec 2023 – 2 Jan 2024", "1 Dec 2023 – 5 Dec 2023"),
        ("12/3/24, 14/3/24", "13/2/24, 15/2/24"),
        ("Dec tenth to twelfth", "Nov twelfth to fourteenth"),
        ("O7-l1-2O23", "10-10-2023"),
        ("2 8 - 0 9 - 2 4", "3 1 - 0 8 - 2 4"),
        ("8/25/2023", "7/28/2023"),
        ("15th–17th", "17th–19th"),
        ("1-3/2/2024", "4-6/1/2024"),
        ("March 29-31, 2024", "March 1-3, 2024"),
        ("28-30/01/2024", "31/12/2023 - 02/01/2024"),
        ("Jan 28-30, 2024", "Dec 31, 2023 - Jan 2, 2024"),
        ("22nd Sra\u200bvon 1431", "26th Asharh 1431"),
        ("ஆடி 18", "ஆனி 22"),
        ("the 16th", "the 18th"),
        ("22 डिसें. 2024", "24 नोव्हें. 2024"),
        ("dhanteras, 29", None),
        ("", None),
    ],
)
def test_four_weeks_back(text, after):
    assert shift(text, -28) == after


@given(DATES, st.integers(1, 9), WEEKS)
def test_a_range_of_days_in_one_month(first, length, by):
    second, move = first + datetime.timedelta(length), datetime.timedelta(by)
    if second.month != first.month:
        return
    after = shift(f"{first.day}-{second.day} {ENGLISH[first.month - 1]} {first.year}", by)
    numbers = [int(n) for n in re.findall(r"\b\d{1,2}\b", after)]
    assert numbers == [(first + move).day, (second + move).day]
    assert ENGLISH[(second + move).month - 1] in after


@given(st.sampled_from(["solar", "kollam", "islamic"]), st.integers(0, 5000), st.integers(1, 700), WEEKS)
def test_dates_of_one_native_calendar_keep_their_distance(calendar, start, length, by):
    def place(stamp):
        return moved(stamp, calendar, 0, None)

    first = moved(Stamp(1400, 1, 1), calendar, start, None)
    second = moved(first, calendar, length, None)
    assert moved(moved(first, calendar, by, None), calendar, length, None) == moved(second, calendar, by, None)
    assert place(first) == first


def test_weekdays_move_only_by_whole_weeks():
    assert shift("Friday 15 March 2024", -30) is None
    assert shift("15 March 2024", -30) == "14 February 2024"
    assert days(lambda limit: 0) == -28
    assert days(lambda limit: limit - 1) == -728
    assert {days(lambda limit, n=n: n % limit, whole_weeks=False) % 7 for n in range(7)} == set(range(7))


def test_the_middle_date_is_the_notes_own():
    values = ["12/04/1961", "03/02/2024", "9 Feb 2024", "15/2", "soon"]
    assert around(values) == datetime.date(2024, 2, 3)
    assert around(["15/2"]) is None


@pytest.mark.parametrize("like", ["बीस", "ten", "bees", "কুড়ি", "இருபது", "ఇరవై", "વીસ", "ಇಪ್ಪತ್ತು", "ഇരുപത്", "ਵੀਹ", "بیس"])
def test_every_day_is_written_in_the_words_of_its_script(like):
    old = [Number(0, len(like), *number(like), like)]
    for day in range(1, 32):
        made = write_day(day, old)
        read = [number(word)[0] for word in made.split()]
        assert sum(read) == day
    assert write_year(2015, old)


@pytest.mark.parametrize("text", ["12:03:2024", "12:03:24"])
def test_a_date_with_colons_is_no_time(text):
    assert not {text[3:8], text[6:]} & {(shift(text, -28) or "")[3:8]}


@pytest.mark.parametrize("text", ["March", "15/8/23, March", "ten and March"])
def test_what_would_stay_as_it_is_is_not_moved(text):
    assert shift(text, -364) is None
