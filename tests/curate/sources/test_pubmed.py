"""The real files; what they are like is told in ../shared/data/SOURCES.md."""

import datetime
from collections import Counter
from pathlib import Path

import pytest

from curate.sources import pubmed
from curate.sources.lost_rt import has_lost_rt
from curate.sources.record import Document


@pytest.fixture(scope="module")
def baseline():
    return _records("pubmed20n0014.part.xml.gz")


@pytest.fixture(scope="module")
def update():
    return _records("pubmed21n1298.part.xml.gz")


def _records(name):
    path = Path(__file__).resolve().parents[4] / "shared" / "data" / "pubmed" / name
    if not path.is_file():
        pytest.skip("the real files (../shared/data) are not on this machine")
    return list(pubmed.read((path,), None))


def by_id(records, doc_id):
    return [record for record in records if record.doc_id == doc_id]


def test_the_baseline_file(baseline):
    assert len(baseline) == 18_000
    assert all(isinstance(record, Document) and record.kind == "article" for record in baseline)
    assert len({record.doc_id for record in baseline}) == 18_000
    flags = Counter(flag for record in baseline for flag in record.flags)
    assert flags == {
        "no_abstract": 18_000 - 9_167,
        "translated_title": 4_588,
        "abstract_truncated": 6,
        "retracted": 1,
        "retraction_notice": 2,
    }
    assert len({each for record in baseline for each in record.extra.language.split("+")}) == 28
    assert by_id(baseline, "pubmed:400261")[0].extra.language == "fre+ger"
    assert all(record.extra.year is not None for record in baseline)
    first = baseline[0]
    assert first.doc_id == "pubmed:399296"
    assert (first.version, first.revised) == (1, datetime.date(2003, 11, 14))
    assert first.extra.journal == "Journal of the South African Veterinary Association"
    assert first.title.startswith("Monitoring of bacteriological contamination")
    assert first.text.startswith(
        f"{first.title}\n\nTwo hundred and sixty nine beef, 230 sheep and 165 pig carcase surface"
    )
    assert first.text.endswith("against which bacteriological monitoring assessments could be measured.")


def test_the_update_file(update):
    articles = [record for record in update if record.kind == "article"]
    deletions = [record for record in update if record.kind == "deletion"]
    assert (len(articles), len(deletions), len(update)) == (8_317, 12, 8_329)
    assert deletions[0].doc_id == "pubmed:31688362"
    assert all(record.text == "" for record in deletions)
    assert not {record.doc_id for record in deletions} & {record.doc_id for record in articles}
    flags = Counter(flag for record in update for flag in record.flags)
    assert flags["retracted"] == 4
    assert flags["expression_of_concern"] == 1
    assert flags["erratum_notice"] == 47
    assert flags["preprint"] == 1
    # 2,855 abstracts have labels in the file; of one of them only the empty sections do.
    assert sum(bool(record.extra.sections) for record in articles) == 2_854
    assert sum(record.title is None for record in articles) == 2
    assert sum(not record.extra.mesh for record in articles) == 7_994


def test_every_version_of_a_pmid_is_read(update):
    assert sorted(record.version for record in by_id(update, "pubmed:30271887")) == [1, 2, 3, 4]
    assert sorted(record.version for record in by_id(update, "pubmed:34017925")) == [1, 2]
    assert {key for record in by_id(update, "pubmed:30271887") for key in record.keys if key.startswith("pmc:")} == {
        "pmc:PMC6134338"
    }


def test_a_structured_abstract_keeps_its_labels(update):
    (record,) = by_id(update, "pubmed:10704411")
    assert [section.label for section in record.extra.sections] == ["BACKGROUND", "RESULTS", "CONCLUSIONS"]
    assert record.text.split("\n\n")[2].startswith("RESULTS: We present evidence that dopamine")
    assert record.keys == ("pmid:10704411", "doi:10.1016/s0960-9822(00)00336-5")


def test_text_is_whole_and_on_one_line_a_paragraph(update):
    for record in update:
        assert not any(
            "\n" in paragraph or paragraph != paragraph.strip(" \t") for paragraph in record.text.split("\n\n")
        )
    assert sum("\xa0" in record.text for record in update) > 1_000  # no-break spaces are normalise's business
    assert any("&lt;" in record.text for record in update)  # twice-escaped in the source: also normalise's


def test_text_that_was_never_damaged_shows_no_lost_rt(update):
    """The rule for MedMCQA's damage sees it in fewer than one of a thousand abstracts that do not have it."""
    assert sum(has_lost_rt(record.text) for record in update) < 8


def test_keys_are_the_articles_own(update):
    for record in update:
        kinds = Counter(key.partition(":")[0] for key in record.keys)
        assert kinds["pmid"] == 1
        assert kinds["pmc"] <= 1
        assert all(key == key.lower() for key in record.keys if key.startswith("doi:"))


@pytest.mark.parametrize(
    ("name", "articles", "no_abstract"),
    [
        ("case_reports_2019.xml.gz", 121, 19),
        ("medline_2024_sample.xml.gz", 4, 1),
        ("single_29768149.xml.gz", 1, 0),
        ("dtd2008_two_records.xml.gz", 2, 1),
        ("nested_abstract_tags.xml.gz", 1, 0),
        ("mathml_in_abstract.xml.gz", 1, 0),
        ("mixed_sample_1.xml.gz", 5, 3),
        ("mixed_sample_3.xml.gz", 4, 4),
    ],
)
def test_the_small_files(name, articles, no_abstract):
    records = _records(name)
    assert len(records) == articles
    assert sum("no_abstract" in record.flags for record in records) == no_abstract


