"""Once a name is sure anywhere in a note, every other mention of it there: any script, any case ending."""

import regex

from deid.gazetteers import ambiguous, sound, words
from deid.note import Note
from deid.recognizers.name_reader import Reader
from deid.recognizers.name_words import CASE_ENDING, PARTICLES, never
from deid.recognizers.tagged import MODEL
from schemas.labels import Label

SURE = 0.85
"""How likely the sequence model must hold a name for its other mentions to follow from it alone."""
DENIED = 0.04
"""A word less likely than this to be part of an identifier is no mention, however alike."""


class Mentions(Reader):
    """Other mentions of names that are sure."""

    def mentions(self) -> None:
        """Every other mention of a word that is surely a name here, in any script, with any case ending.

        A name that is also an ordinary word (Kamala, Asha) counts beside another part of the same name.
        """
        sure: dict[str, bool] = {}
        heard: set[str] = set()
        beside: dict[str, set[str]] = {}
        for hit in self.note.hits:
            if hit.label is Label.PERSON and hit.score >= (SURE if hit.why == MODEL else 0.6):
                parts = regex.findall(r"[\p{L}\p{M}']+", self.note.s[hit.start : hit.end])
                for word in parts:
                    folded = word.casefold()
                    if len(word) >= 3 and folded not in PARTICLES:
                        beside.setdefault(folded, set()).update(part.casefold() for part in parts if part != word)
                    if len(word) >= 4 and folded not in words() and folded not in never() and folded not in PARTICLES:
                        common = sound(word) in ambiguous()
                        sure[folded] = sure.get(folded, True) and common
                        if not common and len(sound(word)) > 3:
                            heard.add(sound(word))
        if beside:
            self._parts_together(beside)
        if not sure:
            return
        stems: dict[str, list[str]] = {}
        for stem in sure:
            if not stem.isascii():
                stems.setdefault(stem[:3], []).append(stem)
        for index, token in enumerate(self.t):
            if token.kind != "word" or not self.note.free(token.start, token.end) or len(token.text) < 3:
                continue
            if self.note.likelihood is not None and self.note.likelihood[index] < DENIED:
                continue
            folded = token.text.casefold()
            latin = folded.isascii()
            if latin:
                known = (folded in sure and (not sure[folded] or (token.upper and not self.lower))) or (
                    token.upper and sound(token.text) in heard and token.key not in words()
                )
            else:
                known = folded in sure and not sure[folded]
                known = known or any(
                    folded.startswith(stem) and len(folded) - len(stem) <= CASE_ENDING and not sure[stem]
                    for stem in stems.get(folded[:3], ())
                )
                known = known or sound(token.text) in heard
            if known and index not in self.inside_org:
                self.note.claim(token.start, token.end, Label.PERSON, 0.6, "other mention")

    def _parts_together(self, beside: dict[str, set[str]]) -> None:
        """Claim each word of a sure name that stands next to another word of it."""
        for index, token in enumerate(self.t):
            folded = token.text.casefold()
            others = beside.get(folded)
            if not others or folded in never() or not self.note.free(token.start, token.end):
                continue
            if any(self.t[i].text.casefold() in others for i in (index - 1, index + 1) if 0 <= i < len(self.t)):
                self.note.claim(token.start, token.end, Label.PERSON, 0.6, "part of a sure name")


def find(note: Note) -> None:
    """Claim the other mentions of every sure name in the note."""
    Mentions(note).mentions()
