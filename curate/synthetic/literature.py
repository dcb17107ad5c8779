"""A small shelf in PubMed's own XML: a baseline file and an update file, with what makes real ones hard to read.

The update file brings a second version of one PMID, withdraws another by `DeleteCitation`, and retracts a third.
PMIDs begin at 90,000,001, far above those that NLM has given out; DOIs use the test prefix 10.5555.
"""

import dataclasses
import gzip
import random
from pathlib import Path
from typing import Final

from lxml import etree

from curate.synthetic import people
from curate.synthetic.abstracts import Abstract, abstract
from curate.synthetic.chance import chance
from curate.synthetic.table import rows

FIRST_PMID: Final = 90_000_001
RECORDS: Final = 140  # in the baseline, before what is planted
UNABSTRACTED: Final = 5
COPIED: Final = 4  # near duplicates: the same abstract again with another title and one word changed

_DOCTYPE: Final = (
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">'
)
_TYPES: Final = {"Journal Article": "D016428", "Retracted Publication": "D016441"}
_REGIONS: Final = ("north", "west", "south", "east")


@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """One citation as it goes into the file."""

    pmid: int
    content: Abstract
    version: int = 1
    structured: bool = True
    bare: bool = False  # no abstract
    types: tuple[str, ...] = ("Journal Article",)
    corrections: tuple[tuple[str, int], ...] = ()  # RefType, PMID


@dataclasses.dataclass(frozen=True, slots=True)
class Planted:
    """What the files hold on purpose, by PMID."""

    retracted: int
    notice: int
    versioned: int
    deleted: int
    bare: tuple[int, ...]
    copies: tuple[tuple[int, int], ...]  # original, copy


def write_literature(folder: Path, seed: int) -> Planted:
    """Write `pubmed/synthetic26n0001.xml.gz` (baseline) and `...n0002.xml.gz` (update); gives what was planted."""
    draw = chance(seed, "literature")
    baseline = [
        Record(FIRST_PMID + number, abstract(draw), structured=draw.random() < 0.6, bare=number < UNABSTRACTED)
        for number in range(RECORDS)
    ]
    draw.shuffle(baseline)
    retracted, versioned, deleted, *originals = draw.sample(
        [number for number, record in enumerate(baseline) if not record.bare], 3 + COPIED
    )
    following = FIRST_PMID + RECORDS
    copies = [
        dataclasses.replace(baseline[number], pmid=following + index, content=_reworded(baseline[number].content))
        for index, number in enumerate(originals)
    ]
    notice = following + COPIED
    baseline[retracted] = dataclasses.replace(
        baseline[retracted],
        types=("Journal Article", "Retracted Publication"),
        corrections=(("RetractionIn", notice),),
    )
    planted = Planted(
        retracted=baseline[retracted].pmid,
        notice=notice,
        versioned=baseline[versioned].pmid,
        deleted=baseline[deleted].pmid,
        bare=tuple(sorted(record.pmid for record in baseline if record.bare)),
        copies=tuple((baseline[number].pmid, copy.pmid) for number, copy in zip(originals, copies, strict=True)),
    )
    update = [
        Record(
            notice,
            _retraction(baseline[retracted].content),
            structured=False,
            types=("Retraction Notice",),
            corrections=(("RetractionOf", planted.retracted),),
        ),
        dataclasses.replace(baseline[versioned], version=2, content=_corrected(baseline[versioned].content)),
        *(Record(notice + 1 + number, abstract(draw)) for number in range(4)),
    ]
    (folder / "pubmed").mkdir(parents=True, exist_ok=True)
    _write(folder / "pubmed" / "synthetic26n0001.xml.gz", draw, [*baseline, *copies])
    _write(folder / "pubmed" / "synthetic26n0002.xml.gz", draw, update, deleted=(planted.deleted,))
    return planted


def _reworded(of: Abstract) -> Abstract:
    """A second paper out of the same study: everything the same but the title's lead and the last word."""
    *kept, (label, last) = of.sections
    return dataclasses.replace(
        of, title=f"Further report: {of.title}", sections=(*kept, (label, f"{last[:-1]} overall."))
    )


def _corrected(of: Abstract) -> Abstract:
    *kept, (label, last) = of.sections
    return dataclasses.replace(of, sections=(*kept, (label, f"{last} Figures were corrected in this version.")))


