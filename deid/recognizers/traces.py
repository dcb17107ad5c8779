"""Every other place where a value that was found stands word for word: it goes, too, or the note would be held back."""

import re
from collections import Counter
from collections.abc import Collection, Iterator

from deid.gazetteers import ambiguous, sound, words
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.shadow import fold_case
from deid.tokens import key

_SHORTEST = 3  # characters of a value that is sought
_FEWEST = 5  # digits of a value that has nothing else: "8/10" may be a date here and a score there
_LONG = 10_000  # characters of a text for which it pays to make a pattern
_FEW = 32  # values for each of which the text is searched
_WORD = re.compile(r"\w")
_EDGE = re.compile(r"(?<!\w)")


def find(note: Note) -> None:
    """Claim them, under the label of the first."""
    folded = fold_case(note.s)
    found = [(folded[hit.start : hit.end].strip(), hit.label) for hit in note.hits]
    known = Counter(value for value, _ in found)
    few = len(known) <= _FEW
    labels = {
        value: label
        for value, label in dict(reversed(found)).items()  # the label of the first
        if (not few or folded.count(value) > known[value]) and worth_seeking(value)
    }
    for start, end in list(occurrences(labels, folded)):
        if note.free(start, end):
            note.claim(start, end, labels[folded[start:end]], 0.6, "the same again")


def worth_seeking(value: str) -> str | None:
    """A value of a shadow as it is sought, folded; None for what may stand elsewhere and mean something else: one of
    under three characters, a few digits and nothing else, a name that is an ordinary word.
    """
    plain = fold_case(value).strip()
    bare = re.sub(r"[\s\-]", "", plain)
    figures = sum(c.isdigit() for c in bare)
    if (
        len(bare) < _SHORTEST
        or plain in words()
        or sound(plain) in ambiguous()
        or all(key(word) in lexicon_words("not_names.tsv") for word in plain.split())
        or figures == len(re.sub(r"\W", "", bare)) < _FEWEST
    ):
        return None
    return plain


def occurrences(values: Collection[str], text: str) -> Iterator[tuple[int, int]]:
    """Where one of the values, each of three characters or more, stands with no letter or digit beside it; the longest
    at each place, none across the end of another. One pass over the text, however many values.
    """
    lengths: dict[str, set[int]] = {}
    end = 0
    for value in values:
        lengths.setdefault(value[:_SHORTEST], set()).add(len(value))
    for start in _starts(values, text) if len(values) <= _FEW else (edge.start() for edge in _edges(lengths, text)):
        for length in sorted(lengths.get(text[start : start + _SHORTEST], ()), reverse=True):
            if start < end < start + length:
                continue
            if text[start : start + length] in values and not _WORD.match(text, start + length):
                end = max(end, start + length)
                yield start, start + length
                break


def _starts(values: Collection[str], text: str) -> list[int]:
    """Places where one of a few values stands with no letter or digit before it."""
    found = set[int]()
    for value in values:
        at = text.find(value)
        while at >= 0:
            if not (at and _WORD.match(text, at - 1)):
                found.add(at)
            at = text.find(value, at + 1)
    return sorted(found)


def _edges(begins: Collection[str], text: str) -> Iterator[re.Match[str]]:
    """Places where a word or a mark begins; in a long text those alone at which one of these may."""
    if len(text) < _LONG:
        return _EDGE.finditer(text)
    firsts = "".join(sorted({re.escape(value[0]) for value in begins}))
    return re.compile(rf"(?<!\w)[{firsts}]").finditer(text)
