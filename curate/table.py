"""What a finished run prints: rows in, kept, dropped and quarantined by reason, per source; seconds per stage."""

import json
from collections import Counter

import typer
from rich.console import Console
from rich.table import Column, Table

from curate.curation import Curation


def as_dict(curation: Curation) -> None:
    """Print one JSON object."""
    released = curation.release
    sources = {name: count.model_dump() for name, count in released.predicate.sources.items()}
    stages = [
        {"stage": stage.folder.name, "rows_in": stage.record.rows_in, "rows_out": stage.record.rows_out}
        | stage.measure.model_dump()
        for stage in curation.stages
    ]
    paths = {"dataset": str(released.dataset), "report": str(released.report), "checkpoint": str(released.checkpoint)}
    content = paths | {
        "run": curation.run,
        "certificate_sha256": released.certificate_sha256,
        "splits": released.predicate.splits,
        "sources": sources,
        "stages": stages,
    }
    typer.echo(json.dumps(content, sort_keys=True))


def print_table(curation: Curation) -> None:
    """Print two tables and the paths of the dataset, its certificate, the report and the log's checkpoint."""
    console, released = Console(), curation.release
    if not console.is_terminal:
        console.width = 150  # a file or pipe has no width of its own
    console.print(_sources(curation))
    console.print(_stages(curation))
    for name, value in (
        ("dataset", released.dataset),
        ("certificate", f"{released.dataset / 'certificate.json'} (sha256 {released.certificate_sha256})"),
        ("report", released.report),
        ("log", released.checkpoint),
    ):
        typer.echo(f"{name:<12} {value}")


def _sources(curation: Curation) -> Table:
    table = Table(Column("source", no_wrap=True), title=f"run {curation.run}")
    for heading in ("in", "kept", "dropped", "quarantined"):
        table.add_column(heading, justify="right")
    table.add_column("reasons", overflow="fold")
    totals: Counter[str] = Counter()
    for name, count in curation.release.predicate.sources.items():
        row = {
            "in": count.rows_in,
            "kept": count.rows_out,
            "dropped": sum(count.dropped.values()),
            "quarantined": sum(count.quarantined.values()),
        }
        totals.update(row)
        reasons = Counter(count.dropped) + Counter(count.quarantined)
        table.add_row(
            name, *(f"{n:,}" for n in row.values()), ", ".join(f"{r} {n:,}" for r, n in reasons.most_common())
        )
    table.add_section()
    table.add_row("all", *(f"{totals[key]:,}" for key in ("in", "kept", "dropped", "quarantined")), "")
    return table


def _stages(curation: Curation) -> Table:
    table = Table("stage")
    for heading in ("rows in", "rows out", "seconds", "rows/s", "MB/s", "peak MB"):
        table.add_column(heading, justify="right")
    for stage in curation.stages:
        measure = stage.measure
        seconds = max(measure.seconds, 1e-3)
        table.add_row(
            stage.folder.name,
            f"{stage.record.rows_in:,}",
            f"{stage.record.rows_out:,}",
            f"{measure.seconds:.1f}",
            f"{stage.record.rows_in / seconds:,.0f}",
            f"{measure.bytes_in / seconds / 1e6:.1f}",
            f"{measure.peak_memory_bytes / 1e6:,.0f}",
        )
    return table
