"""Evaluation of gold files: run the detector or take predictions, measure, and say it in lines or JSON.

What was missed is an identifier: its text leaves this module only as far as `shown` asks for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deid.clinical_content import ClinicalContent, clinical_content
from deid.measure import Scores, score
from deid.notes import read, read_gold
from deid.workers import detect_all
from schemas.failure import Failure
from schemas.labels import Label
from schemas.policy import DeidPolicy
from schemas.span import Span


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that is measured over marked notes. `unpredicted`: notes that a file of predictions has no row for."""

    notes: int
    unpredicted: int
    scores: Scores
    clinical: ClinicalContent

    def as_json(self, shown: int = 0) -> dict[str, object]:
        """Ids, offsets, labels and figures; the texts of the first `shown` leaks and no other text."""
        return {
            "notes": self.notes,
            "unpredicted": self.unpredicted,
            **self.scores.as_json(shown),
            "clinical": self.clinical.as_json(),
        }


def evaluate_files(gold: Sequence[Path], predictions: Path | None, policy: DeidPolicy, workers: int) -> Evaluation:
    """What the detector, or a file of predictions, is worth on gold files. A note without prediction counts as no
    spans.
    """
    notes = [note for path in gold for note in read_gold(path)]
    found: list[list[Span]]
    unpredicted = 0
    if predictions is None:
        found = list(detect_all([note.text for note in notes], policy, workers))
    else:
        predicted = _predicted(predictions)
        found = [predicted.get(note.id, []) for note in notes]
        unpredicted = sum(note.id not in predicted for note in notes)
    return Evaluation(len(notes), unpredicted, score(notes, found), clinical_content(notes, found))


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


def lines(evaluation: Evaluation, shown: int = 0) -> Iterator[str]:
    """The tables, a line a row; then the texts of the first `shown` leaks."""
    scores = evaluation.scores
    for kind in ("label", "language", "tag", "all"):
        for key in sorted(k for k in scores.cells if k[0] == kind):
            cell = scores.cells[key]
            yield _row(key[1], cell.hidden, cell.spans, "recall", cell.recall, cell.interval)
        yield ""
    for tag in sorted(scores.outside):
        yield f"over-redaction {tag:13} {scores.redacted[tag]:6}/{scores.outside[tag]:<7} {scores.over(tag):7.2%}"
    yield f"label right on hidden spans  {scores.label_right:7.2%}"
    for (gold, found), count in scores.confusion.most_common():
        if gold != found:
            yield f"  {gold} found as {found}: {count}"
    yield ""
    for name, share in (*evaluation.clinical.kinds.items(), ("all", evaluation.clinical.all)):
        yield _row(f"clinical content, {name}", share.unchanged, share.items, "kept  ", share.share, share.interval)
    if evaluation.unpredicted:
        yield f"{evaluation.unpredicted} of {evaluation.notes} notes have no prediction: all in them counts as missed"
    missed = len(scores.leaks)
    hint = "" if shown or not missed else "; --leaks N shows N of what was missed"
    yield f"missed: {missed} identifier{'' if missed == 1 else 's'}{hint}"
    for leak in scores.leaks[:shown]:
        yield f"leak {leak.tag:12} {leak.note} {leak.start}-{leak.end} {leak.label} {leak.text!r}"


def _row(name: str, hits: int, whole: int, what: str, share: float, interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{name:28} {hits:5}/{whole:<5} {what} {share:7.2%}  [{low:.2%}, {high:.2%}]"
