"""Text synthesised from the authored notes: the same structure with other names, places, numbers and dates, and with
the carelessness of real writing.

A variant of a note is a function of (note, seed) alone. A name becomes another of its script and capitals, the same
one wherever it recurs in the note; two variants in five keep the names they were written with, so that a name's place
in the lists is not all that is learned. A number becomes another of its layout; an Aadhaar keeps a fitting check digit.
"""

import random
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache

import regex

from deid.checksums import verhoeff
from deid.gazetteers import is_name, names, offices, places, words
from deid.lexicon import rows
from deid.native_spelling import native
from deid.tagger.notebook import Marked, Piece
from deid.tagger.stems import ending
from deid.tokens import key, script
from schemas.labels import Label

_WORD = regex.compile(r"\p{L}[\p{L}\p{M}']*")
_DIGITS = regex.compile(r"\d+")
_ZERO = {"Deva": 0x966, "Beng": 0x9E6, "Guru": 0xA66, "Gujr": 0xAE6, "Orya": 0xB66, "Taml": 0xBE6, "Telu": 0xC66,
         "Knda": 0xCE6, "Mlym": 0xD66, "Arab": 0x6F0}  # fmt: skip
_NUMBERED = frozenset(Label) - {
    Label.PERSON, Label.LOCATION, Label.ORGANIZATION, Label.DATE, Label.AGE_OVER_89, Label.EMAIL_ADDRESS, Label.URL,
    Label.IN_ABHA_ADDRESS, Label.IN_UPI_ID,
}  # fmt: skip

_NAMED = (Label.PERSON, Label.LOCATION, Label.ORGANIZATION)
_FRESH = 0.85  # share of variants with other names and places

_RARE = (
    3  # marks that a word stands in at most, for it to be somebody's or some place's own and no "road" or "hospital"
)
_OTHER_OWN = 0.6  # share of such words exchanged with another note's, where no list has them

Pools = dict[str, dict[str, list[str]]]
"""Kind ("name", "place") -> script -> words in lower case; label -> script and case ending -> words of the notes' own
marks.
"""


