import datetime
import re

import pytest

from deid.checksums import aadhaar, luhn36
from deid.dates import shift
from deid.detector import Detector
from deid.replace import Replacer
from deid.residual import residual
from schemas.failure import Refusal
from schemas.labels import Label
from schemas.policy import DeidPolicy
from schemas.span import Span

KEY, OTHER = b"k" * 32, b"o" * 32
NOTE = (
    "Name: Vimala Deshpande   UHID: AB/123456\nAadhaar 2341 2341 2346, Ph 98765 43210, PAN ABCPD1234E\n"
    "GSTIN 27AAPFU0939F1ZV\nAdmitted 14/08/2023, discharged 20-Aug-2023. Vimala was seen by Dr. R. Natarajan "
    "at Sunrise Hospital, Pune 411001."
)


def scrub(text, key=KEY, subject="s", policy=None):
    policy = policy or DeidPolicy()
    spans = Detector(policy).detect([text])[0]
    return Replacer(policy, key).replace(text, spans, subject), [text[s.start : s.end] for s in spans]


def test_nothing_of_the_original_is_left():
    after, originals = scrub(NOTE)
    assert residual([after], [originals]) == [None]
    assert not [value for value in originals if len(value) > 3 and value in after]


def test_same_key_same_bytes_other_key_other_surrogates():
    assert scrub(NOTE) == scrub(NOTE)
    assert scrub(NOTE)[0] != scrub(NOTE, OTHER)[0]
    assert scrub(NOTE, subject="t")[0] != scrub(NOTE)[0]


def test_scope_of_the_dataset_ignores_the_patient():
    policy = DeidPolicy(scope="dataset")
    assert scrub(NOTE, policy=policy, subject="s") == scrub(NOTE, policy=policy, subject="t")


def test_one_name_keeps_one_surrogate():
    after, _ = scrub(NOTE)
    first = re.search(r"Name: (\w+)", after)[1]
    assert f"{first} was seen" in after


def test_dates_keep_their_distance_and_their_form():
    after, _ = scrub(NOTE)
    a, b = re.search(r"Admitted (\S+), discharged (\S+)\.", after).groups()
    first = datetime.datetime.strptime(a, "%d/%m/%Y")
    second = datetime.datetime.strptime(b, "%d-%b-%Y")
    assert (second - first).days == 6


def test_made_numbers_break_their_own_rules():
    after, _ = scrub(NOTE)
    made = re.search(r"Aadhaar (\S+ \S+ \S+),", after)[1]
    assert not aadhaar(made.replace(" ", ""))
    assert not luhn36(re.search(r"GSTIN (\S+)", after)[1])
    assert re.search(r"Ph 5\d{4} \d{5}", after)


def test_tag_redact_and_keep():
    policy = DeidPolicy(default="tag", operators={Label.DATE: "keep", Label.IN_PAN: "redact"})
    after, _ = scrub(NOTE, policy=policy)
    assert "[PERSON_1]" in after
    assert "[PERSON_2]" in after
    assert "14/08/2023" in after
    assert "[IN_PAN]" in after


def test_scripts_and_digits_stay_what_they_are():
    after, _ = scrub("नाम: विमला देवी, मो. ९८७६५ ४३२१०")
    assert re.search(r"मो\. ५[०-९]{4} [०-९]{5}", after)
    assert re.match(r"नाम: [\u0900-\u097f]+ [\u0900-\u097f]+,", after)


def test_no_key_no_surrogates():
    with pytest.raises(Refusal, match="key create"):
        Replacer(DeidPolicy(), b"")


def test_spans_outside_the_text_are_refused():
    with pytest.raises(ValueError, match="leave the text"):
        Replacer(DeidPolicy(), KEY).replace("abc", [Span(1, 9, Label.PERSON)], None)


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("14/08/2023", "07/08/2023"),
        ("१४/०८/२०२३", "०७/०८/२०२३"),
        ("20230814", "20230807"),
        ("2 Jan 24", "26 Dec 23"),
        ("९ मार्च २०२४", "२ मार्च २०२४"),
        ("March 3", "February 24"),
        ("someday", None),
    ],
)
def test_shift_by_a_week(text, moved):
    assert shift(text, -7) == moved


def test_a_date_without_its_year_is_moved_in_the_year_of_its_note():
    text = "DOB 12/04/1961. Admitted 05/03/2024, fever since 20/02. Discharged 9 March 2024."
    spans = [Span(m.start(), m.end(), Label.DATE) for m in re.finditer(r"[0-9]+/[0-9/]+|9 March 2024", text)]
    for number in range(50):
        _, admitted, since, _ = re.findall(
            r"[0-9]+/[0-9/]+|[0-9]+ \w+ \d{4}", Replacer(DeidPolicy(), bytes([number]) * 32).replace(text, spans, "s")
        )
        day = datetime.datetime.strptime(admitted, "%d/%m/%Y")
        before = day - datetime.timedelta(14)  # 20 February to 5 March of a leap year
        assert since == f"{before:%d/%m}"


