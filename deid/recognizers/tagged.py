"""The sequence model's part: identifiers that no rule found, and findings of rules that it will not have.

The rules' findings are among what the network sees, so its word comes last. A finding that its own form proves (a check
digit, an e-mail address, a number beside its label) stays whatever the network says; a name, a place or an institution
stays unless the network is sure of the contrary.
"""

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from deid.checksums import aadhaar
from deid.gazetteers import is_name, ordinary_words, words
from deid.lexicon import group
from deid.note import Hit, Note
from deid.recognizers.key_values import KEY
from deid.recognizers.messages import FACILITY, FIELD
from deid.recognizers.structured import vetoed
from deid.tagger import FILE
from deid.tagger.features import context
from deid.tagger.network import Array, Network
from deid.tokens import Token
from schemas.labels import FORMLESS, Label

ADD, BARE, GROW, VETO = 0.21, 0.6, 0.12, 0.15
"""An identifier at this likelihood or more; where nothing else is found, at this; beside one, at this; none, whatever
the rules found, at less than that."""
MODEL = "sequence model"
"""What its findings say of where they come from."""
_LABELS = tuple(Label)
_WEIGHTS = np.array([1.3 if label in FORMLESS | {Label.AGE_OVER_89} else 1.0 for label in _LABELS], np.float32)
"""Of the likelihood: a number of no fixed form is hardly ever redacted in vain."""
_NO_TITLE = 0.9  # likelihood from which a word that may be a title is a name
_DENIED = 0.06  # likelihood under which a word at the edge of a finding is none of it
_SURE = 0.97  # likelihood from which a code is one, whatever stands beside it
_PART = 0.8  # likelihood from which the label of a value is part of it: CGHS 2217 408 6
_CODE_LETTERS = 3  # letters of a word that may be part of a code
_ROW = 6  # numbers of a row looked at on either side
_FORMED = frozenset((KEY, FIELD, FACILITY))
"""What a field of a message says of a name is not for the network to judge."""
_DOUBTED = frozenset({Label.PERSON, Label.LOCATION, Label.ORGANIZATION})


def network(weights: Path | None = None) -> Network:
    """The network of a file of weights, or the one that ships with the package. Raises Failure."""
    return _shipped() if weights is None else Network.load(weights)


@cache
def _shipped() -> Network:
    with as_file(files("deid.tagger") / FILE) as path:
        return Network.load(path)


def find(note: Note, model: Network, add: float = ADD, veto: float = VETO) -> None:
    """Add what the network is sure of, and take back what it is sure is none."""
    if not note.tokens:
        return
    classes = model.probabilities(note.tokens, context(note))
    codes = _codes(note)
    for first, last in codes:  # judged once: the mean of its parts stands for each
        parts = [i for i in range(first, last) if _part_of_code(note.tokens[i])]
        if len(parts) > 1:
            classes[parts] = classes[parts].mean(0)
    hidden = 1 - classes[:, 0]
    note.likelihood = hidden.tolist()
    _take_back(note, hidden, veto)
    by_label = classes[:, 1:].reshape(len(classes), len(_LABELS), 2)
    best = by_label.sum(2).argmax(1)
    hidden = np.minimum(hidden * _WEIGHTS[best], 1)
    starts = by_label[np.arange(len(best)), best, 0] > by_label[np.arange(len(best)), best, 1]
    chosen = _chosen(note, hidden, add if note.hits else max(add, BARE), codes)
    nearly: list[tuple[int, int]] = []
    at = 0
    while at < len(best):
        if not chosen[at]:
            at += 1
            continue
        end = at + 1
        while end < len(best) and chosen[end]:
            # What is there only because it stands beside a finding belongs to it, whatever it looks like.
            grown = min(hidden[end - 1], hidden[end]) < add
            if not grown and (best[end] != best[end - 1] or starts[end]):
                break
            end += 1
        surest = at + int(hidden[at:end].argmax())
        label, likelihood = _LABELS[best[surest]], float(hidden[surest])
        if likelihood >= (max(add, BARE) if _ordinary(note.tokens[at:end], label) else add):
            _claim(note, at, end, label, likelihood)
        else:  # too little for a finding of its own
            nearly.append((at, end))
        at = end
    _widen(note, nearly)


