import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from audit.canonical import canonical_bytes
from curate.commands import app
from curate.contamination.decontaminate import decontaminate
from curate.contamination.items import Item, files, read
from curate.contamination.planting import planted
from curate.engine.progress import Progress
from schemas.config import Decontaminate, Engine
from schemas.extra import QuestionExtra
from schemas.failure import Failure

QUIET = Progress(shown=False)
SETTINGS = Decontaminate(planted=20)


def write_items(path: Path, items: list[Item]) -> Path:
    extras = [QuestionExtra(question=item.stem, options=item.options, context=item.context or None) for item in items]
    rows = [
        {"doc_id": item.item, "kind": "question", "text": item.stem, "extra": canonical_bytes(extra).decode()}
        for item, extra in zip(items, extras, strict=True)
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


@pytest.fixture
def corpus(tmp_path: Path, items: list[Item], prose: list[str]) -> tuple[list[Path], Path]:
    """Two files of texts, every second of which holds an item, and the file of the items."""
    drawn = random.Random(4)
    texts = [planted(items[n // 2], "verbatim", text, drawn) if n % 2 else text for n, text in enumerate(prose)]
    table = pa.table(
        {"doc_id": [f"d{n}" for n in range(len(texts))], "text": texts, "note": pa.array(range(len(texts)), pa.int16())}
    )
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for path, rows in zip(paths, (table.slice(0, 25), table.slice(25)), strict=True):
        pq.write_table(rows, path, row_group_size=8)
    return paths, write_items(tmp_path / "items.parquet", items)


def contents(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*.parquet"))}


def run(corpus: tuple[list[Path], Path], out: Path, workers: int = 1) -> dict[str, Any]:
    return decontaminate(corpus[0], [corpus[1]], out, SETTINGS, engine=Engine(workers=workers), progress=QUIET)


def test_every_row_is_kept_or_dropped_and_the_bytes_are_equal_at_any_worker_count(
    tmp_path: Path, corpus: tuple[list[Path], Path], items: list[Item]
) -> None:
    one, two = (run(corpus, tmp_path / f"out{workers}", workers) for workers in (1, 2))
    assert contents(tmp_path / "out1") == contents(tmp_path / "out2")
    assert {**one, "seconds": 0, "hits_file": ""} == {**two, "seconds": 0, "hits_file": ""}
    assert (one["documents"], one["kept"], one["dropped"], one["tier_verbatim"]) == (40, 20, 20, 20)
    kept, dropped = (pq.read_table(tmp_path / "out1" / name) for name in ("kept", "dropped"))
    given = pa.concat_tables(pq.read_table(path) for path in corpus[0])
    assert kept.schema.remove_metadata() == given.schema
    rows = sorted(kept.to_pylist() + dropped.select(given.schema.names).to_pylist(), key=lambda row: row["note"])
    assert rows == given.to_pylist()
    assert dropped.schema.names == [*given.schema.names, "reason", "item", "tier", "score"]
    assert set(dropped["reason"].to_pylist()) == {"contaminated"}
    hits = pq.read_table(tmp_path / "out1" / "hits.parquet").to_pylist()
    assert {(hit["doc_id"], hit["item"]) for hit in hits} == {(f"d{n}", items[n // 2].item) for n in range(1, 40, 2)}
    texts = dict(zip(given["doc_id"].to_pylist(), given["text"].to_pylist(), strict=True))
    stems = {item.item: item.stem for item in items}
    for hit in hits:
        pieces = [texts[hit["doc_id"]][place["start"] : place["end"]] for place in hit["places"]]
        assert any(piece == stems[hit["item"]].rstrip("?") for piece in pieces)
        assert (hit["start"], hit["end"]) == (hit["places"][0]["start"], max(p["end"] for p in hit["places"]))
    record = json.loads((tmp_path / "out1" / "stage.json").read_text())["record"]
    assert record["sources"]["documents"] == {
        "rows_in": 40,
        "rows_out": 20,
        "dropped": {"contaminated": 20},
        "quarantined": {},
    }
    assert set(record["outputs"]) == set(contents(tmp_path / "out1"))
    assert record["decontamination"]["recall"]["verbatim"] == {"planted": 20, "found": 20, "tiers": {"verbatim": 20}}
    assert not list((tmp_path / "out1").glob(".working*"))


@pytest.mark.long
def test_the_order_of_files_changes_no_hit(tmp_path: Path, corpus: tuple[list[Path], Path], items: list[Item]) -> None:
    run(corpus, tmp_path / "one")
    shuffled = write_items(tmp_path / "shuffled.parquet", items[::-1])
    run((corpus[0][::-1], shuffled), tmp_path / "two")
    one, two = ((tmp_path / name / "hits.parquet").read_bytes() for name in ("one", "two"))
    assert one == two


def test_run_twice_it_does_nothing_and_another_run_is_refused(
    tmp_path: Path, corpus: tuple[list[Path], Path], items: list[Item]
) -> None:
    first = run(corpus, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.parquet")}
    assert run(corpus, tmp_path / "out") == first
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.parquet")}
    fewer = write_items(tmp_path / "fewer.parquet", items[1:])
    with pytest.raises(Failure, match="holds the result of other files, settings or code"):
        run((corpus[0], fewer), tmp_path / "out")


def test_the_benchmarks_own_shapes_are_read_and_told_apart(tmp_path: Path) -> None:
    rows = {
        "native.jsonl": {"question": "q", "opa": "a", "opb": "b", "opc": "c", "opd": "d", "cop": 2},
        "listed.jsonl": {"question": "q", "choices": ["A. a", "B. b"], "answer": -1},
        "lettered.jsonl": {"question": "q", "options": {"A": "a", "B": "b"}, "realidx": "x-1"},
        "medqa.jsonl": {"question": "q", "options": {"A": "a", "B": "b"}, "realidx": 3},
        "mmlu.jsonl": {"question": "q", "options": {"A": "a", "B": "b"}, "realidx": 3, "subject": "anatomy"},
        "pubmedqa.json": {"17": {"QUESTION": "q", "CONTEXTS": ["c"], "LABELS": ["L"]}},
    }
    for name, row in rows.items():
        (tmp_path / name).write_text(json.dumps(row, indent=1 if name == "pubmedqa.json" else None) + "\n")
    families = {path.name: read(path)[0][0].item.split(":")[0] for path in files([tmp_path])}
    assert families == {
        "native.jsonl": "medmcqa", "listed.jsonl": "medmcqa", "lettered.jsonl": "medmcqa", "medqa.jsonl": "medqa",
        "mmlu.jsonl": "mmlu", "pubmedqa.json": "pubmedqa",
    }  # fmt: skip
    assert read(tmp_path / "listed.jsonl")[0][0].options == ("a", "b")


def test_what_cannot_be_read_is_named(tmp_path: Path, corpus: tuple[list[Path], Path]) -> None:
    def refused(message: str, *against: Path) -> None:
        with pytest.raises(Failure, match=message):
            decontaminate(corpus[0], against, tmp_path / "out", SETTINGS, engine=Engine(workers=1), progress=QUIET)

    refused("no such file", tmp_path / "absent.jsonl")
    (tmp_path / "other.jsonl").write_text('{"text": "no question"}\n')
    refused("is no file of MedMCQA, MedQA, MMLU or PubMedQA", tmp_path / "other.jsonl")
    refused("has no column 'kind'", corpus[0][0])
    (tmp_path / "empty").mkdir()
    refused("is an empty folder", tmp_path / "empty")
    pq.write_table(pa.table({"doc_id": ["a"], "text": ["b"], "tier": ["c"]}), tmp_path / "tiered.parquet")
    with pytest.raises(Failure, match="has a column 'tier'"):
        decontaminate(
            [tmp_path / "tiered.parquet"],
            [corpus[1]],
            tmp_path / "o",
            SETTINGS,
            engine=Engine(workers=1),
            progress=QUIET,
        )


def test_the_command_takes_several_files_of_items(tmp_path: Path, corpus: tuple[list[Path], Path]) -> None:
    documents, items = corpus
    again = tmp_path / "again.parquet"
    again.write_bytes(items.read_bytes())
    result = CliRunner().invoke(
        app,
        [
            "decontaminate",
            *map(str, documents),
            "--against",
            str(items),
            str(again),
            "-o",
            str(tmp_path / "out"),
            "--json",
        ],
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["dropped"] == 20
