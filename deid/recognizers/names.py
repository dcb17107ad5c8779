"""Persons: by title, form label, relation, role, honorific, signature, spelling out, gazetteer; then every other
mention.

Evidence comes first from what stands beside a name, for that works in any script and for names no list holds. A word
that is only in a list counts alone when it is written as a name is and is no ordinary word too.
"""

from deid.note import Note
from deid.recognizers.name_cues import Cues
from deid.recognizers.name_forms import Forms
from deid.recognizers.name_lists import Lists


class Finder(Cues, Forms, Lists):
    """One pass over one note, from the surest evidence to the weakest."""

    def run(self) -> None:
        """Claim every name: cues, forms, lists, signatures."""
        self.spelt()
        for cue in self.note.people:
            getattr(self, "on_" + cue.kind)(cue)
        self.says()
        self.speakers()
        self.tables()
        self.beside_age()
        self.initials()
        self.caret()
        self.glued()
        self.file_names()
        self.lists()
        self.signature()
        self.dashed()


def find(note: Note) -> None:
    """Claim every person's name in the note."""
    Finder(note).run()
