import datetime
import gzip
import json
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather
from typer.testing import CliRunner

from curate.ingest import keyed
from deid.commands import app
from deid.key import NAME, token
from deid.replace import Replacer
from deid.tables.formats import open_table
from deid.tables.policy import presets, read_column_policy
from schemas.failure import Failure, Refusal
from schemas.labels import Label
from schemas.policy import DeidPolicy
from schemas.span import Span

RUN = CliRunner()
KEY = bytes(range(32))
MIMIC = Path(__file__).resolve().parents[3].parent / "shared/data/mimic_iv_demo"
NAMES = ("Sulochana Deshpande", "Imran Qureshi", "Kavita Iyer", "Harpreet Gill")
POLICY = """
unreadable: {unreadable}
tables:
  visits:
    anonymity: {{k: 2, suppress_at_most: 0.3}}
    columns:
      mrn: subject
      visit: {{role: identifier, label: OTHER_ID, operator: token, search: false}}
      name: {{role: identifier, label: PERSON}}
      phone: {{role: identifier, label: PHONE_NUMBER, operator: redact}}
      seen: date
      at: datetime
      age: {{role: quasi, ladder: age}}
      pin: {{role: quasi, ladder: pin}}
      note: text
      ward: keep
      secret: drop
"""


def rows(count: int = 12) -> list[dict]:
    return [
        {
            "mrn": f"{7000 + n % 4}",
            "visit": f"V{100 + n}",
            "name": NAMES[n % 4],
            "phone": f"98450612{30 + n % 4}",
            "seen": f"2023-08-{10 + n}",
            "at": f"2023-08-{10 + n} 10:{n:02}:00",
            "age": f"{40 + n % 4}",
            "pin": f"41100{n % 4}",
            "note": None
            if n == 5
            else f"{NAMES[n % 4]} came on 2023-08-{10 + n}, BP 120/80, mobile 98450612{30 + n % 4}",
            "ward": "B, 2",
            "secret": "CANARY",
        }
        for n in range(count)
    ]


@pytest.fixture
def place(tmp_path):
    (tmp_path / "vault").mkdir(mode=0o700)
    (tmp_path / "vault" / NAME).write_bytes(KEY)
    (tmp_path / "vault" / NAME).chmod(0o600)
    (tmp_path / "columns.yaml").write_text(POLICY.format(unreadable="error"))
    pl.DataFrame(rows()).write_csv(tmp_path / "visits.csv")
    return tmp_path


def call(place, *tables, out="out", options=()):
    policy = () if "--preset" in options else ("--policy", place / "columns.yaml")
    words = ["table", *tables, "-o", place / out, "--vault", place / "vault", *policy, "--json", *options]
    result = RUN.invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_every_role(place):
    report = call(place, place / "visits.csv")["tables"][0]
    found = pl.read_csv(place / "out/visits.csv", infer_schema=False).to_dicts()
    assert list(found[0]) == [name for name in rows()[0] if name != "secret"]
    assert (report["rows_in"], report["rows_out"], report["suppressed"]) == (12, 12, {})
    replacer = Replacer(DeidPolicy(), KEY)
    for old, new in zip(rows(), found, strict=True):
        assert new["mrn"] == token(KEY, "subject", old["mrn"])
        assert new["visit"] == token(KEY, "visit", old["visit"])
        assert new["name"] == replacer.replace(old["name"], [Span(0, len(old["name"]), Label.PERSON)], old["mrn"])
        assert new["phone"] == "[PHONE_NUMBER]"
        assert new["seen"] == replacer.replace(old["seen"], [Span(0, 10, Label.DATE)], old["mrn"])
        assert new["at"] == f"{new['seen']}{old['at'][10:]}"
        assert new["ward"] == old["ward"]
        if old["note"] is not None:
            assert new["note"].startswith(f"{new['name']} came on {new['seen']}, BP 120/80")
    assert report["anonymity"]["k_achieved"] >= 2
    assert {row["age"] for row in found} == {"40-44"} or {row["pin"] for row in found} == {"411***"}
    said = (place / "out/visits.csv").read_text() + (place / "out/report.json").read_text()
    for secret in (*NAMES, "98450612", "CANARY", "411001", "7001"):
        assert secret not in said
    assert (place / "out/visits.suppressed.csv").read_text() == "row,reason\n"
    assert sorted(path.name for path in (place / "out").iterdir()) == [
        "report.json",
        "visits.csv",
        "visits.suppressed.csv",
    ]


