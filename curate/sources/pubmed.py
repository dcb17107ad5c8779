"""PubMed/MEDLINE XML: baseline and update files, search exports, single records, book articles, DeleteCitation.

The DTD's elements are described at https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html.
"""

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from lxml import etree

from curate.sources.pubmed_facts import ArticleFacts, day, first_year, joined
from curate.sources.record import Broken, Document, broken
from curate.sources.streams import ByteStream
from curate.sources.xml_records import RecordParser, text_of, xml_pieces
from schemas.config import Source
from schemas.extra import ArticleExtra, Extra, Section

RECORDS: Final = ("PubmedArticle", "PubmedBookArticle", "DeleteCitation", "DeleteDocument")

_TYPE_FLAGS: Final = {
    "Retracted Publication": "retracted",
    "Retraction of Publication": "retraction_notice",
    "Retraction Notice": "retraction_notice",
    "Expression of Concern": "expression_of_concern_notice",
    "Published Erratum": "erratum_notice",
    "Preprint": "preprint",
}
_REFERENCE_FLAGS: Final = {
    "RetractionIn": "retracted",
    "RetractionOf": "retraction_notice",
    "PartialRetractionIn": "partly_retracted",
    "PartialRetractionOf": "retraction_notice",
    "ExpressionOfConcernIn": "expression_of_concern",
    "ExpressionOfConcernFor": "expression_of_concern_notice",
    "ErratumIn": "erratum",
    "ErratumFor": "erratum_notice",
}
"""RefType of CommentsCorrections -> flag. `...In` says what happened to this article, `...Of`/`...For` what it does."""


COMPILED_FROM: Final = 8 << 20
"""From this size on (of the file as stored, bytes) a file is read by the compiled scan, whose compilation takes some
three seconds in each process. What comes out is the same."""

_AT_ONCE: Final = 256
_BYTES_AT_ONCE: Final = 1 << 22
"""Records, and about how many of their bytes, that are scanned at once."""


def read(unit: tuple[Path, ...], source: Source) -> Iterator[Document | Broken]:  # noqa: ARG001
    """One Document an article, chapter or deletion order.

    `text` is the title, a blank line and the abstract, with the labels of a structured one ("METHODS: ..."). Every
    Version of a PMID is yielded; the highest is the current one. A deletion is of kind "deletion" and has no text.
    """
    stream = ByteStream(unit[0])
    index = 0
    for facts in (_scanned if _is_large(unit[0]) else _parsed)(xml_pieces(stream, RECORDS)):
        if isinstance(facts, ArticleFacts):
            yield _article(facts, index)
            index += 1
        elif isinstance(facts, str):
            yield broken(index, facts)
            index += 1
        else:
            for document in _documents(facts, index):
                yield document
                index += 1
    if stream.damage is not None:
        yield broken(index, stream.damage)


def _is_large(path: Path) -> bool:
    try:
        return path.stat().st_size >= COMPILED_FROM
    except OSError:
        return False  # the stream says what is wrong with it


def _parsed(pieces: Iterable[tuple[bytes | str, RecordParser]]) -> Iterator[etree._Element | str]:
    """Each record as a tree, or why it cannot be read."""
    for piece, parse in pieces:
        yield piece if isinstance(piece, str) else parse(piece)


def _scanned(pieces: Iterable[tuple[bytes | str, RecordParser]]) -> Iterator[ArticleFacts | etree._Element | str]:
    """The facts of each plain article, and the other records as `_parsed` gives them."""
    from curate.sources.pubmed_plain import articles

    batch: list[bytes] = []
    parse = RecordParser(b"")

    def scanned() -> Iterator[ArticleFacts | etree._Element | str]:
        for piece, facts in zip(batch, articles(batch), strict=True):
            yield facts or parse(piece)

    size = 0
    for piece, parse in pieces:
        if isinstance(piece, bytes) and parse.bare and len(piece) < _BYTES_AT_ONCE:
            batch.append(piece)
            size += len(piece)
            if len(batch) < _AT_ONCE and size < _BYTES_AT_ONCE:
                continue
            yield from scanned()
        else:
            yield from scanned()
            yield piece if isinstance(piece, str) else parse(piece)
        batch, size = [], 0
    yield from scanned()


