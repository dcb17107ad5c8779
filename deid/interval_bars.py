"""Shares with their intervals as a picture: one bar a row, a whisker over its 95 % interval, the numbers beside it.

An SVG drawing as text, without script or outside resource; colours come from the page. Knows nothing of identifiers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 1000.0  # of the drawing, in its own units
_LEFT: Final = 250.0  # left edge of the bars; names stand before it
_SPAN: Final = 470.0  # length of a bar that fills the scale
_ROW: Final = 25.0
_BAR: Final = 13.0
_TOP: Final = 22.0  # room for the figures of the scale
_TICKS: Final = 5
_SCALES: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)  # ends of scale other than the whole


@dataclass(frozen=True, slots=True)
class Bar:
    """One row. `hits` of `whole`; `interval` where there is one."""

    name: str
    hits: int
    whole: int
    interval: tuple[float, float] | None = None

    @property
    def share(self) -> float:
        """1 where there is nothing."""
        return self.hits / self.whole if self.whole else 1.0


def bars_svg(rows: Sequence[Bar], *, title: str, zoom: bool = False) -> str:
    """The picture. The scale is 0 to 100 %, or, with `zoom`, 0 to the next round share above every row."""
    most = max((row.share for row in rows), default=1.0)
    scale = next((end for end in _SCALES if most <= end), 1.0) if zoom else 1.0
    height = _TOP + _ROW * len(rows) + 6
    shapes = [_tick(i * scale / _TICKS, i / _TICKS, scale, height) for i in range(_TICKS + 1)]
    shapes += [_row(row, _TOP + _ROW * i, scale) for i, row in enumerate(rows)]
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" class="bars" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(shapes)}</svg>"
    )


def _tick(share: float, place: float, scale: float, height: float) -> str:
    x = _LEFT + place * _SPAN
    figures = 0 if scale * 100 / _TICKS >= 1 else 1
    return (
        f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4:.1f}" y2="{height:.1f}"/>'
        f'<text class="small" x="{x:.1f}" y="{_TOP - 8:.1f}" text-anchor="middle">{share * 100:.{figures}f} %</text>'
    )


def _row(row: Bar, y: float, scale: float) -> str:
    """Name, bar, whisker, numbers; hovering tells them too."""
    top, middle, base = y + (_ROW - _BAR) / 2, y + _ROW / 2, y + _ROW / 2 + 4.5
    numbers = f"{row.share:.2%}" + (f"  [{row.interval[0]:.1%}, {row.interval[1]:.1%}]" if row.interval else "")
    counts = f"{row.hits:,}/{row.whole:,}"
    whisker = ""
    if row.interval:
        low, high = (_LEFT + min(end / scale, 1.0) * _SPAN for end in row.interval)
        whisker = (
            f'<path class="whisker" d="M{low:.1f} {middle - 4:.1f}V{middle + 4:.1f}M{low:.1f} {middle:.1f}H{high:.1f}'
            f'M{high:.1f} {middle - 4:.1f}V{middle + 4:.1f}"/>'
        )
    return (
        f"<g><title>{escape(row.name)}: {counts}, {numbers}</title>"
        f'<text x="{_LEFT - 10:.1f}" y="{base:.1f}" text-anchor="end">{escape(row.name)}</text>'
        f'<rect class="rest" x="{_LEFT:.1f}" y="{top:.1f}" width="{_SPAN:.1f}" height="{_BAR:.1f}"/>'
        f'<rect class="bar" x="{_LEFT:.1f}" y="{top:.1f}" width="{row.share / scale * _SPAN:.2f}" height="{_BAR:.1f}"/>'
        f"{whisker}"
        f'<text class="number" x="{_LEFT + _SPAN + 14:.1f}" y="{base:.1f}">{numbers}</text>'
        f'<text class="small" x="{WIDTH:.1f}" y="{base:.1f}" text-anchor="end">{counts}</text></g>'
    )
