"""Names of nobody: programmes, schemes and apps of the states, insurers, banks and councils ("eSanjeevani", "Arogya
Kavacha", "Star Health"). What was found inside one, and no farther, is taken back; in an address ("opposite Canara
Bank") they stay where they are.
"""

from deid.lexicon import cues
from deid.lexicon import words as lexicon_words
from deid.note import Hit, Note
from schemas.labels import Label

_NAMES = frozenset({Label.PERSON, Label.ORGANIZATION, Label.LOCATION})
_INSTITUTION = 2  # tokens behind a name looked at for the word that makes it an institution's


def find(note: Note) -> None:
    """Take them back. Linear in the length of the text."""
    if not any(hit.label in _NAMES for hit in note.hits):
        return
    found = cues(note.tokens, "public_names.tsv")
    heads = {cue.first for cue in found if cue.kind == "head"}
    institutions = {cue.first for cue in note.places if cue.kind == "org"}
    inside: set[int] = set()
    for cue in found:
        if cue.kind == "name" and not institutions & set(range(cue.last, cue.last + _INSTITUTION)):
            inside.update(range(cue.first, cue.last))
    if inside or heads:
        note.hits = [hit for hit in note.hits if not _of_nobody(note, hit, inside, heads)]


def _of_nobody(note: Note, hit: Hit, inside: set[int], heads: set[int]) -> bool:
    """Whether a finding is such a name; its characters are decided then, and no identifier."""
    first, last = note.token_range(hit.start, hit.end)
    words = [at for at in range(first, last) if note.tokens[at].kind != "mark"]
    if hit.label not in _NAMES or not words:
        return False
    named = [at for at in words if at in inside]
    rest = (note.tokens[at].key for at in words if at not in inside)
    public = bool(named) and all(key in lexicon_words("not_names.tsv") for key in rest)
    if public or (last in heads and hit.label is not Label.LOCATION):
        note.block(hit.start, hit.end)
        return True
    return False
