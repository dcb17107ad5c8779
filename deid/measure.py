"""How well identifiers are hidden: recall with intervals, over-redaction, confusions; the definitions of the gold
corpus.

A gold span is hidden when no letter or digit of it is left outside the predicted spans, two stray letters of a
native-script case ending forgiven. Over-redaction is the share of letters and digits outside every gold span that are
redacted. Labels play no part in what counts as hidden; confusions are reported beside it.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from schemas.span import Span

_NATIVE = 0x8FF  # code points above are of Indian scripts
_STRAY, _LONG = 2, 4


@dataclass(frozen=True, slots=True)
class Gold:
    """A marked note. `tag`: plain, adversarial or negative."""

    id: str
    text: str
    spans: tuple[Span, ...]
    tag: str = "plain"
    language_mix: str = "?"


@dataclass(frozen=True, slots=True)
class Leak:
    """A gold span that was not hidden. Its text is a value: shown only when asked for."""

    tag: str
    note: str
    label: str
    start: int
    end: int
    text: str

    def as_json(self, shown: bool) -> dict[str, object]:
        """Where it is; its text only if `shown`."""
        place = {"id": self.note, "tag": self.tag, "label": self.label, "start": self.start, "end": self.end}
        return {**place, "length": self.end - self.start, **({"text": self.text} if shown else {})}


@dataclass(slots=True)
class Cell:
    """Hidden spans of spans, covered characters of characters."""

    hidden: int = 0
    spans: int = 0
    covered: int = 0
    characters: int = 0

    @property
    def recall(self) -> float:
        """Share of spans hidden; 1 where there are none."""
        return self.hidden / self.spans if self.spans else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the recall (Wilson, 1927)."""
        return wilson(self.hidden, self.spans)


@dataclass(slots=True)
class Scores:
    """Sums over a corpus, by ("label", "PERSON"), ("language", "en"), ("tag", "plain") and ("all", "all")."""

    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)
    redacted: Counter[str] = field(default_factory=Counter)
    outside: Counter[str] = field(default_factory=Counter)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    leaks: list[Leak] = field(default_factory=list)

    def over(self, tag: str) -> float:
        """Over-redaction in the notes of a tag, or "all"."""
        return self.redacted[tag] / self.outside[tag] if self.outside[tag] else 0.0

    @property
    def label_right(self) -> float:
        """Share of hidden spans whose predicted label is the gold one."""
        whole = sum(self.confusion.values())
        return sum(n for (gold, found), n in self.confusion.items() if gold == found) / whole if whole else 1.0

    def as_json(self, shown: int = 0) -> dict[str, object]:
        """Everything, with the texts of the first `shown` leaks and of no other."""
        return {
            "recall": {
                "/".join(key): {"hidden": c.hidden, "spans": c.spans, "recall": c.recall, "interval": list(c.interval)}
                for key, c in sorted(self.cells.items())
            },
            "over_redaction": {tag: self.over(tag) for tag in sorted(self.outside)},
            "label_right": self.label_right,
            "confusion": [[gold, found, n] for (gold, found), n in self.confusion.most_common() if gold != found],
            "leaks": [leak.as_json(number < shown) for number, leak in enumerate(self.leaks)],
        }


def wilson(hits: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Score interval of a proportion (Wilson, "Probable inference", JASA 22, 1927)."""
    if not trials:
        return 0.0, 1.0
    share = hits / trials
    centre, scale = share + z * z / (2 * trials), 1 + z * z / trials
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)  # rounding may lead a hair beyond


def score(gold: Iterable[Gold], found: Iterable[Sequence[Span]]) -> Scores:
    """Score predicted spans, one sequence for each gold note and in the same order."""
    scores = Scores()
    for note, spans in zip(gold, found, strict=True):
        _note(scores, note, spans)
    return scores


def _note(scores: Scores, note: Gold, spans: Sequence[Span]) -> None:
    cover: list[str | None] = [None] * len(note.text)
    for span in spans:
        for i in range(max(0, span.start), min(len(note.text), span.end)):
            cover[i] = span.label.value
    inside = bytearray(len(note.text))
    for span in note.spans:
        inside[span.start : span.end] = b"\x01" * (span.end - span.start)
        places = [i for i in range(span.start, span.end) if note.text[i].isalnum()]
        bare = [i for i in places if cover[i] is None]
        ending = (
            0 < len(bare) <= _STRAY
            and bare[-1] == places[-1]
            and ord(note.text[bare[0]]) > _NATIVE
            and len(places) > _LONG
        )
        hidden = not bare or ending
        for key in (("all", "all"), ("tag", note.tag), ("label", span.label.value), ("language", note.language_mix)):
            cell = scores.cells.setdefault(key, Cell())
            cell.hidden += hidden
            cell.spans += 1
            cell.covered += len(places) - len(bare)
            cell.characters += len(places)
        if hidden and places:
            most = Counter(cover[i] for i in places).most_common(1)[0][0]
            scores.confusion[span.label.value, str(most)] += 1
        elif places:
            text = note.text[span.start : span.end]
            scores.leaks.append(Leak(note.tag, note.id, span.label.value, span.start, span.end, text))
    for i, character in enumerate(note.text):
        if character.isalnum() and not inside[i]:
            for tag in ("all", note.tag):
                scores.redacted[tag] += cover[i] is not None
                scores.outside[tag] += 1
