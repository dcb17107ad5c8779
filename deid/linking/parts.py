"""A name as written, cut into what identifies: whole parts, initials; titles and honorifics go."""

from functools import cache, lru_cache
from importlib.resources import files
from itertools import product
from typing import NamedTuple

import regex

from deid.gazetteers import is_name
from deid.lexicon import rows
from deid.linking.distance import SAME, between
from deid.linking.known import known, settled
from deid.linking.phonemes import OPEN
from deid.linking.reading import BROAD, Reading, heard, read
from deid.linking.skeleton import skeletons
from deid.shadow import shadow
from deid.tokens import key, script

_WORD = regex.compile(r"([\p{L}\p{M}]+)(\s?\.)?")
_APOSTROPHE = regex.compile(r"(?<=\p{L})['`´](?=\p{L})")
_OF = regex.compile(
    r"(?i)\b(?:d[' ]|(?:de|di|do|da|डि|डी|ডি|ডী|டி|ડી|ડિ|ಡಿ|డి|ഡി|ଡି|ਡੀ|ਡਿ) )\s?(?=\p{L}\p{M}*\p{L}\p{M}*\p{L})"
)
_BIBI = regex.compile(r"\bبی\sبی\b")
_ODD = regex.compile(r"(?i)['`´/]|\bd\s|\bd[eioa]\s|(?:डि|डी|ডি|ডী|டி|ડી|ડિ|ಡಿ|డి|ഡി|ଡି|ਡੀ|ਡਿ)\s|بی\sبی\b")
_ARTICLE = regex.compile(
    r"(?<=\p{Arabic}{2})\s+(ال(\p{L})\p{Arabic}+)|(?<=\p{Arabic}{3})ال(?=(د)ین\b)|(?<=\bعبد)ال(?=\p{Arabic}{3})"
)
_SUN = frozenset("تثدذرزسشصضطظلن")
_RELATION = regex.compile(r"(?i)\b[sdwchfm]/o\b.*")
LETTER = {
    "a": "a", "b": "b", "c": "cks", "d": "d", "e": "eiy", "f": "f", "g": "gj", "h": "h", "i": "iye", "j": "jy",
    "k": "k", "l": "l", "m": "m", "n": "n", "o": "ova", "p": "pf", "q": "k", "r": "r", "s": "s", "t": "t", "u": "uyv",
    "v": "vb", "w": "vb", "x": "skj", "y": "yie", "z": "j",
}  # fmt: skip
"""The sounds that a word may begin with whose initial is the letter."""
_SPOKEN = {
    "a": "e", "b": "bi", "c": "si", "d": "di", "e": "i", "f": "ef", "g": "ji", "h": "ech", "i": "ai", "j": "je",
    "k": "ke", "l": "el", "m": "em", "n": "en", "o": "o", "p": "pi", "q": "kyu", "r": "ar", "s": "es", "t": "ti",
    "u": "yu", "v": "vi", "w": "dablyu", "x": "eks", "y": "vai", "z": "jed",
}  # fmt: skip
_LONGEST_LETTER = 8
_SPOKEN_LETTER, _SPOKEN_PAIR = 6, 9  # sounds
_SOUND_OF_ONE = 0.7


class Parts(NamedTuple):
    """A name, cut. `whole` in the order written; an initial is the sounds that it may stand for."""

    whole: tuple[Reading, ...]
    initials: tuple[str, ...]
    notes: tuple[str, ...]
    """What was done, in words, for whoever asks why."""


@lru_cache(maxsize=1 << 16)
def parts(surface: str) -> Parts:
    """Cut a name. Any code points; no part where there is no letter of our scripts."""
    text = _ARTICLE.sub(_elided, shadow(surface).text)
    if _ODD.search(text):
        text = _BIBI.sub("بیبی", _RELATION.sub("", _APOSTROPHE.sub("", _OF.sub(_of, text))))
    found = [(m.group(1), m.group(2) is not None) for m in _WORD.finditer(text)]
    notes: list[str] = []
    found = _untitled(found, notes)
    whole: list[Reading] = []
    initials: list[str] = []
    mixed = any(word.islower() or word.istitle() for word, _ in found if len(word) > 2)
    lasting = sum(1 for word, _ in found if len(word) > 1)
    last = max((at for at, (word, _) in enumerate(found) if len(word) > 3), default=0)
    for at, (word, dotted) in enumerate(found):
        stands = _initials(word, dotted, mixed, lasting > (len(word) > 1), at < last and not whole)
        if stands:
            initials += stands
            notes.append(f"{word}: initial, {'/'.join(stands)}")
        else:
            heard_as, told = _words(word)
            whole += [part for part in heard_as if part.sounds]  # none of letters that we do not read
            notes += told
    return Parts(tuple(whole), tuple(initials), tuple(notes))


