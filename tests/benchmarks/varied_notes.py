"""Any number of distinct notes of about 150 words, to measure speed on: nothing is scored on them.

Every second one is a fresh note of the product's own synthetic hospital; the others are cut from the gold's working
set, ACI-Bench and PriMock57 where ../shared has them. In each line some words are exchanged for others of the same
source and, but in the synthetic ones, digits are drawn anew, so that few lines but headings occur twice.
Same seed, same notes.
"""

import random
import re
from collections.abc import Iterator

from clinical_content import aci_bench, gold, primock57
from shared import SHARED

from curate.synthetic.notes import discharge, radiology
from curate.synthetic.stay import illnesses, stay

WORDS = 150
EXCHANGED = 0.1  # share of words
SEED = 3
REGIONS = ("north", "west", "south", "east")


def varied_notes(count: int, seed: int = SEED) -> list[dict[str, str]]:
    """Rows of {"id", "text"}."""
    draw = random.Random(seed)
    synthetic = _hospital(draw)
    cut = [_cut(draw, texts) for texts in _shared()] or [synthetic]
    own = [next(synthetic) for _ in range((count + 1) // 2)]
    pool = [word for text in own[:500] for word in text.split()]
    texts = []
    for number in range(count):
        if number % 2 == 0:
            texts.append(_exchanged(draw, own[number // 2], pool))
        else:
            texts.append(next(cut[number // 2 % len(cut)]))
    if len(set(texts)) < count:
        raise SystemExit("the notes are not distinct")
    return [{"id": f"note-{number}", "text": text} for number, text in enumerate(texts)]


def described(notes: list[dict[str, str]]) -> str:
    """What one should know of them to judge a speed."""
    lines = [line for note in notes for line in note["text"].split("\n") if line.strip()]
    words = [len(note["text"].split()) for note in notes]
    return (
        f"{len(notes)} distinct notes, {sum(words) / len(words):.0f} words on average ({min(words)} to {max(words)}); "
        f"{len(set(lines)) / len(lines):.0%} of their {len(lines)} lines are distinct"
    )


def _hospital(draw: random.Random) -> Iterator[str]:
    known, number = illnesses(), 0
    while True:
        number += 1
        each = stay(
            draw, 24_000_000 + number, 20_000_000 + number, REGIONS[number % len(REGIONS)], known[number % len(known)]
        )
        yield _shortened((discharge if number % 3 else radiology)(draw, each).split("\n"))


def _shared() -> list[list[str]]:
    """The texts of each source; the gold's check set is no part of them."""
    sources = [
        (SHARED / "gold", lambda path: gold(path, check=False)),
        (SHARED / "data" / "aci_bench", aci_bench),
        (SHARED / "data" / "primock57" / "notes", primock57),
    ]
    return [[note.text for note in read(path)] for path, read in sources if path.exists()]


def _cut(draw: random.Random, texts: list[str]) -> Iterator[str]:
    lines = [[line for line in text.split("\n") if line.strip()] for text in texts]
    pool = [word for text in texts for word in text.split()]
    while True:
        chosen: list[str] = []
        while sum(len(line.split()) for line in chosen) < WORDS:  # short notes are joined
            source = draw.choice(lines)
            chosen += source[draw.randrange(len(source)) :]
        yield _exchanged(draw, _digits(draw, _shortened(chosen)), pool)


def _shortened(lines: list[str]) -> str:
    """The first lines, up to about WORDS words; a line that is too long is cut."""
    kept: list[str] = []
    left = WORDS
    for line in lines:
        if left <= 0:
            break
        words = line.split(" ")
        kept.append(line if len(words) <= left + 20 else " ".join(words[: left + 20]))
        left -= len(line.split())
    return "\n".join(kept)


def _exchanged(draw: random.Random, text: str, pool: list[str]) -> str:
    words = re.split(r"(\s+)", text)
    return "".join(
        draw.choice(pool) if word.strip() and not word[0].isdigit() and draw.random() < EXCHANGED else word
        for word in words
    )


def _digits(draw: random.Random, text: str) -> str:
    """Each digit for another of its script."""
    return "".join(chr(ord(each) - int(each) + draw.randrange(10)) if each.isdecimal() else each for each in text)


if __name__ == "__main__":
    made = varied_notes(5000)
    print(described(made))
