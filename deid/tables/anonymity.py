"""k-anonymity (Sweeney 2002) and distinct l-diversity (Machanavajjhala et al. 2007) of a whole table, with DuckDB.

A group is what is alike in all quasi-identifiers. It violates where it holds fewer than k subjects (or rows), or fewer
than l values of a sensitive column. The rule, greedy and without chance:

1. While more rows are in violating groups than may be suppressed, one column goes up one level: the one that leaves the
   fewest such rows; of equals the one least far up its ladder; of equals the first of the policy.
2. Then each column, in the order of the policy, goes down again as far as the rule still holds.
3. Rows still in violating groups are suppressed. Whole groups go, so no other group gets smaller.

Reads staged rows (`deid.tables.columns`) in a view `staged`; writes numbers of rows and reasons into a table `gone`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Any, Final

from schemas.columns import Anonymity
from schemas.table_report import AnonymityReport, Level, SmallGroup

if TYPE_CHECKING:
    import duckdb

SMALL, UNIFORM = "small_group", "uniform_group"
_LISTED: Final = 100  # groups in a report


@dataclass(frozen=True)
class Rungs:
    """A quasi-identifier: `column` of the table, rungs in `staged` as `<staged>_<level>`."""

    column: str
    staged: str
    names: tuple[str, ...]
    least: int
    most: int
    shown_from: int


@dataclass(frozen=True)
class _Count:
    """Groups at some levels: how many violate, and their rows; the least k and l of all, and of those that do not."""

    groups: int
    rows: int
    k: int | None
    variety: int | None
    k_kept: int | None
    variety_kept: int | None


class Groups:
    """The groups of one staged table."""

    def __init__(
        self, connection: "duckdb.DuckDBPyConnection", rule: Anonymity, quasi: Sequence[Rungs], sensitive: Sequence[str]
    ) -> None:
        self._connection, self._rule, self._quasi, self._sensitive = connection, rule, quasi, sensitive
        self._counted: dict[tuple[int, ...], _Count] = {}

    def settle(self) -> tuple[dict[str, int], AnonymityReport]:
        """Choose the levels, put what violates there into `gone`; the level of each column, and the report."""
        start = tuple(each.least for each in self._quasi)
        levels = self._chosen(start) if self._rule.method == "generalise" else start
        self._suppress(levels)
        before, after = self._count(start), self._count(levels)
        report = AnonymityReport(
            k=self._rule.k,
            l=self._rule.l,
            k_before=before.k,
            k_achieved=after.k_kept,
            l_before=before.variety,
            l_achieved=after.variety_kept,
            violating_groups=before.groups,
            violating_rows=before.rows,
            levels=tuple(
                Level(column=each.column, level=level, highest=len(each.names) - 1, name=each.names[level])
                for each, level in zip(self._quasi, levels, strict=True)
            ),
            suppressed_groups=after.groups,
            groups=self._listed(levels),
        )
        return {each.column: level for each, level in zip(self._quasi, levels, strict=True)}, report

    def _chosen(self, levels: tuple[int, ...]) -> tuple[int, ...]:
        rows = self._one("SELECT count(*) FROM staged")[0]
        bearable = floor(self._rule.suppress_at_most * rows)
        while self._count(levels).rows > bearable:
            raised = [(at, _moved(levels, at, 1)) for at, each in enumerate(self._quasi) if levels[at] < each.most]
            if not raised:
                return levels
            levels = min(raised, key=lambda one: (self._count(one[1]).rows, self._height(one[1]), one[0]))[1]
        for at, each in enumerate(self._quasi):
            while levels[at] > each.least and self._count(_moved(levels, at, -1)).rows <= bearable:
                levels = _moved(levels, at, -1)
        return levels

    def _height(self, levels: tuple[int, ...]) -> float:
        return sum(level / (len(each.names) - 1) for each, level in zip(self._quasi, levels, strict=True))

    def _count(self, levels: tuple[int, ...]) -> _Count:
        if levels not in self._counted:
            found = self._one(
                f"WITH grouped AS ({self._grouped(levels)}) SELECT count(*) FILTER (k < ? OR l < ?), "  # noqa: S608
                "coalesce(sum(n) FILTER (k < ? OR l < ?), 0), min(k), min(l), min(k) FILTER (k >= ? AND l >= ?), "
                "min(l) FILTER (k >= ? AND l >= ?) FROM grouped",
                [self._rule.k, self._rule.l] * 4,
            )
            groups, rows, k, variety, k_kept, variety_kept = found
            self._counted[levels] = _Count(
                groups,
                int(rows),
                k,
                variety if self._sensitive else None,
                k_kept,
                variety_kept if self._sensitive else None,
            )
        return self._counted[levels]

    def _grouped(self, levels: Sequence[int]) -> str:
        """A query: each group's values `v0, v1, …`, its rows `n`, and its `k` and `l`."""
        values = ", ".join(
            f"{each.staged}_{level} AS v{at}" for at, (each, level) in enumerate(zip(self._quasi, levels, strict=True))
        )
        k = "count(DISTINCT subject)" if self._rule.count == "subjects" else "count(*)"
        kinds = [f"count(DISTINCT {column})" for column in self._sensitive]
        variety = f"least({', '.join(kinds)})" if kinds else str(self._rule.l)  # nothing to differ in
        return f"SELECT {values}, count(*) AS n, {k} AS k, {variety} AS l FROM staged GROUP BY ALL"  # noqa: S608 - our names

    def _suppress(self, levels: Sequence[int]) -> None:
        alike = " AND ".join(
            f"{each.staged}_{level} IS NOT DISTINCT FROM v{at}"
            for at, (each, level) in enumerate(zip(self._quasi, levels, strict=True))
        )
        self._connection.execute(
            f"INSERT INTO gone SELECT row, CASE WHEN k < ? THEN '{SMALL}' ELSE '{UNIFORM}' END FROM staged "  # noqa: S608
            f"JOIN (SELECT * FROM ({self._grouped(levels)}) WHERE k < ? OR l < ?) ON {alike}",
            [self._rule.k, self._rule.k, self._rule.l],
        )

    def _listed(self, levels: Sequence[int]) -> tuple[SmallGroup, ...]:
        """The smallest suppressed groups. What is exact enough to single out is shown a level up."""
        shown = [max(level, each.shown_from) for each, level in zip(self._quasi, levels, strict=True)]
        values = ", ".join(
            f"{each.staged}_{level} AS v{at}" for at, (each, level) in enumerate(zip(self._quasi, shown, strict=True))
        )
        order = ", ".join(f"v{at} NULLS FIRST" for at in range(len(shown)))
        found = self._connection.execute(
            f"SELECT {values}, count(*) AS n, count(DISTINCT subject) AS s, count(subject) AS known FROM staged "  # noqa: S608
            f"SEMI JOIN (SELECT row FROM gone WHERE reason IN ('{SMALL}', '{UNIFORM}')) AS went USING (row) "
            f"GROUP BY ALL ORDER BY n, {order} LIMIT {_LISTED}"
        ).fetchall()
        return tuple(
            SmallGroup(
                values={each.column: value for each, value in zip(self._quasi, row, strict=False)},
                rows=row[-3],
                subjects=row[-2] if row[-1] else None,
            )
            for row in found
        )

    def _one(self, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        row = self._connection.execute(query, list(values)).fetchone()
        assert row is not None  # noqa: S101 - an aggregate has one row
        return row


def _moved(levels: tuple[int, ...], at: int, by: int) -> tuple[int, ...]:
    return (*levels[:at], levels[at] + by, *levels[at + 1 :])