def _of(particle: "regex.Match[str]") -> str:
    """A Portuguese particle written to the name: D'Souza and De Souza as Disouza."""
    return "Di" if particle[0].isascii() else particle[0].rstrip()


def _elided(article: "regex.Match[str]") -> str:
    """The Arabic article between two names as it is heard: Zamir al-Din is Zamirud Din. Ilyas begins with none."""
    word = article[1] or ""
    if word and settled(read(word)) in known():
        return article[0]
    following = article[2] or article[3] or "ل"
    damma = "" if article.string.endswith("عبد", 0, article.start()) else "\u064f"
    return damma + (following if following in _SUN else "ل") + " " + word[2:]


def _untitled(found: list[tuple[str, bool]], notes: list[str]) -> list[tuple[str, bool]]:
    """Without titles before and honorifics behind; a title that is a name, too, stays where little else is left."""
    while len(found) > 1 and key(found[0][0]) in _beside("title"):
        word, dotted = found[0]
        rest = sum(1 for other, _ in found[1:] if len(other) > 1)
        if not rest or (is_name(word) and not dotted and (rest < 2 or read(word + found[1][0]).key in known())):
            break  # Sri Devi
        notes.append(f"{word}: title, left out")
        found = found[1:]
    while len(found) > 1 and _honours(found[-1][0]):
        notes.append(f"{found[-1][0]}: honorific, left out")
        found = found[:-1]
    return found


@lru_cache(maxsize=1 << 16)
def _honours(word: str) -> bool:
    """Whether a last word only shows respect. Of those that are part of many names (Amma, Begum, Bhai) none does."""
    return len(word) > 1 and key(word) in _respect()


@cache
def _respect() -> frozenset[str]:
    return frozenset(key(word) for line in _table("respect.tsv") for word in line.split("|"))


@lru_cache(maxsize=1 << 16)
def _words(word: str) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    """One part or two ("Rameshbhai" is "Ramesh bhai"), and what was done."""
    folded = key(word)
    endings = _endings()
    if folded in endings:
        return (heard(word, script(word), endings[folded]),), ()
    for length in range(2, min(8, len(folded) - 2) + 1):
        ending, stem = folded[-length:], folded[:-length]
        if ending in endings and len(stem) >= (3 if stem.isascii() else 2) and len(read(stem).sounds) > 2:
            reading, told = _one_name(read(stem))
            last = heard(ending, script(ending), endings[ending])
            return (reading, last), (f"{word}: {stem} + {ending}", *told)
    reading, told = _one_name(read(folded if folded.isascii() else word))
    return (reading,), told


def _one_name(reading: Reading) -> tuple[Reading, tuple[str, ...]]:
    table = _same_name()
    meant = table.get(key(reading.word)) or (None if reading.script in BROAD else _same_sound().get(reading.key))
    if meant is None:
        return reading, ()
    told = (f"{reading.word}: one name with {meant.word}",) if meant.key != reading.key else ()
    return meant._replace(word=reading.word), told


