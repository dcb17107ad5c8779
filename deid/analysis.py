"""The one analysis of a text that all recognizers share."""

from deid.note import Note
from deid.recognizers import (
    ages,
    contacts,
    dates,
    labelled,
    locations,
    mentions,
    names,
    organizations,
    repeats,
    spoken,
    structured,
)
from deid.recognizers.english import English

STAGES = (
    contacts.find,
    structured.toll_free,
    spoken.find,
    labelled.find,
    structured.find,
    dates.find,
    ages.find,
    repeats.find,
    organizations.find,
    locations.find,
    names.find,
)
"""From what its form makes sure to what only its surroundings do; what an earlier one decided, a later one leaves."""


def analyse(text: str, english: English | None = None) -> Note:
    """Run all recognizers over a text, the English model where there is one, and last what repeats sure names."""
    note = Note(text)
    for stage in STAGES:
        stage(note)
    if english is not None:
        english.find(note)
    mentions.find(note)
    return note
