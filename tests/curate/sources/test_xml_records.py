"""Attacks on the parser, and broken records between good ones."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.sources.record import Broken, Document


def article(pmid, title="Title", abstract="An abstract."):
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><ArticleTitle>{title}</ArticleTitle>'
        f"<Abstract><AbstractText>{abstract}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>\n"
    )


def article_set(*records, prolog='<?xml version="1.0" encoding="utf-8"?>\n', root="<PubmedArticleSet>"):
    return (prolog + root + "".join(records) + "</PubmedArticleSet>").encode()


def outcome(records):
    return [record.doc_id if isinstance(record, Document) else record.reason for record in records]


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text("TOP SECRET 4711")
    return path


def test_an_external_entity_reads_no_file(read, secret):
    prolog = f'<!DOCTYPE PubmedArticleSet [<!ENTITY steal SYSTEM "{secret.as_uri()}">]>'
    records = read("pubmed", article_set(article(1, "&steal;"), article(2), prolog=prolog), "a.xml")
    assert outcome(records) == ["undefined_entity", "pubmed:2"]
    assert "4711" not in repr(records)


def test_an_external_dtd_is_not_read(read, tmp_path):
    (tmp_path / "evil.dtd").write_text('<!ENTITY smile "4711">')
    prolog = f'<!DOCTYPE PubmedArticleSet SYSTEM "{(tmp_path / "evil.dtd").as_uri()}">'
    records = read("pubmed", article_set(article(1, "&smile;"), article(2), prolog=prolog), "a.xml")
    assert outcome(records) == ["undefined_entity", "pubmed:2"]


def test_billion_laughs_are_not_expanded(read):
    laughs = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">' + "".join(
        f'<!ENTITY {name} "{f"&{below};" * 10}">' for below, name in zip("bcdefghij", "cdefghijk", strict=True)
    )
    content = article_set(article(1, "&k;"), article(2), prolog=f"<!DOCTYPE PubmedArticleSet [{laughs}]>")
    assert outcome(read("pubmed", content, "a.xml")) == ["undefined_entity", "pubmed:2"]


def test_a_doctype_inside_a_record_is_no_doctype(read, secret):
    inner = f'<!DOCTYPE x [<!ENTITY steal SYSTEM "{secret.as_uri()}">]>&steal;'
    assert outcome(read("pubmed", article_set(article(1, inner), article(2)), "a.xml")) == ["malformed_xml", "pubmed:2"]


def test_xinclude_includes_nothing(read, secret):
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    records = read("pubmed", article_set(article(1, f"A title{include}")), "a.xml")
    assert records[0].title == "A title"


def test_the_same_attack_on_jats(read, secret):
    content = (
        f'<!DOCTYPE article [<!ENTITY steal SYSTEM "{secret.as_uri()}">]><article><front><article-meta>'
        '<article-id pub-id-type="pmc">1</article-id></article-meta></front><body><p>&steal;</p></body></article>'
    )
    assert outcome(read("jats", content.encode(), "a.nxml")) == ["undefined_entity"]


@pytest.mark.parametrize("depth", [300, 3_000, 100_000])
def test_deep_nesting_costs_its_record_only(read, depth):
    deep = "<i>" * depth + "x" + "</i>" * depth
    assert outcome(read("pubmed", article_set(article(1, deep), article(2)), "a.xml")) == ["malformed_xml", "pubmed:2"]


def test_a_bad_byte_costs_its_record_only(read):
    content = article_set(article(1), article(2, "@"), article(3)).replace(b"@", b"\xff")
    assert outcome(read("pubmed", content, "a.xml")) == ["pubmed:1", "bad_encoding", "pubmed:3"]


def test_a_declared_encoding_is_used(read):
    content = article_set(article(1, "Émile"), prolog='<?xml version="1.0" encoding="ISO-8859-1"?>').decode()
    assert read("pubmed", content.encode("latin-1"), "a.xml")[0].title == "Émile"


def test_an_unknown_encoding_breaks_the_file(read):
    content = article_set(article(1), prolog='<?xml version="1.0" encoding="klingon"?>')
    assert outcome(read("pubmed", content, "a.xml")) == ["bad_encoding"]


def test_a_namespace_declared_at_the_root_holds(read):
    formula = "<mml:math><mml:msup><mml:mi>R</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math>"
    root = '<PubmedArticleSet xmlns:mml="http://www.w3.org/1998/Math/MathML">'
    assert read("pubmed", article_set(article(1, f"On {formula}"), root=root), "a.xml")[0].title == "On R^2"


@pytest.mark.parametrize(
    "broken", ["<ArticleTitle>A & B</ArticleTitle>", "</Article>", "<open>", "\0", "&#0;", '<x a="1" a="2"/>']
)
def test_a_broken_record_costs_itself_only(read, broken):
    content = article_set(article(1), article(2, broken), article(3))
    assert outcome(read("pubmed", content, "a.xml")) == ["pubmed:1", "malformed_xml", "pubmed:3"]


def test_a_lost_end_tag_costs_its_record_only(read):
    lost = article(2).replace("</PubmedArticle>", "")
    content = article_set(article(1), lost, lost, article(3), lost)
    expected = ["pubmed:1", "malformed_xml", "malformed_xml", "pubmed:3", "malformed_xml"]
    assert outcome(read("pubmed", content, "a.xml")) == expected


def test_what_is_commented_out_is_not_there(read):
    content = article_set(f"<!-- {article(1)} -->", article(2, "A<!-- no --> title<?php no ?>"))
    (record,) = read("pubmed", content, "a.xml")
    assert (record.doc_id, record.title) == ("pubmed:2", "A title")


def test_a_comment_that_never_ends_is_named(read):
    assert outcome(read("pubmed", article_set(article(1), "<!-- ", article(2)), "a.xml")) == [
        "pubmed:1",
        "malformed_xml",
    ]


def test_blanks_in_an_end_tag_are_legal(read):
    content = article_set(article(1).replace("</PubmedArticle>", "</PubmedArticle \n>"), article(2))
    assert outcome(read("pubmed", content, "a.xml")) == ["pubmed:1", "pubmed:2"]


def test_start_tags_without_end_are_read_once(read):
    assert len(read("pubmed", b"<PubmedArticle>" * 50_000, "a.xml")) == 50_000


@pytest.mark.parametrize("content", [b"", b"<html><body>404</body></html>", b"{}", b"\x00\x01"])
def test_a_file_without_records_says_so(read, content):
    assert outcome(read("pubmed", content, "a.xml")) == ["no_records"]


CONTENT = article_set(*(article(number, abstract="word " * (number % 40)) for number in range(1, 60)))
WHOLE = [f"pubmed:{number}" for number in range(1, 60)]


@given(st.integers(min_value=0))
@settings(max_examples=80, deadline=None)
def test_a_gzip_file_cut_anywhere_gives_its_whole_records_and_one_broken(tmp_path_factory, cut):
    from curate.sources import pubmed

    packed = gzip.compress(CONTENT, mtime=0)
    path = tmp_path_factory.mktemp("cut") / "a.xml.gz"
    path.write_bytes(packed[: cut % len(packed)])
    *good, last = pubmed.read((path,), None)
    assert [record.doc_id for record in good] == WHOLE[: len(good)]
    assert isinstance(last, Broken)
    assert (last.reason, last.record) == ("truncated_gzip", len(good))


@given(st.binary(max_size=60), st.integers(min_value=0, max_value=len(CONTENT)))
@settings(max_examples=60, deadline=None)
def test_any_bytes_anywhere_never_stop_the_reader(tmp_path_factory, noise, place):
    from curate.sources import pubmed

    path = tmp_path_factory.mktemp("noise") / "a.xml"
    path.write_bytes(CONTENT[:place] + noise + CONTENT[place:])
    records = list(pubmed.read((path,), None))
    assert len([record for record in records if isinstance(record, Document)]) >= len(WHOLE) - 2