def test_any_number_of_days_where_weekdays_need_not_stay():
    text, moves = "15/03/2024", set()
    for number in range(30):
        replacer = Replacer(DeidPolicy(keep_weekday=False), bytes([number]) * 32)
        after = datetime.datetime.strptime(replacer.replace(text, [Span(0, 10, Label.DATE)], "s"), "%d/%m/%Y")
        moves.add((after - datetime.datetime(2024, 3, 15)).days % 7)
    assert len(moves) > 3


def test_no_moved_date_is_another_of_the_note():
    """Dates that are four weeks apart become each other where the patient's dates move by four weeks."""
    text = "; ".join(f"{datetime.date(2024, 1, 1) + datetime.timedelta(7 * week):%d/%m/%Y}" for week in range(120))
    spans = [Span(m.start(), m.end(), Label.DATE) for m in re.finditer(r"[0-9/]+", text)]
    for number in range(10):
        after = Replacer(DeidPolicy(), bytes([number]) * 32).replace(text, spans, "s")
        originals = [text[span.start : span.end] for span in spans]
        assert residual([after], [originals]) == [None]
        assert not set(after.split("; ")) & set(originals)


def test_residual_sees_what_was_left():
    reasons = residual(
        ["call 98765 43210", "Suresh came", "uid 2341 2341 2346", "GSTIN 27AAPFU0939F1ZV", "number ९८७६५४३२१०", "fine"],
        [[], ["Suresh"], [], [], ["9876543210"], ["Suresh"]],
    )
    assert reasons == [
        "phone_number_remains", "original_identifier_remains", "valid_aadhaar_remains",
        "valid_gstin_remains", "original_identifier_remains", None,
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["UHID7734501", "HOSP0123456", "ABCDE1234F", "1234 5678 9012", "27AAPFU0939F1ZV"])
def test_no_surrogate_has_a_real_ones_form_by_chance(value):
    span = Span(0, len(value), Label.MEDICAL_RECORD_NUMBER)
    for number in range(200):
        made = Replacer(DeidPolicy(), bytes([number]) * 32).replace(value, [span], "s")
        assert residual([made], [[value]]) == [None]


def test_a_code_of_letters_keeps_its_form():
    spans = [Span(0, 3, Label.MEDICAL_RECORD_NUMBER), Span(3, 4, Label.OTHER_ID)]
    made = {Replacer(DeidPolicy(), bytes([number]) * 32).replace("QXA9", spans, "s") for number in range(20)}
    assert len(made) > 5
    assert all(re.fullmatch("[A-Z]{3}[0-9]", each) and not each.startswith("QXA") for each in made)


def marked(text, *values):
    return [Span(text.index(value), text.index(value) + len(value), label) for value, label in values]


def test_a_value_of_kept_words_only_has_a_surrogate_of_its_own():
    for label, value, stays in (
        (Label.ORGANIZATION, "Civil Hospital", " Hospital"),
        (Label.ORGANIZATION, "Hospital", ""),
        (Label.LOCATION, "गाँव", ""),
    ):
        span = [Span(0, len(value), label)]
        made = {Replacer(DeidPolicy(), bytes([number]) * 32).replace(value, span, "s") for number in range(40)}
        assert len(made) > 5
        assert not made & {value, f"[{label}]"}
        assert all(each.endswith(stays) for each in made)


def test_a_kept_word_that_is_a_whole_value_elsewhere_is_not_kept():
    text = "Stays in Nagar, 5 Thillai Nagar, Salem. Reach Thillai. Nagar ok."
    spans = marked(text, ("Nagar", Label.LOCATION), ("5 Thillai Nagar, Salem", Label.LOCATION))
    spans += [Span(text.index("Thillai. Nagar"), text.index(" ok"), Label.LOCATION)]
    for number in range(20):
        after = Replacer(DeidPolicy(), bytes([number]) * 32).replace(text, spans, "s")
        assert "Nagar" not in after
        assert "[LOCATION]" not in after


@pytest.mark.parametrize("label", [Label.PHONE_NUMBER, Label.IN_AADHAAR, Label.BANK_ACCOUNT, Label.PIN_CODE])
@pytest.mark.parametrize("value", ["seven eight nine 0 seven four", "সাত আট নয় শূন্য\n৪"])
def test_of_a_number_partly_in_words_no_word_stays(label, value):
    after = Replacer(DeidPolicy(), KEY).replace(value, [Span(0, len(value), label)], "s")
    assert after.isascii()
    assert after.isdecimal()


def test_what_is_seen_of_a_masked_number_is_drawn_by_the_key():
    value = "XXXX XXXX 4821"
    span = [Span(0, len(value), Label.IN_AADHAAR)]
    made = {Replacer(DeidPolicy(), bytes([number]) * 32).replace(value, span, "s") for number in range(50)}
    assert len(made) > 45
    assert value not in made
    assert len({each[10] for each in made}) > 5


@pytest.mark.parametrize("operator", ["tag", "token"])
def test_one_person_in_two_scripts_has_one_tag(operator):
    text = "Ram Kumar, राम कुमार, Shyam Kumar"
    spans = [Span(0, 9, Label.PERSON), Span(11, 20, Label.PERSON), Span(22, 33, Label.PERSON)]
    after = Replacer(DeidPolicy(default=operator), KEY).replace(text, spans, "s").split(", ")
    assert after[0] == after[1] != after[2]
