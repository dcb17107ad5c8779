"""A corpus of any size made from the real PubMed records, with a known truth; seeded, in bounded memory.

    .venv/bin/python tests/benchmarks/planted.py 200000 docs.parquet [--seed 1]

Three in four documents are originals: as many sentences as some real record has, drawn from all of them. One in four is
a copy of an original with one to six words changed. One in a thousand is a notice: 40 words that are the same in all,
and a number of its own (boilerplate: one large bucket in most bands, yet no near duplicates).
The truth stands in the ids: `d17`, `d17-copy3`, `notice9`.
"""

import argparse
import random
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from shared import SHARED

from curate.sources.record import Document
from curate.sources.registry import READERS
from schemas.config import Source, Terms

FILES = ("pubmed20n0014.part.xml.gz", "pubmed21n1298.part.xml.gz")
NOTICE = (
    "This corrects the article that was published in an earlier issue of this journal under the identifier {number} "
    "because of an error in the affiliations of the authors which has now been corrected both in the printed version "
    "and in the electronic version of the article"
)
ROW_GROUP = 16_384


@cache
def records() -> tuple[tuple[str, str], ...]:
    """Id and text of the articles of two files."""
    source = Source(reader="pubmed", paths=FILES, terms=Terms(licence="NLM"))
    found = []
    for name in FILES:
        for record in READERS["pubmed"].read((SHARED / "data" / "pubmed" / name,), source):
            if isinstance(record, Document) and record.kind == "article":
                found.append((f"{record.doc_id}.{record.version}", record.text))
    return tuple(found)


def edited(text: str, drawn: random.Random, most: int = 6) -> str:
    """The text with one to `most` words replaced."""
    words = text.split()
    for _ in range(drawn.randint(1, most)):
        words[drawn.randrange(len(words))] = f"edit{drawn.randrange(100_000)}"
    return " ".join(words)


def planted(number: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Id and text of each of `number` documents; the first of a larger corpus are those of a smaller."""
    drawn = random.Random(seed)
    long = [text for _, text in records() if len(text.split()) > 100]
    cut = [re.split(r"(?<=[.?!])\s+", text) for text in long]
    sentences = [sentence for found in cut for sentence in found]
    lengths = [len(found) for found in cut]
    recent: list[tuple[str, str]] = []
    for at in range(number):
        if at % 1000 == 999:
            yield f"notice{at}", NOTICE.format(number=f"{drawn.getrandbits(40):x}")
        elif at % 4 == 3:
            name, text = recent[drawn.randrange(len(recent))]
            yield f"{name}-copy{at}", edited(text, drawn)
        else:
            original = f"d{at}", " ".join(drawn.choices(sentences, k=drawn.choice(lengths)))
            if len(recent) < 10_000:
                recent.append(original)
            else:
                recent[drawn.randrange(len(recent))] = original
            yield original


def write(number: int, path: Path, seed: int = 1) -> None:
    """Write that corpus as Parquet, as pyarrow does it by default."""
    schema = pa.schema([("doc_id", pa.string()), ("text", pa.string())])
    documents = planted(number, seed)
    with pq.ParquetWriter(path, schema) as writer:
        while rows := list(islice(documents, ROW_GROUP)):
            ids, texts = zip(*rows, strict=True)
            writer.write_table(pa.table([ids, texts], schema=schema))


def origin(doc_id: str) -> str:
    """Documents of one origin are copies of one original."""
    return doc_id.split("-", 1)[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("number", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write(options.number, options.path, options.seed)