def _documents(record: etree._Element, index: int) -> Iterator[Document | Broken]:
    if record.tag == "PubmedArticle":
        citation = record.find("MedlineCitation")
        article = None if citation is None else citation.find("Article")
        if citation is None or article is None:
            yield broken(index, "unexpected_shape")
        else:
            yield _article(_facts(citation, article, record.find("PubmedData")), index)
    elif record.tag == "PubmedBookArticle":
        book = record.find("BookDocument")
        yield broken(index, "unexpected_shape") if book is None else _chapter(book, index)
    else:
        for offset, pmid in enumerate(record.iter("PMID")):
            number = (pmid.text or "").strip()
            if number.isdecimal():
                yield Document(f"pubmed:{number}", "deletion", "", Extra(), index + offset, keys=(f"pmid:{number}",))
            else:
                yield broken(index + offset, "missing_id")


def _facts(citation: etree._Element, article: etree._Element, data: etree._Element | None) -> ArticleFacts:
    journal = article.find("Journal")
    pmid = citation.find("PMID")
    # Only the article's own ids: those of its references lie deeper, in PubmedData/ReferenceList.
    identifiers = data.find("ArticleIdList") if data is not None else None
    return ArticleFacts(
        pmid="" if pmid is None else pmid.text or "",
        version="" if pmid is None else pmid.get("Version", ""),
        title=text_of(article.find("ArticleTitle")),
        abstract=_paragraphs(article.find("Abstract")),
        types=[element.text or "" for element in article.iterfind("PublicationTypeList/PublicationType")],
        corrections=[
            element.get("RefType", "") for element in citation.iterfind("CommentsCorrectionsList/CommentsCorrections")
        ],
        locations=[
            (element.get("EIdType", ""), element.get("ValidYN", "Y"), element.text or "")
            for element in article.iterfind("ELocationID")
        ],
        identifiers=[
            (element.get("IdType", ""), element.text or "")
            for element in (() if identifiers is None else identifiers.iterfind("ArticleId"))
        ],
        journal=None if journal is None else journal.findtext("Title"),
        year=None if journal is None else _year(journal.find("JournalIssue/PubDate")),
        language=_languages(article),
        mesh=[element.text or "" for element in citation.iterfind("MeshHeadingList/MeshHeading/DescriptorName")],
        revised=_date(citation.find("DateRevised")),
    )


def _article(facts: ArticleFacts, index: int) -> Document | Broken:
    pmid = facts.pmid.strip()
    if not pmid.isdecimal():
        return broken(index, "missing_id")
    sections, abstract = _abstract(facts.abstract)
    flags = {_TYPE_FLAGS[name] for name in facts.types if name in _TYPE_FLAGS}
    flags.update(_REFERENCE_FLAGS[kind] for kind in facts.corrections if kind in _REFERENCE_FLAGS)
    keys = [f"pmid:{pmid}"]
    keys += [_key("doi", value) for kind, valid, value in facts.locations if kind == "doi" and valid == "Y"]
    keys += [_key(kind, value) for kind, value in facts.identifiers]
    return Document(
        f"pubmed:{pmid}",
        "article",
        _text(facts.title, abstract),
        ArticleExtra(
            journal=facts.journal,
            year=facts.year,
            language=facts.language,
            publication_types=tuple(facts.types),
            mesh=tuple(facts.mesh),
            sections=sections,
        ),
        index,
        title=facts.title or None,
        version=int(facts.version) if facts.version.isdecimal() else None,  # before the DTD of 2011 there is none
        revised=facts.revised,
        keys=tuple(dict.fromkeys(key for key in keys if key)),
        flags=tuple(sorted(flags | _text_flags(facts.title, abstract))),
    )


