"""Persons and places of English lines by a spaCy model, each only with a second witness.

Alone such a model redacts a quarter of clinical text (drugs, eponyms, headings). So it is asked only for lines of
English
that hold a capitalised word which is no English word and which nothing has decided yet, and believed only about such
words: the vocabulary is the second witness.
"""

from functools import cached_property
from typing import Any

from deid.gazetteers import is_name, name_sounds, offices, places, sound, words
from deid.gazetteers.likeness import likeness
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.recognizers.name_words import DOSE
from deid.tokens import Token
from schemas.failure import Missing
from schemas.labels import Label

_PIPES = ("parser", "lemmatizer", "tagger", "attribute_ruler", "senter")  # not needed for entities
_LONGEST = 2_000  # characters of a line; a longer one is no line of a note
_MOST = 40  # lines of one note, so that a hostile text costs no more than a long one
_ENGLISH = 0.5  # share of a line's lower-case words that English has


class English:
    """A spaCy pipeline for named entities, loaded when first asked."""

    def __init__(self, package: str) -> None:
        self.package = package

    @cached_property
    def _model(self) -> Any:
        import spacy

        try:
            return spacy.load(self.package, exclude=list(_PIPES))
        except OSError as error:
            raise Missing(
                f"the spaCy model {self.package} is not installed; pip install it or change deid.english_model"
            ) from error

    def find(self, note: Note) -> None:
        """Claim persons and places that the model and the vocabulary agree on."""
        lines = _lines(note)
        if not lines:
            return
        for (start, _), document in zip(lines, self._model.pipe([note.s[a:b] for a, b in lines]), strict=True):
            for entity in document.ents:
                if entity.label_ == "PERSON":
                    self._person(note, start + entity.start_char, start + entity.end_char)
                elif entity.label_ in ("GPE", "LOC", "FAC"):
                    self._place(note, start + entity.start_char, start + entity.end_char)

    def _person(self, note: Note, start: int, end: int) -> None:
        found = [note.tokens[i] for i in range(*note.token_range(start, end)) if note.tokens[i].kind == "word"]
        unknown = [token for token in found if _unknown(token)]
        if (
            not unknown
            or len(found) > 4
            or not all(token.upper and token.key not in lexicon_words("not_names.tsv") for token in found)
        ):
            return
        witness = any(len(t.text) > 3 and (is_name(t.text) or sound(t.text) in name_sounds()) for t in unknown)
        if witness or (len(found) > 1 and all(len(token.text) > 3 for token in found)):
            note.claim(found[0].start, found[-1].end, Label.PERSON, 0.5, "English model, no English word")

    def _place(self, note: Note, start: int, end: int) -> None:
        found = [note.tokens[i] for i in range(*note.token_range(start, end)) if note.tokens[i].kind == "word"]
        known = any(token.key in places() or token.key in offices() for token in found)
        if known and len(found) <= 4 and all(_unknown(token) for token in found):
            note.claim(found[0].start, found[-1].end, Label.LOCATION, 0.5, "English model and gazetteer")


def _unknown(token: Token) -> bool:
    """A word written as a name that is neither English nor an eponym nor an abbreviation."""
    return (
        token.text.isascii()
        and token.upper
        and len(token.text) > 2
        and not token.text.isupper()
        and token.key not in words()
        and token.key not in lexicon_words("not_names.tsv")
        and token.key not in lexicon_words("eponyms.txt")
        and not token.key.endswith("'s")
    )


def _asks(note: Note, line: list[Token], index: int) -> bool:
    """A word worth asking about: undecided, no drug with its dose, and beside another capitalised word or built
    like a name.
    """
    token = line[index]
    if (
        token.kind != "word"
        or not _unknown(token)
        or not note.free(token.start, token.end)
        or DOSE.match(note.s, token.end)
    ):
        return False
    beside = (line[i] for i in (index - 1, index + 1) if 0 <= i < len(line))
    return likeness(token.key) > 0 or any(t.kind == "word" and t.upper and not t.text.isupper() for t in beside)


def _lines(note: Note) -> list[tuple[int, int]]:
    """Ranges of the lines worth asking about."""
    lines, start, found = [], 0, []
    for token in [*note.tokens, Token(len(note.s), len(note.s), "\n", "\n", "break")]:
        if token.kind != "break":
            found.append(token)
            continue
        lower = [t for t in found if t.kind == "word" and t.text.islower() and t.text.isascii()]
        english = sum(t.key in words() for t in lower)
        open_words = any(_asks(note, found, i) for i in range(len(found)))
        if len(lower) > 2 and english >= _ENGLISH * len(lower) and open_words and token.start - start <= _LONGEST:
            lines.append((start, token.start))
        start, found = token.end, []
    return lines[:_MOST]
