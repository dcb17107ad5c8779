"""What `shodhan deid table` reports: counts, achieved k and l, ladder levels. Never a subject, never a raw cell."""

from pydantic import BaseModel, ConfigDict


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(_Model):
    """How far a column went up its ladder."""

    column: str
    level: int
    highest: int
    """The level of `*`."""
    name: str
    """What the level is: `5 years`, `3 digits`."""


class SmallGroup(_Model):
    """A combination of values that was suppressed."""

    values: dict[str, str | None]
    """By column, at its level or coarser: never an exact day, PIN code or place."""
    rows: int
    subjects: int | None
    """Null where the table has no subject."""


class AnonymityReport(_Model):
    """k-anonymity and l-diversity of a table, before and after."""

    k: int
    """Asked for."""
    l: int  # noqa: E741 - its name
    k_before: int | None
    """The smallest group at the levels to begin at; null for an empty table."""
    k_achieved: int | None
    """The smallest group that was written; null where nothing was."""
    l_before: int | None
    l_achieved: int | None
    """Null where no column is sensitive."""
    violating_groups: int
    """At the levels to begin at."""
    violating_rows: int
    levels: tuple[Level, ...]
    suppressed_groups: int
    groups: tuple[SmallGroup, ...]
    """The smallest of them, 100 at most."""


class TableReport(_Model):
    """One table. `rows_in` = `rows_out` + the sum of `suppressed`: it cannot be built otherwise."""

    table: str
    rows_in: int
    rows_out: int
    suppressed: dict[str, int]
    """By reason."""
    columns: dict[str, str]
    """Column to role."""
    blanked: dict[str, int]
    """Cells that could not be read and were left empty, by column."""
    replaced: dict[str, int]
    """Identifiers found in texts, by label."""
    anonymity: AnonymityReport | None
    sha256: str
    """Of the file that was written."""

    def model_post_init(self, _: object) -> None:
        """Raises ValueError where the rows do not add up."""
        if self.rows_in != self.rows_out + sum(self.suppressed.values()):
            raise ValueError(f"{self.table}: rows in and rows out do not add up")


class TablesReport(_Model):
    """`report.json`."""

    tables: tuple[TableReport, ...]
