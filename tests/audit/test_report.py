import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.flow import flow_svg, losses_of, readable, sources_of
from audit.report import write_report
from schemas.certificate import DeidEvidence
from schemas.stage_record import SourceCount, StageMeasure, StageRecord

MEASURE = StageMeasure(seconds=1.5, peak_memory_bytes=250_000_000, workers=2, bytes_in=12_000)


def stage(name: str, **sources: SourceCount) -> StageRecord:
    return StageRecord(stage=name, run="f" * 64, sources=sources)


STAGES = [
    stage(
        "01-ingest",
        notes=SourceCount(rows_in=100, rows_out=97, quarantined={"bad_encoding": 3}),
        papers=SourceCount(rows_in=26_000, rows_out=26_000),
    ),
    stage(
        "02-near_duplicates",
        notes=SourceCount(rows_in=97, rows_out=90, dropped={"near_duplicate": 7}),
        papers=SourceCount(rows_in=26_000, rows_out=24_000, dropped={"near_duplicate": 1_500, "same_text": 500}),
    ),
]
DEID = DeidEvidence(
    policy_sha256="d" * 64, detectors=("rules 1.0",), replaced={"PERSON": 1234, "DATE": 7}, residual_quarantined=1
)
CHECKPOINT = "hospital.example/test\n12\nGqaNMHSQWlgfhMu9D3U3lJBP2ARRvEwT5p2aU7xZUCw=\n\n— hospital.example/test AAAA\n"


class Tags(HTMLParser):
    """Collects tags and attributes; checks that what is opened is closed."""

    VOID = frozenset({"meta", "br", "link", "img", "input", "hr"})

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.attributes = [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def report(tmp_path, predicate):
    def make(**changes):
        fields = {
            "predicate": predicate(deid=DEID, evaluation_sources=("exam",)),
            "certificate_sha256": "e" * 64,
            "checkpoint": CHECKPOINT,
            "stages": STAGES,
            "measures": [MEASURE, MEASURE],
        }
        path = tmp_path / "report.html"
        write_report(path, **(fields | changes))
        return path.read_text()

    return make


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<style>.*?</style>", "", html)).split())


def test_it_is_complete_in_itself(report):
    page = Tags(report())
    assert not {"script", "link", "img", "iframe", "object"} & set(page.seen)
    assert not {"src", "href", "onclick", "onload"} & {name for name, _ in page.attributes}
    assert "url(" not in report()
    assert "@import" not in report()


def test_it_says_the_numbers_that_matter(report):
    text = text_of(report())
    assert "26,100 records came in from 2 sources. 24,090 were kept and certified." in text
    assert "2,007 were left out, each for a named reason; 3 could not be read" in text
    assert "1,241 identifiers" in text
    assert "e" * 64 in text
    assert CHECKPOINT.split("\n")[2] in text
    assert "shodhan audit verify datasets/made/1.0.0" in text
    assert "near duplicate −1,500 −7 −1,507" in text
    assert "Adds up yes yes yes" in text
    assert "250 MB" in text


def test_a_run_without_certificate_says_so(report):
    text = text_of(report(predicate=None, certificate_sha256=None, checkpoint=None))
    assert "training on it will be refused" in text
    assert "This run made no certificate." in text
    Tags(report(predicate=None, certificate_sha256=None, checkpoint=None, stages=[], measures=[]))


def test_a_run_without_personal_sources_says_so(report, predicate):
    assert "nothing was de-identified" in text_of(report(predicate=predicate()))


def test_stages_that_do_not_follow_are_shown(report):
    broken = stage("03-quality", papers=SourceCount(rows_in=23_000, rows_out=23_000))
    text = text_of(report(stages=[*STAGES, broken], measures=[MEASURE] * 3))
    assert "quality took in 23,000 rows of papers, but near duplicates gave 24,000" in text
    assert "NO" in text


def test_stages_and_measures_pair_up(report):
    with pytest.raises(ValueError, match="shorter"):
        report(measures=[MEASURE])


def test_markup_in_a_name_is_only_text(report, predicate):
    evil = '<script>alert("x")</script>'
    stages = [stage("01-" + evil, **{evil: SourceCount(rows_in=2, rows_out=1, dropped={evil: 1})})]
    html = report(stages=stages, measures=[MEASURE], predicate=predicate(licences=(evil,)), checkpoint=evil)
    assert "script" not in Tags(html).seen


def test_equal_input_gives_equal_bytes(report):
    assert report() == report()


def test_stage_names_read_as_words():
    assert readable("04-near_duplicates") == "near duplicates"
    assert readable("no_abstract") == "no abstract"
    assert readable("aci-bench") == "aci-bench"


@st.composite
def runs(draw):
    """Stage records that follow each other, over a few sources of very different size."""
    rows = draw(st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 10**6), min_size=1))
    records = []
    for number in range(draw(st.integers(1, 5))):
        sources = {}
        for name, rows_in in rows.items():
            dropped = draw(st.integers(0, rows_in)) if rows_in else 0
            aside = draw(st.integers(0, rows_in - dropped)) if rows_in else 0
            rows[name] = rows_in - dropped - aside
            sources[name] = SourceCount(
                rows_in=rows_in, rows_out=rows[name], dropped={"x": dropped}, quarantined={"y": aside}
            )
        records.append(stage(f"{number:02}-stage", **sources))
    return records


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(runs())
def test_every_loss_is_drawn_and_all_stays_on_the_page(records):
    svg = ET.fromstring(flow_svg(records))  # well-formed
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    assert svg[0].tag == "title"
    losses = [loss for record in records for loss in losses_of(record)]
    assert len(svg.findall("rect[@class='dropped']") + svg.findall("rect[@class='quarantined']")) == len(losses)
    for shape in svg.iter("rect"):
        x, y, w, h = (float(shape.attrib[key]) for key in ("x", "y", "width", "height"))
        assert x >= 0
        assert x + w <= width
        assert y >= 0
        assert y + h <= height
        assert min(w, h) >= 0
    bottoms = [float(text.attrib["y"]) for text in svg.iter("text")]
    assert max(bottoms) <= height
    assert sum(sources_of(records).values()) - sum(loss.total for loss in losses) == records[-1].rows_out
