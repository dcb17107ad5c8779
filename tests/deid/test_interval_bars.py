import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from deid.interval_bars import Bar, bars_svg
from deid.measure import wilson

BARS = st.lists(
    st.tuples(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
        st.integers(0, 99),
        st.integers(0, 99),
    ).map(lambda b: Bar(b[0], b[1], b[1] + b[2], wilson(b[1], b[1] + b[2]))),
    max_size=8,
)


@given(BARS, st.booleans())
def test_every_row_is_drawn_and_all_stays_on_the_page(rows, zoom):
    svg = ET.fromstring(bars_svg(rows, title="<a & b>", zoom=zoom))
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    assert [group.find("text").text or "" for group in svg.iter("g")] == [row.name for row in rows]
    for shape in svg.iter("rect"):
        x, y, w, h = (float(shape.attrib[key]) for key in ("x", "y", "width", "height"))
        assert 0 <= x <= x + w <= width
        assert 0 <= y <= y + h <= height


@given(st.integers(0, 50), st.integers(1, 50))
def test_a_bar_is_as_long_as_its_share(hits, more):
    svg = ET.fromstring(bars_svg([Bar("x", hits, hits + more)], title="t"))
    whole, part = (float(svg.find(f".//rect[@class='{name}']").attrib["width"]) for name in ("rest", "bar"))
    assert abs(part / whole - hits / (hits + more)) < 0.001
    assert svg.find(".//path") is None  # no interval, no whisker


def test_a_zoomed_scale_says_so():
    text = "".join(ET.fromstring(bars_svg([Bar("plain", 12, 1000)], title="t", zoom=True)).itertext())
    assert "2.0 %" in text
    assert "100 %" not in text
