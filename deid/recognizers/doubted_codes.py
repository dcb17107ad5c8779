"""What the sequence model takes for a code and is none: "K/c/o", "sticker", "130/84" for a voter's number."""

from deid.lexicon import values
from deid.note import Hit, Note
from deid.recognizers.tagged import MODEL
from deid.tokens import Token
from schemas.labels import Label

_NO_CODES = (
    Label.PERSON, Label.DATE, Label.AGE_OVER_89, Label.LOCATION, Label.ORGANIZATION, Label.EMAIL_ADDRESS, Label.URL,
    Label.IN_ABHA_ADDRESS, Label.IN_UPI_ID,
)  # fmt: skip
_CODES = frozenset(Label) - set(_NO_CODES)
_OF_A_FORM = frozenset(
    {Label.IN_VOTER, Label.IN_DRIVING_LICENSE, Label.IN_PASSPORT, Label.IN_GSTIN, Label.IN_IFSC, Label.IN_PAN}
)
_SHORTEST_FORM = 6  # letters and digits; what is less stands beside the rest of it
_LETTERS = 5  # of a small word that may be part of a code
_NEAR = 2  # characters between two parts of a code


def find(note: Note) -> None:
    """Take such findings back."""
    hits = sorted(note.hits)
    doubted = {hit for place, hit in enumerate(hits) if _no_code(note, hit, _beside_a_code(hits, place))}
    for hit in doubted:
        note.taken[hit.start : hit.end] = bytes(hit.end - hit.start)
    note.hits = [hit for hit in hits if hit not in doubted]


def _no_code(note: Note, hit: Hit, beside: bool) -> bool:
    """Words without a number, letters that stand alone, a value too short for its form; by the model's word alone."""
    if hit.why != MODEL or hit.label not in _CODES:
        return False
    tokens = note.tokens[slice(*note.token_range(hit.start, hit.end))]
    said = [token for token in tokens if token.kind != "mark"]
    if any(token.kind == "number" or _is_number(token) for token in said):
        return hit.label in _OF_A_FORM and not beside and sum(len(token.text) for token in said) < _SHORTEST_FORM
    return not beside or any(len(token.text) > _LETTERS and token.text.islower() for token in said)


def _is_number(token: Token) -> bool:
    return token.key in values("digit_words.tsv") or token.key in values("number_words.tsv")


def _beside_a_code(hits: list[Hit], place: int) -> bool:
    """Whether a finding before or behind, a character or two away, is a code."""
    hit = hits[place]
    near = [(hits[place - 1], hit)] if place else []
    near += [(hit, hits[place + 1])] if place + 1 < len(hits) else []
    return any(right.start - left.end <= _NEAR and {left.label, right.label} <= _CODES for left, right in near)
