"""The report of a run: one HTML file, complete in itself, for a compliance officer.

No script, no font, no picture from elsewhere; it opens on any machine, prints, and holds counts and digests only.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from audit import durable
from audit.flow import COLOURS, flow_svg, losses_of, readable, sources_of
from schemas.certificate import Predicate
from schemas.stage_record import StageMeasure, StageRecord


def write_report(
    path: Path,
    *,
    predicate: Predicate | None,
    certificate_sha256: str | None,
    checkpoint: str | None,
    stages: list[StageRecord],
    measures: list[StageMeasure],
) -> None:
    """Write the report to `path`, whole or not at all.

    `stages` in their order, `measures` one for each. What is None did not happen (yet), and the report says so.
    Raises ValueError when stages and measures do not pair up.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("audit", ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"thousands": "{:,}".format, "readable": readable, "megabytes": _megabytes}
    html = environment.get_template("report.html.j2").render(
        predicate=predicate,
        certificate_sha256=certificate_sha256,
        checkpoint=checkpoint,
        measured=list(zip(stages, measures, strict=True)),
        flow=Markup(flow_svg(stages)),  # noqa: S704 - flow_svg escapes every name
        **_account(stages),
    )
    durable.replace(path, html.encode())


def _account(stages: Sequence[StageRecord]) -> dict[str, Any]:
    """The statement of account: rows in, less each loss, is rows kept; for every source and in all."""
    rows = sources_of(stages)
    kept = dict(rows)
    for record in stages:
        kept |= {name: count.rows_out for name, count in record.sources.items()}
    by_stage = [(record, losses_of(record)) for record in stages]
    losses = [loss for _, found in by_stage for loss in found]
    lost = {name: sum(loss.rows.get(name, 0) for loss in losses) for name in rows}
    return {
        "colours": {name: f"c{index % COLOURS}" for index, name in enumerate(rows)},
        "rows_in": rows,
        "kept": kept,
        "losses": by_stage,
        "total_in": sum(rows.values()),
        "total_kept": sum(kept.values()),
        "dropped": sum(loss.total for loss in losses if loss.verb == "dropped"),
        "quarantined": sum(loss.total for loss in losses if loss.verb == "quarantined"),
        "balanced": {name: rows[name] == kept[name] + lost[name] for name in rows},
        "breaks": _breaks(stages),
    }


def _breaks(stages: Sequence[StageRecord]) -> list[str]:
    """Where a stage took in other rows than the stage before it gave: a report never hides that."""
    return [
        f"{readable(after.stage)} took in {after.sources[name].rows_in:,} rows of {name}, "
        f"but {readable(before.stage)} gave {count.rows_out:,}"
        for before, after in pairwise(stages)
        for name, count in before.sources.items()
        if name in after.sources and after.sources[name].rows_in != count.rows_out
    ]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"