def pools(notes: Sequence[Marked]) -> Pools:
    """What names and places are drawn from: the gazetteers, and the words of the notes' own marks."""
    found: dict[str, dict[str, set[str]]] = {"name": {}, "place": {}}
    lists = {
        "name": list(names()),
        "place": [p for p in (*places(), *sorted(offices())[::4]) if " " not in p and len(p) > 3],
    }
    for kind, listed_words in lists.items():
        for word in listed_words:
            found[kind].setdefault(script(word), set()).add(word)
        for word in sorted(w for w in listed_words if w.isascii() and w.isalpha())[::3]:
            for written in _ZERO:
                found[kind].setdefault(written, set()).add(native(word, written))
    listed = {kind: {s: sorted(words) for s, words in by.items()} for kind, by in found.items()}
    own: Pools = {"name": {}, "place": {}}
    for note in notes:
        for piece in note.pieces:
            if piece.label in (Label.PERSON, Label.LOCATION):
                kind = "name" if piece.label is Label.PERSON else "place"
                for word in _WORD.findall(piece.text):
                    if len(word) > 3 and (kind == "name" or word.casefold() in places()):
                        own[kind].setdefault(script(word), []).append(word.casefold())
    # The notes' own words count as often as the lists', however few they are.
    for kind, by_script in own.items():
        for name, here in by_script.items():
            there = listed[kind].get(name, [])
            listed[kind][name] = there + here * max(1, len(there) // len(here))
    return listed | _own_words(notes)


def _own_words(notes: Sequence[Marked]) -> Pools:
    """The words that make one person, place or institution differ from another, as far as few marks have them."""
    found: dict[str, Counter[str]] = {label: Counter() for label in _NAMED}
    for note in notes:
        for piece in note.pieces:
            if piece.label in _NAMED:
                found[piece.label].update({word.casefold() for word in _WORD.findall(piece.text) if len(word) > 2})
    own: Pools = {}
    for label, counted in found.items():
        of_label = own.setdefault(str(label), {})
        for word in sorted(counted):
            if counted[word] <= _RARE and key(word) not in words():
                of_label.setdefault(_form(word), []).append(word)
    return own


def _form(word: str) -> str:
    """Words that may stand for one another: of one script, with one case ending."""
    return f"{script(word)} {ending(key(word))}"


def variant(note: Marked, drawn_from: Pools, seed: int) -> Marked:
    """Another note of the same structure. Seed 0 is the note as it was written."""
    if seed == 0:
        return note
    r = random.Random(f"{note.id}:{seed}")  # noqa: S311 - synthesis, not secrets
    fresh_names = r.random() < _FRESH
    kept: dict[str, str] = {}
    pieces = [_again(piece, r, kept, drawn_from, fresh_names) for piece in note.pieces]
    for change, chance in _CARELESS:
        if r.random() < chance:
            pieces = change(pieces, r)
    pieces = [piece for piece in pieces if piece.text]
    return Marked(f"{note.id}/{seed}", note.languages, note.tag, tuple(pieces))


def _again(piece: Piece, r: random.Random, kept: dict[str, str], pool: Pools, fresh: bool) -> Piece:
    text = piece.text
    if piece.label in _NAMED:
        if fresh:
            text = _WORD.sub(lambda m: _word(m.group(), piece.label, r, kept, pool), text)
        if piece.label is not Label.PERSON:
            text = _DIGITS.sub(lambda m: _like(m.group(), r), text)
    elif piece.label is Label.DATE:
        text = _date(text, r)
    elif piece.label is Label.IN_AADHAAR:
        text = _aadhaar(text, r)
    elif piece.label in _NUMBERED:
        text = _number(text, r, kept)
    elif piece.label is Label.AGE_OVER_89:
        text = _DIGITS.sub(lambda m: _in_digits_of(m.group(), str(r.randint(90, 104))), text)
    elif piece.label is not None and fresh:
        text = regex.sub(r"\p{L}{4,}(?=[\p{L}\d._-]*@)", lambda m: _word(m.group(), Label.PERSON, r, kept, pool), text)
    return Piece(text, piece.label)


# ---------------------------------------------------------------- words


def _word(word: str, label: Label | None, r: random.Random, kept: dict[str, str], pool: Pools) -> str:
    folded = key(word)
    if len(word) < 3:
        return word.translate({ord(c): r.choice("ABCDGHJKLMNPRSTV") for c in word if "A" <= c <= "Z"})
    if folded not in kept:
        kept[folded] = _other(word, folded, label, r, pool)
    return _in_case_of(word, kept[folded])


def _other(word: str, folded: str, label: Label | None, r: random.Random, pool: Pools) -> str:
    written = script(word)
    latin = written == "Latn"
    if label is Label.PERSON:
        # A native word that no list has may carry a case ending, which another name would lack.
        choices = pool["name"].get(written) if latin or is_name(word) else None
    elif folded in places() or (latin and folded in offices() and folded not in words()):
        choices = pool["place"].get(written)
    elif latin and folded in names() and folded not in words():
        choices = pool["name"].get(written)
    else:
        choices = None
    if not choices and r.random() < _OTHER_OWN:
        alike = pool[str(label)].get(_form(word.casefold()), [])
        at = bisect_left(alike, word.casefold())
        choices = alike if alike[at : at + 1] == [word.casefold()] else None
    return r.choice(choices) if choices else folded


def _in_case_of(word: str, other: str) -> str:
    if word.isupper():
        return other.upper()
    return other[:1].upper() + other[1:] if word[:1].isupper() else other


# ---------------------------------------------------------------- numbers and dates


def _in_digits_of(model: str, digits: str) -> str:
    """ASCII digits in the script of the model's first digit."""
    zero = ord(model[0]) - unicodedata.decimal(model[0])
    return "".join(chr(zero + int(digit)) for digit in digits)


def _like(digits: str, r: random.Random) -> str:
    """Another number of as many digits that does not begin with another kind of digit (zero or not)."""
    first = "0" if unicodedata.decimal(digits[0]) == 0 else r.choice("123456789")
    return _in_digits_of(digits, first + "".join(r.choice("0123456789") for _ in digits[1:]))


def _number(text: str, r: random.Random, kept: dict[str, str]) -> str:
    if text in kept:
        return kept[text]
    first, out = True, []
    for character in text:
        if character.isdigit() and unicodedata.decimal(character, None) is not None:
            # What begins a number tells its kind (a mobile's 6-9, a PIN's zone), so it stays.
            out.append(character if first else _in_digits_of(character, r.choice("0123456789")))
            first = False
        else:
            out.append(character)
    kept[text] = "".join(out)
    return kept[text]


def _aadhaar(text: str, r: random.Random) -> str:
    places_of = [i for i, c in enumerate(text) if unicodedata.decimal(c, None) is not None]
    if len(places_of) not in (12, 16):
        return _number(text, r, {})
    body = r.choice("23456789") + "".join(r.choice("0123456789") for _ in places_of[2:])
    digits = body + next(d for d in "0123456789" if verhoeff(body + d))
    out = list(text)
    for place, digit in zip(places_of, digits, strict=True):
        out[place] = _in_digits_of(text[place], digit)
    return "".join(out)


@cache
def _months() -> dict[str, list[str]]:
    """Key of a month's name -> names it may be exchanged for: of its script, and as short or as long."""
    sorts: dict[tuple[str, bool], list[str]] = {}
    for head, phrase in rows("months.tsv"):
        if head != "0" and " " not in phrase:
            sorts.setdefault((script(phrase), len(phrase) <= 3), []).append(phrase)
    return {key(phrase): sort for sort in sorts.values() for phrase in sort}


def _date(text: str, r: random.Random) -> str:
    def day_or_year(match: regex.Match[str]) -> str:
        digits = match.group()
        value = int(digits)
        if len(digits) <= 2 and value:
            fresh = str(r.randint(1, 12) if value <= 12 else r.randint(13, 28))
            return _in_digits_of(digits, fresh.zfill(len(digits)) if len(fresh) < len(digits) else fresh)
        if len(digits) == 4 and 1900 < value < 2100:
            return _in_digits_of(digits, str(value + r.randint(-3, 1)))
        return digits

    text = _DIGITS.sub(day_or_year, text)
    return _WORD.sub(lambda m: _in_case_of(m.group(), r.choice(_months().get(key(m.group()), [m.group()]))), text)


# ---------------------------------------------------------------- carelessness


def _lower(pieces: list[Piece], _: random.Random) -> list[Piece]:
    return [Piece(piece.text.lower(), piece.label) for piece in pieces]


def _upper(pieces: list[Piece], _: random.Random) -> list[Piece]:
    return [Piece(piece.text.upper(), piece.label) for piece in pieces]


def _names_lower(pieces: list[Piece], _: random.Random) -> list[Piece]:
    named = (Label.PERSON, Label.LOCATION)
    return [Piece(p.text.lower() if p.label in named else p.text, p.label) for p in pieces]


def _no_stops(pieces: list[Piece], r: random.Random) -> list[Piece]:
    marks = r.choice([".,;:", ".,", ":", "()[]", "-"])
    table = dict.fromkeys(map(ord, marks))
    return [p if p.label else Piece(p.text.translate(table), None) for p in pieces]


def _one_line(pieces: list[Piece], r: random.Random) -> list[Piece]:
    mark = r.choice([" ", "  ", ", ", " | ", "\n\n"])
    return [p if p.label else Piece(p.text.replace("\n", mark), None) for p in pieces]


def _part(pieces: list[Piece], r: random.Random) -> list[Piece]:
    """A run of the lines, so that no cue always stands at the same distance from the start."""
    breaks = [i for i, p in enumerate(pieces) if p.label is None and "\n" in p.text]
    if len(breaks) < 3:
        return pieces
    first, last = sorted(r.sample(breaks, 2))
    head, tail = pieces[first].text.split("\n", 1)[1], pieces[last].text.rsplit("\n", 1)[0]
    return [Piece(head, None), *pieces[first + 1 : last], Piece(tail, None)] if first < last else pieces


def _native_digits(pieces: list[Piece], r: random.Random) -> list[Piece]:
    scripts = {script(m.group()) for p in pieces for m in _WORD.finditer(p.text)} & _ZERO.keys()
    if not scripts:
        return pieces
    zero = _ZERO[r.choice(sorted(scripts))]
    table = {ord("0") + i: chr(zero + i) for i in range(10)}
    return [Piece(p.text.translate(table), p.label) for p in pieces]


def _blanks(pieces: list[Piece], r: random.Random) -> list[Piece]:
    """Blanks doubled, lost or turned to no-break ones between words."""
    change = r.choice(["  ", "\u00a0", "\t"])
    return [p if p.label else Piece(regex.sub(" ", lambda _: change if r.random() < 0.3 else " ", p.text), None)
            for p in pieces]  # fmt: skip


def _gaps(pieces: list[Piece], _: random.Random) -> list[Piece]:
    """No blank after a colon or a full stop."""
    return [p if p.label else Piece(regex.sub(r"(?<=[:.]) ", "", p.text), None) for p in pieces]


def _typing(pieces: list[Piece], r: random.Random) -> list[Piece]:
    """Letters doubled, lost or exchanged in a few Latin words."""

    def slip(match: regex.Match[str]) -> str:
        word: str = match.group()
        if r.random() > 0.08:
            return word
        at = r.randrange(1, len(word) - 1)
        return r.choice([word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:],
                         word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]])  # fmt: skip

    return [Piece(regex.sub(r"[A-Za-z]{5,}", slip, p.text), p.label) for p in pieces]


_CARELESS: tuple[tuple[Callable[[list[Piece], random.Random], list[Piece]], float], ...] = (
    (_part, 0.35), (_one_line, 0.08), (_no_stops, 0.12), (_blanks, 0.05), (_gaps, 0.05), (_native_digits, 0.06),
    (_typing, 0.08), (_names_lower, 0.06), (_lower, 0.06), (_upper, 0.05),
)  # fmt: skip
