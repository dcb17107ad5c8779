"""Stage 04 and `shodhan curate dedup` are one implementation: the same rows go."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curate.duplicates.dedup import dedup
from curate.durable import write_arrow
from curate.engine.progress import Progress
from curate.stage import Outcome
from curate.stages.near_duplicates import NearDuplicates
from schemas.config import Dedup, Engine

Part = Callable[..., pa.Table]


def through(folder: Path, *parts: pa.Table, ranks: dict[str, int] | None = None) -> list[Outcome]:
    """Sketch all parts, decide, apply to each."""
    stage = NearDuplicates(Dedup(), ranks or {"src": 0, "other": 1})
    sketches = []
    for number, part in enumerate(parts):
        sketches.append(folder / f"{number}.arrow")
        table = stage.sketch(part, number)
        write_arrow(sketches[-1], table.to_batches(), table.schema)
    stage.decide(sketches, folder / "state.parquet", folder)
    return [stage.apply(part, number, folder / "state.parquet") for number, part in enumerate(parts)]


def gone(outcomes: list[Outcome]) -> dict[str, tuple[str, float]]:
    rows = [row for outcome in outcomes for row in outcome.dropped.to_pylist()]
    assert all(row["reason"] == "near_duplicate" for row in rows)
    return {row["doc_id"]: (row["survivor"], row["similarity"]) for row in rows}


def documents(number: int) -> list[dict[str, Any]]:
    base = [" ".join(f"w{i}x{j}" for j in range(60)) for i in range(number)]
    texts = base + [text.replace("x30 ", "x30 and ", 1) for text in base[::2]]
    return [{"doc_id": f"d{i:03d}", "text": text} for i, text in enumerate(texts)]


def test_the_stage_drops_what_the_command_drops(tmp_path: Path, part: Part) -> None:
    rows = documents(40)
    outcomes = through(tmp_path, part(*rows[:25]), part(*rows[25:]))
    pq.write_table(pa.table({name: [row[name] for row in rows] for name in ("doc_id", "text")}), tmp_path / "d.parquet")
    dedup([tmp_path / "d.parquet"], tmp_path / "out", Dedup(), engine=Engine(workers=1), progress=Progress(shown=False))
    dropped = pq.read_table(tmp_path / "out" / "dropped").to_pylist()
    assert gone(outcomes) == {row["doc_id"]: (row["survivor"], row["similarity"]) for row in dropped}
    assert len(dropped) == 20


def test_the_better_source_survives_and_roles_and_flags_are_kept_apart(tmp_path: Path, part: Part) -> None:
    text = documents(1)[0]["text"]
    rows: list[dict[str, Any]] = [
        {"doc_id": "worse", "source": "other", "text": text + " and more"},
        {"doc_id": "better", "source": "src", "text": text},
        {"doc_id": "item", "role": "evaluation", "text": text},
        {"doc_id": "withdrawn", "flags": ["retracted"], "text": text},
        {"doc_id": "title", "flags": ["other", "no_abstract"], "text": text},
    ]
    assert set(gone(through(tmp_path, part(*rows)))) == {"worse"}
