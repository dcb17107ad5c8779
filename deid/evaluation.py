"""Evaluation of gold files: run the detector or take predictions, score, and say it in lines."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from deid.measure import Scores, score
from deid.notes import read, read_gold
from deid.workers import detect_all
from schemas.failure import Failure
from schemas.labels import Label
from schemas.policy import DeidPolicy
from schemas.span import Span


def evaluate_files(gold: Sequence[Path], predictions: Path | None, policy: DeidPolicy, workers: int) -> Scores:
    """Scores of the detector, or of a file of predictions, on gold files. A note without prediction counts as no
    spans.
    """
    notes = [note for path in gold for note in read_gold(path)]
    if predictions is None:
        return score(notes, detect_all([note.text for note in notes], policy, workers))
    found = _predicted(predictions)
    return score(notes, [found.get(note.id, []) for note in notes])


def _predicted(path: Path) -> dict[str, list[Span]]:
    found = {}
    for number, row in read(path):
        try:
            found[str(row["id"])] = [Span(s["start"], s["end"], Label(s["label"])) for s in row["spans"]]
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(
                f"{path}, line {number}: spans need start, end and a known label (values withheld)"
            ) from error
    return found


def lines(scores: Scores) -> Iterator[str]:
    """The table, a line a row."""
    for kind in ("label", "language", "tag", "all"):
        for key in sorted(k for k in scores.cells if k[0] == kind):
            cell = scores.cells[key]
            low, high = cell.interval
            yield f"{key[1]:28} {cell.hidden:5}/{cell.spans:<5} recall {cell.recall:7.2%}  [{low:.2%}, {high:.2%}]"
        yield ""
    for tag in sorted(scores.outside):
        yield f"over-redaction {tag:13} {scores.redacted[tag]:6}/{scores.outside[tag]:<7} {scores.over(tag):7.2%}"
    yield f"label right on hidden spans  {scores.label_right:7.2%}"
    for (gold, found), count in scores.confusion.most_common():
        if gold != found:
            yield f"  {gold} found as {found}: {count}"
