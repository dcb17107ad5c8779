"""How far what was found reaches: "Flat 302, [Labbipet], behind the temple", "[Bison] Lab".

From a place outwards, words that addresses are made of are taken along, and whole pieces between commas that hold one
or that stand between two places; behind an institution the words with which their names go on; in a code whatever is
written on to it: "DMC//[CR-7720]". Two codes that touch are one. A name that a scanner broke in two is taken whole.
"""

from functools import cache

from deid.gazetteers import common_names, names
from deid.lexicon import group, rows
from deid.lexicon import words as lexicon_words
from deid.note import Hit, Note
from deid.shadow import shadow
from deid.tokens import Token, key
from schemas.labels import FORMLESS, Label

_SEPARATORS = frozenset(",،;/-–⋅·")
_SHORTEST_NAME = 5  # letters of a name that may be broken in two
_FEW_DIGITS = 2  # in a row, in a name that was misread
_JOINED = 3  # words between two parts of an institution
_SIDES = frozenset(("e", "w", "n", "s", "east", "west", "north", "south"))
_OF = frozenset(("of", "for"))
_FOR = frozenset(("برائے",))
_IN_CODES = frozenset("-/_")
_NEAR = 4  # tokens of the place's own piece looked at
_PIECE = 6  # tokens of the longest piece
_STRANGE = 3  # words of a piece that no address is known to have
_STEM, _LONGEST_STEM = 3, 24  # characters of a native word that may have endings
_REACHING = FORMLESS | {Label.PERSON, Label.LOCATION, Label.ORGANIZATION, Label.DATE}
_LONGEST = 8  # letters of a word that is part of a code
_ADDRESS = (Label.LOCATION, Label.PIN_CODE)


def find(note: Note) -> None:
    """Widen places over the rest of their address, institutions over the rest of their name, codes to their ends."""
    if not any(hit.label in _REACHING for hit in note.hits):
        return
    owner = _owners(note)
    titles = {cue.last - 1 for cue in note.people if cue.kind == "title"}
    hits = [_widened(note, owner, titles, hit) if hit.label in _REACHING else hit for hit in sorted(note.hits)]
    hits = _headed(note, owner, hits)
    note.hits = _whole(note, hits)


def _headed(note: Note, owner: dict[int, Label], hits: list[Hit]) -> list[Hit]:
    """A place or a part of a name, with a word for an institution behind it in a script of India, is the institution's
    name: "[ಸಂತೆಮರಹಳ್ಳಿ] ಸಮುದಾಯ ಆರೋಗ್ಯ ಕೇಂದ್ರಕ್ಕೆ", to the community health centre of Santhemarahalli.
    """
    heads = {cue.first: cue.last for cue in note.places if cue.kind == "org" and not cue.phrase.isascii()}
    if not heads:
        return hits
    return [_up_to_head(note, owner, heads, hit) for hit in hits]


def _up_to_head(note: Note, owner: dict[int, Label], heads: dict[int, int], hit: Hit) -> Hit:
    last = note.token_range(hit.start, hit.end)[1]
    at = next((i for i in range(last, last + _JOINED) if i in heads), None)
    if at is None or hit.label not in (Label.LOCATION, Label.ORGANIZATION):
        return hit
    between = range(last, heads[at])
    if not all(_open(note, owner, i) and note.tokens[i].kind == "word" for i in between):
        return hit
    end = note.tokens[heads[at] - 1].end
    note.taken[hit.start : end] = b"\x01" * (end - hit.start)
    owner.update(dict.fromkeys(between, Label.ORGANIZATION))
    return hit._replace(end=end, label=Label.ORGANIZATION)


def _whole(note: Note, hits: list[Hit]) -> list[Hit]:
    """Parts of one code with nothing between them are one, [IP][24-76489], and parts of an institution that "and"
    joins: "[Asha] Bone and [Joint Clinic]".
    """
    found: list[Hit] = []
    for hit in hits:
        before = found[-1] if found else hit
        touch = before.end == hit.start and hit.label in FORMLESS
        if before.label is hit.label and (touch or _together(note, before, hit)):
            found[-1] = max(before, hit, key=lambda each: each.score)._replace(start=before.start, end=hit.end)
            note.taken[before.start : hit.end] = b"\x01" * (hit.end - before.start)
        else:
            found.append(hit)
    return found


def _together(note: Note, left: Hit, right: Hit) -> bool:
    """Whether two institutions are one: a word or two and "and" between them, no mark."""
    first, last = note.token_range(left.end, right.start) if left.end < right.start else (0, 0)
    between = note.tokens[first:last]
    words = [token for token in between if token.kind == "word" or token.key in _and()]
    return (
        right.label is Label.ORGANIZATION
        and 0 < len(between) <= _JOINED
        and len(words) == len(between)
        and all(note.free(token.start, token.end) for token in between)
        and (
            (len(between) > 1 and any(token.key in _and() for token in between))
            or all(token.key in _of_departments() for token in between)
        )
    )


