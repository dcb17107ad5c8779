"""Values of objects that programs write."""

import pytest

from deid.note import Note
from deid.recognizers import key_values


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"ln": "Q", "fn": "ORAN"}', ["Q", "ORAN"]),
        ('{"seen":"dr_mala_gurung"}', ["mala_gurung"]),
        ('{"facility": "pinecrest_ward_block"}', ["pinecrest_ward_block"]),
        ('{"session": "zx-8810-a7"}', ["zx-8810-a7"]),
        ('{"session": "morning"}', []),
        ('{"fn": "9.1", "drug": "Amlong"}', []),
        ('{"doc": "discharge summary"}', []),
    ],
)
def test_keys_say_what_their_values_are(text: str, found: list[str]) -> None:
    note = Note(text)
    key_values.find(note)
    assert [note.s[hit.start : hit.end] for hit in note.hits] == found
