"""MathML as a line of text: `R^2`, `x_i`, `(a)/(b)`. What a reader of the page would type, no typesetting."""

from collections.abc import Callable
from typing import Final

from lxml import etree

NAMESPACE: Final = "{http://www.w3.org/1998/Math/MathML}"
_SKIPPED = frozenset({"annotation", "annotation-xml", "mphantom", "mspace"})


def math_text(element: etree._Element) -> str:
    """The formula under a `math` element (or any part of one) as text."""
    name = _local(element)
    if name in _SKIPPED:
        return ""
    parts = [math_text(child) for child in element]
    if not parts:
        return " ".join((element.text or "").split())
    layout = _LAYOUT.get(name)
    if layout is not None and len(parts) == layout[0]:
        return layout[1](parts)
    if name == "mfenced":
        return f"({', '.join(part for part in parts if part)})"
    if name == "msqrt":
        return f"√({''.join(parts)})"
    if name == "mtable":
        return "; ".join(part for part in parts if part)
    if name in {"mtr", "mlabeledtr"}:
        return " ".join(part for part in parts if part)
    return "".join(parts)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _group(part: str) -> str:
    """Brackets around what is more than one sign or number, so that `x^10` and `x^(n+1)` stay apart."""
    return part if part.isalnum() or len(part) < 2 else f"({part})"


_LAYOUT: Final[dict[str, tuple[int, Callable[[list[str]], str]]]] = {
    "msup": (2, lambda part: f"{part[0]}^{_group(part[1])}"),
    "msub": (2, lambda part: f"{part[0]}_{_group(part[1])}"),
    "msubsup": (3, lambda part: f"{part[0]}_{_group(part[1])}^{_group(part[2])}"),
    "munder": (2, lambda part: f"{part[0]}_{_group(part[1])}"),
    "mover": (2, lambda part: f"{part[0]}{part[1]}"),
    "munderover": (3, lambda part: f"{part[0]}_{_group(part[1])}^{_group(part[2])}"),
    "mfrac": (2, lambda part: f"{_group(part[0])}/{_group(part[1])}"),
    "mroot": (2, lambda part: f"{_group(part[0])}^(1/{part[1]})"),
}
"""How many parts a layout has, and the line they make."""