def test_a_source_gives_the_tokens_and_days_of_its_curated_notes(place):
    call(place, place / "visits.csv", options=("--source", "ward7"))
    scope = keyed(KEY, "ward7", "subject", "7000")
    new = pl.read_csv(place / "out/visits.csv", infer_schema=False).row(0, named=True)
    assert new["mrn"] == scope
    assert new["seen"] == Replacer(DeidPolicy(), KEY).replace("2023-08-10", [Span(0, 10, Label.DATE)], scope)


def test_scrubbed_notes_and_tables_agree(place):
    (place / "notes.jsonl").write_text(json.dumps({"id": "1", "subject": 7000, "text": rows()[0]["note"]}) + "\n")
    RUN.invoke(app, ["scrub", str(place / "notes.jsonl"), "-o", str(place / "clean"), "--vault", str(place / "vault")])
    call(place, place / "visits.csv")
    new = pl.read_csv(place / "out/visits.csv", infer_schema=False).row(0, named=True)
    text = json.loads((place / "clean").read_text())["text"]
    assert text.startswith(f"{new['name']} came on {new['seen']},")


def test_any_kind_of_table_says_the_same(place):
    frame = pl.DataFrame(rows())
    frame.write_csv(place / "visits.tsv", separator="\t")
    (place / "visits.csv.gz").write_bytes(gzip.compress((place / "visits.csv").read_bytes()))
    (place / "visits.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows()))
    table = pa.Table.from_pylist(rows()).replace_schema_metadata({b"owner": b"CANARY"})
    typed = table.set_column(4, "seen", table["seen"].cast(pa.date32())).set_column(
        5, "at", table["at"].cast(pa.timestamp("us"))
    )
    typed = typed.set_column(0, "mrn", table["mrn"].cast(pa.float64())).set_column(
        6, "age", table["age"].cast(pa.int8())
    )
    typed = typed.set_column(2, "name", table["name"].dictionary_encode())
    pq.write_table(typed, place / "visits.parquet", row_group_size=5)
    feather.write_feather(typed, place / "visits.arrow")
    expected = None
    for number, name in enumerate(
        ("visits.csv", "visits.tsv", "visits.csv.gz", "visits.jsonl", "visits.parquet", "visits.arrow")
    ):
        for parquet in (False, True):
            out = f"out{number}{parquet}"
            call(place, place / name, out=out, options=("--parquet",) if parquet else ())
            written = place / out / ("visits.parquet" if parquet else name)
            assert b"CANARY" not in written.read_bytes()
            read = [row for batch in open_table(written).batches() for row in batch.to_pylist()]
            plain = [
                {key: f"{value}" if isinstance(value, datetime.date) else value for key, value in row.items()}
                for row in read
            ]
            expected = expected or plain
            assert plain == expected, (name, parquet)
    assert pq.read_schema(place / "out4False/visits.parquet").field("at").type == pa.timestamp("us")


def test_equal_bytes_at_any_number_of_workers_and_again(place):
    frame = pl.concat([pl.DataFrame(rows())] * 3000)
    frame.with_columns(note=pl.lit("BP 120/80"), visit=pl.int_range(pl.len()).cast(pl.String)).write_csv(
        place / "visits.csv"
    )
    (place / "out1").mkdir()  # an empty folder may be there
    for out, workers in (("out1", 1), ("out2", 2), ("again", 1)):
        call(place, place / "visits.csv", out=out, options=("--workers", workers))
        for name in ("visits.csv", "visits.suppressed.csv", "report.json"):
            assert (place / out / name).read_bytes() == (place / "out1" / name).read_bytes()
    assert pl.read_csv(place / "out1/visits.csv", infer_schema=False).height == 36_000


def test_rows_that_are_suppressed_are_told_by_number(place):
    odd = [*rows(), rows(1)[0] | {"mrn": "9999", "age": "97", "pin": "700001", "note": None}]
    pl.DataFrame(odd).write_csv(place / "visits.csv")
    report = call(place, place / "visits.csv")["tables"][0]
    assert (place / "out/visits.suppressed.csv").read_text() == "row,reason\n13,small_group\n"
    assert (report["rows_in"], report["rows_out"], report["suppressed"]) == (13, 12, {"small_group": 1})
    group = report["anonymity"]["groups"][0]
    assert group == {"values": {"age": "90+", "pin": "700***"}, "rows": 1, "subjects": 1}


@pytest.mark.parametrize("unreadable", ["error", "blank", "suppress"])
def test_a_cell_that_is_not_what_its_column_says(place, unreadable):
    (place / "columns.yaml").write_text(POLICY.format(unreadable=unreadable))
    odd = rows()
    odd[3]["seen"] = "31/02/2023 Asha"
    pl.DataFrame(odd).write_csv(place / "visits.csv")
    if unreadable == "error":
        with pytest.raises(Failure, match='row 4, column "seen"') as raised:
            call(place, place / "visits.csv")
        assert "Asha" not in str(raised.value)
        assert [path.name for path in place.iterdir() if "out" in path.name] == []
        return
    report = call(place, place / "visits.csv")["tables"][0]
    found = pl.read_csv(place / "out/visits.csv", infer_schema=False)
    if unreadable == "blank":
        assert found.item(3, "seen") is None
        assert report["blanked"] == {"seen": 1}
    else:
        assert report["suppressed"] == {"unreadable_date": 1}
        assert (place / "out/visits.suppressed.csv").read_text() == "row,reason\n4,unreadable_date\n"


def test_a_failure_in_a_worker_is_the_same_line(place):
    odd = rows()
    odd[3]["age"] = "Asha"
    pl.DataFrame(odd).write_csv(place / "visits.csv")
    said = []
    for workers in (1, 2):
        with pytest.raises(Failure, match='row 4, column "age"') as raised:
            call(place, place / "visits.csv", options=("--workers", workers))
        said.append(str(raised.value))
    assert said[0] == said[1]
    assert "Asha" not in said[0]


def test_a_text_that_still_holds_an_identifier_takes_its_row_along(place):
    (place / "columns.yaml").write_text(
        POLICY.format(unreadable="error") + "text: {default: surrogate, min_score: 1.0}\n"
    )
    odd = rows()
    odd[2] = odd[2] | {"note": "call someone at 98765 43210"}
    pl.DataFrame(odd).write_csv(place / "visits.csv")
    report = call(place, place / "visits.csv")["tables"][0]
    text = (place / "out/visits.csv").read_text()
    assert "98765" not in text
    assert report["suppressed"] == {"phone_number_remains": 1}
    assert (place / "out/visits.suppressed.csv").read_text() == "row,reason\n3,phone_number_remains\n"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("      phone", "      # phone"), 'does not name column "phone"'),
        (lambda text: text.replace("  visits:", "  others:"), "does not name table visits"),
        (lambda text: text.replace("      mrn: subject", "      mrn: keep"), "no column is the subject"),
        (lambda text: text.replace("ladder: age", "ladder: years"), "ladder"),
        (lambda text: text.replace("seen: date", "seen: {role: date, form: '%d/%m/%y'}"), "two digits tell no century"),
        (lambda text: text.replace("label: PERSON", "label: DATE"), "role of its own"),
        (lambda text: text.replace("k: 2, ", "k: 2, kk: 3, "), "kk"),
        (
            lambda text: text.replace(
                "      ward: keep", "      ward: keep\n      sex: {role: quasi, ladder: category}"
            ),
            "sex",
        ),
        (lambda text: text.replace("ladder: pin}", "ladder: pin, least: 9}"), "levels 0 to 3"),
        (lambda text: ": [", "not YAML"),
    ],
)
def test_a_policy_that_does_not_fit_stops_before_anything_is_written(place, change, says):
    (place / "columns.yaml").write_text(change((place / "columns.yaml").read_text()))
    with pytest.raises(Failure, match=says):
        call(place, place / "visits.csv")
    assert not (place / "out").exists()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("visits.parquet", b"PAR1Asha", "cannot be read"),
        ("visits.arrow", b"Asha", "cannot be read"),
        ("visits.csv.gz", b"Asha", "cannot be read"),
        ("visits.csv", b"\xff\xfe\x00Asha\n", "not UTF-8"),
        ("visits.jsonl", b'{"mrn": 1}\n["Asha"]\n', "row 2 is no JSON object"),
        ("visits.jsonl", b'{"mrn": 1}\n{"mrn": "Asha"}\n', "different kinds"),
        ("visits.csv", b"mrn,mrn\n1,Asha\n", "stands there twice"),
        ("visits.csv", b"", "no columns"),
        ("visits.xlsx", b"Asha", "known kind"),
    ],
)
def test_a_broken_table_is_named_and_not_quoted(place, name, content, says):
    (place / "visits.csv").unlink()
    (place / name).write_bytes(content)
    with pytest.raises(Failure, match=says) as raised:
        call(place, place / name)
    assert "Asha" not in str(raised.value)
    assert name in str(raised.value)


