"""The facts of PubMed articles from plain XML, without a tree. The meaning of each is stated once, in `pubmed.py`."""

from collections.abc import Iterator, Sequence
from typing import Final

from curate.sources.plain_xml import PlainRecord, Wanted, plain_records
from curate.sources.pubmed_facts import ArticleFacts, day, first_year, joined
from curate.sources.xml_records import one_line

_CITATION: Final = "PubmedArticle/MedlineCitation"
_REVISED: Final = f"{_CITATION}/DateRevised"
_CORRECTIONS: Final = f"{_CITATION}/CommentsCorrectionsList"
_HEADINGS: Final = f"{_CITATION}/MeshHeadingList"
_ARTICLE: Final = f"{_CITATION}/Article"
_ISSUE: Final = f"{_ARTICLE}/Journal/JournalIssue"
_DATE: Final = f"{_ISSUE}/PubDate"
_TYPES: Final = f"{_ARTICLE}/PublicationTypeList"
_DATA: Final = "PubmedArticle/PubmedData"
_IDENTIFIERS: Final = f"{_DATA}/ArticleIdList"
_PARTS: Final = tuple(f"{_REVISED}/{part}" for part in ("Year", "Month", "Day"))

_WANTED: Final = Wanted(
    single=(
        "PubmedArticle", _CITATION, _REVISED, _CORRECTIONS, _ARTICLE, f"{_ARTICLE}/Journal", _ISSUE, _DATE,
        f"{_ARTICLE}/Abstract", _DATA, _IDENTIFIERS,
    ),
    lists=(_HEADINGS, f"{_HEADINGS}/MeshHeading", _TYPES),
    text=(
        f"{_CITATION}/PMID", *_PARTS, f"{_HEADINGS}/MeshHeading/DescriptorName", f"{_ARTICLE}/Journal/Title",
        f"{_DATE}/Year", f"{_DATE}/MedlineDate", f"{_ARTICLE}/ELocationID", f"{_ARTICLE}/Language",
        f"{_TYPES}/PublicationType", f"{_IDENTIFIERS}/ArticleId",
    ),
    mixed=(f"{_ARTICLE}/ArticleTitle", f"{_ARTICLE}/Abstract/AbstractText", f"{_CORRECTIONS}/CommentsCorrections"),
)  # fmt: skip

_NUMBER: Final = _WANTED.number
_PMID: Final = _NUMBER[f"{_CITATION}/PMID"]
_YEAR, _MONTH, _DAY = (_NUMBER[part] for part in _PARTS)
_CORRECTION: Final = _NUMBER[f"{_CORRECTIONS}/CommentsCorrections"]
_HEADING: Final = _NUMBER[f"{_HEADINGS}/MeshHeading/DescriptorName"]
_JOURNAL: Final = _NUMBER[f"{_ARTICLE}/Journal/Title"]
_PUBLISHED: Final = _NUMBER[f"{_DATE}/Year"]
_MEDLINE_DATE: Final = _NUMBER[f"{_DATE}/MedlineDate"]
_TITLE: Final = _NUMBER[f"{_ARTICLE}/ArticleTitle"]
_LOCATION: Final = _NUMBER[f"{_ARTICLE}/ELocationID"]
_PARAGRAPH: Final = _NUMBER[f"{_ARTICLE}/Abstract/AbstractText"]
_LANGUAGE: Final = _NUMBER[f"{_ARTICLE}/Language"]
_TYPE: Final = _NUMBER[f"{_TYPES}/PublicationType"]
_IDENTIFIER: Final = _NUMBER[f"{_IDENTIFIERS}/ArticleId"]


def articles(pieces: Sequence[bytes]) -> Iterator[ArticleFacts | None]:
    """The facts of each of these records; None for one that is no plain PubmedArticle with a title."""
    for record in plain_records(pieces, _WANTED):
        title = None if record is None else record.first(_TITLE)
        yield None if record is None or title is None else _facts(record, title)


def _facts(record: PlainRecord, title: str) -> ArticleFacts:
    return ArticleFacts(
        pmid=record.first(_PMID) or "",
        version=next((each.get("Version", "") for each in record.attributes(_PMID)), ""),
        title=one_line(title),
        abstract=[
            (each.get("Label", ""), one_line(text))
            for each, text in zip(record.attributes(_PARAGRAPH), record.texts(_PARAGRAPH), strict=True)
        ],
        types=record.texts(_TYPE),
        corrections=[each.get("RefType", "") for each in record.attributes(_CORRECTION)],
        locations=[
            (each.get("EIdType", ""), each.get("ValidYN", "Y"), text)
            for each, text in zip(record.attributes(_LOCATION), record.texts(_LOCATION), strict=True)
        ],
        identifiers=[
            (each.get("IdType", ""), text)
            for each, text in zip(record.attributes(_IDENTIFIER), record.texts(_IDENTIFIER), strict=True)
        ],
        journal=record.first(_JOURNAL),
        year=first_year(record.first(_PUBLISHED) or record.first(_MEDLINE_DATE)),
        language=joined(record.texts(_LANGUAGE)),
        mesh=record.texts(_HEADING),
        revised=day(record.first(_YEAR), record.first(_MONTH), record.first(_DAY)),
    )
