"""HTML and XHTML as plain text: what a reader would see, line by line."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

_LINES: Final = frozenset(
    {"address", "article", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"header", "footer", "hr", "li", "ol", "p", "pre", "section", "table", "tbody", "thead", "tr", "ul"}
)
_HIDDEN: Final = frozenset({"script", "style", "head", "template", "noscript"})
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_EMPTY_LINES = re.compile(r"\n{2,}")
_EDGES = re.compile(r" *\n *")


def html_text(markup: str) -> str:
    """The text of a page or fragment; blocks and table rows are lines, cells are parted by a blank.

    libxml2's HTML parser has no DTDs and expands no entities but HTML's own, so nothing is fetched; broken markup is
    read as a browser would. Raises ValueError where libxml2's limits are exceeded (10 MB, 256 levels).
    """
    if not markup.strip():
        return ""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(markup.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("no HTML") from error
    if parser.error_log.filter_from_fatals():  # a limit was exceeded: what the parser returns is cut short
        raise ValueError("HTML over 10 MB or nested deeper than 256")
    if root is None:
        return ""
    lines = _EDGES.sub("\n", "".join(_pieces(root)))
    return _EMPTY_LINES.sub("\n", lines).strip(" \n")


def _pieces(element: etree._Element) -> Iterator[str]:
    if element.tag not in _HIDDEN:
        block = element.tag in _LINES
        if block:
            yield "\n"
        if element.text:
            yield _BLANKS.sub(" ", element.text)
        for child in element:
            yield from _pieces(child)
        if block:
            yield "\n"
        elif element.tag in {"td", "th"}:
            yield " "
    if element.tail:
        yield _BLANKS.sub(" ", element.tail)
