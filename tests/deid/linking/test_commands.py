import json

import pytest
from typer.testing import CliRunner

from deid.commands import app
from schemas.failure import Failure, Refusal

RUN = CliRunner()
ROWS = [
    {"surface": "Kavita Rane", "script": "Latn", "language": "en", "person": "secret-1"},
    {"surface": "Arjun Nair", "note": "n2", "scope": "all"},
    {"surface": "कविता राणे", "script": "Deva", "language": "mr"},
]


def run(*arguments):
    return RUN.invoke(app, ["link", *map(str, arguments)])


@pytest.fixture
def names(tmp_path):
    path = tmp_path / "names.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def test_rows_in_rows_out(names, tmp_path):
    out = tmp_path / "keys.jsonl"
    assert json.loads(run(names, "-o", out, "--json").output) == {"rows": 3, "people": 2, "unsure": 0}
    keys = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert keys == [
        {"surface": "Kavita Rane", "person_key": "p1"},
        {"surface": "Arjun Nair", "person_key": "p2"},
        {"surface": "कविता राणे", "person_key": "p1"},
    ]


def test_the_vault_makes_keys_that_last(names, tmp_path):
    vault, one, two = tmp_path / "vault", tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    assert isinstance(run(names, "-o", one, "--vault", vault).exception, Refusal)
    RUN.invoke(app, ["key", "create", str(vault)])
    run(names, "-o", one, "--vault", vault)
    names.write_text("".join(json.dumps(row) + "\n" for row in ROWS[::-1]))
    run(names, "-o", two, "--vault", vault)
    assert sorted(one.read_text().splitlines()) == sorted(two.read_text().splitlines())


@pytest.mark.parametrize(
    "line", ['{"surface": "Sec', '{"surface": 7}', '{"surface": "Sec Ret", "scope": "half"}', "[1]"]
)
def test_a_broken_row_is_named_and_not_quoted(names, tmp_path, line):
    names.write_text(names.read_text() + line + "\n")
    failure = run(names, "-o", tmp_path / "out.jsonl").exception
    assert isinstance(failure, Failure)
    assert "line 4" in str(failure)
    assert "Sec" not in str(failure)
    assert not (tmp_path / "out.jsonl").exists()


def test_explain_says_the_steps(names):
    told = run("--explain", "कृष्णा चौधरी", "Krushna Chowdhury").output
    assert "verdict: one person" in told
    assert "one name with" in told
    assert "surinder > surindar" in run("--explain", "सुरिंदर मौर्य", "Surinder Maurya").output
    apart = run("--explain", "Sunil Mehta", "Sunila Mehta").output
    assert "a only in the second" in apart
    assert "verdict: not one person" in apart
    assert isinstance(run("--explain", names).exception, Failure)
    assert isinstance(run(names).exception, Failure)
