import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.duplicates.dedup import dedup
from curate.engine.progress import Progress
from deid.marks import beside, line
from schemas.config import Containment, Dedup, Engine
from schemas.failure import Failure, Refusal
from schemas.labels import Label
from schemas.span import Span

QUIET = Progress(shown=False)
ONE = Engine(workers=1)


def corpus(seed: int = 0, originals: int = 60) -> pa.Table:
    """Texts of 80 words, and copies of a third of them with one word changed."""
    base = [" ".join(f"w{seed}y{i}x{j}" for j in range(80)) for i in range(originals)]
    texts = base + [text.replace("x40 ", "x40 and ", 1) for text in base[::3]]
    ids = [f"d{seed}:{i}" for i in range(len(texts))]
    return pa.table({"doc_id": ids, "text": texts, "note": pa.array(range(len(texts)), pa.int16())})


def found(tables: dict[str, pa.Table], folder: Path, out: str = "out", engine: Engine = ONE, **more: object) -> dict:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        pq.write_table(table, folder / name, row_group_size=16)
    paths = [folder / name for name in tables]
    return dedup(paths, folder / out, Dedup(), engine=engine, progress=QUIET, **more)  # type: ignore[arg-type]


def contents(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*.parquet"))}


def test_same_bytes_at_any_worker_count_and_every_row_is_kept_or_dropped(tmp_path: Path) -> None:
    table = corpus()
    one, two = (
        found({"docs.parquet": table}, tmp_path, f"out{workers}", Engine(workers=workers)) for workers in (1, 2)
    )
    assert contents(tmp_path / "out1") == contents(tmp_path / "out2")
    assert (one["documents"], one["kept"], one["dropped"], one["duplicates"]) == (80, 60, 20, 20)
    assert {**one, "seconds": 0, "groups": ""} == {**two, "seconds": 0, "groups": ""}
    groups = pq.read_table(tmp_path / "out1" / "groups.parquet")
    assert groups.schema.names == ["doc_id", "survivor", "similarity"]
    assert groups["doc_id"].to_pylist() == sorted(groups["doc_id"].to_pylist())
    kept, dropped = (pq.read_table(tmp_path / "out1" / name) for name in ("kept", "dropped"))
    assert kept.schema.remove_metadata() == table.schema
    assert dropped.schema.names == [*table.schema.names, "reason", "survivor", "similarity"]
    rows = sorted(kept.to_pylist() + dropped.select(table.schema.names).to_pylist(), key=lambda row: row["note"])
    assert rows == table.to_pylist()
    record = json.loads((tmp_path / "out1" / "stage.json").read_text())["record"]
    assert record["sources"]["documents"]["dropped"] == {"near_duplicate": 20}
    assert set(record["outputs"]) == set(contents(tmp_path / "out1"))
    assert not list((tmp_path / "out1").glob(".working*"))


@pytest.mark.long
def test_ray_gives_the_bytes_of_the_local_engine(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="the Ray engine needs the extra ray")
    local = found({"docs.parquet": corpus()}, tmp_path, "local")
    ray = found({"docs.parquet": corpus()}, tmp_path, "ray", Engine(name="ray", workers=2))
    assert contents(tmp_path / "local") == contents(tmp_path / "ray")
    assert {**local, "seconds": 0, "groups": ""} == {**ray, "seconds": 0, "groups": ""}
    assert not list((tmp_path / "ray").glob(".working*"))


def test_the_survivor_does_not_depend_on_the_order_of_files_or_rows(tmp_path: Path) -> None:
    table = corpus()
    order = list(range(table.num_rows))
    random.Random(3).shuffle(order)
    shuffled = table.take(pa.array(order))
    found({"a.parquet": table.slice(0, 30), "b.parquet": table.slice(30)}, tmp_path / "one")
    found({"b.parquet": shuffled.slice(50), "a.parquet": shuffled.slice(0, 50)}, tmp_path / "two")
    one, two = ((tmp_path / name / "out" / "groups.parquet").read_bytes() for name in ("one", "two"))
    assert one == two


def test_run_twice_it_does_nothing_and_another_run_is_refused(tmp_path: Path) -> None:
    first = found({"docs.parquet": corpus()}, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.parquet")}
    assert found({"docs.parquet": corpus()}, tmp_path) == first
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.parquet")}
    with pytest.raises(Failure, match="holds the result of other files, settings or code"):
        found({"docs.parquet": corpus(1)}, tmp_path)


def test_an_index_is_compared_with_and_gains_what_stays(tmp_path: Path) -> None:
    index = tmp_path / "index"
    found({"march.parquet": corpus(1)}, tmp_path, "march", index=index)
    # April brings new texts, and copies of March's: one of a text that stayed, longer than it, one of one that left.
    march, new = corpus(1)["text"].to_pylist(), corpus(2)
    again = pa.table(
        {"doc_id": ["x", "y"], "text": [march[1] + " and more", march[60]], "note": pa.array([0, 1], pa.int16())}
    )
    april = found({"april.parquet": pa.concat_tables([new, again])}, tmp_path, "april", index=index)
    assert april["indexed_before"] == 60
    assert (april["documents"], april["dropped"]) == (82, 22)
    groups = {
        row["doc_id"]: row["survivor"] for row in pq.read_table(tmp_path / "april" / "groups.parquet").to_pylist()
    }
    assert groups["x"] == "d1:1"
    assert groups["y"].startswith("d1:"), "the text that stayed in March's group stands for it"
    stored = json.loads((index / "index.json").read_text())
    assert [generation["documents"] for generation in stored["generations"]] == [60, 60]
    # The same month again, into another folder: compared with what was there before it, and added once.
    found({"april.parquet": pa.concat_tables([new, again])}, tmp_path, "again", index=index)
    assert contents(tmp_path / "again") == contents(tmp_path / "april")
    assert json.loads((index / "index.json").read_text()) == stored


def test_an_index_that_changed_or_means_something_else_is_refused(tmp_path: Path) -> None:
    index = tmp_path / "index"
    found({"march.parquet": corpus(1)}, tmp_path, "march", index=index)
    with pytest.raises(Failure, match="was made with another threshold"):
        dedup(
            [tmp_path / "march.parquet"],
            tmp_path / "b",
            Dedup(threshold=0.7),
            index=index,
            engine=Engine(workers=1),
            progress=QUIET,
        )
    part = next(index.glob("*/part-00000.arrow"))
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    with pytest.raises(Refusal, match=r"is not the file that index\.json names"):
        found({"april.parquet": corpus(2)}, tmp_path, "april", index=index)


def test_a_table_that_cannot_be_divided_is_named(tmp_path: Path) -> None:
    def refused(table: pa.Table, message: str) -> None:
        with pytest.raises(Failure, match=message):
            found({"docs.parquet": table}, tmp_path)

    refused(pa.table({"id": [1], "text": ["a"]}), r"docs\.parquet: has no column 'doc_id'")
    refused(pa.table({"doc_id": [1], "text": [1]}), r"docs\.parquet: column 'text' holds no text")
    refused(pa.table({"doc_id": [1], "text": ["a"], "reason": [1]}), "has a column 'reason'")
    refused(pa.table({"doc_id": [1], "text": pa.array(["a"], pa.string_view())}), "is of a view type")
    refused(pa.table({"doc_id": ["a", None], "text": ["a", "b"]}), "rows without doc_id")
    with pytest.raises(Failure, match="no such file"):
        dedup([tmp_path / "absent.parquet"], tmp_path / "out", Dedup(), engine=Engine(workers=1), progress=QUIET)


def test_texts_that_are_null_or_empty_stay(tmp_path: Path) -> None:
    table = pa.table({"doc_id": [1, 2, 3, 4], "text": [None, None, "", "..."]})
    assert found({"docs.parquet": table}, tmp_path)["kept"] == 4
    empty = found({"empty.parquet": table.slice(0, 0)}, tmp_path, "empty")
    assert (empty["documents"], empty["kept"]) == (0, 0)


def test_what_stands_in_a_longer_document(tmp_path: Path) -> None:
    words = [f"w{i * 7919 % 100_003}" for i in range(700)]
    texts = {"article": " ".join(words), "abstract": " ".join(words[50:150]), "old": " ".join(words[300:400])}
    old = pa.table({"doc_id": ["old"], "text": [texts["old"]]})
    new = pa.table({"doc_id": ["abstract", "article"], "text": [texts["abstract"], texts["article"]]})
    for name, table in (("old", old), ("new", new)):
        pq.write_table(table, tmp_path / f"{name}.parquet")

    def run(how: str, name: str, **more: object) -> tuple[dict, Path]:
        settings, out = Dedup(containment=Containment(articles=how)), tmp_path / how / name
        return dedup([tmp_path / f"{name}.parquet"], out, settings, engine=ONE, progress=QUIET, **more), out

    run("off", "old", index=tmp_path / "index")
    assert not (tmp_path / "off" / "old" / "contained.parquet").exists()
    for how, more in (("report", {}), ("drop", {"index": tmp_path / "index"})):
        told, out = run(how, "new", **more)
        assert (told["dropped"], told["contained"]) == (how == "drop", 1)
        (row,) = pq.read_table(out / "contained.parquet").to_pylist()  # "old" was given out once, and stays
        assert row == {"doc_id": "abstract", "container": "article", "containment": 1.0}
    (gone,) = pq.read_table(tmp_path / "drop" / "new" / "dropped").to_pylist()
    assert (gone["doc_id"], gone["reason"], gone["survivor"], gone["similarity"]) == (
        "abstract", "contained", "article", 1.0,
    )  # fmt: skip
    record = json.loads((tmp_path / "drop" / "new" / "stage.json").read_text())["record"]
    assert record["sources"]["documents"]["dropped"] == {"contained": 1}


def scrubbed(folder: Path) -> Path:
    """A note under two patients as `deid scrub` leaves it: a name in every fourth word; and a third note."""
    rows, marks = [], []
    for name, patient in (("a", "Zubin"), ("b", "Xerxes"), ("c", "")):
        words, spans = [], []
        for number in range(60):
            words.append(patient if patient and number % 4 == 0 else f"{'other' if name == 'c' else 'word'}{number}")
            if words[-1] == patient:
                start = len(" ".join(words)) - len(patient)
                spans.append(Span(start, start + len(patient), Label.PERSON))
        rows.append({"id": name, "text": " ".join(words), "ward": 7})
        marks.append(line(name, rows[-1]["text"], spans))
    notes = folder / "clean.jsonl"
    notes.write_text("".join(json.dumps(row) + "\n" for row in rows))
    beside(notes).write_text("".join(marks))
    return notes


def test_scrubbed_notes_are_compared_without_their_surrogates(tmp_path: Path) -> None:
    notes = scrubbed(tmp_path)
    apart, written = (
        dedup([notes], tmp_path / f"out{flag}", Dedup(), as_written=flag, engine=ONE, progress=QUIET)
        for flag in (False, True)
    )
    assert (apart["documents"], apart["dropped"], apart["skeletons"], apart["verified_pairs"]) == (3, 1, 3, 1)
    assert (written["documents"], written["dropped"], written["skeletons"], written["verified_pairs"]) == (3, 0, 0, 0)
    (group,) = pq.read_table(tmp_path / "outFalse" / "groups.parquet").to_pylist()
    assert group == {"doc_id": "b", "survivor": "a", "similarity": 1.0}, "of equal skeletons the smallest id survives"
    rows = [json.loads(line) for line in notes.read_text().splitlines()]
    kept = pq.read_table(tmp_path / "outFalse" / "kept").to_pylist()
    assert kept == [
        {"doc_id": row["id"], "text": row["text"], "extra": '{"ward": 7}'} for row in rows if row["id"] != "b"
    ]
    record = json.loads((tmp_path / "outFalse" / "stage.json").read_text())["record"]
    assert record["counts"]["skeletons"] == 3


def test_notes_and_tables_go_together_and_marks_count_as_input(tmp_path: Path) -> None:
    notes = scrubbed(tmp_path)
    pq.write_table(corpus(), tmp_path / "docs.parquet")
    both = [tmp_path / "docs.parquet", notes]
    found = dedup(both, tmp_path / "out", Dedup(), engine=Engine(workers=2), progress=QUIET)
    assert (found["documents"], found["dropped"], found["skeletons"]) == (83, 21, 3)
    assert dedup(both, tmp_path / "out", Dedup(), engine=ONE, progress=QUIET) == found
    beside(notes).unlink()
    with pytest.raises(Failure, match="holds the result of other files"):
        dedup(both, tmp_path / "out", Dedup(), engine=ONE, progress=QUIET)


def test_broken_notes_are_named_and_not_quoted(tmp_path: Path) -> None:
    notes = scrubbed(tmp_path)
    notes.write_text(notes.read_text() + '{"id": "secret"\n')
    with pytest.raises(Failure, match=r"clean\.jsonl, line 4: not JSON") as refused:
        dedup([notes], tmp_path / "out", Dedup(), engine=ONE, progress=QUIET)
    assert "secret" not in str(refused.value)
    with pytest.raises(Failure, match="no such file"):
        dedup([tmp_path / "absent.jsonl"], tmp_path / "out", Dedup(), engine=ONE, progress=QUIET)
    half = tmp_path / "half.jsonl"
    half.write_text('{"id": 1, "text": "half of a pair: \\ud83d"}\n')
    assert dedup([half], tmp_path / "half", Dedup(), engine=ONE, progress=QUIET)["kept"] == 1
