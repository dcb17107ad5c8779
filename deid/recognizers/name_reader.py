"""How far a name reaches: which words can be part of one, in any script."""

from enum import Enum, auto
from functools import cached_property, lru_cache

from deid.gazetteers import is_name, names, places, words
from deid.lexicon import Cue
from deid.note import Note
from deid.recognizers.name_words import MOST, NATIVE_GAP, PARTICLES, POSTPOSITION, heard, never, verbal
from deid.tokens import script
from schemas.labels import Label


class Reader:
    """One note, read for words that can be part of a name."""

    def __init__(self, note: Note) -> None:
        self.note = note
        self.t = note.tokens
        self.cue_at: dict[int, list[Cue]] = {}
        for cue in note.people:
            self.cue_at.setdefault(cue.first, []).append(cue)
        self.inside_label = {
            i
            for cue in note.labels
            if cue.kind != "veto"
            for i in range(cue.first, cue.last)
            if len(self.t[i].text) > 2
        }
        self.inside_org = {
            i for cue in note.places if cue.kind in ("org", "org_name") for i in range(cue.first, cue.last)
        }

    @cached_property
    def lower(self) -> bool:
        """Whether hardly a Latin word of the note begins with a capital."""
        latin = [token for token in self.t if token.kind == "word" and token.text.isascii()]
        return sum(token.upper for token in latin) * 12 < len(latin)

    def word(self, at: int, strong: bool) -> bool:
        """Whether token `at` can be part of a name; `strong`: a cue says that one stands here, case aside."""
        if not 0 <= at < len(self.t):
            return False
        token = self.t[at]
        look = _look(token.text, token.key) if token.kind == "word" else _Look.NOTHING
        if look is _Look.NOTHING or at in self.inside_label or not self.note.free(token.start, token.end):
            return False
        if look is _Look.NATIVE:
            return at not in self.cue_at and at not in self.inside_org
        if look is _Look.PARTICLE:
            return True
        if (
            at in self.cue_at
            and any(cue.kind in ("title", "relation", "role", "field") for cue in self.cue_at[at])
            and token.key not in names()
            and not (strong and token.upper)
        ):
            return False
        return look is _Look.CAPITAL or (strong and look is _Look.SMALL and heard(token.text))

    def extent(self, first: int, strong: bool, native: int) -> int:
        """Index after the last token of a name that begins at `first`. `native`: words taken in other scripts
        unseen.
        """
        at, last, taken = first, first, 0
        while at < len(self.t) and taken < MOST:
            token = self.t[at]
            gap = token.start - self.t[at - 1].end if at > first else 0
            if token.kind == "break" or gap >= (3 if at > first else 99):
                break
            if (
                token.text in ".^_"
                and at > first
                and (
                    len(self.t[at - 1].text) <= 3
                    or token.text in "^_"
                    or (gap == 0 and self.tight(at + 1) and self.word(at + 1, strong))
                )
                and self.t[at - 1].kind == "word"
            ):
                last = at + 1 if len(self.t[at - 1].text) == 1 else last
                at += 1
                continue
            if not self.word(at, strong):
                if (
                    strong
                    and taken
                    and (self.second(at) or (self.t[at - 1].text in "._" and self.tight(at) and self.unknown(at)))
                ):
                    at += 1
                    last = at
                break
            latin = script(token.text) == "Latn"
            if not latin:
                known = is_name(token.text)
                if gap >= NATIVE_GAP or (taken >= native and not known and len(token.text) > 3):
                    break
            taken += 1
            at += 1
            last = at
        return last

    def second(self, at: int) -> bool:
        """A lower-case word that no English has, after a name and before a mark or an end: "sunita prajapati .."."""
        cue = at in self.cue_at
        return self.unknown(at) and len(self.t[at].text) > 3 and not cue and self.ends(at + 1)

    def unknown(self, at: int) -> bool:
        """A lower-case Latin word that no English has, and no function word."""
        token = self.t[at]
        plain = token.kind == "word" and token.text.isascii() and token.text.islower() and len(token.text) > 2
        return (
            plain and token.key not in words() and token.key not in never() and self.note.free(token.start, token.end)
        )

    def tight(self, at: int) -> bool:
        """Nothing stands between the token and the one before."""
        return 0 < at < len(self.t) and self.t[at].start == self.t[at - 1].end

    def take(self, first: int, last: int, score: float, why: str) -> bool:
        """Claim tokens `[first, last)` as a person, unless they are a town and the evidence is weak."""
        if last <= first:
            return False
        key = " ".join(self.t[i].key for i in range(first, last) if self.t[i].kind == "word")
        if len(key) < 2 or (places().get(key, 0) >= 2 and score < 0.8):
            return False
        return self.note.claim(self.t[first].start, self.t[last - 1].end, Label.PERSON, score, why)

    def skip(self, at: int, marks: str) -> int:
        """Index of the first token at `at` or later that is none of these marks."""
        while at < len(self.t) and self.t[at].kind == "mark" and self.t[at].text in marks:
            at += 1
        return at

    def ends(self, at: int) -> bool:
        """Whether a name must end before this token: the end, a line break or a mark."""
        return at >= len(self.t) or self.t[at].kind in ("break", "mark")

    def reach(self, at: int) -> int:
        """How many native words, at most three, stand before what follows a name: a verb, a postposition, an
        honorific, an end.
        """
        for count in range(4):
            if at >= len(self.t) or self.t[at].kind != "word":
                return count
            token = self.t[at]
            if count and (
                token.start - self.t[at - 1].end >= NATIVE_GAP or token.key in POSTPOSITION or verbal(token.key)
            ):
                return count
            if count and any(c.kind == "honorific" for c in self.cue_at.get(at, ())):
                return count
            if token.key in never() or (count == 0 and verbal(token.key)):
                return 0
            at += 1
        return 0

    def clause(self, at: int) -> bool:
        """At most three words, none of them a verb or a function word, and then a mark, a number or the end of the
        line.
        """
        for _ in range(3):
            token = self.t[at]
            if token.kind != "word" or token.key in never() or verbal(token.key):
                return False
            at += 1
            if self.ends(at) or self.t[at].kind == "number" or self.t[at].start - self.t[at - 1].end >= NATIVE_GAP:
                return True
        return False

    def shouts(self, at: int) -> bool:
        """A short word in capitals that no list has as a name: an abbreviation."""
        return (
            self.t[at].text.isupper()
            and len(self.t[at].text) < 5
            and not is_name(self.t[at].text)
            and len(self.t[at].text) > 1
        )


class _Look(Enum):
    """As what a word can be part of a name, by its look alone."""

    NOTHING = auto()
    NATIVE = auto()  # in a script that has no capitals
    PARTICLE = auto()
    CAPITAL = auto()
    SMALL = auto()  # its sound must be a name's, too, and something must say that one stands here


@lru_cache(maxsize=1 << 16)
def _look(text: str, key: str) -> _Look:
    initial = len(text) == 1 and text.isupper()
    if key.endswith("'s") or (key in never() and not initial):
        return _Look.NOTHING
    if script(text) != "Latn":
        return _Look.NATIVE if len(text) > 1 else _Look.NOTHING
    if key in PARTICLES and len(key) > 1:
        return _Look.PARTICLE
    if text[0].isupper():
        return _Look.CAPITAL if initial or key not in words() or key in names() else _Look.NOTHING
    return _Look.SMALL if len(text) > 2 and key not in words() else _Look.NOTHING
