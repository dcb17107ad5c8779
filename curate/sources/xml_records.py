"""Records of a large XML file, cut out by their tags and parsed one by one under a hardened parser.

The cutting is what makes it safe and sturdy at once. A DOCTYPE stands before the first record, so it is never parsed:
there is no DTD to fetch, no entity to expand, internal or external, billion laughs or /etc/passwd. A record that is not
well-formed costs only itself. Memory is bounded by one record.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from curate.sources.mathml import NAMESPACE, math_text
from curate.sources.streams import MAX_RECORD, ByteStream

_OVERLAP = 64  # bytes kept back while a start tag may straddle two chunks
_PROLOG = 1 << 16
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ROOT = re.compile(rb"<[A-Za-z_][^>]*xmlns[^>]*>")
_BREAK = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")


def hardened_parser(encoding: str | None = None) -> etree.XMLParser:
    """A parser that looks nothing up and expands nothing.

    `huge_tree` stays off: libxml2 then refuses text nodes over 10 MB and nesting deeper than 256, more than any record
    of PubMed or PMC has. Comments and processing instructions are not text and are left out.
    """
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


class RecordParser:
    """Parses records of one file, each alone. Raises LookupError for an encoding that is not known."""

    def __init__(self, prolog: bytes) -> None:
        """`prolog` is what stands in the file before its first record."""
        declared = _ENCODING.search(prolog)
        self._encoding = declared[1].decode().lower() if declared else "utf-8"
        utf8 = self._encoding in {"utf-8", "us-ascii"}
        self._parser = hardened_parser(None if utf8 else self._encoding)
        root = _ROOT.search(prolog)
        self._opening, self._closing = b"", b""
        if root:
            self._opening, self._closing = root[0], b"</" + root[0][1:].split(None, 1)[0] + b">"
        self.bare: Final = utf8 and not root
        """Whether a record means the same without its file: UTF-8, and no namespace declared around it."""

    def __call__(self, piece: bytes) -> etree._Element | str:
        """The record as an element, or the reason why it cannot be read."""
        try:
            element = etree.fromstring(self._opening + piece + self._closing, self._parser)
        except etree.XMLSyntaxError as error:
            return _reason(error, piece, self._encoding)
        return element[0] if self._opening else element


def xml_records(stream: ByteStream, names: Sequence[str]) -> Iterator[etree._Element | str]:
    """Each element of one of these names, wherever it stands in the file but not inside another of them.

    A string is the reason why a record cannot be read: `malformed_xml`, `undefined_entity`, `bad_encoding`,
    `record_too_long`; `no_records` where the whole file holds none.
    """
    for piece, parse in xml_pieces(stream, names):
        yield piece if isinstance(piece, str) else parse(piece)


def xml_pieces(stream: ByteStream, names: Sequence[str]) -> Iterator[tuple[bytes | str, RecordParser]]:
    """The records of `xml_records` before they are parsed, and what parses them; or a reason."""
    parse: RecordParser | None = None
    for before, piece in _cut(stream, names):
        if parse is None:
            try:
                parse = RecordParser(before)
            except LookupError:
                yield "bad_encoding", RecordParser(b"")
                return
        yield piece, parse
    if parse is None and stream.damage is None:
        yield "no_records", RecordParser(b"")


def text_of(element: etree._Element | None) -> str:
    """All text under an element: inline tags dropped, formulas as `mathml` writes them, a line break made one space.

    Every other character, no-break and thin spaces among them, stays as the publisher set it.
    """
    if element is None:
        return ""
    if not len(element):
        text = element.text or ""
    elif element.find(f".//{NAMESPACE}math") is not None:
        text = "".join(_with_math(element))
    else:
        text = "".join(str(piece) for piece in element.itertext())
    return one_line(text)


def one_line(text: str) -> str:
    """The text with each line break and the ASCII blanks around it made one space; ASCII blanks at its ends are cut."""
    if "\n" in text or "\r" in text:
        text = _BREAK.sub(" ", text)
    return text.strip(" \t")


def _with_math(element: etree._Element) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        if child.tag == f"{NAMESPACE}math":
            yield math_text(child)
        else:
            yield from _with_math(child)
        if child.tail:
            yield child.tail


def _reason(error: etree.XMLSyntaxError, piece: bytes, encoding: str) -> str:
    if getattr(error, "code", None) == etree.ErrorTypes.ERR_UNDECLARED_ENTITY:  # lxml-stubs lack `code`
        return "undefined_entity"
    try:
        piece.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return "bad_encoding"
    return "malformed_xml"


def _cut(stream: ByteStream, names: Sequence[str]) -> Iterator[tuple[bytes, bytes | str]]:
    """(what stood before the record, the record's bytes or a reason). Commented-out records are passed over.

    1. find a start tag; 2. find its end tag or the next start tag, whichever comes first, reading on as needed;
    3. where it is a start tag, the record has lost its end: it is broken, and reading goes on at the other.
    """
    tags = "|".join(names).encode()
    # "<" stands in front of every alternative, so that the search leaps from one to the next.
    start = re.compile(rb"<(?:!--|(" + tags + rb")(?=[\s>]))")
    edges = {
        name.encode(): re.compile(b"<(?:(/" + name.encode() + rb"\s*>)|(?:" + tags + rb")[\s>])") for name in names
    }
    comment_end = re.compile(rb"(-->)")
    chunks = iter(stream)
    buffer, at = b"", 0
    while True:
        found = start.search(buffer, at)
        if found is None:
            # The prolog of a file is kept whole until its first record, within reason.
            keep = at if len(buffer) - at < _PROLOG else max(at, len(buffer) - _OVERLAP)
            chunk = next(chunks, None)
            if chunk is None:
                return
            buffer, at = buffer[keep:] + chunk, 0
            continue
        before, begin, searched = buffer[at : found.start()], found.start(), found.end()
        edge = comment_end if found[1] is None else edges[found[1]]
        while (end := edge.search(buffer, searched)) is None and len(buffer) - begin <= MAX_RECORD:
            chunk = next(chunks, None)
            if chunk is None:
                break
            searched = max(searched, len(buffer) - _OVERLAP) - begin
            buffer, begin = buffer[begin:] + chunk, 0
        if end is None:
            if len(buffer) - begin > MAX_RECORD:
                yield before, "record_too_long"
            elif stream.damage is None:
                yield before, "malformed_xml"
            at = len(buffer)
        elif end[1] is None:
            yield before, "malformed_xml"
            at = end.start()
        else:
            if found[1] is not None:
                yield before, buffer[begin : end.end()]
            at = end.end()
