"""The one analysis of a text that all recognizers share."""

from deid import known as known_identifiers
from deid.known import Known
from deid.note import Note
from deid.recognizers import (
    ages,
    code_columns,
    columns,
    contacts,
    date_forms,
    dates,
    doubted_codes,
    edges,
    glued,
    joints,
    key_values,
    labelled,
    locations,
    mentions,
    messages,
    names,
    near_dates,
    number_forms,
    organizations,
    partial_dates,
    public_codes,
    public_names,
    reach,
    repeats,
    spelt,
    structured,
    tagged,
    traces,
)
from deid.tagger.network import Network

STAGES = (
    public_codes.find,
    contacts.find,
    structured.toll_free,
    messages.find,
    key_values.find,
    columns.find,
    number_forms.find,
    spelt.find,
    labelled.find,
    glued.find,
    structured.find,
    date_forms.find,
    dates.find,
    partial_dates.find,
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


def analyse(text: str, model: Network | None = None, known: Known | None = None) -> Note:
    """Run all recognizers over a text, the sequence model where there is one, how far places, institutions and codes
    reach, what is taken back or cut off, what a patient table knows, and last what repeats names and values.
    """
    note = evidence(text)
    if model is not None:
        tagged.find(note, model)
    near_dates.find(note)
    code_columns.find(note)
    reach.find(note)
    doubted_codes.find(note)
    edges.find(note)
    public_names.find(note)
    joints.find(note)
    if known is not None:
        known_identifiers.find(note, known)
    mentions.find(note)
    traces.find(note)
    return note
