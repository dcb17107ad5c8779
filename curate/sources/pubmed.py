"""PubMed/MEDLINE XML: baseline and update files, search exports, single records, book articles, DeleteCitation.

The DTD's elements are described at https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from curate.sources.record import Broken, Document, broken
from curate.sources.streams import ByteStream
from curate.sources.xml_records import text_of, xml_records
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


def read(unit: tuple[Path, ...], source: Source) -> Iterator[Document | Broken]:  # noqa: ARG001
    """One Document an article, chapter or deletion order.

    `text` is the title, a blank line and the abstract, with the labels of a structured one ("METHODS: ..."). Every
    Version of a PMID is yielded; the highest is the current one. A deletion is of kind "deletion" and has no text.
    """
    stream = ByteStream(unit[0])
    index = 0
    for element in xml_records(stream, RECORDS):
        if isinstance(element, str):
            yield broken(index, element)
            index += 1
            continue
        for document in _documents(element, index):
            yield document
            index += 1
    if stream.damage is not None:
        yield broken(index, stream.damage)


def _documents(record: etree._Element, index: int) -> Iterator[Document | Broken]:
    if record.tag == "PubmedArticle":
        citation = record.find("MedlineCitation")
        article = None if citation is None else citation.find("Article")
        if citation is None or article is None:
            yield broken(index, "unexpected_shape")
        else:
            yield _article(citation, article, record.find("PubmedData"), index)
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


def _article(
    citation: etree._Element, article: etree._Element, data: etree._Element | None, index: int
) -> Document | Broken:
    pmid, version = _pmid(citation)
    if pmid is None:
        return broken(index, "missing_id")
    title = text_of(article.find("ArticleTitle"))
    sections, abstract = _abstract(article.find("Abstract"))
    types = [element.text or "" for element in article.iterfind("PublicationTypeList/PublicationType")]
    flags = {_TYPE_FLAGS[name] for name in types if name in _TYPE_FLAGS}
    corrections = citation.find("CommentsCorrectionsList")
    if corrections is not None:
        kinds = [element.get("RefType", "") for element in corrections]
        flags |= {_REFERENCE_FLAGS[kind] for kind in kinds if kind in _REFERENCE_FLAGS}
    keys = [f"pmid:{pmid}"]
    for element in article.iterfind("ELocationID"):
        if element.get("EIdType") == "doi" and element.get("ValidYN", "Y") == "Y":
            keys.append(_key("doi", element.text))
    # Only the article's own ids: those of its references lie deeper, in PubmedData/ReferenceList.
    identifiers = data.find("ArticleIdList") if data is not None else None
    if identifiers is not None:
        keys += [_key(element.get("IdType", ""), element.text) for element in identifiers]
    journal = article.find("Journal")
    return Document(
        f"pubmed:{pmid}",
        "article",
        _text(title, abstract),
        ArticleExtra(
            journal=None if journal is None else journal.findtext("Title"),
            year=None if journal is None else _year(journal.find("JournalIssue/PubDate")),
            language=article.findtext("Language"),
            publication_types=tuple(types),
            mesh=tuple(
                element.text or "" for element in citation.iterfind("MeshHeadingList/MeshHeading/DescriptorName")
            ),
            sections=sections,
        ),
        index,
        title=title or None,
        version=version,
        revised=_date(citation.find("DateRevised")),
        keys=tuple(dict.fromkeys(key for key in keys if key)),
        flags=tuple(sorted(flags | _text_flags(title, abstract))),
    )


def _chapter(book: etree._Element, index: int) -> Document | Broken:
    """A chapter of NCBI Bookshelf: no Journal, the type and date elsewhere, the book's name in place of a journal's."""
    pmid, version = _pmid(book)
    if pmid is None:
        return broken(index, "missing_id")
    name = text_of(book.find("Book/BookTitle"))
    title = text_of(book.find("ArticleTitle")) or name
    sections, abstract = _abstract(book.find("Abstract"))
    keys = [f"pmid:{pmid}"]
    keys += [_key(element.get("IdType", ""), element.text) for element in book.iterfind("ArticleIdList/ArticleId")]
    return Document(
        f"pubmed:{pmid}",
        "article",
        _text(title, abstract),
        ArticleExtra(
            journal=name or None,
            year=_year(book.find("Book/PubDate")),
            language=book.findtext("Language"),
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


def _abstract(abstract: etree._Element | None) -> tuple[tuple[Section, ...], str]:
    """The labelled sections (none of an unstructured abstract) and the whole as text, one paragraph a section.

    Empty AbstractText is left out; CopyrightInformation and OtherAbstract (another language) are not part of it.
    "UNLABELLED" is NLM's word for a section without a label.
    """
    if abstract is None:
        return (), ""
    sections, paragraphs, labelled = [], [], False
    for element in abstract.iterfind("AbstractText"):
        text = text_of(element)
        if not text:
            continue
        label = element.get("Label", "").strip()
        if label == "UNLABELLED":
            label = ""
        labelled = labelled or bool(label)
        sections.append(Section(label=label, text=text))
        paragraphs.append(f"{label}: {text}" if label else text)
    return tuple(sections) if labelled else (), "\n\n".join(paragraphs)


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


def _year(date: etree._Element | None) -> int | None:
    """Year of a PubDate; of a MedlineDate ("1977 May-Jun", "1998 Dec-1999 Jan", "Spring 2000") the first one stated."""
    if date is None:
        return None
    for word in (date.findtext("Year") or date.findtext("MedlineDate") or "").replace("-", " ").split():
        if len(word) == 4 and word.isdecimal():
            return int(word)
    return None


def _date(date: etree._Element | None) -> datetime.date | None:
    if date is None:
        return None
    try:
        return datetime.date(*(int(date.findtext(part) or "") for part in ("Year", "Month", "Day")))
    except ValueError:
        return None