def _retraction(of: Abstract) -> Abstract:
    text = "The editors retract this article because the allocation list could not be verified by the institution."
    return dataclasses.replace(of, title=f"Retraction: {of.title}", sections=(("", text),))


def _write(path: Path, draw: random.Random, records: list[Record], deleted: tuple[int, ...] = ()) -> None:
    root = etree.Element("PubmedArticleSet")
    for record in records:
        _citation(root, draw, record)
    if deleted:
        order = etree.SubElement(root, "DeleteCitation")
        for pmid in deleted:
            _leaf(order, "PMID", str(pmid), Version="1")
    xml = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True, doctype=_DOCTYPE)
    path.write_bytes(gzip.compress(xml, mtime=0))


def _citation(root: etree._Element, draw: random.Random, record: Record) -> None:
    article_set = etree.SubElement(root, "PubmedArticle")
    citation = etree.SubElement(article_set, "MedlineCitation", Status="MEDLINE", Owner="NLM")
    _leaf(citation, "PMID", str(record.pmid), Version=str(record.version))
    revised = etree.SubElement(citation, "DateRevised")
    year = record.content.year
    for part, value in (("Year", year), ("Month", draw.randint(1, 12)), ("Day", draw.randint(1, 28))):
        _leaf(revised, part, f"{value:02d}")
    article = etree.SubElement(citation, "Article", PubModel="Print-Electronic")
    journal_row = draw.choice([row for row in rows("literature") if row["part"] == "journal"])
    journal = etree.SubElement(article, "Journal")
    issue = etree.SubElement(journal, "JournalIssue", CitedMedium="Internet")
    _leaf(issue, "Volume", str(year - 1990))
    _leaf(etree.SubElement(issue, "PubDate"), "Year", str(year))
    _leaf(journal, "Title", journal_row["text"])
    _leaf(journal, "ISOAbbreviation", journal_row["second"])
    _leaf(article, "ArticleTitle", record.content.title)
    doi = f"10.5555/synthetic.{record.pmid}"
    _leaf(article, "ELocationID", doi, EIdType="doi", ValidYN="Y")
    if not record.bare:
        _abstract(article, record)
    authors = etree.SubElement(article, "AuthorList", CompleteYN="Y")
    for _ in range(draw.randint(2, 6)):
        author = etree.SubElement(authors, "Author", ValidYN="Y")
        writer = people.person(draw, draw.choice(_REGIONS), draw.choice("MF"))
        _leaf(author, "LastName", writer.family)
        _leaf(author, "ForeName", writer.given)
        _leaf(author, "Initials", writer.given[0])
    _leaf(article, "Language", "eng")
    types = etree.SubElement(article, "PublicationTypeList")
    for name in record.types:
        _leaf(types, "PublicationType", name, **({"UI": _TYPES[name]} if name in _TYPES else {}))
    _corrections(citation, record, journal_row["second"])
    heading = etree.SubElement(etree.SubElement(citation, "MeshHeadingList"), "MeshHeading")
    _leaf(heading, "DescriptorName", record.content.topic, MajorTopicYN="Y")
    data = etree.SubElement(article_set, "PubmedData")
    _leaf(data, "PublicationStatus", "ppublish")
    identifiers = etree.SubElement(data, "ArticleIdList")
    _leaf(identifiers, "ArticleId", str(record.pmid), IdType="pubmed")
    _leaf(identifiers, "ArticleId", doi, IdType="doi")


def _abstract(article: etree._Element, record: Record) -> None:
    abstract_element = etree.SubElement(article, "Abstract")
    if record.structured:
        for label, text in record.content.sections:
            _leaf(abstract_element, "AbstractText", text, Label=label)
    else:
        _leaf(abstract_element, "AbstractText", record.content.plain)


def _corrections(citation: etree._Element, record: Record, journal: str) -> None:
    if not record.corrections:
        return
    listed = etree.SubElement(citation, "CommentsCorrectionsList")
    for kind, pmid in record.corrections:
        correction = etree.SubElement(listed, "CommentsCorrections", RefType=kind)
        _leaf(correction, "RefSource", f"{journal}. {record.content.year};1:1")
        _leaf(correction, "PMID", str(pmid), Version="1")


def _leaf(parent: etree._Element, tag: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, tag, attributes).text = text
