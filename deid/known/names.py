"""Known names in a note: each part by sound over all scripts and with the slips that its length allows.

A part that is an ordinary word, too, counts as it is spelt in the table and with a capital, beside another part, or
behind a title; a word that rather belongs to names than is one (Devi, Kumar) only beside another part or a title.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from unicodedata import normalize

import regex

from deid.gazetteers import ambiguous, is_name, roman, sound, words
from deid.gazetteers.likeness import likeness
from deid.known.streams import Stream, looks, lower
from deid.lexicon import group, rows, values
from deid.lexicon import words as lexicon_words
from deid.note import Hit, Note
from deid.recognizers.name_words import CASE_ENDING, EPONYM, PARTICLES, PERSON_CASE, never
from deid.shadow import shadow
from deid.tokens import LONGEST, Token, key, script
from schemas.labels import Label

_WORD = regex.compile(r"[\p{L}\p{M}']+")
_SPELT = 6  # letters of a name that is looked for letter by letter and run together
_STEM = 5  # letters of a Latin name that may carry an honorific: "sulochanaji"
_TAILS = group("known_honorific_tails")
_EUROPEAN = ("fr", "de", "es", "it", "pt", "nl", "pl")  # whose small words are names in India: Uma
_SKELETON = 4  # consonants that make a name of another script without its vowels
_SPELT_AS = {
    "ड़": "र", "ढ़": "र", "ড়": "র", "ঢ়": "র", "ੜ": "ਰ", "ଡ଼": "ର", "ଢ଼": "ର", "ৎ": "ত", "ੱ": "", "ட்ச": "க்ஸ",
}  # fmt: skip
_SPELLINGS = regex.compile("|".join(_SPELT_AS))
_SENTENCE_ENDS = ".!?:•-*>|\n"
_VOWELS = str.maketrans("", "", "aeiouvwyh")


@dataclass(frozen=True)
class Part:
    """One word of a name, with its keys."""

    spelt: str  # its key
    script: str
    heard: str
    heard_tamil: str
    bones: str  # its consonants
    bones_tamil: str
    rank: (
        int  # 0 a name and no word; 1 an ordinary word, too; 2 a small one (function word, number); 3 a title, a month
    )
    doubtful: bool  # a name that is a word in some language: as it is, but not where a cue says otherwise

    @property
    def weak(self) -> bool:
        """Also an ordinary word: never alone without more, never loosely."""
        return self.rank > 0


def part(word: str) -> Part:
    """A word of a name (of a shadow), prepared."""
    spelt = key(word)
    heard = hear(word, False)
    if spelt in PARTICLES or spelt in beside() or len(heard) < 2:
        rank = 3
    else:
        rank = 2 if spelt in ordinary() else 1 if spelt in words() else 0
    return Part(
        spelt,
        script(word),
        heard,
        hear(word, True),
        bones(word, False),
        bones(word, True),
        rank,
        sound(word) in ambiguous(),
    )


@lru_cache(maxsize=1 << 14)
def hear(word: str, tamil: bool) -> str:
    """The key by sound, with what spelling does to it: flaps are heard as r, Tamil writes ksh as tch."""
    return sound(_letters(word), tamil)


@lru_cache(maxsize=1 << 14)
def bones(word: str, tamil: bool) -> str:
    """The consonants by sound: Urdu writes little else, and vowels by its semivowels, which are left out, too."""
    return sound(regex.sub("[vwy]", "", _letters(word)), tamil).translate(_VOWELS)


def _letters(word: str) -> str:
    """A word in Latin letters: flaps as r, Bengali's final t as t, Gurmukhi's double sign gone, Tamil's tch as ks."""
    if word.isascii():
        return word.casefold()
    plain = roman(_SPELLINGS.sub(lambda m: _SPELT_AS[m.group()], normalize("NFD", word)))
    return plain.replace("gn", "g'n")  # two letters here, with a vowel between; one sound in Latin names only