def test_a_row_with_too_many_cells_is_told_by_number(place):
    with (place / "visits.csv").open("a") as file:
        file.write("Asha," * 40 + "\n")
    with pytest.raises(Failure, match="row 13 has more or fewer cells") as raised:
        call(place, place / "visits.csv")
    assert "Asha" not in str(raised.value)


def test_an_output_that_is_there_and_a_vault_that_is_not_are_refused(place):
    (place / "out").mkdir()
    (place / "out/mine").write_text("x")
    with pytest.raises(Failure, match="is there already"):
        call(place, place / "visits.csv")
    (place / "vault" / NAME).unlink()
    with pytest.raises(Refusal, match="no pseudonym key"):
        call(place, place / "visits.csv", out="other")
    with pytest.raises(Failure, match="one of them"):
        read_column_policy(None, None)
    with pytest.raises(Failure, match="mimic-iv"):
        read_column_policy(None, "epic")


def test_what_a_killed_call_left_goes(place):
    (place / ".out.building/work").mkdir(parents=True)
    (place / ".out.building/work/staged.parquet").write_text("x")
    call(place, place / "visits.csv")
    assert not (place / ".out.building").exists()


def test_a_table_without_rows(place):
    pl.DataFrame(rows()).clear().write_csv(place / "visits.csv")
    report = call(place, place / "visits.csv")["tables"][0]
    assert (report["rows_in"], report["rows_out"]) == (0, 0)
    assert report["anonymity"]["k_achieved"] is None