def _chapter(book: etree._Element, index: int) -> Document | Broken:
    """A chapter of NCBI Bookshelf: no Journal, the type and date elsewhere, the book's name in place of a journal's."""
    pmid, version = _pmid(book)
    if pmid is None:
        return broken(index, "missing_id")
    name = text_of(book.find("Book/BookTitle"))
    title = text_of(book.find("ArticleTitle")) or name
    sections, abstract = _abstract(_paragraphs(book.find("Abstract")))
    keys = [f"pmid:{pmid}"]
    keys += [_key(element.get("IdType", ""), element.text) for element in book.iterfind("ArticleIdList/ArticleId")]
    return Document(
        f"pubmed:{pmid}",
        "article",
        _text(title, abstract),
        ArticleExtra(
            journal=name or None,
            year=_year(book.find("Book/PubDate")),
            language=_languages(book),
            publication_types=tuple(element.text or "" for element in book.iterfind("PublicationType")),
            sections=sections,
        ),
        index,
        title=title or None,
        version=version,
        revised=_date(book.find("DateRevised")),
        keys=tuple(dict.fromkeys(key for key in keys if key)),
        flags=tuple(sorted({"book"} | _text_flags(title, abstract))),
    )


def _pmid(parent: etree._Element) -> tuple[str | None, int | None]:
    """PMID and its Version; before the DTD of 2011 there is none."""
    element = parent.find("PMID")
    number = "" if element is None else (element.text or "").strip()
    if element is None or not number.isdecimal():
        return None, None
    version = element.get("Version", "")
    return number, int(version) if version.isdecimal() else None


def _paragraphs(abstract: etree._Element | None) -> list[tuple[str, str]]:
    """Label and text of each AbstractText; CopyrightInformation and OtherAbstract (another language) are not part."""
    if abstract is None:
        return []
    return [(element.get("Label", ""), text_of(element)) for element in abstract.iterfind("AbstractText")]


def _abstract(paragraphs: Sequence[tuple[str, str]]) -> tuple[tuple[Section, ...], str]:
    """The labelled sections (none of an unstructured abstract) and the whole as text, one paragraph a section.

    Empty paragraphs are left out, but for a label that says it all ("LEVEL OF EVIDENCE: 4"). "UNLABELLED" is NLM's
    word for a section without a label.
    """
    sections, lines, labelled = [], [], False
    for heading, body in paragraphs:
        label, text = heading.strip(), body
        if not text and re.search(r"[:\d]", label):
            label, text = "", label
        if not text:
            continue
        if label == "UNLABELLED":
            label = ""
        labelled = labelled or bool(label)
        sections.append((label, text))
        lines.append(f"{label}: {text}" if label else text)
    found = tuple(Section(label=label, text=text) for label, text in sections) if labelled else ()
    return found, "\n\n".join(lines)


def _text(title: str, abstract: str) -> str:
    return f"{title}\n\n{abstract}" if title and abstract else title or abstract


def _text_flags(title: str, abstract: str) -> set[str]:
    flags = set()
    if not abstract:
        flags.add("no_abstract")
    # NLM cut abstracts at 250 words (400 from 1984 on, 4,096 signs later) until 2000, and says so at the end.
    elif abstract.rstrip(".").endswith("WORDS)") and "(ABSTRACT TRUNCATED AT " in abstract[-60:]:
        flags.add("abstract_truncated")
    if title.startswith("["):
        flags.add("translated_title")  # NLM puts brackets round a title that it translated
    return flags


def _key(kind: str, value: str | None) -> str:
    """`doi:10.1/x` in lower case, `pmc:PMC1` without its version; "" for kinds that identify nothing elsewhere."""
    value = (value or "").strip()
    if kind == "doi" and value:
        return f"doi:{value.lower()}"
    if kind == "pmc" and value:
        return f"pmc:{value.partition('.')[0].upper()}"
    if kind == "bookaccession" and value:
        return f"nbk:{value}"
    return ""


def _languages(parent: etree._Element) -> str | None:
    return joined([element.text or "" for element in parent.iterfind("Language")])


def _year(date: etree._Element | None) -> int | None:
    return None if date is None else first_year(date.findtext("Year") or date.findtext("MedlineDate"))


def _date(date: etree._Element | None) -> datetime.date | None:
    return None if date is None else day(*(date.findtext(part) for part in ("Year", "Month", "Day")))