@lru_cache(maxsize=1 << 16)
def _initials(word: str, dotted: bool, mixed: bool, others: bool, before: bool) -> tuple[str, ...]:
    """The initials that a word is: a letter, a letter's name in another script, a few capitals without a vowel.

    A digraph (Ch., సిహెచ్.) is one initial, by its sound.
    """
    folded = key(word)
    if word.isascii():
        if len(word) == 1:
            return (LETTER[folded],)
        if not others or len(word) > 3 or set(folded) & set("aeiouy"):
            return ()
        if folded in _same_name() and not (word.isupper() and mixed and folded != "md"):  # Kr Rao, but KR Venkatesh
            return ()
        if dotted and len(word) == 2 and not word.isupper() and (digraph := read(folded).sounds):
            return (digraph[0],)
        return tuple(LETTER[c] for c in folded) if word.isupper() and (mixed or dotted) else ()
    if not others or len(folded) > _LONGEST_LETTER or folded in _same_name() or folded in _endings():
        return ()
    reading = read(word)
    if not reading.sounds or not (dotted or before):
        return ()
    named = _named(reading, dotted)
    bases = sum(1 for c in folded if c.isalpha())
    own = OPEN.get(reading.sounds[0], reading.sounds[0]).strip()
    if named:  # செ. is the letter J, or the syllable that the name begins with
        return (
            (named[0] + "".join(c for c in own if c not in named[0]),) if dotted and bases == len(named) == 1 else named
        )
    return (own,) if dotted and bases <= 2 else ()


def _named(reading: Reading, dotted: bool) -> tuple[str, ...]:
    """The letter whose English name a word is, or, before a full stop, the two."""
    if len(reading.sounds) > (_SPOKEN_PAIR if dotted else _SPOKEN_LETTER):
        return ()
    skeleton = skeletons(reading.sounds)[0]
    for spoken in (_spoken_by(1), _spoken_by(2)) if dotted else (_spoken_by(1),):
        near = spoken.get(skeleton, ())
        letters = [letters for letters, name in near if between(reading, name, SAME) <= SAME]
        if letters and len(letters[0]) == 1:
            return ("".join(dict.fromkeys(c for letter in letters for c in LETTER[letter])),)
        if letters:
            first, second = min(letters)[0], min(letters)[1]
            return (read(first + "h").sounds[0],) if second == "h" else (LETTER[first], LETTER[second])
    return ()


@cache
def _spoken() -> tuple[tuple[str, Reading], ...]:
    return (*((letter, read(name)) for letter, name in _SPOKEN.items()), ("h", read("hech")))


@cache
def _spoken_by(count: int) -> dict[str, list[tuple[str, Reading]]]:
    """By skeleton, so many letters and their names, spoken together."""
    table: dict[str, list[tuple[str, Reading]]] = {}
    for spoken in product(_spoken(), repeat=count):
        name = heard("", "Latn", "".join(reading.spelt for _, reading in spoken))
        letters = "".join(letter for letter, _ in spoken)
        for skeleton in skeletons(name.sounds):
            table.setdefault(skeleton, []).append((letters, name))
    return table


@cache
def _beside(kind: str) -> frozenset[str]:
    """Keys of the single words that stand before names, or behind."""
    phrases = (shadow(phrase).text for each, phrase in rows("people.tsv") if each == kind)
    return frozenset(key(phrase) for phrase in phrases if " " not in phrase)


def _table(name: str) -> list[str]:
    lines = (files(__package__) / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@cache
def _endings() -> dict[str, str]:
    """Key of a spelling -> how it is heard."""
    split = (line.split("\t") for line in _table("endings.tsv"))
    return {key(shadow(spelling).text): sounds for sounds, spellings in split for spelling in spellings.split("|")}


@cache
def of_many() -> frozenset[str]:
    """Keys of the parts that tell nobody apart: Kumar, Devi, Singh."""
    return frozenset(
        part.key for line in _table("of_many.tsv") for word in line.split("|") for part in parts(word).whole
    )


@cache
def _same_name() -> dict[str, Reading]:
    """Key of a spelling -> the reading that stands for all of its line."""
    table: dict[str, Reading] = {}
    for spellings in _one_names():
        for spelling in spellings:
            table.setdefault(key(spelling), read(spellings[0]))
    return table


@cache
def _same_sound() -> dict[str, Reading]:
    """Sound of a spelling that tells what it is -> the reading that stands for all of its line. A sound that is far
    from it and may be another name (Asees, of Aziz, is Ashish) tells nothing.
    """
    table: dict[str, Reading] = {}
    for spellings in _one_names():
        first = read(spellings[0])
        for reading in map(read, spellings):
            if reading.script in BROAD or len(reading.key) < 3:
                continue
            if reading.key not in known() or between(reading, first) <= _SOUND_OF_ONE:
                table.setdefault(reading.key, first)
    return table


def _one_names() -> list[list[str]]:
    return [line.split("|") for line in _table("one_name.tsv")]
