"""A number of which only the end is shown: `______3210`, blanks and hyphens as they were.

The mask is a low line, as MIMIC's notes have it; crosses and asterisks would read like a number that a clerk masked,
and such a number is an identifier that is looked for.
"""

import regex

_SEEN = regex.compile(r"(?=[\p{L}\p{N}\p{S}])\X")  # a letter or digit with all that is written on it
MASK = "_"


def masked(value: str, kept: int) -> str:
    """`value` with its last `kept` letters and digits; with none where that would leave more than it hides."""
    marks = [match.span() for match in _SEEN.finditer(value)]
    hidden = marks[: len(marks) - kept] if len(marks) >= 2 * kept else marks
    for start, end in reversed(hidden):
        value = value[:start] + MASK + value[end:]
    return value
