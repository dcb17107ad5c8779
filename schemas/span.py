"""A Span: where in a text an identifier stands, which kind, how sure, and who says so."""

from dataclasses import dataclass

from schemas.labels import Label


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open `[start, end)` in code points of one text.

    Raises ValueError when it is empty or turned round. That it lies inside its text is checked where it is applied.
    """

    start: int
    end: int
    label: Label
    score: float = 1.0
    source: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span must not be empty: [{self.start}, {self.end})")