def _everyday(token: Token) -> bool:
    """A word of everyday speech or of medicine, a name or not."""
    return token.key in ordinary_words() or token.key in words()


def _ordinary(found: list[Token], label: Label) -> bool:
    """Everyday words and nothing else, none with a capital, that would be a name."""
    said = (token for token in found if token.kind != "mark")
    return label in _DOUBTED and all(_everyday(token) and not token.upper for token in said)


def _part_of_code(token: Token) -> bool:
    """Neither a mark nor a word that stands in a code: [scan]_11nov_4471.[pdf]."""
    said = len(token.text) > 2 and (_everyday(token) or token.key in group("file_endings"))
    return token.kind != "mark" and not said


def _chosen(note: Note, hidden: Array, add: float, codes: list[tuple[int, int]]) -> list[bool]:
    """Undecided tokens likely enough, and those beside them, or beside a finding, that are nearly so: a name or an
    address is hidden whole or not at all.
    """
    likely = hidden.tolist()
    open_ = [
        likely[i] >= GROW and token.kind != "break" and note.free(token.start, token.end)
        for i, token in enumerate(note.tokens)
    ]
    for first, last in _answered(note):
        for i in range(first, last):
            open_[i] = open_[i] and likely[i] >= _PART
    for i in _titles(note, hidden):
        open_[i] = False
    for first, last in codes:
        if any(open_[first:last]) and _stays(note, first, last, max(likely[first:last])):
            open_[first:last] = [False] * (last - first)
    chosen = [o and h >= add for o, h in zip(open_, likely, strict=True)]
    found = [c or note.taken[t.start] == 1 for c, t in zip(chosen, note.tokens, strict=True)]
    for order in (range(1, len(found)), range(len(found) - 2, -1, -1)):
        step = 1 if order.step > 0 else -1
        for i in order:
            if open_[i] and not found[i] and found[i - step]:
                chosen[i] = found[i] = True
    return chosen


def _titles(note: Note, hidden: Array) -> set[int]:
    """Tokens that are titles and no names: "Mrs" is nobody, "Kumari" may be, and "Selvi" where the network is sure."""
    said = (i for cue in note.people if cue.kind == "title" for i in range(cue.first, cue.last))
    return {i for i in said if hidden[i] < _NO_TITLE and not is_name(note.tokens[i].text)}


def _answered(note: Note) -> list[tuple[int, int]]:
    """Ranges of tokens of the label words whose value was found beside them: no names themselves."""
    starts = {hit.start: hit.label for hit in note.hits}
    found = []
    for cue in note.labels:
        after = cue.last
        while after < min(len(note.tokens), cue.last + 3) and note.tokens[after].kind == "mark":
            after += 1
        if after < len(note.tokens) and starts.get(note.tokens[after].start) == cue.kind:
            found.append((cue.first, cue.last))
    return found


def _stays(note: Note, first: int, last: int, likelihood: float) -> bool:
    """A code that is a dose or a value; or, where the network is not quite sure, one that stands beside its lot or unit
    or begins with its kind (CTRI/2019/…).
    """
    if any(i in note.figure_tokens for i in range(first, last)):
        return True
    if likelihood >= _SURE:
        return False
    if first in note.veto_tokens and len(note.tokens[first].text) > 2:
        return True
    least, most = max(0, first - _ROW), min(len(note.tokens) - 1, last - 1 + _ROW)
    last -= 1
    while first > least and _in_one_row(note, first - 1):
        first -= 1
    while last < most and _in_one_row(note, last):
        last += 1
    return vetoed(note, note.tokens[first].start, note.tokens[last].end)


def _in_one_row(note: Note, index: int) -> bool:
    """A number, and one blank after it another."""
    token, after = note.tokens[index : index + 2]
    return token.kind == after.kind == "number" and after.start == token.end + 1


