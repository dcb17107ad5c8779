"""Known places in a note: an address by its parts, each in any script, and the house number beside one of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import regex

from deid.gazetteers import words
from deid.known.names import Part, allowed, hear, ordinary, part, within
from deid.lexicon import group, rows
from deid.note import Hit, Note
from deid.shadow import shadow
from deid.tokens import Token, key, script, tokens
from schemas.labels import Label

_REACH = 5  # tokens beside a place in which its house number may stand
_HOUSE = group("known_house_words")


@cache
def generic() -> frozenset[str]:
    """Keys of single words that are parts of many addresses: road, nagar, taluk, near."""
    return frozenset(
        key(word)
        for kind, phrase in rows("places.tsv")
        if kind in ("part", "near", "address", "from")
        for word in shadow(phrase).text.split()
    ) | group("known_generic_places")


@dataclass(frozen=True)
class Phrase:
    """What stands between two commas of an address: its own words, and whether a generic one goes with them."""

    own: tuple[Part, ...]
    with_generic: bool
    spelt: tuple[str, ...]  # all its keys, numbers too
    label: Label


class Addresses:
    """The places and institutions of one patient."""

    def __init__(self, identifiers: Iterable[tuple[Label, str]]) -> None:
        self.phrases: list[Phrase] = []
        self.numbers: set[str] = set()
        for label, cell in identifiers:
            for text in regex.split(r"[,;\n]+", shadow(cell).text):
                self._add(label, text)

    def _add(self, label: Label, text: str) -> None:
        found = [token for token in tokens(text) if token.kind in ("word", "number")]
        own = tuple(part(t.text) for t in found if t.kind == "word" and len(t.text) > 1 and t.key not in generic())
        self.numbers |= {token.text.lstrip("0") for token in found if token.kind == "number"} - {""}
        if any(each.spelt not in _HOUSE for each in own) or len(found) > 1:
            own = tuple(each for each in own if each.spelt not in _HOUSE)
            phrase = Phrase(own, len(own) < sum(t.kind == "word" for t in found), tuple(t.key for t in found), label)
            if phrase not in self.phrases:
                self.phrases.append(phrase)

    def find(self, note: Note) -> Iterator[Hit]:
        """Every part of a known address, and the numbers of house, street and ward that stand beside one."""
        t = note.tokens
        by_word = {phrase.spelt[0] for phrase in self.phrases}
        by_sound = {each.heard[:1] for phrase in self.phrases for each in phrase.own[:1]}
        tamil = any(each.script == "Taml" for phrase in self.phrases for each in phrase.own)
        for index, token in enumerate(t):
            if token.kind not in ("word", "number"):
                continue
            like = token.kind == "word" and (
                tamil or script(token.text) == "Taml" or hear(token.text, False)[:1] in by_sound
            )
            if like or token.key in by_word:
                yield from self._at(t, index, like)

    def _at(self, t: list[Token], index: int, like: bool) -> Iterator[Hit]:
        for phrase in self.phrases:
            last = _spelt(t, index, phrase.spelt) if t[index].key == phrase.spelt[0] else 0
            whole = last > 0 and len(phrase.spelt) > 1
            if not last and phrase.own and like:
                last = _heard(t, index, phrase)
            if last and (whole or self._stands(t, index, last, phrase)):
                first, last = self._drawn(t, index, last)
                yield Hit(t[first].start, t[last - 1].end, phrase.label, 1.0, "address")

    def _stands(self, t: list[Token], first: int, last: int, phrase: Phrase) -> bool:
        """Whether words that may be the place are it: beside a generic word, or such that they are nothing else."""
        beside = any(0 <= at < len(t) and t[at].key in generic() for at in (first - 1, last)) or any(
            t[at].key in generic() for at in range(first, last)
        )
        if phrase.with_generic and len(phrase.own) == 1:
            return beside or len(t[first].key) > len(phrase.own[0].spelt) + 2
        if len(phrase.own) > 1:
            return True
        capital = t[first].upper and first > 0 and t[first - 1].text not in ".!?\n"
        return not phrase.own[0].weak or (phrase.own[0].spelt not in ordinary() and (beside or capital))

    def _drawn(self, t: list[Token], first: int, last: int) -> tuple[int, int]:
        """The range with the generic words beside it, and with house words as far as a known number."""
        while last < len(t) and t[last].key in generic() and t[last].start - t[last - 1].end <= 1:
            last += 1
        reach, at = first, first - 1
        while at >= 0 and first - at <= _REACH * 2:
            token = t[at]
            if token.kind == "number" and token.text.lstrip("0") in self.numbers:
                reach = at
            elif not (token.text in ",#-./" or token.key in _HOUSE or token.key in generic()):
                break
            at -= 1
        if reach < first:
            while reach > 0 and (t[reach - 1].key in _HOUSE or t[reach - 1].text == "."):
                reach -= 1
        return reach, last


def _spelt(t: list[Token], index: int, spelt: tuple[str, ...]) -> int:
    """Index after the phrase as the table spells it, marks aside; 0 where it does not stand."""
    at = index
    for wanted in spelt:
        while at < len(t) and t[at].text in ".-#" and at > index:
            at += 1
        if at >= len(t) or t[at].key != wanted:
            return 0
        at += 1
    return at


def _heard(t: list[Token], index: int, phrase: Phrase) -> int:
    """Index after the phrase's own words one behind the other, generic words and marks between them; else 0."""
    at = index
    for place, each in enumerate(phrase.own):
        while place and at < len(t) and (t[at].text in ".-" or t[at].key in generic()):
            at += 1
        if at >= len(t) or t[at].kind != "word" or not _is(t[at], each):
            return 0
        at += 1
    return at


def _is(token: Token, each: Part) -> bool:
    """Whether a word is a part of the address: spelt so, heard so, run together with a generic word, or with a slip."""
    spelt = token.key.removesuffix("'s")
    if spelt == each.spelt:
        return True
    if each.weak or spelt in words() or spelt in ordinary():
        return False
    tamil = "Taml" in (script(token.text), each.script)
    heard, known = hear(spelt, tamil), each.heard_tamil if tamil else each.heard
    if heard == known and len(known) >= (3 if token.text.isascii() else 2):
        return True
    if len(each.spelt) >= 4 and spelt.startswith(each.spelt) and spelt[len(each.spelt) :] in generic():
        return True
    if not token.text.isascii() and len(known) >= 4 and heard.startswith(known) and len(heard) - len(known) <= 4:
        return True
    if token.text.isascii() and each.spelt.isascii():
        slips = allowed(min(len(spelt), len(each.spelt)) - 1)
        return bool(slips) and token.upper and within(spelt, each.spelt, slips)
    return len(known) >= 5 and len(heard) >= 5 and within(heard, known, 1)