@cache
def _of_departments() -> frozenset[str]:
    return frozenset(key(shadow(word).text) for kind, word in rows("generic_words.tsv") if kind == "department")


@cache
def _and() -> frozenset[str]:
    return frozenset(key(shadow(word).text) for word in group("and"))


def _widened(note: Note, owner: dict[int, Label], titles: set[int], hit: Hit) -> Hit:
    first, last = note.token_range(hit.start, hit.end)
    if first == last:
        return hit
    if hit.label is Label.LOCATION:
        left, right = _reach(note, owner, first, -1), _reach(note, owner, last - 1, 1)
    elif hit.label is Label.PERSON:
        left = _misread(note, owner, _mended(note, owner, first, -1), -1)
        right = _misread(note, owner, _mended(note, owner, last - 1, 1), 1)
    elif hit.label is Label.DATE:
        left, right = first, _dated(note, owner, last - 1)
    elif hit.label is Label.ORGANIZATION:
        left = _titled(note, owner, titles, first)
        right = _meant_for(note, owner, _called(note, owner, _beside(note, owner, last - 1, "tail")))
    else:
        left, right = _joined(note, owner, first, -1), _joined(note, owner, last - 1, 1)
    start = note.tokens[left].start if left < first else hit.start
    end = note.tokens[right].end if right >= last else hit.end
    note.taken[start:end] = b"\x01" * (end - start)
    owner.update(dict.fromkeys(range(left, right + 1), hit.label))
    return hit._replace(start=start, end=end)


def _owners(note: Note) -> dict[int, Label]:
    """Index of each token that is part of a finding -> the finding's label."""
    return {i: hit.label for hit in note.hits for i in range(*note.token_range(hit.start, hit.end))}


def _reach(note: Note, owner: dict[int, Label], edge: int, step: int) -> int:
    """Index of the last token on one side of `edge`, the place's own, that belongs to its address."""
    best = _sided(note, owner, _beside(note, owner, edge, "part")) if step > 0 else edge
    while _open(note, owner, best + step) and note.tokens[best + step].text in _SEPARATORS:
        end = _piece(note, owner, best + 2 * step, step)
        if end == best + step:
            break
        best = end
    return best


def _beside(note: Note, owner: dict[int, Label], edge: int, wanted: str) -> int:
    """Behind a finding, before the next comma: "[Anna] bus stand", "[Hussainabad] gate no 4", "[the mill] opposite"."""
    best, strange = edge, 0
    for at in range(edge + 1, edge + 1 + _NEAR):
        if not _open(note, owner, at) or note.tokens[at].kind in ("mark", "break"):
            break
        kind = _kind(note.tokens[at], wanted)
        strange += kind == ""
        if strange > 1 or (kind == "" and _never(note.tokens[at])):
            break
        numbered = kind == "number" and best == at - 1 > edge
        if kind == wanted or (wanted == "part" and (numbered or (kind == "beside" and _ends(note, owner, at + 1)))):
            best = at
    return best


def _sided(note: Note, owner: dict[int, Label], edge: int) -> int:
    """The side of a town, in brackets: "[Thane] (W)"."""
    said = [note.tokens[at].key for at in range(edge + 1, edge + 4) if _open(note, owner, at)]
    return edge + 3 if len(said) == 3 and said[0] == "(" and said[1] in _SIDES and said[2] == ")" else edge


def _called(note: Note, owner: dict[int, Label], edge: int) -> int:
    """Behind an institution "of" or "for" and capitalised words: "[Asha Network] of Positive People and Allies"."""
    best, told = edge, False
    while _open(note, owner, best + 1):
        link = note.tokens[best + 1].key in _OF or (told and note.tokens[best + 1].key in _and())
        name = best + 1 + link
        if not (link or told) or not _open(note, owner, name) or not _capitalised(note.tokens[name]):
            break
        best, told = name, True
    return best


def _meant_for(note: Note, owner: dict[int, Label], edge: int) -> int:
    """Whom an institution is for, in Urdu: "[نور کلینک] برائے خواتین"."""
    told = _open(note, owner, edge + 1) and note.tokens[edge + 1].key in _FOR
    return edge + 2 if told and _open(note, owner, edge + 2) and note.tokens[edge + 2].kind == "word" else edge


def _titled(note: Note, owner: dict[int, Label], titles: set[int], first: int) -> int:
    """A title that an institution's name begins with: "Dr. [Mehta's Eye Hospital]", "Shri [Mahavir Kendra]"."""
    at = first - 1
    if at > 0 and note.tokens[at].text == ".":
        at -= 1
    return at if at in titles and _open(note, owner, at) else first


def _dated(note: Note, owner: dict[int, Label], edge: int) -> int:
    """The word for day or month behind a date, in the scripts of India: "[2022 മേയ്] മാസത്തിൽ"."""
    after = edge + 1
    said = _open(note, owner, after) and note.tokens[after].kind == "word" and not note.tokens[after].key.isascii()
    return after if said and any(_kind(note.tokens[after], kind) == kind for kind in ("dated", "monthly")) else edge


