"""Names on the strength of the lists: two in a row, or one that is no ordinary word too."""

from functools import cached_property

from deid.gazetteers import ambiguous, is_name, name_sounds, names, place_starts, places, sound, words
from deid.gazetteers.likeness import likeness
from deid.lexicon import group
from deid.lexicon import words as lexicon_words
from deid.recognizers.name_reader import Reader
from deid.recognizers.name_words import DOSE, EPONYM, LATIN_POSTPOSITION, LIKELY, NATIVE_GAP, PARTICLES
from deid.recognizers.place_claims import STATES
from deid.tokens import Token, script
from schemas.labels import Label

_DRUG_FORMS = group("drug_forms")


class Lists(Reader):
    """What the gazetteers know."""

    def lists(self) -> None:
        """Claim runs of words that the lists, or their letters, make names."""
        at = 0
        while at < len(self.t):
            token = self.t[at]
            if token.kind != "word" or not self.word(at, False) or len(token.text) < 3:
                at += 1
                continue
            if script(token.text) != "Latn":
                at = self.native_pair(at)
                continue
            end = self.extent(at, strong=False, native=0)
            if end > at and self.credible(at, end):
                self.take(at, end, 0.6, "gazetteer")
            at = max(end, at + 1)

    def credible(self, first: int, last: int) -> bool:
        """Whether a run of capitalised words is a person on the strength of the lists alone."""
        run = [self.t[i] for i in range(first, last) if self.t[i].kind == "word" and len(self.t[i].text) > 1]
        if all(token.key in PARTICLES for token in run):
            return False
        known = [token for token in run if token.key in names() and token.key not in words() and len(token.text) > 2]
        if not known and len(run) == 1 and self.by_sound(run[0], last):
            return not EPONYM.match(self.note.s, self.t[last - 1].end)
        if not known and self.alike(run, first, last):
            return True
        if (
            not known
            or EPONYM.match(self.note.s, self.t[last - 1].end)
            or any(i in self.inside_org for i in range(first, last))
        ):
            return False
        if " ".join(token.key for token in run) in places() or last in self._place_words:
            return False
        if len(run) == 1 and run[0].key in lexicon_words("eponyms.txt"):
            return False
        plain = [
            t
            for t in known
            if sound(t.text) not in ambiguous() and places().get(t.key, 0) < 2 and t.key not in place_starts()
        ]
        if len(run) > 1:
            return len(known) * 2 >= len(run) and bool(plain or len(known) > 1)
        token = run[0]
        if token.text.isupper() or not plain or len(token.text) < 4:
            return False
        _kinds, count = names()[token.key]
        before = self.t[first - 1] if first else None
        sentence = before is None or before.kind == "break" or before.text in ".!?।"
        following = self.t[last].key if last < len(self.t) and self.t[last].kind == "word" else ""
        if following in LATIN_POSTPOSITION or self.before_phone(self.t[last - 1].end):
            return True
        return count >= (3 if sentence else 2)

    def alike(self, run: list[Token], first: int, last: int) -> bool:
        """Capitalised words that no list has, in the middle of a sentence, built like names and with no dose
        behind them.
        """
        before = self.t[first - 1] if first else None
        if (
            before is None
            or before.kind == "break"
            or before.text in ".!?।:>-"
            or before.key in _DRUG_FORMS
            or before.kind == "number"
        ):
            return False
        if DOSE.match(self.note.s, self.t[last - 1].end) or EPONYM.match(self.note.s, self.t[last - 1].end):
            return False
        if any(
            t.text.isupper() or t.key in words() or t.key in lexicon_words("eponyms.txt") or t.key in STATES
            for t in run
        ):
            return False
        if any(t.key in places() for t in run) or not any(len(t.text) > 3 for t in run):
            return False
        return sum(likeness(t.key) for t in run) / len(run) > LIKELY

    def by_sound(self, token: Token, last: int) -> bool:
        """A capitalised word of no English that sounds like a name, before a postposition or a telephone number;
        long ones anywhere.
        """
        heard = sound(token.text)
        if token.key in words() or token.text.isupper() or heard not in name_sounds() or heard in ambiguous():
            return False
        following = self.t[last].key if last < len(self.t) and self.t[last].kind == "word" else ""
        return following in LATIN_POSTPOSITION or self.before_phone(token.end) or len(heard) > 5

    def before_phone(self, end: int) -> bool:
        """A telephone number stands within a few characters after a place."""
        return any(start in self._phones for start in range(end, end + 5))

    @cached_property
    def _phones(self) -> frozenset[int]:
        """Where telephone numbers begin; all are found before names are."""
        return frozenset(hit.start for hit in self.note.hits if hit.label is Label.PHONE_NUMBER)

    @cached_property
    def _place_words(self) -> frozenset[int]:
        """Tokens at which a word of addresses or institutions begins."""
        return frozenset(cue.first for cue in self.note.places if cue.kind in ("org", "part"))

    def native_pair(self, at: int) -> int:
        """Two native words in a row that both sound like names, the first no ordinary word."""
        token = self.t[at]
        if (
            is_name(token.text)
            and self.word(at + 1, False)
            and self.t[at + 1].start - self.t[at].end == 1
            and is_name(self.t[at + 1].text)
        ):
            tamil = script(token.text) == "Taml"
            bounded = (
                at == 0 or self.t[at - 1].kind in ("break", "mark") or token.start - self.t[at - 1].end >= NATIVE_GAP
            )
            heard = [sound(self.t[i].text, tamil) for i in (at, at + 1)]
            if bounded and all(len(h) > 2 for h in heard) and not (heard[0] in ambiguous() and heard[1] in ambiguous()):
                end = self.extent(at, strong=False, native=2)
                if self.clause(at) and self.take(at, end, 0.55, "two names"):
                    return end
        return at + 1
