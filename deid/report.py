"""The report of an evaluation: one HTML file, complete in itself. No script, no font, no picture from elsewhere.

It holds counts and shares; ids and texts of what was missed only as far as they are asked for.
"""

from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from deid.evaluation import Evaluation
from deid.files import written
from deid.interval_bars import Bar, bars_svg
from deid.measure import Scores


def write_report(path: Path, evaluation: Evaluation, *, shown: int = 0) -> None:
    """Write the report to `path`, whole or not at all, with the first `shown` leaks. Equal input, equal bytes.

    Raises Failure when the file cannot be written.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("deid", ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"thousands": "{:,}".format, "percent": "{:.2%}".format}
    scores = evaluation.scores
    wrong = [(gold, found, n) for (gold, found), n in scores.confusion.most_common() if gold != found]
    html = environment.get_template("report.html.j2").render(
        notes=evaluation.notes,
        unpredicted=evaluation.unpredicted,
        scores=scores,
        missed=len(scores.leaks),
        over=scores.over("all"),
        clinical=evaluation.clinical.all,
        charts=_charts(evaluation),
        wrong=sorted(wrong, key=lambda row: (-row[2], row[0], row[1])),
        hidden=sum(scores.confusion.values()),
        leaks=scores.leaks[:shown],
    )
    # A lone surrogate in a shown leak has no place in a file of UTF-8.
    with written(path) as out:
        out.write(html.encode("utf-8", "backslashreplace").decode("utf-8"))


def _charts(evaluation: Evaluation) -> dict[str, Any]:
    """The pictures by name; in each but the over-redaction the worst stands first."""
    scores = evaluation.scores
    clinical = {kind.value: share for kind, share in evaluation.clinical.kinds.items()}
    drawn = {
        "label": bars_svg(_recall(scores, "label"), title="Recall by label, with 95 % intervals"),
        "language": bars_svg(_recall(scores, "language"), title="Recall by language mix, with 95 % intervals"),
        "tag": bars_svg(_recall(scores, "tag"), title="Recall by kind of note, with 95 % intervals"),
        "over": bars_svg(
            [Bar(tag, scores.redacted[tag], scores.outside[tag]) for tag in sorted(scores.outside)],
            title="Share of other letters and digits that were redacted, by kind of note",
            zoom=True,
        ),
        "clinical": bars_svg(
            [
                Bar(name, s.unchanged, s.items, s.interval)
                for name, s in (*clinical.items(), ("all", evaluation.clinical.all))
            ],
            title="Clinical content kept, by kind, with 95 % intervals",
        ),
    }
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 - bars_svg escapes every name


def _recall(scores: Scores, kind: str) -> list[Bar]:
    bars = [Bar(name, c.hidden, c.spans, c.interval) for (head, name), c in scores.cells.items() if head == kind]
    return sorted(bars, key=lambda bar: (bar.share, -bar.whole, bar.name))