@cache
def beside() -> frozenset[str]:
    """Keys of words that stand beside names rather than are one, and of months and days."""
    kinds = ("title", "relation", "honorific", "field")
    titles = {key(shadow(phrase).text) for kind, phrase in rows("people.tsv") if kind in kinds}
    return lexicon_words("weekdays.txt") | titles | values("months.tsv").keys()


@cache
def ordinary() -> frozenset[str]:
    """Keys of words of any language that are no name alone: function words, titles, months, numbers."""
    told = values("number_words.tsv").keys() | values("digit_words.tsv").keys()
    function = {key(phrase) for language, phrase in rows("function_words.tsv") if language not in _EUROPEAN}
    return never() | beside() | told | function


class Names:
    """The names of one patient and of whom else the table names in the row."""

    def __init__(self, cells: Iterable[str]) -> None:
        self.parts: list[Part] = []
        self.initials: set[str] = set()
        self._together: set[str] = set()
        for cell in cells:
            found = _WORD.findall(shadow(cell).text)
            self.initials |= {word[0].casefold() for word in found}
            mine = [part(word) for word in found if len(word) > 1 and len(word) <= LONGEST]
            self.parts += [each for each in mine if each not in self.parts]
            self._together |= {a + b for a, b in pairwise(word.casefold() for word in found) if len(a + b) >= _SPELT}
            self._together |= {
                word.casefold() for word, each in zip((w for w in found if len(w) > 1), mine, strict=False)
                if len(word) >= _SPELT and not each.weak
            }  # fmt: skip
        self._spelt = {each.spelt: each for each in self.parts}
        strong = [each for each in self.parts if not each.weak]
        self._strong = strong
        self._tamil = any(each.script == "Taml" for each in self.parts)
        by_rank = sorted(self.parts, key=lambda each: -each.rank)  # of two that sound alike the name stays
        self._heard = {each.heard: each for each in by_rank if each.heard}
        self._heard_tamil = {each.heard_tamil: each for each in by_rank if each.heard_tamil}

    def find(self, note: Note, spelt_out: Stream) -> Iterator[Hit]:
        """Every known name, as many parts of it as stand together in one hit."""
        if not self.parts:
            return
        self._cued = {cue.last for cue in note.people if cue.kind in ("title", "field", "relation")}
        self._covered = {
            at
            for cue in (*note.people, *note.places)
            if cue.kind in ("role", "org", "org_name") and cue.last - cue.first > 1
            for at in range(cue.first, cue.last)
        }
        seen: dict[int, tuple[Part, str]] = {}
        for index, token in enumerate(note.tokens):
            if token.kind == "word" and 1 < len(token.text) <= LONGEST:
                match = self.match(token)
                if match is not None:
                    seen[index] = match
        taken = [index for index in seen if self._stands(note, seen, index)]
        yield from self._joined(note, taken, {index: seen[index][1] for index in taken})
        yield from self._letter_by_letter(note, spelt_out)

    def stands(self, note: Note) -> bool:
        """Whether a part that is no word of any language stands in a note as the table spells it."""
        strong = {each.spelt for each in self._strong if not each.doubtful and len(each.spelt) > 3}
        return any(token.key.removesuffix("'s") in strong for token in note.tokens)

    def match(self, token: Token) -> tuple[Part, str] | None:
        """The part that a word is a form of, and by what."""
        spelt = token.key.removesuffix("'s")
        found = self._spelt.get(spelt)
        if found is not None:
            return found, "name"
        own = script(token.text)
        tamil = own == "Taml"
        heard = hear(token.text.removesuffix("'s"), tamil)
        found = (self._heard_tamil if tamil else self._heard).get(heard)
        if found is None and self._tamil:
            found = self._heard_tamil.get(hear(spelt, True))
        if spelt in words() or spelt in ordinary():  # never loosely, but for the same name in another script
            name = found is not None and found.script != own and token.upper and not token.text.isupper()
            listed = found is not None and (found.doubtful or is_name(spelt))
            return (found, "name by sound") if found is not None and name and listed else None
        if found is not None and self._heard_alike(token, spelt, heard, found):
            return found, "name by sound"
        for each in self._strong:
            if each.script != own and (own != "Latn" or token.upper or len(spelt) > _STEM) and _akin(token, each):
                return each, "name by its consonants"
        return self._latin(token, spelt) if own == "Latn" else self._native(token, spelt, heard, tamil)

    def _heard_alike(self, token: Token, spelt: str, heard: str, found: Part) -> bool:
        """Whether equal sounds are enough: of Latin letters the more are asked for, the less looks like a name."""
        if script(token.text) != "Latn":
            return not found.weak or found.script != script(token.text)
        if token.text.isupper() and len(spelt) < _STEM:  # an abbreviation
            return is_name(spelt)
        least = 2 if is_name(spelt) else 3 if token.upper else 4
        return len(heard) >= least and (len(heard) > 3 or found.script != "Latn" or within(spelt, found.spelt, 2))

    def _latin(self, token: Token, spelt: str) -> tuple[Part, str] | None:
        abbreviation = token.text.isupper() and len(spelt) < _STEM
        for each in self._strong:
            if each.script != "Latn":
                continue
            if len(each.spelt) >= _STEM and spelt.startswith(each.spelt):
                rest = spelt[len(each.spelt) :]
                if rest in _TAILS or rest in self._spelt or rest in PARTICLES:
                    return each, "name and honorific"
            slips = allowed(len(each.spelt))
            like = token.upper or len(spelt) > _STEM or likeness(spelt) > 0
            if slips and like and not abbreviation and within(spelt, each.spelt, slips):
                return each, "name with a slip"
        return None

    def _native(self, token: Token, spelt: str, heard: str, tamil: bool) -> tuple[Part, str] | None:
        own = script(token.text)
        for each in self._strong:
            known = each.heard_tamil if tamil else each.heard
            if len(known) >= 4 and heard.startswith(known) and len(heard) - len(known) <= CASE_ENDING:
                return each, "name with a case ending"
            stem = each.spelt.rstrip("्্੍્୍்్್്")
            ending = spelt[len(stem) :]
            if own == each.script and len(stem) >= 2 and spelt.startswith(stem) and ending in PERSON_CASE:
                return each, "name with a case ending"
            if min(len(known), len(heard)) >= (7 if tamil else 6) and within(heard, known, 1):
                return each, "name with a slip"
        for ending in PERSON_CASE:
            if spelt.endswith(ending) and len(spelt) - len(ending) >= 2:
                stem = hear(spelt[: -len(ending)], tamil)
                found = (self._heard_tamil if tamil else self._heard).get(stem)
                if found is not None and len(stem) >= 3:
                    return found, "name with a case ending"
        return None

    def _stands(self, note: Note, seen: dict[int, tuple[Part, str]], index: int) -> bool:
        """Whether a word that may be a known name is one here."""
        token, (own, how) = note.tokens[index], seen[index]
        if any(
            (at in seen and seen[at][0] is not own) or initial(note.tokens, at, self.initials)
            for at in (_before(note.tokens, index), _after(note.tokens, index))
        ):
            return True
        if own.weak and how != "name" and (own.rank == 3 or token.text.isascii()):
            return False
        if index in self._cued or (index - 1 in self._cued and note.tokens[index - 1].text in ":.-"):
            return True
        if own.weak and how == "name":
            inside = index > 0 and note.tokens[index - 1].text not in _SENTENCE_ENDS and not token.text.isupper()
            return token.upper and (own.rank == 1 or (own.rank == 2 and inside)) and index not in self._covered
        if EPONYM.match(note.s, token.end):
            return False
        return not (own.doubtful and index in self._covered)

    def _joined(self, note: Note, taken: list[int], why: dict[int, str]) -> Iterator[Hit]:
        """Hits over neighbouring parts, the initials beside them, and a single unknown word between two of them."""
        t, mine = note.tokens, set(taken)
        place = 0
        while place < len(taken):
            first = last = taken[place]
            while (at := _before(t, first)) >= 0 and initial(t, at, self.initials) and at not in mine:
                first = at
            while True:
                at = _after(t, last)
                if at in mine or initial(t, at, self.initials):
                    last = at
                elif _middle(t, at) and _after(t, at) in mine:
                    last = _after(t, at)
                else:
                    break
            yield Hit(t[first].start, t[last].end, Label.PERSON, 1.0, why[taken[place]])
            while place < len(taken) and taken[place] <= last:
                place += 1

    def _letter_by_letter(self, note: Note, stream: Stream) -> Iterator[Hit]:
        """Names spelt out, broken over a line, run together, or with a digit for a letter."""
        for word in sorted(self._together):
            value = looks(word)
            at = stream.text.find(value)
            while at >= 0:
                start, end = stream.starts[at], stream.ends[at + len(value) - 1]
                at = stream.text.find(value, at + 1)
                before, after = note.s[start - 1 : start], note.s[end : end + 1]
                if (
                    lower(note.s[start:end]) not in self._spelt
                    and not before.isalpha()
                    and not after.isalpha()
                    and not _mark(after)
                ):
                    yield Hit(start, end, Label.PERSON, 1.0, "name, letter by letter")


