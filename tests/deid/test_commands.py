import json

import pytest
from typer.testing import CliRunner

from deid.commands import app
from deid.key import open_vault
from deid.vault.rows import Table
from schemas.failure import Failure, Refusal

RUN = CliRunner()
ROWS = [
    {"id": "n1", "text": "Name: Vimala Deshpande, mobile 98765 43210", "tag": "plain", "language_mix": "en",
     "spans": [{"start": 6, "end": 22, "label": "PERSON"}, {"start": 31, "end": 42, "label": "PHONE_NUMBER"}]},
    {"id": "n2", "text": "BP 120/80", "spans": []},
]  # fmt: skip


@pytest.fixture
def notes(tmp_path):
    path = tmp_path / "notes.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def ok(*arguments):
    result = RUN.invoke(app, [str(a) for a in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_detect_keeps_the_order_at_any_number_of_workers(notes, tmp_path):
    one, two = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    assert json.loads(ok("detect", notes, "-o", one, "--json")) == {"notes": 2, "spans": 2}
    ok("detect", notes, "-o", two, "--workers", 2)
    assert one.read_bytes() == two.read_bytes()
    rows = [json.loads(line) for line in one.read_text().splitlines()]
    assert [row["id"] for row in rows] == ["n1", "n2"]
    assert rows[0]["spans"][0].keys() == {"start", "end", "label", "score", "source"}


def test_scrub_needs_a_key_and_hides(notes, tmp_path):
    vault, out = tmp_path / "vault", tmp_path / "out.jsonl"
    assert isinstance(RUN.invoke(app, ["scrub", str(notes), "-o", str(out), "--vault", str(vault)]).exception, Refusal)
    ok("key", "create", vault)
    counts = json.loads(ok("scrub", notes, "-o", out, "--vault", vault, "--json"))
    assert counts["written"] == 2
    assert "Vimala" not in out.read_text()
    assert "n1" not in out.read_text()


def test_evaluate_shows_leaks_only_when_asked(notes, tmp_path):
    nothing, report = tmp_path / "nothing.jsonl", tmp_path / "report.html"
    nothing.write_text('{"id": "n2", "text": "", "spans": []}\n')
    assert json.loads(ok("evaluate", notes, "--json"))["recall"]["all/all"]["recall"] == 1.0
    asked = ("evaluate", notes, "--predictions", nothing, "--report", report)
    for form in ((), ("--json",)):
        shown = ok(*asked, *form)
        assert "Vimala" not in shown + report.read_text()
        assert "43210" not in shown + report.read_text()
        shown = ok(*asked, *form, "--leaks", 1)
        assert "Vimala" in shown
        assert "Vimala" in report.read_text()
        assert "43210" not in shown + report.read_text()


def test_evaluate_json_says_where_and_not_what(notes, tmp_path):
    nothing = tmp_path / "nothing.jsonl"
    nothing.write_text('{"id": "n2", "text": "", "spans": []}\n')
    told = json.loads(ok("evaluate", notes, "--predictions", nothing, "--json"))
    assert (told["notes"], told["unpredicted"]) == (2, 1)
    assert told["leaks"][0] == {"id": "n1", "tag": "plain", "label": "PERSON", "start": 6, "end": 22, "length": 16}
    assert told["clinical"]["kept"]["value"]["items"] == 1  # BP 120/80
    assert told["clinical"]["kept"]["all"]["share"] == 1.0


def test_explain(notes):
    assert "⟦PERSON|Vimala Deshpande⟧" in ok("explain", notes, "--id", "n1")


def test_a_broken_line_is_named_and_not_quoted(notes, tmp_path):
    notes.write_text(notes.read_text() + '{"id": "secret name"\n')
    result = RUN.invoke(app, ["detect", str(notes), "-o", str(tmp_path / "x")])
    assert isinstance(result.exception, Failure)
    assert "line 3" in str(result.exception)
    assert "secret" not in str(result.exception)
    assert not (tmp_path / "x").exists()


def test_scrub_remembers_in_the_vault_alone_at_any_number_of_workers(notes, tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("{reidentification: true, operators: {PHONE_NUMBER: token}}")
    ok("key", "create", tmp_path / "vault")
    opened, told = open_vault(tmp_path / "vault"), []
    for workers in (1, 2):
        out = tmp_path / f"{workers}.jsonl"
        ok("scrub", notes, "-o", out, "--vault", opened.folder, "--policy", policy, "--workers", workers)
        told.append([(path.name, path.read_bytes()) for path in (opened.folder / "reidentification").rglob("*.rows")])
    assert told[0] == told[1]
    assert len(told[0]) == 1
    text = json.loads(out.read_text().splitlines()[0])["text"]
    token = text.split("mobile ")[1]
    assert [row.original for row in Table(opened).find([token])] == ["98765 43210"]
    assert "Vimala" not in "".join(path.read_text("latin-1") for path in tmp_path.rglob("*") if path.suffix == ".rows")
