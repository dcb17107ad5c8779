"""The skeleton of a note: its text with one word for each identifier, so that its shingles do not see surrogates.

A note that was copied under another patient carries other names, numbers and dates after de-identification, and its
text is no longer near the first one's. Its skeleton still is.
"""

from collections.abc import Sequence

from curate.words import WORD
from schemas.span import Span


def skeleton(text: str, spans: Sequence[Span]) -> str:
    """`text` with each of `spans` replaced by a word for its label; `spans` by place, not overlapping.

    Spans of one label without a word between them are one: a name that was found in two parts, or in one, gives the
    same words.
    """
    pieces: list[str] = []
    reached, label = 0, None
    for span in spans:
        between = text[reached : span.start]
        if span.label is not label or WORD.search(between):
            pieces += between, f" the{span.label.replace('_', '').lower()} "
        reached, label = span.end, span.label
    return "".join((*pieces, text[reached:]))
