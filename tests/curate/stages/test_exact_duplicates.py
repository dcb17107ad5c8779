from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.stage import Outcome
from curate.stages.exact_duplicates import ExactDuplicates


def through(folder: Path, *parts: pa.Table, ranks: dict[str, int] | None = None) -> list[Outcome]:
    """Sketch all parts, decide, apply to each."""
    stage = ExactDuplicates(ranks or {"src": 0, "other": 1})
    sketches = []
    for number, part in enumerate(parts):
        sketches.append(folder / f"{number}.parquet")
        pq.write_table(stage.sketch(part, number), sketches[-1])
    scratch = folder / "scratch"
    scratch.mkdir()
    stage.decide(sketches, folder / "state.parquet", scratch)
    return [stage.apply(part, number, folder / "state.parquet") for number, part in enumerate(parts)]


def reasons(outcome: Outcome) -> dict[tuple[str, int | None], tuple[str, str | None]]:
    return {(row["doc_id"], row["version"]): (row["reason"], row["survivor"]) for row in outcome.dropped.to_pylist()}


def test_only_the_highest_version_stays(tmp_path: Path, part: Callable[..., pa.Table]) -> None:
    rows = [{"doc_id": "pubmed:1", "version": v, "text": f"version {v} of the text"} for v in (2, 4, 1, 3)]
    (outcome,) = through(tmp_path, part(*rows))
    assert outcome.kept["version"].to_pylist() == [4]
    assert set(reasons(outcome)) == {("pubmed:1", 1), ("pubmed:1", 2), ("pubmed:1", 3)}
    assert set(reasons(outcome).values()) == {("superseded_version", "pubmed:1")}


def test_of_one_version_the_one_revised_last_stays(
    tmp_path: Path, part: Callable[..., pa.Table], day: Callable[[int], Any]
) -> None:
    rows = [{"doc_id": "pubmed:1", "version": 1, "revised": day(d), "text": f"as of {d}"} for d in (3, 9, 5)]
    (outcome,) = through(tmp_path, part(*rows))
    assert outcome.kept["text"].to_pylist() == ["as of 9"]


@pytest.mark.parametrize(
    ("deleting", "holding", "gone"),
    [
        ("pubmed21n1298.xml.gz", "pubmed20n0014.xml.gz", True),
        ("pubmed20n0014.xml.gz", "pubmed21n1298.xml.gz", False),  # a later file brings the record back
        ("pubmed21n1298.xml.gz", "pubmed21n1298.xml.gz", True),
        ("export.xml", "pubmed21n1298.xml.gz", True),  # order unknown: the order to delete counts
    ],
)
def test_a_citation_that_its_publisher_deleted_goes(
    tmp_path: Path, part: Callable[..., pa.Table], deleting: str, holding: str, gone: bool
) -> None:
    def of(name: str) -> dict[str, Any]:
        return {"provenance": {"file": name, "sha256": "0" * 64, "record": 0}}

    rows = [
        {"doc_id": "pubmed:1", "version": 1} | of(holding),
        {"doc_id": "pubmed:2", "version": 1} | of(holding),
        {"doc_id": "pubmed:1", "kind": "deletion", "text": ""} | of(deleting),
    ]
    (outcome,) = through(tmp_path, part(*rows))
    assert outcome.kept["doc_id"].to_pylist() == (["pubmed:2"] if gone else ["pubmed:1", "pubmed:2"])
    assert sorted(row["reason"] for row in outcome.dropped.to_pylist()) == (
        ["deleted_citation", "deletion_notice"] if gone else ["deletion_notice"]
    )


def test_one_id_with_two_texts_goes_to_quarantine_where_there_are_no_versions(
    tmp_path: Path, part: Callable[..., pa.Table]
) -> None:
    rows = [{"doc_id": "t:1", "text": "one"}, {"doc_id": "t:1", "text": "two"}, {"doc_id": "t:1", "text": "one"}]
    (outcome,) = through(tmp_path, part(*rows))
    assert outcome.kept["text"].to_pylist() == ["one"]
    assert outcome.dropped["reason"].to_pylist() == ["exact_duplicate"]
    assert outcome.quarantined["reason"].to_pylist() == ["doc_id_conflict"]


def test_a_shared_key_makes_one_work_within_a_kind(tmp_path: Path, part: Callable[..., pa.Table]) -> None:
    rows = [
        {"doc_id": "pubmed:1", "keys": ["pmid:1", "doi:10.1/a"], "text": "the abstract alone"},
        {"doc_id": "pmc:9", "keys": ["doi:10.1/a"], "text": "the abstract and all of the article"},
        {"doc_id": "pubmedqa:1", "kind": "question", "keys": ["pmid:1"]},
    ]
    first, second = through(tmp_path, part(rows[0], rows[2]), part(rows[1]))
    assert first.kept["doc_id"].to_pylist() == ["pubmedqa:1"]
    assert reasons(first) == {("pubmed:1", None): ("same_doi", "pmc:9")}
    assert second.kept.num_rows == 1


def test_equal_texts_are_one_and_the_rank_of_the_source_decides(tmp_path: Path, part: Callable[..., pa.Table]) -> None:
    rows = [{"doc_id": "b", "text": "same", "source": "other"}, {"doc_id": "z", "text": "same"}]
    (outcome,) = through(tmp_path, part(*rows))
    assert reasons(outcome) == {("b", None): ("exact_duplicate", "z")}


def test_titles_without_abstract_evaluation_items_and_retracted_papers_are_not_compared(
    tmp_path: Path, part: Callable[..., pa.Table]
) -> None:
    rows = [
        {"text": "Case for diagnosis.", "flags": ["no_abstract"]},
        {"text": "Case for diagnosis.", "flags": ["no_abstract"]},
        {"text": "a text"},
        {"text": "a text", "flags": ["retracted"]},
        {"text": "a text", "role": "evaluation"},
    ]
    (outcome,) = through(tmp_path, part(*rows))
    assert outcome.dropped.num_rows == 0
