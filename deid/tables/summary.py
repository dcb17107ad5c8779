"""The report as a few lines for the terminal. No value of the data."""

from collections.abc import Iterator

from schemas.table_report import AnonymityReport, TablesReport


def lines(report: TablesReport) -> Iterator[str]:
    """For each table its rows, what was suppressed and why, achieved k and l, and the levels."""
    for table in report.tables:
        gone = ", ".join(f"{reason} {count:,}" for reason, count in table.suppressed.items())
        yield f"{table.table}: {table.rows_in:,} rows in, {table.rows_out:,} out" + (
            f"; suppressed: {gone}" if gone else ""
        )
        for column, count in table.blanked.items():
            yield f"  {column}: {count:,} unreadable cells left blank"
        if table.anonymity is not None:
            yield from _anonymity(table.anonymity)


def _anonymity(found: AnonymityReport) -> Iterator[str]:
    yield (
        f"  k {_number(found.k_before)} -> {_number(found.k_achieved)} ({found.k} asked for)"
        + (f", l {_number(found.l_before)} -> {_number(found.l_achieved)} ({found.l})" if found.l_before else "")
        + f"; {found.violating_groups:,} groups with {found.violating_rows:,} rows violated"
    )
    for level in found.levels:
        yield f"  {level.column}: level {level.level} of {level.highest} ({level.name})"


def _number(value: int | None) -> str:
    return "none" if value is None else str(value)