def allowed(length: int) -> int:
    """Slips of the hand that a word of so many letters may have and still be meant."""
    return 0 if length < 5 else 1 if length < 8 else 2


def within(seen: str, meant: str, most: int) -> bool:
    """Whether `most` letters wrong, lost, too many or swapped with a neighbour make one word of the other.

    The first letter is never wrong: people get it right, and two names differ by it. Damerau 1964, restricted.
    """
    if seen[:1] != meant[:1] or abs(len(seen) - len(meant)) > most:
        return False
    two: list[int] = []
    one = list(range(len(meant) + 1))
    for i, a in enumerate(seen, start=1):
        row = [i]
        for j, b in enumerate(meant, start=1):
            cost = min(one[j] + 1, row[-1] + 1, one[j - 1] + (a != b))
            if i > 1 and j > 1 and a == meant[j - 2] and seen[i - 2] == b:
                cost = min(cost, two[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
        two, one = one, row
    return one[-1] <= most


def _akin(token: Token, each: Part) -> bool:
    """Whether a word of one script has the consonants of a name in another, and its vowels more or less."""
    scripts = (script(token.text), each.script)
    tamil = "Taml" in scripts
    consonants = bones(token.text, tamil)
    if consonants != (each.bones_tamil if tamil else each.bones):
        return False
    if len(consonants) >= (3 if "Arab" in scripts else _SKELETON):
        return True
    heard, known = hear(token.text, tamil), each.heard_tamil if tamil else each.heard
    return min(len(heard), len(known)) >= 3 and within(heard, known, 1)


def initial(t: list[Token], at: int, initials: set[str]) -> bool:
    """Whether token `at` is an initial of the name: a capital, or a short native word before a full stop."""
    if not 0 <= at < len(t) or t[at].kind != "word":
        return False
    text = t[at].text
    if text.isascii():
        return len(text) == 1 and text.isupper() and text.casefold() in initials
    return len(text) <= 3 and at + 1 < len(t) and t[at + 1].text == "."


def _before(t: list[Token], at: int) -> int:
    """The word before token `at`, a full stop, hyphen or low line between them aside; -1 where there is none."""
    return _next(t, at, -1)


def _after(t: list[Token], at: int) -> int:
    return _next(t, at, 1)


def _next(t: list[Token], at: int, step: int) -> int:
    other = at + step
    if 0 <= other < len(t) and t[other].text in "._-^":
        other += step
    if not 0 <= other < len(t) or t[other].kind != "word":
        return -1
    first, second = (t[at], t[other]) if step > 0 else (t[other], t[at])
    return other if second.start - first.end <= 3 else -1


def _middle(t: list[Token], at: int) -> bool:
    """A word between two parts of a name that may be a third: unknown, and with a capital where there are capitals."""
    return (
        at >= 0
        and t[at].key not in words()
        and t[at].key not in ordinary()
        and (t[at].upper or not t[at].text[0].islower())
    )


def _mark(character: str) -> bool:
    return bool(character) and regex.match(r"\p{M}", character) is not None
