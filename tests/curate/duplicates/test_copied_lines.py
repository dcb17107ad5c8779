"""Copied-forward lines against their definition, and as stage 04 drops them."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.canonical import canonical_bytes
from curate.duplicates import copied_lines
from curate.duplicates.copied_lines import _hashed
from curate.durable import write_arrow
from curate.stage import Outcome
from curate.stages.near_duplicates import NearDuplicates
from curate.words import shingle_hash, word_hash, words
from schemas.config import Containment, CopiedLines, Dedup
from schemas.document import DOCUMENT
from schemas.extra import ArticleExtra, NoteExtra, Section


@pytest.fixture
def part() -> Callable[..., pa.Table]:
    """Give rows as keyword dictionaries; what is left out is plain."""

    def build(*rows: dict[str, Any]) -> pa.Table:
        return pa.Table.from_pylist([_document(number, row) for number, row in enumerate(rows)], schema=DOCUMENT)

    return build


def _document(number: int, row: dict[str, Any]) -> dict[str, Any]:
    extra = row.pop("extra", None) or (NoteExtra() if row["kind"] == "note" else ArticleExtra())
    return {
        "doc_id": f"doc:{number}", "source": "src", "role": "train", "keys": [], "flags": [],
        "terms": {"licence": "MIT", "purposes": ["research"]},
        "provenance": {"file": "file", "sha256": "0" * 64, "record": number},
        "extra": canonical_bytes(extra).decode(),
    } | row  # fmt: skip


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=40), max_size=8))
def test_a_line_is_its_folded_words(lines: list[str]) -> None:
    hashes, _ = _hashed(pa.array(lines, pa.large_string()), 1)
    assert hashes.tolist() == [shingle_hash([word_hash(word) for word in words(line)]) for line in lines]


def test_which_lines_may_be_copies() -> None:
    lines = {
        "Type 2 diabetes mellitus for ten years": True,
        "- TYPE 2 diabetes mellitus, for ten years.": True,
        "जाँच में रक्तचाप सामान्य पाया गया है": True,
        "Medications on admission to this ward:": False,
        "**Medications on admission to this ward:**": False,
        "PAST MEDICAL AND SURGICAL HISTORY": False,
        "BP 120/80 PULSE 72 TEMP 98": True,
        "no fever today": False,
        "": False,
    }
    hashes, fit = _hashed(pa.array(list(lines), pa.large_string()), 5)
    assert fit.tolist() == list(lines.values())
    assert hashes[0] == hashes[1]


def through(folder: Path, parts: list[pa.Table]) -> list[Outcome]:
    folder.mkdir(exist_ok=True)
    configured = Dedup(copied_lines=CopiedLines(drop=True), containment=Containment(notes="off", articles="off"))
    stage, sketches = NearDuplicates(configured, {"src": 0, "other": 0}), []
    for number, part in enumerate(parts):
        sketches.append(folder / f"{number}.arrow")
        table = stage.sketch(part, number)
        write_arrow(sketches[-1], table.to_batches(), table.schema)
    stage.decide(sketches, folder / "state.parquet", folder)
    return [stage.apply(part, number, folder / "state.parquet") for number, part in enumerate(parts)]


def lines(*numbers: int) -> str:
    return "\n".join(f"finding{n} of organ{n} seen again on day {n * 7} by doctor" for n in numbers)


def note(text: str, patient: str | None, day: int | None = None, **more: object) -> dict:
    revised = None if day is None else datetime.date(2020, 1, day)
    return {"kind": "note", "text": text, "subject_key": patient, "revised": revised} | more


def test_the_first_note_in_time_keeps_its_lines(part, tmp_path: Path, monkeypatch) -> None:
    own = [lines(*range(10 * i, 10 * i + 9)) for i in range(1, 8)]  # so that none is a near duplicate
    sections = (Section(label="FINDINGS", text=lines(1, 3)), Section(label="PLAN", text=lines(9)))
    rows = [
        note(f"FINDINGS:\n{lines(1, 3)}\nPLAN:\n{own[0]}", "p1", 3, extra=NoteExtra(sections=sections)),
        note(f"{lines(1, 2, 2)}\n{own[1]}", "p1", 2),
        note(f"{lines(1, 2)}\n{own[2]}", "p2", 1),
        note(f"{lines(1)}\n{own[3]}", None, 1),
        note(f"{lines(1)}\n{own[4]}", "p1", 1, source="other"),
        note(f"{lines(2, 4)}\n{own[5]}", "p1"),
        {"kind": "article", "text": f"{lines(1, 2)}\n{own[6]}"},
    ]
    expected = [
        f"FINDINGS:\n{lines(3)}\nPLAN:\n{own[0]}", f"{lines(1)}\n{own[1]}", *(row["text"] for row in rows[2:])
    ]  # fmt: skip
    built = part(*(dict(row) for row in rows))
    for name, parts, at_once in (
        ("one", [built], 8_000_000), ("two", [built.slice(0, 1), built.slice(1)], 8_000_000), ("shares", [built], 3),
    ):  # fmt: skip
        monkeypatch.setattr(copied_lines, "LINES_AT_ONCE", at_once)
        outcomes = through(tmp_path / name, parts)
        kept = pa.concat_tables([outcome.kept for outcome in outcomes])
        assert kept.schema == DOCUMENT
        assert kept["text"].to_pylist() == expected
        assert kept["flags"].to_pylist() == [
            ["copied_lines_dropped:1"], ["copied_lines_dropped:2"], [], [], [], [], []
        ]  # fmt: skip
        assert json.loads(kept["extra"][0].as_py())["sections"][0]["text"] == lines(3)
        counts = sum((outcome.counts for outcome in outcomes), start=type(outcomes[0].counts)())
        assert (counts["copied_lines_dropped"], counts["notes_with_copied_lines"]) == (3, 2)


def test_a_note_that_goes_keeps_nothing(part, tmp_path: Path) -> None:
    """The longer of two near duplicates stays, though it is the later one: its lines stand nowhere else."""
    text = lines(*range(20))
    (outcome,) = through(tmp_path, [part(note(text, "p", 1), note(f"{text}\nand one more", "p", 2))])
    assert outcome.dropped["reason"].to_pylist() == ["near_duplicate"]
    assert outcome.kept["text"].to_pylist() == [f"{text}\nand one more"]
    assert "copied_lines_dropped" not in outcome.counts


@given(
    notes=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 3), st.lists(st.integers(0, 6), max_size=5)), min_size=1, max_size=8
    )
)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_line_goes_where_an_earlier_note_of_the_patient_has_it(part, tmp_path: Path, notes) -> None:
    rows = [note(lines(*numbers), f"p{patient}", day + 1) for patient, day, numbers in notes]
    (outcome,) = through(tmp_path, [part(*(dict(row) for row in rows))])
    gone = set(outcome.dropped["doc_id"].to_pylist())
    seen: dict[str, set[str]] = {}
    expected = {}
    for i in sorted(range(len(rows)), key=lambda i: (rows[i]["revised"], i)):
        if f"doc:{i}" not in gone:
            known, mine = seen.setdefault(rows[i]["subject_key"], set()), rows[i]["text"].split("\n")
            expected[f"doc:{i}"] = "\n".join(line for line in mine if not line or line not in known)
            known.update(mine)
    assert dict(zip(outcome.kept["doc_id"].to_pylist(), outcome.kept["text"].to_pylist(), strict=True)) == expected
