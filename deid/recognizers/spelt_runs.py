"""What is read out or written piece by piece, as runs of characters: digits in words of any language, letters by their
names ("em pee", "கே எல்", "tango sierra"), single characters, short words in capitals, numbers as they are.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from deid.gazetteers import sound
from deid.gazetteers import words as english
from deid.lexicon import group, values
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.recognizers.structured import STATES
from deid.tokens import LONGEST, Token

_REPEAT = {"double": 2, "triple": 3}
_MARKS = frozenset(",-/._·•…،؛")
_EXAMPLE = frozenset(("for", "as", "फॉर", "फ़ॉर", "ফর", "ఫర్", "ஃபார்", "ಫಾರ್", "ഫോർ", "ફોર", "ਫਾਰ", "se", "से"))
"""Between a letter and a word that begins with it: "c for cat", "n as in Nagpur", "k se kamal"."""
_SHORT = 4  # letters of a lower-case word that may be a part of a code
_TENS = frozenset(("twenty", "thirty", "forty", "fourty", "fifty", "sixty", "seventy", "eighty", "ninety"))
"""In English a number goes on behind these: "fifty six" is 56."""
_BLOCKS = (0x900, 0x980, 0xA00, 0xA80, 0xB00, 0xB80, 0xC00, 0xC80, 0xD00)  # of the scripts of India, laid out alike
_SHORTENED = {
    block + long: block + short
    for block in _BLOCKS
    for long, short in (
        (0x08, 0x07),
        (0x0A, 0x09),
        (0x40, 0x3F),
        (0x42, 0x41),
        (0x0F, 0x0E),
        (0x47, 0x46),
        (0x4B, 0x4A),
    )
    if block >= 0xB80 or long not in (0x0F, 0x47, 0x4B)
}
"""Long vowels to short ones: బీ and బి are one letter. Only the south tells a long e and o from short ones."""


class Piece(NamedTuple):
    """What one token says: its characters, and whether it names them ("pee", "nine") or just writes them."""

    chars: str
    named: bool


class Run(NamedTuple):
    """Pieces one behind the other, with the first token of each ("double") and the last. `text` is what they come to,
    `owner[i]` the piece that character i is of.
    """

    first: list[int]
    last: list[int]
    pieces: list[Piece]
    text: str
    owner: list[int]


def runs(note: Note) -> Iterator[Run]:
    """Every run of two pieces or more, outside label words, in order. Linear in the length of the note."""
    found = note.tokens
    cues = {i for cue in note.labels for i in range(cue.first, cue.last)}
    read = [_piece(text, key, kind) for _, _, text, key, kind in found]
    at = 0
    while at < len(found):
        if read[at] is None or at in cues:
            at += 1
            continue
        exampled = at + 1 < len(found) and found[at + 1].key in _EXAMPLE
        if not exampled and not any(read[at + 1 : at + 4]):
            at += 1
            continue
        run, at = _run(found, read, at, cues)
        if len(run.pieces) > 1:
            yield run


@cache
def _digit_words() -> dict[str, str]:
    longer = {word: value for word, value in values("number_words.tsv").items() if len(value) == 2}
    return longer | values("digit_spellings.tsv") | values("digit_words.tsv")


@cache
def _native_names() -> tuple[dict[str, str], int]:
    table = {_short(word): letter for word, letter in values("letter_names.tsv").items() if not word.isascii()}
    return table, max(map(len, table))


@lru_cache(maxsize=1 << 16)
def _piece(text: str, key: str, kind: str) -> Piece | None:
    if kind == "number":
        return Piece(text, False)
    if kind != "word":
        return None
    digit = _digit_words().get(key)
    if digit is not None:
        return Piece(digit, True)
    if not text.isascii() or "'" in text:
        letters = _letter_names(key)
        return Piece(letters, True) if letters else None
    if len(text) == 1:
        return Piece(text.upper(), False)
    if text.isupper():
        return Piece(text, False) if len(text) <= 5 else None
    letter = values("letter_names.tsv").get(key)
    if letter is not None:
        return Piece(letter, True)
    if key in group("spoken_joins"):
        return None
    if len(text) <= _SHORT and (key.upper() in STATES.split("|") or not _ordinary(key)):
        return Piece(text.upper(), False)
    return None


def _ordinary(key: str) -> bool:
    return key in english() or key in lexicon_words("function_words.tsv") or key in lexicon_words("months.tsv")


def _short(word: str) -> str:
    return word.translate(_SHORTENED)


def _letter_names(key: str) -> str:
    """The letters that a native word names, one name behind the other; empty where it is another word."""
    table, longest = _native_names()
    key = _short(key)
    if key in table:
        return table[key]
    if len(key) > 6 * longest:
        return ""
    best: list[str | None] = ["", *[None] * len(key)]
    for end in range(1, len(key) + 1):
        for start in range(max(0, end - longest), end):
            if (head := best[start]) is not None and (letter := table.get(key[start:end])):
                best[end] = head + letter
                break
    return best[-1] or ""


def _run(found: list[Token], read: list[Piece | None], first: int, cues: set[int]) -> tuple[Run, int]:
    """The run that begins at a token, and the index of the token that ends it."""
    run = Run([], [], [], "", [])
    chars: list[str] = []
    joins = group("spoken_joins")
    repeat, repeated, mark, told, at, pictured = 1, first, 0, 0, first, False
    while at < len(found) and at not in cues:
        token, before = found[at], run.pieces[-1] if run.pieces else None
        exampled = before is not None and len(before.chars) == 1 and before.chars.isalpha()
        if token.key in _EXAMPLE and before and exampled and at == run.last[-1] + 1:
            at = _example(found, at, before.chars)
            if at > run.last[-1] + 2:
                run.last[-1] = at - 1  # the example is part of what is read out
                run.pieces[-1] = Piece(before.chars, True)
                pictured = True
            continue
        if before and at == run.last[-1] + 1 and (_begins if pictured else _pictured)(found, at):
            pictured = True
            run.last[-1] = at
            run.pieces[-1] = Piece(before.chars, True)
            at += 1
            continue
        piece = read[at]
        if token.kind == "word" and told and (piece is None or not piece.named):
            piece = _homophone(found, read, at) or (_heard(found, read, at) if told > 1 else None) or piece
        if piece is None:
            if token.text in _MARKS and (not mark or found[mark].text == token.text == "."):
                mark = mark or at
            elif not (token.key in joins or (token.kind == "break" and before and before.named)):
                break
            at += 1
            continue
        if mark and before and _ends(found, mark, before, piece):
            break
        mark = 0
        if piece.chars in _REPEAT:
            repeat, repeated = _REPEAT[piece.chars], at
        elif not (token.text == "0" and at > first and _rings(found, at)):
            said = piece.chars[0] * (repeat - 1) + piece.chars
            if repeat == 1 and before and _goes_on(found, run.last[-1], at, piece):
                run.last[-1], run.pieces[-1] = at, Piece(before.chars[0] + said, True)
                chars[-1] = run.pieces[-1].chars
                at += 1
                continue
            run.first.append(at if repeat == 1 else repeated)
            run.last.append(at)
            run.pieces.append(piece if repeat == 1 else Piece(said, True))
            chars.append(said)
            run.owner.extend([len(run.pieces) - 1] * len(said))
            told += len(said) if run.pieces[-1].named and said.isdigit() else 0
            repeat = 1
        at += 1
    return run._replace(text="".join(chars)), max(at, first + 1)


@cache
def _digit_sounds() -> dict[tuple[str, bool], str]:
    table: dict[tuple[str, bool], str] = {}
    for word, value in _digit_words().items():
        if len(word) > 2:
            heard = (sound(word, _tamil(word)), _tamil(word))
            table[heard] = value if table.get(heard, value) == value else ""
    return {heard: value for heard, value in table.items() if len(heard[0]) > 2}


def _tamil(word: str) -> bool:
    return "\u0b80" <= word[0] < "\u0c00"


def _goes_on(found: list[Token], last: int, at: int, piece: Piece) -> bool:
    """Whether a digit belongs to the tens right before it: "fifty six", "fifty-six"."""
    hyphened = at == last + 2 and found[last + 1].text == "-"
    told = piece.named and len(piece.chars) == 1 and piece.chars in "123456789"
    return told and found[last].key in _TENS and (hyphened or at == last + 1)


def _homophone(found: list[Token], read: list[Piece | None], at: int) -> Piece | None:
    """A word that is a digit only between two that are told: "saat be nav", "nine ate for double oh"."""
    digit = values("digit_homophones.tsv").get(found[at].key)
    after = read[at + 1] if at + 1 < len(read) else None
    goes_on = after is not None and after.named and not after.chars.isupper()
    chained = at + 1 < len(found) and found[at + 1].key in values("digit_homophones.tsv")
    return Piece(digit, True) if digit and (goes_on or chained) else None


def _heard(found: list[Token], read: list[Piece | None], at: int) -> Piece | None:
    """A digit in another spelling ("naalugu", "paanj"), or two written as one word ("doublefour", "ଶୂନଶୂନ"); asked only
    where numbers are being told.
    """
    token = found[at]
    if len(token.key) > LONGEST or _ordinary(token.key) or read[at] is not None:
        return None
    digits = _digit_sounds().get((sound(token.key, _tamil(token.key)), _tamil(token.key)))
    if digits:
        return Piece(digits, True)
    for cut in range(2, len(token.key) - 1):
        head, tail = _digit_words().get(token.key[:cut]), _digit_words().get(token.key[cut:])
        if head and tail and tail not in _REPEAT:
            return Piece(tail * _REPEAT[head] if head in _REPEAT else head + tail, True)
    return None


def _ends(found: list[Token], mark: int, before: Piece, after: Piece) -> bool:
    """A comma, a stop before a blank, or a mark between blanks ends the run, unless characters are told one by one on
    both sides of it.
    """
    left = found[mark - 1].end < found[mark].start
    right = found[mark].end < found[mark + 1].start
    stop = {",": True, "،": True, "؛": True, ".": right, "-": False}.get(found[mark].text, left and right)
    return stop and not all(piece.named or len(piece.chars) == 1 for piece in (before, after))


def _example(found: list[Token], at: int, letter: str) -> int:
    """The index after "for cat", "for X-ray" or "as in Nagpur"; that of the next token where a word is wanting, or, in
    Latin letters, one that begins with the letter.
    """
    after = at + 1 + (found[at].key == "as" and at + 1 < len(found) and found[at + 1].key == "in")
    if after >= len(found) or found[after].kind != "word":
        return at + 1
    word = found[after].key
    if found[at].key in ("se", "से") and (not word.isascii() or word[0] != letter.casefold() or len(word) < _SHORT):
        return at + 1
    last = after + 1
    while last + 1 < len(found) and found[last].text == "-" and found[last + 1].start == found[last - 1].end + 1:
        last += 2
    return last


def _pictured(found: list[Token], at: int) -> bool:
    """A word behind the letter that it begins with, as the one before or the next: "A apple, K kite"."""
    return _begins(found, at) and any(_begins(found, at + step) for step in (2, 3, -2, -3))


def _begins(found: list[Token], at: int) -> bool:
    if not 0 < at < len(found):
        return False
    letter, word = found[at - 1], found[at]
    one = letter.kind == word.kind == "word" and len(letter.text) == 1 and len(word.key) > 2
    return one and word.key[0] == letter.key and word.start > letter.end


def _rings(found: list[Token], at: int) -> bool:
    """The ring of an abbreviation, written as a zero: यू०पी०."""
    before = found[at - 1]
    return before.end == found[at].start and before.kind == "word" and not before.text.isascii()
