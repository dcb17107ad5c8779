from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from curate.stages.quality import Quality
from schemas.config import Quality as Settings
from schemas.extra import QuestionExtra


def question(stem: str = "Which vitamin is found in animal food only, of these", **more: Any) -> dict[str, Any]:
    extra = {"question": stem, "options": ("A1", "B12", "C", "D"), "answer": 1, "answer_text": "B12"} | more
    return {"kind": "question", "extra": QuestionExtra(**extra)}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"flags": ["retracted"]}, "retracted"),
        ({"flags": ["retraction_notice"]}, "retraction_notice"),
        ({"text": "  "}, "empty"),
        ({"flags": ["no_abstract"]}, "no_abstract"),
        ({"text": "Only four words here"}, "too_short"),
        ({"language_mix": "de"}, "wrong_language"),
        ({"language_mix": "hi(Latn)+en"}, None),
        ({}, None),
        (question(), None),
        (question("Name the structure marked with arrow in this section of the kidney"), "needs_picture"),
        (question("Identify the instrument shown in the image given below for this"), "needs_picture"),
        (question("The diagnosis of this ECG shown here, a man with chest pain"), "needs_picture"),
        (question("Arrow poison that blocks the motor end plate is which of these"), None),
        (question("True about the image intensifier in fluoroscopy is which of these"), None),
        (question(options=("A", "b ", "B", "C"), answer_text=None), "repeated_options"),
        (question(answer=None, answer_text=None), "answer_withheld"),
        (question(answer=4, answer_text=None), "answer_not_among_options"),
        (question(answer_text="K"), "answer_not_among_options"),
    ],
)
def test_each_reason(part: Callable[..., pa.Table], row: dict[str, Any], reason: str | None) -> None:
    outcome = Quality(Settings()).apply(part(row), 0, None)
    assert outcome.dropped["reason"].to_pylist() == ([reason] if reason else [])
    assert outcome.kept.num_rows == (reason is None)
