"""The one analysis of a text that all recognizers share."""

from deid import known as known_identifiers
from deid.known import Known
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


def evidence(text: str) -> Note:
    """What the rules find in a text."""
    note = Note(text)
    for stage in STAGES:
        stage(note)
    return note


def analyse(text: str, english: English | None = None, known: Known | None = None) -> Note:
    """Run all recognizers over a text, the English model where there is one, what a patient table knows, and last what
    repeats sure names.
    """
    note = evidence(text)
    if english is not None:
        english.find(note)
    if known is not None:
        known_identifiers.find(note, known)
    mentions.find(note)
    return note
