"""Items planted into texts, edited in many ways, all of them drawn from a seed: what recall is measured on.

No word list is in it: other words come from the text that an item is planted into, so a stem worded anew is worse than
what a person would write, and recall on it is a lower figure than on a real one.
"""

import random
import re
from collections.abc import Callable, Sequence
from typing import Final, Literal

from curate.contamination.items import Item

Way = Literal["verbatim", "edited", "shuffled", "reworded"]
WAYS: Final[tuple[Way, ...]] = ("verbatim", "edited", "shuffled", "reworded")

DROPPED: Final = 0.15
MISTYPED: Final = 0.1
"""Most words that are left out, and that are mistyped, of an edited item."""
REPLACED: Final = (0.15, 0.4)
"""Words that are replaced in a stem worded anew."""

_LABELS: Final[tuple[Callable[[int], str], ...]] = (
    lambda at: f"{chr(65 + at)}. ",
    lambda at: f"{chr(97 + at)}) ",
    lambda at: f"({chr(65 + at)}) ",
    lambda at: f"{at + 1}. ",
    lambda _: "- ",
    lambda _: "",
)
_JOINS: Final = ("\n", "\n\n", " ", "; ")


def can(item: Item, way: Way) -> bool:
    """Whether an item can be planted in that way."""
    return len(set(item.options)) > 1 if way == "shuffled" else way != "reworded" or len(item.stem.split()) > 3


def planted(item: Item, way: Way, text: str, drawn: random.Random) -> str:
    """`text` with `item` in it, between two of its sentences."""
    sentences = re.split(r"(?<=[.?!])\s+", text)
    at = drawn.randint(0, len(sentences))
    before, after = " ".join(sentences[:at]), " ".join(sentences[at:])
    glue = drawn.choice(("\n\n", "\n", " "))
    return glue.join(part for part in (before, _written(item, way, text, drawn), after) if part)


def _written(item: Item, way: Way, text: str, drawn: random.Random) -> str:
    stem, context, options = item.stem, item.context, list(item.options)
    if way == "shuffled":
        while options == list(item.options):
            drawn.shuffle(options)
    if way == "reworded":
        stem = reworded(stem, text.split() or ["text"], drawn)
    label, join = drawn.choice(_LABELS), drawn.choice(_JOINS)
    if way == "verbatim":
        label, join = _LABELS[drawn.randrange(3)], "\n"
    lines = [label(at) + option for at, option in enumerate(options)]
    whole = join.join(part for part in (stem, context, *lines) if part)
    return edited(whole, drawn) if way == "edited" else whole


def edited(text: str, drawn: random.Random) -> str:
    """Up to 15 % of the words left out and 10 % mistyped; case and punctuation changed."""
    words = re.split(r"(\s+)", text)
    drops, slips = drawn.uniform(0, DROPPED), drawn.uniform(0, MISTYPED)
    for at in range(0, len(words), 2):
        if drawn.random() < drops:
            words[at] = ""
        elif len(words[at]) > 3 and drawn.random() < slips:
            words[at] = mistyped(words[at], drawn)
    text = "".join(words)
    case = drawn.choice((str, str.upper, str.lower, str.title, str.capitalize))
    text = case(text)
    match drawn.randrange(5):
        case 0:
            text = re.sub(r"[^\w\s]", "", text)
        case 1:
            text = re.sub(r"[^\w\s]", " ", text)
        case 2:
            text = re.sub(r"[,;:]", "", text)
        case 3:
            text = re.sub(r"[.?:]", " -", text)
    return text


def mistyped(word: str, drawn: random.Random) -> str:
    """The word with two letters swapped, or one left out, doubled or replaced."""
    at = drawn.randrange(len(word) - 1)
    match drawn.randrange(4):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at + 1 :]
        case 2:
            return word[:at] + word[at] + word[at:]
        case _:
            return word[:at] + drawn.choice("aeionrst") + word[at + 1 :]


def reworded(stem: str, others: Sequence[str], drawn: random.Random) -> str:
    """The stem with its halves or clauses in another order, or with words replaced, or both."""
    clauses = re.split(r"(?<=[,;.?!])\s+", stem)
    words = stem.split()
    way = drawn.randrange(3)
    if way != 0:
        if len(clauses) > 1:
            turn = drawn.randrange(1, len(clauses))
            words = " ".join(clauses[turn:] + clauses[:turn]).split()
        else:
            turn = drawn.randrange(1, len(words))
            words = words[turn:] + words[:turn]
    if way != 1:
        share = drawn.uniform(*REPLACED)
        number = max(1, round(share * len(words)))
        for at in drawn.sample(range(len(words)), number):
            words[at] = drawn.choice(others)
    return " ".join(words)
