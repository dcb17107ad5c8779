"""What a patient table knows of a patient, searched in that patient's notes in every script, with small errors.

Nothing here keeps a note, and nothing of a table is shown: a `Known` prints no value.
"""

import re
from collections.abc import Collection
from itertools import groupby

from deid.known.addresses import Addresses
from deid.known.birth_dates import BirthDates
from deid.known.names import Names
from deid.known.numbers import Numbers
from deid.known.streams import characters
from deid.note import Hit, Note
from schemas.labels import Label

EVIDENCE = "known identifier"
Identifiers = tuple[tuple[Label, str], ...]
"""Label and value of each cell of a patient's rows."""

_HANDLES = (Label.EMAIL_ADDRESS, Label.IN_UPI_ID, Label.IN_ABHA_ADDRESS, Label.URL)
_WORDED = (Label.PERSON, Label.LOCATION, Label.ORGANIZATION)
_CRUMB = 3  # letters and digits that are no identifier of their own when a known one is cut out of a hit
_BLANK = re.compile(
    r"(?:n\.?[/.]?a\.?|nil|none|null|nan|unknown|not (?:known|available|applicable)|[\W_]*)", re.IGNORECASE
)


class Known:
    """The identifiers of one patient, prepared once for any number of notes."""

    def __init__(self, identifiers: Identifiers) -> None:
        cells = [(label, cell) for label, cell in identifiers if not _BLANK.fullmatch(cell.strip())]
        self._count = len(cells)
        self.names = Names(cell for label, cell in cells if label is Label.PERSON)
        self.addresses = Addresses(
            (label, cell) for label, cell in cells if label in (Label.LOCATION, Label.ORGANIZATION)
        )
        self.births = BirthDates(cell for label, cell in cells if label is Label.DATE)
        self.numbers = Numbers((label, cell) for label, cell in cells if label not in (*_WORDED, Label.DATE))

    def __repr__(self) -> str:
        return f"Known({self._count} identifiers)"

    @property
    def words(self) -> frozenset[str]:
        """Keys of the words of names and places: no surrogate may be one of them."""
        places = (each for phrase in self.addresses.phrases for each in phrase.own)
        return frozenset(each.spelt for each in (*self.names.parts, *places))

    def remains(self, text: str, keeping: Collection[Label] = ()) -> bool:
        """Whether a number, a code or a whole strong name still stands in a text as the table has it.

        Slips, sounds and dates are not asked for: what was made up instead meets them by chance.
        """
        note = Note(text)
        numbers = any(hit.label not in keeping for hit in self.numbers.find(note, characters(note), errors=False))
        return numbers or (Label.PERSON not in keeping and self.names.stands(note))


def find(note: Note, known: Known) -> None:
    """Put the known identifiers into the hits of a note, where they win over what the recognizers made of them."""
    spelt_out = characters(note)
    found = [
        *known.names.find(note, spelt_out),
        *known.addresses.find(note),
        *known.births.find(note),
        *known.numbers.find(note, spelt_out),
    ]
    if found:
        note.hits[:] = _merged(note.s, note.hits, found)
        for hit in note.hits:
            note.taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)


def _merged(s: str, hits: list[Hit], found: list[Hit]) -> list[Hit]:
    """Hits that do not overlap. Painted one over another: hits, then known words, then known numbers.

    A word inside a longer hit (a name in an address, a town in a hospital's name) and a number inside an e-mail address
    leave that hit as it is, now sure.
    """
    paint = [0] * len(s)
    colours: list[Hit] = []

    def put(hit: Hit) -> None:
        colours.append(hit)
        paint[hit.start : hit.end] = [len(colours)] * (hit.end - hit.start)

    for hit in hits:
        put(hit)
    own = len(colours)
    known = [hit._replace(why=f"{EVIDENCE}: {hit.why}") for hit in found]
    for hit in sorted(known, key=lambda h: (h.label not in _WORDED, h.end - h.start, h.start, h.why)):
        at = paint[hit.start]
        around = colours[at - 1] if 0 < at <= own and paint[hit.end - 1] == at else None
        longer = around is not None and around.end - around.start > hit.end - hit.start
        if around is not None and longer and (hit.label in _WORDED or around.label in _HANDLES):
            if not around.why.startswith(EVIDENCE):
                colours[at - 1] = around._replace(score=1.0, why=f"{EVIDENCE}: inside {around.why}")
        else:
            put(hit)
    return _read(s, paint, colours, own)


def _read(s: str, paint: list[int], colours: list[Hit], own: int) -> list[Hit]:
    """The runs of one colour as hits; what is left of a hit beside a known one is drawn into it where it is a crumb."""
    result: list[Hit] = []
    rests: set[int] = set()  # which of these are what is left of a hit
    place, loose = 0, False  # loose: the last run is a crumb that the next known run takes in
    for colour, run in groupby(paint):
        start, place = place, place + sum(1 for _ in run)
        if not colour:
            loose = False
            continue
        hit = colours[colour - 1]._replace(start=start, end=place)
        cut = colour <= own and (start, place) != colours[colour - 1][:2]
        before = result[-1] if result and result[-1].end == start else None
        small = cut and sum(map(str.isalnum, s[start:place])) <= _CRUMB
        alike = before is not None and before.label is hit.label
        if cut and before is not None and before.why.startswith(EVIDENCE) and (small or alike):
            result[-1] = before._replace(end=place)
        elif colour > own and before is not None and (loose or alike):
            rests.discard(len(result) - 1)
            result[-1] = hit._replace(start=before.start)
        else:
            rests.update([len(result)] if cut else [])
            result.append(hit)
        loose = small
    result = [_trimmed(s, hit) if index in rests else hit for index, hit in enumerate(result)]
    return [hit for hit in result if hit.end > hit.start]


def _trimmed(s: str, hit: Hit) -> Hit:
    start, end = hit.start, hit.end
    while end > start and s[end - 1] in " \n.,;:-/(":
        end -= 1
    while end > start and s[start] in " \n,;:)-/":
        start += 1
    return hit._replace(start=start, end=end)