def monthly(token: Token) -> bool:
    """Whether a word is one for month, with or without a case ending."""
    return token.kind == "word" and _kind(token, "monthly") == "monthly"


def dated(token: Token) -> bool:
    """Whether a word is one for day or date, with or without a case ending."""
    return token.kind == "word" and _kind(token, "dated") == "dated"


def _capitalised(token: Token) -> bool:
    """A Latin word with a capital and small letters behind it, of more than one letter."""
    return token.kind == "word" and token.text[0].isupper() and token.text[1:].islower()


def _mended(note: Note, owner: dict[int, Label], edge: int, step: int) -> int:
    """The other part of a name that a scanner broke in two: "[Sal] unke", "sub [bu]"."""
    other = edge + step
    if not _open(note, owner, other) or note.tokens[other].kind != "word" or not note.tokens[other].text.isascii():
        return edge
    left, right = note.tokens[min(edge, other)], note.tokens[max(edge, other)]
    broken = right.start == left.end + 1 and not (_listed(left.key) and _listed(right.key))
    return other if broken and len(left.key + right.key) >= _SHORTEST_NAME and _listed(left.key + right.key) else edge


def _misread(note: Note, owner: dict[int, Label], edge: int, step: int) -> int:
    """The rest of a name in which a scanner took letters for digits: "[Kav]1tha", "Sun1[ta]"."""
    best, at, digits = edge, edge + step, False
    while _open(note, owner, at) and note.tokens[max(at, at - step)].start == note.tokens[min(at, at - step)].end:
        token = note.tokens[at]
        if token.kind == "number" and len(token.text) <= _FEW_DIGITS:
            digits = True
        elif token.kind == "word" and token.text.isascii() and digits:
            best = at
        else:
            break
        at += step
    return best


def _listed(word: str) -> bool:
    return word in names() or word in common_names()


def _joined(note: Note, owner: dict[int, Label], edge: int, step: int) -> int:
    """The last word or number that stands without a blank before or behind a code, hyphens and slashes between."""
    best, at = edge, edge + step
    while _open(note, owner, at) and note.tokens[max(at, at - step)].start == note.tokens[min(at, at - step)].end:
        token = note.tokens[at]
        if token.kind in ("word", "number") and len(token.text) <= _LONGEST:
            best = at
        elif token.text not in _IN_CODES:
            break
        at += step
    return best


def _piece(note: Note, owner: dict[int, Label], start: int, step: int) -> int:
    """Index of the last token of the piece that begins at `start`, as far as it belongs to an address; of the
    separator before it, where none of it does.
    """
    none = named = start - step  # the last word of an address, or the number beside it
    strange, at = 0, start
    while _open(note, owner, at) and note.tokens[at].kind not in ("mark", "break"):
        kind = _kind(note.tokens[at])
        strange += kind == ""
        if strange > _STRANGE or abs(at - start) >= _PIECE or (kind == "" and _never(note.tokens[at])):
            return named
        if kind in ("part", "beside") or (kind == "number" and none != named == at - step):
            named = at
        at += step
    after = at + step if 0 <= at < len(note.tokens) and note.tokens[at].text in _SEPARATORS else at
    return at - step if at != start and (named != none or owner.get(after) in _ADDRESS) else none


def _ends(note: Note, owner: dict[int, Label], at: int) -> bool:
    """Whether no word follows."""
    return at >= len(note.tokens) or note.tokens[at].kind in ("mark", "break") or owner.get(at) is Label.PIN_CODE


def _open(note: Note, owner: dict[int, Label], at: int) -> bool:
    """Whether there is a token that nothing has decided, and that is no dose or value."""
    if not 0 <= at < len(note.tokens) or at in owner or at in note.figure_tokens:
        return False
    token = note.tokens[at]
    return note.free(token.start, token.end)


def _kind(token: Token, wanted: str = "part") -> str:
    """`wanted`, beside, link or number; "" of other words."""
    if token.kind == "number":
        return "number"
    kinds = _kinds(wanted)
    if token.key in kinds:
        return kinds[token.key]
    if not token.key.isascii():
        for length in range(min(len(token.key) - 1, _LONGEST_STEM), _STEM - 1, -1):
            found = kinds.get(token.key[:length], "")
            if found and found != "link":
                return found
    return "number" if len(token.text) == 1 and token.text.isascii() else ""


def _never(token: Token) -> bool:
    return token.key in lexicon_words("not_names.tsv") or token.key in _pin()


@cache
def _pin() -> frozenset[str]:
    """What says that a PIN code follows."""
    return frozenset(key(shadow(phrase).text) for kind, phrase in rows("labels.tsv") if kind == Label.PIN_CODE.value)


@cache
def _kinds(wanted: str) -> dict[str, str]:
    """Key of each word -> its kind; of a word of several kinds `wanted`, else the first."""
    listed = sorted(rows("reach_words.tsv"), key=lambda row: row[0] == wanted)
    kinds = ("link", "beside", wanted)
    return {key(shadow(word).text): kind for kind, word in listed if kind in kinds}
