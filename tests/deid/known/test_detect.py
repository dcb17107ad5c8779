import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deid.commands import app
from deid.detector import Detector
from deid.known import EVIDENCE, Known
from deid.presidio import EntityRecognizer, RecognizerResult
from deid.registry import registry
from deid.residual import residual
from schemas.failure import Failure
from schemas.labels import Label
from schemas.policy import DeidPolicy

RUN = CliRunner()
NAME = "Xyloqua Brindlewick"  # no list has it, and nothing beside it says that it is a name
TEXT = f"came again, {NAME.lower()} was better and xyloqva slept; number 41 77 03 922 was told"
KNOWN = Known(((Label.PERSON, NAME), (Label.OTHER_ID, "417703922")))


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(DeidPolicy())


def test_what_no_recognizer_finds_is_found_where_it_is_known(detector: Detector) -> None:
    alone, with_table = detector.detect([TEXT, TEXT], [None, KNOWN])
    assert not any("brindlewick" in TEXT[span.start : span.end] for span in alone)
    assert [TEXT[span.start : span.end] for span in with_table if span.source.startswith(EVIDENCE)] == [
        NAME.lower(), "xyloqva", "41 77 03 922"
    ]  # fmt: skip
    assert {span.label for span in with_table} == {Label.PERSON, Label.OTHER_ID}


def test_known_names_are_sure_for_other_mentions(detector: Detector) -> None:
    text = "xyloqua brindlewick came. Brindlewick-ne said so. The brother Jorvik Brindlewick, too."
    (spans,) = detector.detect([text], [KNOWN])
    assert sum("rindlewick" in text[span.start : span.end] for span in spans) == 3


def test_equal_texts_of_two_patients_are_two(detector: Detector) -> None:
    other = Known(((Label.OTHER_ID, "884411223"),))
    mine, theirs = detector.detect([TEXT, TEXT], [KNOWN, other])
    known = [sum(span.source.startswith("known identifier") for span in spans) for spans in (mine, theirs)]
    assert known[0] > known[1]


def test_a_high_least_score_does_not_hide_what_is_known() -> None:
    policy = DeidPolicy(min_score=0.99)
    (spans,) = Detector(policy).detect([f"at {NAME} Hospital"], [KNOWN])
    assert spans
    assert all(span.source.startswith(EVIDENCE) for span in spans)


def test_a_hospitals_own_recognizer_does_not_win_over_the_table() -> None:
    class Everything(EntityRecognizer):  # type: ignore[misc]
        def load(self) -> None: ...

        def analyze(self, text: str, entities: list[str], nlp_artifacts: object = None) -> list[RecognizerResult]:
            return [RecognizerResult("URL", 0, len(text), 1.0)]

    ours = registry()
    ours.add_recognizer(Everything(["URL"]))
    (spans,) = Detector(DeidPolicy(), ours).detect([NAME], [KNOWN])
    assert [span.label for span in spans] == [Label.PERSON]


def test_the_residual_check_knows_the_table() -> None:
    assert residual([TEXT], [[]]) == [None]
    assert residual([TEXT], [[]], known=[KNOWN]) == ["known_identifier_remains"]
    assert residual(["came again, better"], [[]], known=[KNOWN]) == [None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        {"id": "n1", "subject": 7, "text": TEXT},
        {"id": "n2", "subject": "8", "text": TEXT},
        {"id": "n3", "text": TEXT},
    ]
    (tmp_path / "notes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "p.csv").write_text(f"mrn,name,number\n7,{NAME},417703922\n9,Nobody Else,1\n")
    (tmp_path / "patients.yaml").write_text("path: desk/p.csv\nkey: mrn\ncolumns: {name: PERSON, number: OTHER_ID}\n")
    return tmp_path


def run(folder: Path, *arguments: object) -> str:
    result = RUN.invoke(app, [*map(str, arguments), "--patients", str(folder / "patients.yaml")])
    assert result.exit_code == 0, result.output
    return result.output


def test_detect_and_scrub_join_by_subject(folder: Path) -> None:
    outputs = [folder / "1.jsonl", folder / "2.jsonl"]
    for workers, output in enumerate(outputs, start=1):
        run(folder, "detect", folder / "notes.jsonl", "-o", output, "--workers", workers)
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    rows = [json.loads(line) for line in outputs[0].read_text().splitlines()]
    known = [[span for span in row["spans"] if span["source"].startswith(EVIDENCE)] for row in rows]
    assert [len(spans) for spans in known] == [3, 0, 0]
    assert RUN.invoke(app, ["key", "create", str(folder / "vault")]).exit_code == 0
    run(folder, "scrub", folder / "notes.jsonl", "-o", folder / "out.jsonl", "--vault", folder / "vault")
    first, second, _ = (json.loads(line)["text"] for line in (folder / "out.jsonl").read_text().splitlines())
    assert "brindlewick" not in first
    assert "922" not in first
    assert "was better" in first
    assert "brindlewick" in second


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("path: none.csv\nkey: mrn\ncolumns: {name: PERSON}\n", "none.csv"),
        ("path: desk/p.csv\nkey: uhid\ncolumns: {name: PERSON}\n", 'no column "uhid"'),
        ("path: desk/p.csv\nkey: mrn\ncolumns: {name: NAME}\n", "columns.name"),
        ("path: [", "not YAML"),
        ("key: mrn", "path"),
    ],
)
def test_a_wrong_mapping_stops(folder: Path, content: str, message: str) -> None:
    (folder / "patients.yaml").write_text(content)
    result = RUN.invoke(
        app,
        ["detect", str(folder / "notes.jsonl"), "-o", str(folder / "o"), "--patients", str(folder / "patients.yaml")],
    )
    assert isinstance(result.exception, Failure)
    assert message in str(result.exception)
    assert "Brindlewick" not in str(result.exception)
