import datetime
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deid.dates import shift
from deid.tables.dates import check_form, iso_days, move
from schemas.failure import Failure

MOMENTS = st.datetimes(datetime.datetime(1800, 1, 1), datetime.datetime(2250, 1, 1))
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
BACK = st.integers(-728, -28)
FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%b-%Y", "%d %B %Y", "%m.%d.%Y", "%Y%m%d")


def moved(cells: pa.Array, by: int, **how) -> list:
    found = move(cells, pa.array([by] * len(cells), pa.int32()), **how)
    assert not any(found.unreadable.to_pylist())
    assert found.cells.type == cells.type
    return found.cells.to_pylist()


@UNHURRIED
@given(st.lists(MOMENTS, min_size=1, max_size=20), BACK, st.sampled_from(["s", "ms", "us", "ns"]), st.booleans())
def test_timestamps_keep_differences_order_and_time_of_day(moments, by, unit, zoned):
    zone = "Asia/Kolkata" if zoned else None
    cells = pa.array(moments, pa.timestamp("us")).cast(pa.timestamp(unit), safe=False).cast(pa.timestamp(unit, zone))
    found = move(cells, pa.array([by] * len(cells), pa.int32()))
    assert found.cells.type == cells.type
    assert not any(found.unreadable.to_pylist())
    day = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit] * 86_400
    old, new = cells.view(pa.int64()).to_pylist(), found.cells.view(pa.int64()).to_pylist()
    assert [b - a for a, b in pairwise(new)] == [b - a for a, b in pairwise(old)]
    assert [moment % day for moment in new] == [moment % day for moment in old]
    assert [(b - a) / day for a, b in zip(old, new, strict=True)] == [by] * len(old)


@UNHURRIED
@given(st.lists(st.dates(datetime.date(3, 1, 1)), min_size=1, max_size=20), BACK, st.sampled_from(FORMS))
def test_written_days_keep_differences_and_form(days, by, form):
    texts = pa.array([day.strftime(form.replace("%Y", "{}")).format(f"{day.year:04}") for day in days])
    new = moved(texts, by, form=form, timed=False)
    assert [datetime.datetime.strptime(text, form).date() - day for text, day in zip(new, days, strict=True)] == [
        datetime.timedelta(by)
    ] * len(days)
    assert moved(pa.array(new), -by, form=form) == texts.to_pylist()
    assert iso_days(pa.array(new), form).to_pylist() == iso_days(pa.array(moved(pa.array(days), by)), "").to_pylist()


@UNHURRIED
@given(st.lists(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)), min_size=1), BACK)
def test_a_column_moves_as_the_notes_do(days, by):
    texts = [day.isoformat() for day in days]
    expected = [shift(text, by) for text in texts]
    assert moved(pa.array(texts), by) == expected == moved(pa.array(texts), by, form="any")
    assert [day.isoformat() for day in moved(pa.array(days, pa.date32()), by)] == expected
    assert [day.isoformat() for day in moved(pa.array(days, pa.date64()), by)] == expected


@pytest.mark.parametrize(
    "rest", ["", " 00:19", " 23:59:59", "T07:05:00.250", "T07:05:00Z", " 7:05 pm", "T07:05:00+05:30", " 00:00:00.0"]
)
def test_the_time_of_day_stays_letter_for_letter(rest):
    assert moved(pa.array([f"2024-03-01{rest}"]), -28) == [f"2024-02-02{rest}"]


@pytest.mark.parametrize(
    "cell", ["2023-02-30", "2023-13-01", "yesterday", "2024-03-01 to 2024-03-04", "2024-03-01 Asha", "01/03/2024", "-1"]
)
def test_what_is_no_date_is_told_and_gone(cell):
    found = move(pa.array(["2024-03-01", None, "", cell]), pa.array([-7] * 4, pa.int32()))
    assert found.cells.to_pylist() == ["2024-02-23", None, "", None]
    assert found.unreadable.to_pylist() == [False, False, False, True]


def test_a_day_column_holds_no_time():
    noon = datetime.datetime(2024, 3, 1, 12)
    midnight = datetime.datetime(2024, 3, 1)
    by = pa.array([-7, -7], pa.int32())
    assert move(pa.array([noon, midnight]), by, timed=False).unreadable.to_pylist() == [True, False]
    texts = pa.array(["2024-03-01 12:00", "2024-03-01 00:00:00"])
    assert move(texts, by, timed=False).unreadable.to_pylist() == [True, False]


def test_without_a_subject_nothing_is_moved_nor_kept():
    for cells in (pa.array(["2024-03-01"]), pa.array([datetime.date(2024, 3, 1)])):
        for form in ("%Y-%m-%d", "any"):
            found = move(cells, pa.array([None], pa.int32()), form=form)
            assert (found.cells.to_pylist(), found.unreadable.to_pylist()) == ([None], [True])


def test_what_leaves_the_calendar_is_unreadable():
    first = pa.array([datetime.date(1, 1, 2)])
    assert move(first, pa.array([-7], pa.int32())).unreadable.to_pylist() == [True]
    assert move(pa.array(["0001-01-02"]), pa.array([-7], pa.int32())).unreadable.to_pylist() == [True]
    nano = pa.array([-(2**63) + 5], pa.int64()).view(pa.timestamp("ns"))
    assert move(nano, pa.array([-7], pa.int32())).unreadable.to_pylist() == [True]


@pytest.mark.parametrize("form", ["%d/%m/%y", "%d/%m", "%Y", "%d/%d/%Y", "%H:%M"])
def test_a_form_that_tells_no_one_day_is_refused(form):
    with pytest.raises(Failure, match="once each"):
        check_form(form)


def test_other_columns_are_no_dates():
    with pytest.raises(Failure, match="neither dates nor text"):
        move(pa.array([1.5]), pa.array([-7], pa.int32()))