def test_every_preset_holds():
    assert presets() == ("mimic-iv",)
    for preset in presets():
        assert read_column_policy(None, preset)[0].tables


@pytest.mark.skipif(not MIMIC.exists(), reason="../shared/data/mimic_iv_demo is not there")
def test_the_preset_knows_every_table_of_the_demo_and_order_stays(place):
    tables = [MIMIC / "hosp" / f"{name}.csv.gz" for name in ("patients", "admissions", "transfers", "procedures_icd")]
    report = call(place, *tables, options=("--preset", "mimic-iv"))
    assert [table["rows_in"] for table in report["tables"]] == [60, 169, 719, 402]
    policy, _ = read_column_policy(None, "mimic-iv")
    for path in sorted(MIMIC.glob("*/*.csv.gz")):
        table = open_table(path)
        assert set(table.schema.names) <= set(policy.tables[table.name].columns), table.name
    days = {}
    for path in tables:
        old = pl.read_csv(path, infer_schema=False)
        new = pl.read_csv(place / "out" / path.name, infer_schema=False)
        assert old.height == new.height
        for column in ("admittime", "dischtime", "edregtime", "intime", "outtime", "chartdate", "dod"):
            if column not in old.columns:
                continue
            day = pl.col(column).str.slice(0, 10).str.to_date()
            moved = (new.select(day)[column] - old.select(day)[column]).dt.total_days()
            assert new[column].str.slice(10).equals(old[column].str.slice(10))
            for subject, by in zip(old["subject_id"], moved, strict=True):
                if by is not None:
                    assert days.setdefault(subject, by) == by
    assert len(set(days.values())) > 20
