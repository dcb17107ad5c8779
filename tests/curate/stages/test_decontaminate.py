import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from curate.stage import Outcome
from curate.stages.decontaminate import Decontaminate
from schemas.config import Decontaminate as Settings
from schemas.extra import QuestionExtra

STEM = "A forty year old farmer from Bihar has fever and splenomegaly for six weeks; the vector is"
OPTIONS = ("Sand fly", "Tsetse fly", "Anopheles", "Hard tick")


def item(number: int, stem: str = STEM, options: tuple[str, ...] = OPTIONS) -> dict[str, object]:
    text = "\n".join([stem, *(f"{letter}. {option}" for letter, option in zip("ABCD", options, strict=True))])
    extra = QuestionExtra(question=stem, options=options, answer=0)
    return {"doc_id": f"item:{number}", "kind": "question", "role": "evaluation", "text": text, "extra": extra}


def through(folder: Path, part: pa.Table, settings: Settings | None = None) -> Outcome:
    stage = Decontaminate(settings or Settings())
    pq.write_table(stage.sketch(part, 0), folder / "sketch.parquet")
    stage.decide([folder / "sketch.parquet"], folder / "state.parquet", folder)
    return stage.apply(part, 0, folder / "state.parquet")


def test_a_text_that_holds_an_item_goes_and_says_where(tmp_path: Path, part: Callable[..., pa.Table]) -> None:
    text = f"Practice questions for the ward. {STEM.upper()} ... answer overleaf."
    outcome = through(tmp_path, part(item(1), {"doc_id": "leak", "text": text}, {"doc_id": "clean"}))
    assert outcome.kept["doc_id"].to_pylist() == ["item:1", "clean"]
    (dropped,) = outcome.dropped.to_pylist()
    assert (dropped["doc_id"], dropped["reason"]) == ("leak", "contaminated")
    detail = json.loads(dropped["detail"])
    assert detail["item"] == "item:1"
    ((start, end),) = detail["places"]
    assert text[start:end] == STEM.upper()


def test_a_run_that_many_items_share_is_a_template(tmp_path: Path, part: Callable[..., pa.Table]) -> None:
    template = "Which one of the following statements is not true about this disease"
    items = [item(i, f"{template} {i} {i * 7}") for i in range(30)]
    outcome = through(tmp_path, part(*items, {"doc_id": "article", "text": f"{template} and so on, we asked."}))
    assert outcome.dropped.num_rows == 0


def test_no_evaluation_set_means_no_hit(tmp_path: Path, part: Callable[..., pa.Table]) -> None:
    assert through(tmp_path, part({}, {})).kept.num_rows == 2


def test_a_half_of_an_item_is_enough_and_less_is_not(tmp_path: Path, part: Callable[..., pa.Table]) -> None:
    words = STEM.split()
    half = {"doc_id": "half", "text": "see " + " ".join(words[:14])}
    little = {"doc_id": "little", "text": "see " + " ".join(words[:8]) + " only"}
    outcome = through(tmp_path, part(item(1), half, little))
    assert outcome.dropped["doc_id"].to_pylist() == ["half"]
