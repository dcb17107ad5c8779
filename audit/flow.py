"""The flow of rows as a picture: bands of sources run down through the stages; what leaves bends off to its reason.

An SVG drawing as text, without script or outside resource. Knows counts and names, nothing of pages or evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from schemas.stage_record import StageRecord

WIDTH: Final = 1000.0  # of the drawing, in its own units
COLOURS: Final = 8  # classes c0..c7 of the page's style; further sources begin again
_NAMES: Final = 0.0  # left edge of the stages' names
_LEFT: Final = 190.0  # left edge of the bands
_SPAN: Final = 380.0  # width of all rows together
_REASONS: Final = 660.0  # left edge of the reasons' bars
_BAR: Final = 9.0
_SLOT: Final = 21.0  # least height of a reason, so that its label has room
_THIN: Final = 1.2  # least width of a band: one row in a million is still seen


@dataclass(frozen=True)
class Loss:
    """Rows that a stage took out for one reason, by source."""

    stage: str
    verb: str  # "dropped" or "quarantined"
    reason: str
    rows: dict[str, int]

    @property
    def total(self) -> int:
        """Over all sources."""
        return sum(self.rows.values())


def sources_of(stages: Sequence[StageRecord]) -> dict[str, int]:
    """Every source with its rows at the first stage that saw it; most rows first."""
    rows: dict[str, int] = {}
    for record in stages:
        for name, count in record.sources.items():
            rows.setdefault(name, count.rows_in)
    return dict(sorted(rows.items(), key=lambda item: (-item[1], item[0])))


def losses_of(record: StageRecord) -> list[Loss]:
    """What a stage took out: dropped before quarantined, most rows first."""
    losses = []
    for verb in ("dropped", "quarantined"):
        by_reason: dict[str, dict[str, int]] = {}
        for name, count in record.sources.items():
            for reason, rows in getattr(count, verb).items():
                if rows:
                    by_reason.setdefault(reason, {})[name] = rows
        found = [Loss(record.stage, verb, reason, rows) for reason, rows in by_reason.items()]
        losses += sorted(found, key=lambda loss: (-loss.total, loss.reason))
    return losses


def readable(name: str) -> str:
    """`04-near_duplicates` as "near duplicates"."""
    head, dash, tail = name.partition("-")
    return (tail if dash and head.isdigit() else name).replace("_", " ")


def flow_svg(stages: Sequence[StageRecord]) -> str:
    """The picture. Widths are proportional to rows (but never thinner than can be seen); hovering tells the numbers."""
    rows = sources_of(stages)
    colours = {name: f"c{index % COLOURS}" for index, name in enumerate(rows)}
    drawing = _Drawing(colours, _SPAN / max(sum(rows.values()), 1))
    y = 8.0
    for record in stages:
        y = drawing.stage(record, rows, y)
        rows |= {name: count.rows_out for name, count in record.sources.items()}
    y = drawing.kept(rows, y)
    total_in, total_out = sum(sources_of(stages).values()), sum(rows.values())
    summary = (
        f"{total_in:,} rows came in from {len(rows)} sources; {total_out:,} were kept. A table gives every number."
    )
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {y:.0f}" role="img" aria-labelledby="flow-title flow-desc" class="flow">'
        f'<title id="flow-title">The flow of rows through the stages</title><desc id="flow-desc">{summary}</desc>'
        f"{''.join(drawing.behind)}{''.join(drawing.front)}</svg>"
    )


class _Drawing:
    """Collects shapes: what leaves is drawn behind what stays."""

    def __init__(self, colours: dict[str, str], scale: float) -> None:
        self.colours = colours
        self.scale = scale
        self.behind: list[str] = []
        self.front: list[str] = []

    def width(self, rows: int) -> float:
        return max(rows * self.scale, _THIN) if rows else 0.0

    def pack(self, rows: dict[str, int]) -> dict[str, float]:
        """Left edge of each source's band, side by side."""
        edges, x = {}, _LEFT
        for name, number in rows.items():
            edges[name] = x
            x += self.width(number)
        return edges

    def stage(self, record: StageRecord, rows: dict[str, int], y: float) -> float:
        """Draw one stage from `y` down; the y where the next begins."""
        losses = losses_of(record)
        heights = [max(sum(map(self.width, loss.rows.values())) + 5, _SLOT) for loss in losses]
        bottom = y + max(46.0, 26.0 + sum(heights))
        after = rows | {name: count.rows_out for name, count in record.sources.items()}
        edges, next_edges = self.pack(rows), self.pack(after)
        self._text(_NAMES, y + 11, readable(record.stage), "stage")
        self._text(_NAMES, y + 27, f"{record.rows_in:,} in, {record.rows_out:,} kept", "small")
        for name, number in rows.items():
            x, width = edges[name], self.width(number)
            self.front.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="5" class="{self.colours[name]} node"/>'
            )
            if after[name]:
                kept = (x, x + self.width(after[name])), (next_edges[name], next_edges[name] + self.width(after[name]))
                self._band(
                    *kept,
                    y + 5,
                    bottom,
                    self.colours[name],
                    f"{name}: {after[name]:,} kept by {readable(record.stage)}",
                )
        right = {name: edges[name] + self.width(number) for name, number in rows.items()}
        top = y + 18
        for loss, height in zip(losses, heights, strict=True):
            at = top
            for name in reversed([name for name in rows if name in loss.rows]):
                width = self.width(loss.rows[name])
                tip = f"{name}: {loss.rows[name]:,} {loss.verb}, {readable(loss.reason)}"
                self._bend((right[name] - width, right[name]), (at, at + width), y + 5, self.colours[name], tip)
                right[name] -= width
                at += width
            self.front.append(
                f'<rect x="{_REASONS}" y="{top:.1f}" width="{_BAR}" height="{at - top:.1f}" class="{loss.verb}"/>'
            )
            label = f'<tspan class="number">{loss.total:,}</tspan> {escape(readable(loss.reason))}'
            middle = max((top + at) / 2 + 4, top + 9)
            self.front.append(f'<text x="{_REASONS + _BAR + 7}" y="{middle:.1f}">{label}{_aside(loss.verb)}</text>')
            top += height
        return bottom

    def kept(self, rows: dict[str, int], y: float) -> float:
        """Draw what is left at the end; the y below it."""
        for name, x in self.pack(rows).items():
            self.front.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{self.width(rows[name]):.1f}" height="12" '
                f'class="{self.colours[name]} node"><title>{escape(name)}: {rows[name]:,} kept</title></rect>'
            )
        self._text(_NAMES, y + 11, f"{sum(rows.values()):,} kept", "stage")
        return y + 20

    def _text(self, x: float, y: float, text: str, kind: str) -> None:
        self.front.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>')

    def _band(
        self, above: tuple[float, float], below: tuple[float, float], y: float, end: float, colour: str, tip: str
    ) -> None:
        """A band straight down, from the span `above` at `y` to the span `below` at `end`."""
        (left, right), (low_left, low_right), middle = above, below, (y + end) / 2
        self.front.append(
            _path(
                f"{colour} band",
                tip,
                f"M{left:.1f} {y:.1f}",
                f"C{left:.1f} {middle:.1f} {low_left:.1f} {middle:.1f} {low_left:.1f} {end:.1f}",
                f"L{low_right:.1f} {end:.1f}",
                f"C{low_right:.1f} {middle:.1f} {right:.1f} {middle:.1f} {right:.1f} {y:.1f}Z",
            )
        )

    def _bend(self, across: tuple[float, float], down: tuple[float, float], y: float, colour: str, tip: str) -> None:
        """A band that bends off: from the span `across` at `y` to the span `down` at the reasons' bars."""

        def curve(x: float, to: float) -> tuple[float, float]:
            return y + (to - y) * 0.9, x + (_REASONS - x) * 0.25

        (outer, low), (inner, high) = (across[0], down[1]), (across[1], down[0])
        (y1, x1), (y2, x2) = curve(outer, low), curve(inner, high)
        self.behind.append(
            _path(
                f"{colour} bend",
                tip,
                f"M{outer:.1f} {y:.1f}",
                f"C{outer:.1f} {y1:.1f} {x1:.1f} {low:.1f} {_REASONS} {low:.1f}",
                f"L{_REASONS} {high:.1f}",
                f"C{x2:.1f} {high:.1f} {inner:.1f} {y2:.1f} {inner:.1f} {y:.1f}Z",
            )
        )


def _path(kind: str, tip: str, *steps: str) -> str:
    return f'<path class="{kind}" d="{"".join(steps)}"><title>{escape(tip)}</title></path>'


def _aside(verb: str) -> str:
    return ' <tspan class="small">(quarantined)</tspan>' if verb == "quarantined" else ""