def test_a_record_of_2008_has_no_version():
    assert {record.version for record in _records("dtd2008_two_records.xml.gz")} == {None}


def test_broken_lines_are_joined():
    record = _records("mixed_sample_1.xml.gz")
    texts = [document.text for document in record if "Roux-en-Y gastric bypass anatomy" in document.text]
    assert (
        "(ERCP) in patients with Roux-en-Y gastric bypass anatomy is a well-documented challenge. Traditionally,"
        in texts[0]
    )


def test_formulas_are_text():
    (record,) = _records("mathml_in_abstract.xml.gz")
    assert "maximal oxygen uptake ( V.O_2max ) 67.6 ± 4.1 ml·kg-1·min-1" in record.text


def test_inline_tags_are_dropped_and_their_text_is_kept(update):
    (record,) = _records("nested_abstract_tags.xml.gz")
    assert "(linkage disequilibrium r2<0.25)" in record.text
    assert "p trend" not in record.text
    assert "ptrend=0.048" in record.text
    assert not any("</" in document.text for document in update)


def test_single_records_and_a_book(data):
    records = [
        record for path in sorted(data.glob("pubmed/efetch_single/*.gz")) for record in pubmed.read((path,), None)
    ]
    assert len(records) == 35
    (book,) = [record for record in records if "book" in record.flags]
    assert book.doc_id == "pubmed:20301546"
    assert book.keys == ("pmid:20301546", "nbk:NBK1372")
    assert book.title.startswith("Hereditary Motor and Sensory Neuropathy")
    assert book.extra.journal == "GeneReviews®"
    assert book.extra.sections[0].label == "CLINICAL CHARACTERISTICS"
    assert "All rights reserved" not in book.text


RETRACTED = '<CommentsCorrections RefType="RetractionIn"/><CommentsCorrections RefType="CommentIn"/>'
NOTICE = "<PublicationTypeList><PublicationType>Retraction of Publication</PublicationType></PublicationTypeList>"
CUT = "A b.(ABSTRACT TRUNCATED AT 250 WORDS)"


@pytest.mark.parametrize(
    ("article", "beside", "text", "flags"),
    [
        ("<ArticleTitle/><Abstract/>", "", "", ("no_abstract",)),
        (
            "<ArticleTitle>[Über <i>E. coli</i>.]</ArticleTitle>",
            "",
            "[Über E. coli.]",
            ("no_abstract", "translated_title"),
        ),
        (
            f"<ArticleTitle>T</ArticleTitle><Abstract><AbstractText>{CUT}</AbstractText></Abstract>",
            "",
            f"T\n\n{CUT}",
            ("abstract_truncated",),
        ),
        (
            '<ArticleTitle>T</ArticleTitle><Abstract><AbstractText Label="A"/>'
            '<AbstractText Label="B">b\n  c</AbstractText>'
            '<AbstractText Label="UNLABELLED">d</AbstractText></Abstract>',
            "<OtherAbstract><AbstractText>autre</AbstractText></OtherAbstract>",
            "T\n\nB: b c\n\nd",
            (),
        ),
        (
            '<ArticleTitle>T</ArticleTitle><Abstract><AbstractText Label="B">b</AbstractText>'
            '<AbstractText Label="LEVEL OF EVIDENCE: 4"/></Abstract>',
            "",
            "T\n\nB: b\n\nLEVEL OF EVIDENCE: 4",
            (),
        ),
        (
            "<ArticleTitle>T</ArticleTitle>",
            f"<CommentsCorrectionsList>{RETRACTED}</CommentsCorrectionsList>",
            "T",
            ("no_abstract", "retracted"),
        ),
        (f"<ArticleTitle>T</ArticleTitle>{NOTICE}", "", "T", ("no_abstract", "retraction_notice")),
    ],
)
def test_what_a_record_says(read, article, beside, text, flags):
    citation = f"<MedlineCitation><PMID>1</PMID><Article>{article}</Article>{beside}</MedlineCitation>"
    (record,) = read("pubmed", f"<PubmedArticle>{citation}</PubmedArticle>".encode(), "a.xml")
    assert (record.text, record.flags) == (text, flags)


def test_ids_of_references_are_not_the_articles_own(read):
    content = """<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>T</ArticleTitle>
        <ELocationID EIdType="doi" ValidYN="Y">10.1/ABC</ELocationID>
        <ELocationID EIdType="doi" ValidYN="N">10.1/invalid</ELocationID></Article></MedlineCitation>
        <PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC7.2</ArticleId></ArticleIdList>
        <ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1/reference</ArticleId></ArticleIdList>
        </Reference></ReferenceList></PubmedData></PubmedArticle>"""
    assert read("pubmed", content.encode(), "a.xml")[0].keys == ("pmid:1", "doi:10.1/abc", "pmc:PMC7")


@pytest.mark.parametrize("pmid", ["", "<PMID/>", "<PMID>no number</PMID>"])
def test_a_record_without_pmid_is_broken(read, pmid):
    content = f"<PubmedArticle><MedlineCitation>{pmid}<Article/></MedlineCitation></PubmedArticle>"
    assert read("pubmed", content.encode(), "a.xml")[0].reason == "missing_id"


def test_a_planted_deletion(read):
    content = b'<DeleteCitation>\n<PMID Version="1">5</PMID>\n<PMID>x</PMID><PMID Version="1">6</PMID></DeleteCitation>'
    first, bad, last = read("pubmed", content, "a.xml")
    assert (first.kind, first.doc_id, last.doc_id, bad.reason) == ("deletion", "pubmed:5", "pubmed:6", "missing_id")
