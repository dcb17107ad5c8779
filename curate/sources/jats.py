"""Full-text articles in JATS (ANSI/NISO Z39.96) as PubMed Central gives them away: front, body, appendices."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from curate.sources.mathml import NAMESPACE as MATHML
from curate.sources.mathml import math_text
from curate.sources.record import Broken, Document, broken
from curate.sources.streams import ByteStream
from curate.sources.xml_records import one_line, xml_records
from schemas.config import Source
from schemas.extra import ArticleExtra, Section

_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_KEYS: Final = {"pmid": "pmid", "pmc": "pmc", "pmcid": "pmc", "doi": "doi"}
_TYPE_FLAGS: Final = {
    "retraction": "retraction_notice",
    "partial-retraction": "retraction_notice",
    "expression-of-concern": "expression_of_concern_notice",
    "correction": "erratum_notice",
    "preprint": "preprint",
}
_SKIPPED: Final = frozenset(
    {
        "table",
        "table-wrap-foot",
        "graphic",
        "media",
        "inline-graphic",
        "object-id",
        "tex-math",
        "supplementary-material",
    }
)
"""Not running text: cells of tables, pictures, files, and the TeX that stands beside a formula's MathML."""
_BLOCKS: Final = frozenset(
    {
        "p",
        "sec",
        "title",
        "caption",
        "fig",
        "table-wrap",
        "list",
        "list-item",
        "disp-formula",
        "disp-quote",
        "boxed-text",
    }
    | {"def-list", "def-item", "term", "def", "fig-group", "statement", "abstract", "body", "app", "app-group"}
    | {"verse-group", "preformat", "speech"}
)


def read(unit: tuple[Path, ...], source: Source) -> Iterator[Document | Broken]:  # noqa: ARG001
    """One Document an article: title, abstract, body and appendices; a heading is a paragraph of its own.

    References, acknowledgements, declarations and the cells of tables are left out; captions are kept. The licence
    stands in `extra.licence` (the address if one is given, else the prose); `no_licence` flags that there is none.
    """
    stream = ByteStream(unit[0])
    index = 0
    for element in xml_records(stream, ("article",)):
        yield broken(index, element) if isinstance(element, str) else _article(element, index)
        index += 1
    if stream.damage is not None:
        yield broken(index, stream.damage)


def _article(article: etree._Element, index: int) -> Document | Broken:
    meta = article.find("front/article-meta")
    if meta is None:
        return broken(index, "unexpected_shape")
    keys = []
    for element in meta.iterfind("article-id"):
        kind, value = _KEYS.get(element.get("pub-id-type", "")), (element.text or "").strip()
        if kind == "pmc":
            value = "PMC" + value.upper().removeprefix("PMC").partition(".")[0]
        if kind and value:
            keys.append(f"{kind}:{value.lower() if kind == 'doi' else value}")
    name = next((key for kind in ("pmc", "doi", "pmid") for key in keys if key.startswith(f"{kind}:")), None)
    if name is None:
        return broken(index, "missing_id")
    title = _inline(meta.find("title-group/article-title"))
    sections = []
    for abstract in meta.iterfind("abstract"):
        if abstract.get("abstract-type") is None:  # graphical abstracts, teasers and highlights carry a type
            sections += _sections(abstract)
    for part in (*article.iterfind("body"), *article.iterfind("back/app-group/app")):
        sections += _sections(part)
    licence = _licence(meta.find("permissions"))
    flags = {_TYPE_FLAGS[kind] for kind in [article.get("article-type", "")] if kind in _TYPE_FLAGS}
    flags |= set() if sections else {"no_abstract"}  # a body stands for itself: only a bare title is no text
    flags |= {"no_licence"} if licence is None else set()
    paragraphs = [title]
    for section in sections:
        paragraphs += [section.label, section.text]
    return Document(
        name if name.startswith("pmc:") else f"pmc:{name.partition(':')[2]}",
        "article",
        "\n\n".join(paragraph for paragraph in paragraphs if paragraph),
        ArticleExtra(
            journal=_inline(article.find("front/journal-meta//journal-title")) or None,
            year=_year(meta),
            language=article.get(_LANG),
            publication_types=tuple(kind for kind in [article.get("article-type")] if kind),
            sections=tuple(sections),
            licence=licence,
        ),
        index,
        title=title or None,
        keys=tuple(dict.fromkeys(keys)),
        flags=tuple(sorted(flags)),
    )


def _sections(part: etree._Element) -> list[Section]:
    """The `sec` children with their headings, and what stands outside of them as sections without one."""
    if part.tag in {"sec", "app"}:
        label, text = _heading(part), _blocks(part, skip_title=True)
        return [Section(label=label, text=text)] if text else []
    sections: list[Section] = []
    loose: list[str] = []
    for child in part:
        if child.tag == "sec":
            if loose:
                sections.append(Section(label="", text="\n\n".join(loose)))
                loose = []
            sections += _sections(child)
        elif child.tag != "title" and (text := _blocks(child)):
            loose.append(text)
    return sections + ([Section(label="", text="\n\n".join(loose))] if loose else [])


def _heading(part: etree._Element) -> str:
    return " ".join(text for name in ("label", "title") if (text := _inline(part.find(name))))


def _blocks(element: etree._Element, *, skip_title: bool = False) -> str:
    """The paragraphs under an element, parted by blank lines; a label joins the block that it labels ("Figure 1")."""
    blocks: list[str] = []
    line: list[str] = []
    labels: list[str] = []

    def finish() -> None:
        if text := one_line("".join(line)):
            blocks.append(" ".join((*labels, text)))
            labels.clear()
        line.clear()

    def walk(node: etree._Element) -> None:
        line.append(node.text or "")
        for child in node:
            if skip_title and node is element and child.tag in {"title", "label"}:
                pass
            elif child.tag == f"{MATHML}math":
                line.append(math_text(child))
            elif child.tag == "label":
                finish()
                labels.append(_inline(child))
            elif child.tag in _BLOCKS:
                finish()
                walk(child)
                finish()
            elif child.tag not in _SKIPPED:
                walk(child)
            line.append(child.tail or "")

    walk(element)
    finish()
    return "\n\n".join(blocks)


def _inline(element: etree._Element | None) -> str:
    return "" if element is None else " ".join(_blocks(element).split("\n\n"))


def _licence(permissions: etree._Element | None) -> str | None:
    """Its address, or where there is none the first words in which the article states it."""
    if permissions is None:
        return None
    for element in permissions.iterfind("license"):
        address = element.get(_HREF) or next((link.get(_HREF) for link in element.iter("ext-link")), None)
        if address or (prose := _inline(element)):
            return address or prose
    return None


def _year(meta: etree._Element) -> int | None:
    """The earliest year of publication stated."""
    years = [int(text) for date in meta.iterfind("pub-date") if (text := date.findtext("year") or "").isdecimal()]
    return min(years, default=None)