def _claim(note: Note, first: int, last: int, label: Label, likelihood: float) -> None:
    first, last = _within_marks(note, first, last)
    if label is Label.AGE_OVER_89 and all(t.kind == "word" and len(t.text) == 1 for t in note.tokens[first:last]):
        return  # the unit or the sex behind an age
    if first < last and not (label is Label.IN_AADHAAR and _no_aadhaar(note, first, last)):
        score = round(min(0.99, likelihood), 2)
        note.claim(note.tokens[first].start, note.tokens[last - 1].end, label, score, MODEL)


def _widen(note: Note, nearly: list[tuple[int, int]]) -> None:
    """Ranges of tokens that are only likely because a finding stands beside them become part of it."""
    ends = {hit.end: i for i, hit in enumerate(note.hits)}
    starts = {hit.start: i for i, hit in enumerate(note.hits)}
    for first, last in nearly:
        inner, outer = _within_marks(note, first, last)
        if inner == outer:
            continue
        before = ends.get(note.tokens[first - 1].end) if first else None
        after = starts.get(note.tokens[last].start) if last < len(note.tokens) else None
        at = after if before is None else before
        if at is None or (note.hits[at].label not in _DOUBTED and _told(note.tokens[inner:outer])):
            continue  # what a number or a date has beside it in words says what it is, or since when
        if at == before:
            hit = note.hits[at] = note.hits[at]._replace(end=note.tokens[outer - 1].end)
        else:
            hit = note.hits[at] = note.hits[at]._replace(start=note.tokens[inner].start)
        note.taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)


def _told(found: list[Token]) -> bool:
    """Whether there are words among tokens, and more than letters of a code."""
    return any(token.kind == "word" and len(token.text) > _CODE_LETTERS for token in found)


def _within_marks(note: Note, first: int, last: int) -> tuple[int, int]:
    """A range of tokens without the marks at its ends."""
    while first < last and note.tokens[first].kind == "mark":
        first += 1
    while first < last and note.tokens[last - 1].kind == "mark":
        last -= 1
    return first, last


def _no_aadhaar(note: Note, first: int, last: int) -> bool:
    """As many digits as an Aadhaar has, or more, and no number that may have been issued: a row of counts. One that
    stands beside its label is found by it, mistyped or not.
    """
    digits = "".join(token.text for token in note.tokens[first:last] if token.kind == "number")
    return len(digits) >= 12 and not aadhaar(digits)


def _take_back(note: Note, hidden: Array, veto: float) -> None:
    """Findings in doubt lose the words at their edges that the network denies, and go when it denies them all."""
    kept: list[Hit] = []
    titles = _titles(note, hidden)
    for hit in note.hits:
        first, last = note.token_range(hit.start, hit.end)
        if hit.label not in _DOUBTED or first == last or hit.why in _FORMED:
            kept.append(hit)
            continue
        words = [i for i in range(first, last) if note.tokens[i].kind != "mark"]
        likely = any(hidden[i] >= veto for i in words)
        inside = [i for i in words if likely and hidden[i] >= _DENIED and i not in titles]
        note.taken[hit.start : hit.end] = bytes(hit.end - hit.start)
        if inside:
            start = hit.start if inside[0] == first else note.tokens[inside[0]].start
            end = note.tokens[inside[-1]].end
            # A closing stop or bracket at the edge of the finding stays with it.
            end = hit.end if all(note.tokens[i].kind == "mark" for i in range(inside[-1] + 1, last)) else end
            note.taken[start:end] = b"\x01" * (end - start)
            kept.append(hit._replace(start=start, end=end))
    note.hits = kept


def _codes(note: Note) -> list[tuple[int, int]]:
    """Ranges of tokens without a blank between them that hold a number: 4821, EK2207, 12/CR/881."""
    tokens, found, last = note.tokens, list[tuple[int, int]](), 0
    for i, token in enumerate(tokens):
        if token.kind != "number" or i < last:
            continue
        first, last = i, i + 1
        while first and tokens[first - 1].end == tokens[first].start and _joins(tokens[first - 1]):
            first -= 1
        while last < len(tokens) and tokens[last].start == tokens[last - 1].end and _joins(tokens[last]):
            last += 1
        found.append((first, last))
    return found


def _joins(token: Token) -> bool:
    return token.kind == "number" or (token.kind == "word" and token.text.isascii()) or token.text in "-/_."
