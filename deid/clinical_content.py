"""How much clinical content de-identification leaves as it was: the share of medicines, doses, values and negations of
which no character is covered, by kind, with intervals.

What counts as clinical content is said in `clinical_items.py`. Where the identifiers are marked, an item that touches a
mark is no clinical content and is left out ("Asha" in "ASHA 2 tablets"), so that hiding it costs nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from deid.clinical_items import Item, Kind, clinical_items
from deid.measure import Gold, wilson
from schemas.span import Span


@dataclass(frozen=True, slots=True)
class Changed:
    """An item that was covered, wholly or in part. No text: what was covered could be an identifier after all."""

    tag: str
    note: str
    item: Item


@dataclass(slots=True)
class Share:
    """Unchanged items of items."""

    unchanged: int = 0
    items: int = 0

    @property
    def share(self) -> float:
        """1 where there are no items."""
        return self.unchanged / self.items if self.items else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share (Wilson, 1927)."""
        return wilson(self.unchanged, self.items)


@dataclass(slots=True)
class ClinicalContent:
    """Sums over a corpus, by kind."""

    kinds: dict[Kind, Share] = field(default_factory=lambda: {kind: Share() for kind in Kind})
    changed: list[Changed] = field(default_factory=list)

    @property
    def all(self) -> Share:
        """Over all kinds."""
        return Share(sum(k.unchanged for k in self.kinds.values()), sum(k.items for k in self.kinds.values()))

    def as_json(self) -> dict[str, object]:
        """Shares by kind and where items were changed; no text."""
        shares = {**{kind.value: share for kind, share in self.kinds.items()}, "all": self.all}
        return {
            "kept": {
                name: {"unchanged": s.unchanged, "items": s.items, "share": s.share, "interval": list(s.interval)}
                for name, s in shares.items()
            },
            "changed": [
                {"id": c.note, "tag": c.tag, "kind": c.item.kind.value, "start": c.item.start, "end": c.item.end}
                for c in self.changed
            ],
        }


def clinical_content(notes: Iterable[Gold], found: Iterable[Sequence[Span]]) -> ClinicalContent:
    """What stays of the notes under spans that are covered, one sequence a note and in the same order.

    A note without marks is taken as it is: every item counts.
    """
    content = ClinicalContent()
    for note, spans in zip(notes, found, strict=True):
        covered = _covered(note.text, spans)
        for item in _content(note.text, note.spans):
            kept = covered[item.end] == covered[item.start]
            share = content.kinds[item.kind]
            share.items += 1
            share.unchanged += kept
            if not kept:
                content.changed.append(Changed(note.tag, note.id, item))
    return content


def kept_in(before: str, after: str, marks: Sequence[Span] = ()) -> dict[Kind, Share]:
    """The same from a text and what became of it, without spans: items of `before`, outside its `marks`, that are in
    `after` as often.

    Coarser than spans: "5 mg" changed in one place and added in another counts as kept.
    """
    here = Counter((item.kind, before[item.start : item.end]) for item in _content(before, marks))
    there = Counter((item.kind, after[item.start : item.end]) for item in clinical_items(after))
    shares = {kind: Share() for kind in Kind}
    for (kind, text), count in here.items():
        shares[kind].items += count
        shares[kind].unchanged += min(count, there[kind, text])
    return shares


def _content(text: str, marks: Sequence[Span]) -> list[Item]:
    marked = _covered(text, marks)
    return [item for item in clinical_items(text) if marked[item.end] == marked[item.start]]


def _covered(text: str, spans: Sequence[Span]) -> list[int]:
    """Covered characters before each place of the text, its end included."""
    cover = bytearray(len(text))
    for span in spans:
        end = min(span.end, len(text))
        if span.start < end:
            cover[span.start : end] = b"\x01" * (end - span.start)
    return [0, *accumulate(cover)]
