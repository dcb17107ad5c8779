import re
from html.parser import HTMLParser

import pytest

from deid.clinical_content import clinical_content
from deid.evaluation import Evaluation, lines
from deid.measure import Gold, score
from deid.report import write_report
from schemas.failure import Failure
from schemas.labels import Label
from schemas.span import Span

NOTES = [
    Gold("id-of-one", "Vimala <b>Rao</b>, Tab Zelvanta 40 OD, no fever", (Span(0, 6, Label.PERSON),), "plain", "en"),
    Gold("id-of-two", "Pune visit, BP 120/80", (Span(0, 4, Label.LOCATION),), "negative", "hi(Latn)+en"),
]


def evaluation(*spans):
    found = [list(spans), [Span(0, 4, Label.PERSON)]]
    return Evaluation(2, 0, score(NOTES, found), clinical_content(NOTES, found))


@pytest.fixture
def report(tmp_path):
    def make(*spans, shown=0, name="report.html"):
        write_report(tmp_path / name, evaluation(*spans), shown=shown)
        return (tmp_path / name).read_text()

    return make


class Tags(HTMLParser):
    """Collects tags and attributes; checks that what is opened is closed."""

    VOID = frozenset({"meta", "br"})

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


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<style>.*?</style>", "", html)).split())


def test_it_is_complete_in_itself(report):
    html = report()
    page = Tags(html)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.seen)
    assert not {"src", "href", "onclick", "onload"} & {name for name, _ in page.attributes}
    assert "url(" not in html
    assert page.seen.count("svg") == 5


def test_it_says_the_numbers_that_matter(report):
    text = text_of(report())
    assert "2 marked notes, 2 identifiers in them: 1 hidden, 1 missed" in text
    assert "PERSON: 0/1, 0.00%" in text
    assert "LOCATION: 1/1, 100.00% [20.7%, 100.0%]" in text
    assert "LOCATION PERSON 1" in text  # the confusion
    assert "hi(Latn)+en" in text
    assert "drug: 1/1" in text
    others = sum(map(str.isalnum, NOTES[0].text)) - len("Vimala")
    assert f"plain: 0/{others}, 0.00%" in text


def test_identifiers_and_ids_are_in_it_only_when_asked_for(report):
    html = report()
    assert not [word for word in ("Vimala", "Pune", "id-of") if word in html]
    html = report(shown=5)
    assert "Vimala" in html
    assert "This page holds identifiers" in html
    assert "Pune" not in html  # it was hidden


def test_markup_in_a_note_is_only_text(tmp_path):
    evil = '<script>alert("x")</script>\ud800'
    notes = [Gold(evil, evil, (Span(0, len(evil), Label.PERSON),), evil, evil)]
    path = tmp_path / "r.html"
    write_report(path, Evaluation(1, 1, score(notes, [[]]), clinical_content(notes, [[]])), shown=1)
    assert "script" not in Tags(path.read_text()).seen


def test_nothing_marked_is_said_too(tmp_path):
    write_report(tmp_path / "r.html", Evaluation(0, 0, score([], []), clinical_content([], [])))
    assert "0 marked notes" in text_of((tmp_path / "r.html").read_text())


def test_equal_input_gives_equal_bytes_and_no_half_file(report, tmp_path):
    assert report() == report(name="again.html")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["again.html", "report.html"]
    with pytest.raises(Failure):
        write_report(tmp_path / "none" / "r.html", evaluation())


def test_lines_hold_every_table_and_no_identifier():
    at = NOTES[0].text.index("Zelvanta")
    told = "\n".join(lines(evaluation(Span(at, at + 3, Label.PERSON))))
    assert "Vimala" not in told
    assert "clinical content, drug           0/1" in told
    assert "missed: 1 identifier; --leaks N shows" in told
    assert "Vimala" in "\n".join(lines(evaluation(), 1))
