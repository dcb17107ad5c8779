from collections import Counter, defaultdict

import duckdb
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deid.tables.anonymity import Groups, Rungs
from schemas.columns import Anonymity

QUASI = [
    Rungs("age", "q0", ("years", "decade", "*"), 0, 2, 0),
    Rungs("pin", "q1", ("6 digits", "3 digits", "*"), 0, 2, 1),
]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"]) | st.none(),
        st.integers(20, 60),
        st.sampled_from(["411005", "411006", "560001", None]),
        st.sampled_from(["flu", "TB", None]),
    ),
    max_size=40,
)
RULES = st.builds(
    Anonymity,
    k=st.integers(2, 4),
    l=st.integers(1, 2),
    count=st.sampled_from(["subjects", "rows"]),
    method=st.sampled_from(["generalise", "suppress"]),
    suppress_at_most=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
)


def settled(rows, rule, quasi=QUASI):
    staged = pa.table(
        {
            "row": pa.array(range(1, len(rows) + 1), pa.int64()),
            "subject": pa.array([row[0] for row in rows], pa.string()),
            "q0_0": pa.array([str(row[1]) for row in rows], pa.string()),
            "q0_1": pa.array([str(row[1] // 10) for row in rows], pa.string()),
            "q0_2": pa.array(["*"] * len(rows), pa.string()),
            "q1_0": pa.array([row[2] for row in rows], pa.string()),
            "q1_1": pa.array([row[2] and row[2][:3] for row in rows], pa.string()),
            "q1_2": pa.array(["*"] * len(rows), pa.string()),
            "c2": pa.array([row[3] for row in rows], pa.string()),
        }
    )
    with duckdb.connect() as connection:
        connection.register("staged", staged)
        connection.execute("CREATE TABLE gone (row BIGINT, reason VARCHAR)")
        levels, report = Groups(connection, rule, quasi, ["c2"]).settle()
        gone = dict(connection.execute("SELECT row, reason FROM gone ORDER BY row").fetchall())
    kept = [row for row in staged.to_pylist() if row["row"] not in gone]
    return levels, report, gone, kept


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, RULES)
def test_k_and_l_are_reached_or_all_is_suppressed(rows, rule):
    levels, report, gone, kept = settled(rows, rule)
    groups = defaultdict(list)
    for row in kept:
        groups[row[f"q0_{levels['age']}"], row[f"q1_{levels['pin']}"]].append(row)
    sizes = [
        len({row["subject"] for row in group} - {None}) if rule.count == "subjects" else len(group)
        for group in groups.values()
    ]
    kinds = [len({row["c2"] for row in group} - {None}) for group in groups.values()]
    assert all(size >= rule.k for size in sizes)
    assert all(kind >= rule.l for kind in kinds)
    assert (report.k_achieved, report.l_achieved) == (min(sizes, default=None), min(kinds, default=None))
    assert Counter(gone.values()).keys() <= {"small_group", "uniform_group"}
    if rule.method == "generalise" and any(level < 2 for level in levels.values()):
        assert len(gone) <= rule.suppress_at_most * len(rows)
    if rule.method == "suppress":
        assert set(levels.values()) == {0}
    assert settled(rows, rule)[:3] == (levels, report, gone)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_the_report_shows_no_exact_pin_code_and_no_subject(rows):
    _, report, gone, _ = settled(rows, Anonymity(k=4, method="suppress"))
    text = report.model_dump_json()
    assert "411005" not in text
    assert "s1" not in text
    assert sum(group.rows for group in report.groups) == len(gone)


def test_it_goes_up_no_further_than_it_must():
    rows = [(f"s{n}", 20 + n, "411005", "flu") for n in range(6)]
    levels, report, gone, kept = settled(rows, Anonymity(k=5))
    assert levels == {"age": 1, "pin": 0}
    assert (report.k_before, report.k_achieved, report.violating_groups, len(gone), len(kept)) == (1, 6, 6, 0, 6)


def test_a_subject_counts_once_however_many_rows():
    rows = [("s1", 30, "411005", "flu")] * 9
    assert settled(rows, Anonymity(k=2))[3] == []
    assert len(settled(rows, Anonymity(k=2, count="rows"))[3]) == 9


def test_an_upper_bound_is_not_passed():
    bound = [Rungs("age", "q0", ("years", "decade", "*"), 0, 1, 0), QUASI[1]]
    levels, _, gone, kept = settled([("s1", 20, "411005", None), ("s2", 55, "560001", None)], Anonymity(k=2), bound)
    assert levels["age"] == 1
    assert len(gone) == 2
    assert kept == []


def test_too_few_kinds_are_told_apart_from_too_few_subjects():
    rows = [("s1", 30, "411005", "flu"), ("s2", 30, "411005", "flu"), ("s3", 45, "560001", "TB")]
    gone = settled(rows, Anonymity(k=2, l=2, method="suppress"))[2]
    assert gone == {1: "uniform_group", 2: "uniform_group", 3: "small_group"}
