import pytest

from curate.sources import jats
from curate.sources.mathml import math_text

FRONT = (
    '<front><article-meta><article-id pub-id-type="pmc">PMC7.1</article-id>'
    '<article-id pub-id-type="doi">10.1/A</article-id>'
    "<title-group><article-title>The <italic>title</italic></article-title></title-group>{}</article-meta></front>"
)


@pytest.mark.parametrize(
    ("name", "doc_id", "keys", "licence", "year"),
    [
        (
            "1471-2180-11-174.nxml.gz",
            "pmc:PMC3166277",
            ("pmid:21810267", "pmc:PMC3166277", "doi:10.1186/1471-2180-11-174"),
            "http://creativecommons.org/licenses/by/2.0",
            2011,
        ),
        (
            "ehp-116-1694.nxml.gz",
            "pmc:PMC2599765",
            ("pmid:19079722", "pmc:PMC2599765", "doi:10.1289/ehp.11570"),
            "http://creativecommons.org/publicdomain/mark/1.0/",
            2008,
        ),
        (
            "pone.0046493.nxml.gz",
            "pmc:PMC3460867",
            ("pmid:23029536", "pmc:PMC3460867", "doi:10.1371/journal.pone.0046493"),
            "This is an open-access article distributed under the terms of the Creative Commons Attribution License",
            2012,
        ),
    ],
)
def test_the_real_articles(data, name, doc_id, keys, licence, year):
    (record,) = jats.read((data / "jats" / name,), None)
    assert (record.doc_id, record.keys, record.extra.year, record.flags) == (doc_id, keys, year, ())
    assert record.extra.licence.startswith(licence)
    assert len(record.text) > 25_000
    assert "Acknowledg" not in " ".join(section.label for section in record.extra.sections)
    assert not any(paragraph != paragraph.strip() or "\n" in paragraph for paragraph in record.text.split("\n\n"))


def test_sections_captions_and_formulas(data):
    (record,) = jats.read((data / "jats" / "1471-2180-11-174.nxml.gz",), None)
    assert [section.label for section in record.extra.sections[:3]] == ["Background", "Results", "Conclusions"]
    assert "Figure 1 Schematic presentation of two models of holin hole formation." in record.text
    assert "Escherichia coli [14-16]" in record.text


def article(body="", meta="", attributes=""):
    back = "<back><ref-list><p>no</p></ref-list></back>"
    return f"<article {attributes}>{FRONT.format(meta)}<body>{body}</body>{back}</article>".encode()


def test_what_is_text_and_what_is_not(read):
    body = (
        "<p>Loose.</p><sec><label>1</label><title>Methods</title><p>One\n  two <xref>[3]</xref>.</p>"
        "<list><list-item><label>a)</label><p>first</p></list-item></list>"
        "<table-wrap><label>Table 1</label><caption><p>Doses</p></caption>"
        "<table><tr><td>5</td></tr></table></table-wrap>"
        "<sec><title>Sub</title><p>Deep.</p></sec></sec><fig><graphic/></fig>"
    )
    (record,) = read("jats", article(body), "a.nxml")
    assert record.text.split("\n\n") == [
        *("The title", "Loose.", "1 Methods", "One two [3].", "a) first", "Table 1 Doses", "Sub", "Deep.")
    ]
    assert record.doc_id == "pmc:PMC7"
    assert record.keys == ("pmc:PMC7", "doi:10.1/a")
    assert record.flags == ("no_licence",)


@pytest.mark.parametrize(
    ("kind", "flag"), [("retraction", "retraction_notice"), ("correction", "erratum_notice"), ("preprint", "preprint")]
)
def test_notices_are_recognised(read, kind, flag):
    assert flag in read("jats", article(attributes=f'article-type="{kind}"'), "a.nxml")[0].flags


def test_an_article_without_ids_or_front_is_broken(read):
    assert read("jats", b"<article><front><article-meta/></front></article>", "a.nxml")[0].reason == "missing_id"
    assert read("jats", b"<article><p/></article>", "a.nxml")[0].reason == "unexpected_shape"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<msup><mi>R</mi><mn>2</mn></msup>", "R^2"),
        ("<msup><mn>10</mn><mrow><mo>-</mo><mn>3</mn></mrow></msup>", "10^(-3)"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac>", "(a+b)/c"),
        ("<msqrt><mi>x</mi></msqrt>", "√(x)"),
        ("<msubsup><mi>σ</mi><mi>CC</mi><mi>ex</mi></msubsup>", "σ_CC^ex"),
        ("<semantics><mi>x</mi><annotation>\\frac</annotation></semantics>", "x"),
        ("<mfenced><mi>x</mi><mi>y</mi></mfenced>", "(x, y)"),
        ("\n <mi> p </mi> <mo>=</mo> <mn>0.05</mn> ", "p=0.05"),
    ],
)
def test_formulas(markup, text):
    from lxml import etree

    assert math_text(etree.fromstring(f'<math xmlns="http://www.w3.org/1998/Math/MathML">{markup}</math>')) == text
