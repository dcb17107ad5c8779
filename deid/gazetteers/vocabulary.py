"""Whether a word of an Indian script stands in a large list of its language: 1.5 million forms in a Bloom filter.

The lists are the dictionaries of Tesseract's models (SOURCES.md). They were made from text of the web, names and all,
so that a word is known says little alone; that it is not known says more. One word in fifty that is on no list is
taken for known (Bloom, "Space/time trade-offs in hash coding", CACM 13, 1970).

`python -m deid.gazetteers.vocabulary LISTS` builds the filter from word lists, one word a line (hin.txt, tam.txt, …):

    combine_tessdata -u tam.traineddata tam.
    dawg2wordlist tam.lstm-unicharset tam.lstm-word-dawg tam.txt
"""

import sys
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xxhash

from deid.shadow import shadow
from deid.tokens import LONGEST, key

_BITS = 13_000_000
_HASHES = 5
_FILE = "vocabulary.bin"


@lru_cache(maxsize=1 << 16)
def in_vocabulary(word: str) -> bool:
    """Whether the key of a word is on a list; False for words in Latin letters, of which there are no lists here."""
    if word.isascii() or len(word) > LONGEST:
        return False
    bits = _filter()
    return all(bits[place >> 3] >> (place & 7) & 1 for place in _places(word))


def _places(word: str) -> list[int]:
    whole = xxhash.xxh3_128_intdigest(word.encode("utf-8", "surrogatepass"))
    first, second = whole >> 64, whole & (1 << 64) - 1
    return [(first + i * second) % _BITS for i in range(_HASHES)]


@cache
def _filter() -> bytes:
    return (files(__package__) / _FILE).read_bytes()


def build(lists: Path) -> int:
    """Write the filter from all `*.txt` of a folder; how many different words it holds."""
    bits: npt.NDArray[np.uint8] = np.zeros((_BITS + 7) // 8, dtype=np.uint8)
    texts = (shadow(path.read_text(encoding="utf-8")).text for path in sorted(lists.glob("*.txt")))
    words = {key(word) for text in texts for word in text.split()}
    words = {word for word in words if len(word) > 1 and not word.isascii()}
    for word in words:
        for place in _places(word):
            bits[place >> 3] |= 1 << (place & 7)
    (Path(__file__).parent / _FILE).write_bytes(bits.tobytes())
    return len(words)


if __name__ == "__main__":
    print(build(Path(sys.argv[1])), "words")
