"""The compiled scan against the parser: what it takes as plain is well-formed, and read as the parser reads it."""

import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.sources import pubmed
from curate.sources.pubmed_plain import articles
from curate.sources.record import Document
from curate.sources.xml_records import RecordParser

RECORD = """<PubmedArticle>
<MedlineCitation Status="MEDLINE"><PMID Version="2">1</PMID><DateRevised><Year>2020</Year><Month>02</Month>
<Day>29</Day></DateRevised><Article PubModel='Print'><Journal><JournalIssue><PubDate><MedlineDate>1998 Dec-1999 Jan
</MedlineDate></PubDate></JournalIssue><Title>J &amp; K</Title></Journal><ArticleTitle>A <i>b</i> &lt;c&gt; é€😀
&#x41;&#66;</ArticleTitle><ELocationID EIdType="doi" ValidYN="Y">10.1/X</ELocationID><Abstract>
<AbstractText Label="AIM &amp; SCOPE">x &lt; <sup>2</sup></AbstractText><AbstractText Label="UNLABELLED"/><AbstractText
>y ] ]&gt; </AbstractText><CopyrightInformation>c</CopyrightInformation></Abstract><Language>eng</Language>
<PublicationTypeList><PublicationType UI="D1">Preprint</PublicationType></PublicationTypeList></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><PMID>2</PMID></CommentsCorrections>
</CommentsCorrectionsList><MeshHeadingList><MeshHeading><DescriptorName UI="D2">M'm</DescriptorName></MeshHeading>
</MeshHeadingList></MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC7.1</ArticleId>
</ArticleIdList><ReferenceList>
<Reference><ArticleIdList><ArticleId IdType="doi">10.1/z</ArticleId></ArticleIdList></Reference>
</ReferenceList></PubmedData></PubmedArticle>"""

PIECES = (
    "<i>", "</i>", "<i/>", "<i a='1'>", '<i a="1" a="2"/>', "<Article>", "</Article>", "<PMID>3</PMID>", "&amp;",
    "&nbsp;", "&#0;", "&#x110000;", "&#13;", "&", ";", "<", ">", "]]>", "<!-- -->", "<![CDATA[x]]>", "<?x?>",
    "<!DOCTYPE x>", "\r\n", "\t", "\0", "\x7f", "\ufffe", '"', "'", "=", " ", "/", "<m:i/>", '<i xmlns="u"/>',
    '<i xml:lang="en"/>', "<1/>", '<i a="\n"/>', '<i a=">"/>', '<i a="<"/>', '<i a="&lt;é"/>',
    "<Language>hin</Language>", "<Year>1</Year>", "é", "<ArticleTitle/>", "<AbstractText><b>z</b></AbstractText>",
    "<Title>a<i>b</i></Title>", "<é/>", "<i é='1'/>",
)  # fmt: skip


def agreed(record: bytes) -> bool:
    """Whether the record is plain; if it is, the parser must have read the same."""
    (facts,) = articles([record])
    if facts is None:
        return False
    element = RecordParser(b"")(record)
    assert not isinstance(element, str), element
    (expected,) = pubmed._documents(element, 0)
    assert pubmed._article(facts, 0) == expected
    return True


def test_a_whole_record_is_plain() -> None:
    assert agreed(RECORD.encode())


@given(
    edits=st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 9), st.sampled_from(PIECES)), min_size=1, max_size=3)
)
@settings(max_examples=600, deadline=None)
def test_an_edited_record_is_read_as_the_parser_does_or_left_to_it(edits: list[tuple[int, int, str]]) -> None:
    record = RECORD
    for anywhere, removed, inserted in edits:
        place = anywhere % (len(record) + 1)
        record = record[:place] + inserted + record[place + removed :]
    agreed(record.encode())


@given(place=st.integers(0, 3_000), inserted=st.binary(min_size=1, max_size=4))
@settings(max_examples=600, deadline=None)
def test_bytes_that_are_no_utf8_are_never_plain(place: int, inserted: bytes) -> None:
    record = RECORD.encode()
    place %= len(record) + 1
    agreed(record[:place] + inserted + record[place:])


@pytest.mark.parametrize("piece", PIECES)
def test_what_is_inserted_between_two_tags(piece: str) -> None:
    agreed(RECORD.replace("<i>b</i>", f"<i>b{piece}</i>").encode())
    agreed(RECORD.replace("</Title>", f"{piece}</Title>").encode())
    agreed(RECORD.replace("<Language>", f"{piece}<Language>").encode())


@pytest.mark.parametrize("depth", [50, 65, 300])
def test_deep_nesting(depth: int) -> None:
    assert agreed(RECORD.replace("<i>b</i>", "<i>" * depth + "</i>" * depth).encode()) == (depth < 60)


def test_the_records_of_a_batch_do_not_run_into_each_other() -> None:
    torn = RECORD.encode()[:-1]
    plain = [facts is not None for facts in articles([torn, RECORD.encode(), torn, RECORD.encode(), b""])]
    assert plain == [False, True, False, True, False]


@given(
    records=st.lists(
        st.tuples(st.integers(0, 3_000), st.sampled_from(("", "", *PIECES, "</PubmedArticle>", "<PubmedArticle>"))),
        max_size=6,
    ),
    packed=st.booleans(),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_gives_the_same_either_way(tmp_path, monkeypatch, records, packed: bool) -> None:
    edited = [RECORD[: place % len(RECORD)] + piece + RECORD[place % len(RECORD) :] for place, piece in records]
    content = f"<PubmedArticleSet>{''.join(edited)}<DeleteCitation><PMID>9</PMID></DeleteCitation></PubmedArticleSet>"
    path = tmp_path / "a.xml"
    path.write_bytes(gzip.compress(content.encode(), mtime=0) if packed else content.encode())
    monkeypatch.setattr(pubmed, "COMPILED_FROM", 1 << 60)
    expected = list(pubmed.read((path,), None))
    monkeypatch.setattr(pubmed, "COMPILED_FROM", 0)
    assert list(pubmed.read((path,), None)) == expected


def test_the_real_files_give_the_same_either_way_and_are_nearly_all_plain(data, monkeypatch) -> None:
    for path in sorted(data.glob("pubmed/**/*.gz")):
        monkeypatch.setattr(pubmed, "COMPILED_FROM", 1 << 60)
        expected = list(pubmed.read((path,), None))
        monkeypatch.setattr(pubmed, "COMPILED_FROM", 0)
        assert list(pubmed.read((path,), None)) == expected
        if len(expected) > 1_000:
            pieces = [piece for piece, _ in pubmed.xml_pieces(pubmed.ByteStream(path), ("PubmedArticle",))]
            plain = sum(facts is not None for facts in articles(pieces))
            assert plain > 0.99 * sum(isinstance(each, Document) for each in expected)
