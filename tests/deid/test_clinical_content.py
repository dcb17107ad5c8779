from hypothesis import given
from hypothesis import strategies as st

from deid.clinical_content import clinical_content, kept_in
from deid.clinical_items import Kind
from deid.measure import Gold
from schemas.labels import Label
from schemas.span import Span

TEXT = "Sunita 40 OD came. Tab Zelvanta 40 OD, no fever, BP 120/80. Metformin 500 mg बंद, दर्द नहीं"
SPANS = st.lists(
    st.tuples(st.integers(0, len(TEXT)), st.integers(1, 20)).map(lambda p: Span(p[0], p[0] + p[1], Label.PERSON)),
    max_size=6,
)


def measured(spans, marks=()):
    return clinical_content([Gold("n", TEXT, tuple(marks))], [spans])


def test_covering_nothing_keeps_all_and_covering_all_keeps_nothing():
    nothing, everything = measured([]), measured([Span(0, len(TEXT), Label.PERSON)])
    assert {kind for kind, share in nothing.kinds.items() if share.items} == set(Kind)
    assert nothing.all.share == 1.0
    assert nothing.changed == []
    assert everything.all.unchanged == 0
    assert len(everything.changed) == everything.all.items == nothing.all.items


def test_one_covered_character_changes_an_item():
    at = TEXT.index("Zelvanta")
    content = measured([Span(at, at + 1, Label.PERSON)])
    assert content.kinds[Kind.DRUG].items - content.kinds[Kind.DRUG].unchanged == 1
    assert content.kinds[Kind.NEGATION].share == 1.0
    assert "Zelvanta" not in str(content.as_json())
    assert [TEXT[c.item.start : c.item.end] for c in content.changed] == ["Zelvanta 40"]


def test_an_item_in_a_mark_is_no_clinical_content():
    name = Span(0, len("Sunita"), Label.PERSON)
    assert measured([name]).kinds[Kind.DRUG].share < 1.0
    assert measured([name], [name]).kinds[Kind.DRUG].share == 1.0
    assert measured([name], [name]).kinds[Kind.DRUG].items == measured([]).kinds[Kind.DRUG].items - 1


@given(SPANS, SPANS)
def test_more_spans_never_keep_more(some, others):
    fewer, more = measured(some), measured(some + others)
    for kind in Kind:
        assert more.kinds[kind].items == fewer.kinds[kind].items
        assert more.kinds[kind].unchanged <= fewer.kinds[kind].unchanged
    assert {c.item for c in fewer.changed} <= {c.item for c in more.changed}


@given(SPANS)
def test_counts_add_up(spans):
    content = measured(spans)
    assert content.all.items - content.all.unchanged == len(content.changed)
    low, high = content.all.interval
    assert 0 <= low <= content.all.share <= high + 1e-9 <= 1 + 1e-9


def test_kept_in_compares_texts():
    after = TEXT.replace("Zelvanta", "[PERSON]").replace("Sunita", "[PERSON]")
    shares = kept_in(TEXT, after, [Span(0, 6, Label.PERSON)])
    assert (shares[Kind.DRUG].unchanged, shares[Kind.DRUG].items) == (1, 2)
    assert shares[Kind.NEGATION].share == shares[Kind.VALUE].share == 1.0
    assert all(share.share == 1.0 for share in kept_in(TEXT, TEXT).values())
    assert all(share.unchanged == 0 for share in kept_in(TEXT, "").values())
