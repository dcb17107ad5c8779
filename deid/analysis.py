"""The one analysis of a text that all recognizers share."""

from deid.note import Note
from deid.recognizers import ages, contacts, dates, labelled, locations, names, organizations, repeats, spoken, structured

STAGES = (
    contacts.find, spoken.find, labelled.find, structured.find, dates.find, ages.find, repeats.find, organizations.find, locations.find, names.find,
)  # fmt: skip
"""From what its form makes sure to what only its surroundings do; what an earlier one decided, a later one leaves."""


def analyse(text: str) -> Note:
    """Run all recognizers over a text."""
    note = Note(text)
    for stage in STAGES:
        stage(note)
    return note
