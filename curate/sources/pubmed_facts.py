"""What is read of an article of PubMed, before it is a Document: strings as the record has them, whoever read it."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple


class ArticleFacts(NamedTuple):
    """The parts of a PubmedArticle. Lists are in the order of the record; "" stands for what is not there."""

    pmid: str
    version: str
    title: str
    """On one line, as `xml_records.text_of` gives it; so are the texts of `abstract`."""
    abstract: Sequence[tuple[str, str]]
    """Label and text of each AbstractText of the abstract in the language of the article's title."""
    types: Sequence[str]
    corrections: Sequence[str]
    """RefType of each CommentsCorrections."""
    locations: Sequence[tuple[str, str, str]]
    """EIdType, ValidYN and text of each ELocationID."""
    identifiers: Sequence[tuple[str, str]]
    """IdType and text of each ArticleId of the article itself."""
    journal: str | None
    year: int | None
    language: str | None
    mesh: Sequence[str]
    revised: datetime.date | None


def first_year(date: str | None) -> int | None:
    """Year of a PubDate; of a MedlineDate ("1977 May-Jun", "1998 Dec-1999 Jan", "Spring 2000") the first one stated."""
    for word in (date or "").replace("-", " ").split():
        if len(word) == 4 and word.isdecimal():
            return int(word)
    return None


def joined(languages: Sequence[str]) -> str | None:
    """The languages an article is written in, as `language_mix` writes them: `eng+spa`, in the order of the record."""
    return "+".join(filter(None, languages)) or None


def day(year: str | None, month: str | None, number: str | None) -> datetime.date | None:
    """The day of that year and month; None where one of the three is missing or no such day exists."""
    try:
        return datetime.date(int(year or ""), int(month or ""), int(number or ""))
    except ValueError:
        return None
