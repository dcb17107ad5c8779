"""Normalise: one spelling for what looks the same, without touching what a word says.

Per text, in order: twice-escaped entities are unescaped; control, zero-width and soft-hyphen characters go, and bidi
marks where there is no Arabic script; every kind of space becomes a space and every line end `\\n`; NFC; then
indic-nlp-library's normaliser on runs of those Brahmic letters where NFC is not enough. Running it on runs of letters
alone keeps it from eating label colons, table bars, dashes and quotes (`:` would become visarga), and joiners, which
are spelling in Malayalam, Marathi and Bengali, are handed back. Devanagari and Odia are left to NFC: there the
library rewrites letters of names (ॲ, ଵ). The letters "rt" that MedMCQA's authors lost are counted, not guessed back.
"""

import html
import json
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import regex

from audit.canonical import canonical_bytes
from curate.stage import Outcome, Stage, decided
from deid.languages import language_mix

ENTITY: Final = regex.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
INVISIBLE: Final = regex.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b\u2060\ufeff]")
BIDI: Final = regex.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ARABIC: Final = regex.compile(r"\p{Arabic}")
SPACE: Final = regex.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
LINE_END: Final = regex.compile(r"\r\n?|[\u0085\u2028\u2029]")
TRAILING: Final = regex.compile(r" +(?=\n|$)")
RUN_OF_SPACES: Final = regex.compile(r" {2,}")
RUN_OF_LINES: Final = regex.compile(r"\n{3,}")
CLEAN: Final = regex.compile(r"[\n\x20-\x25\x27-\x7e]*")
"""Printable ASCII without an ampersand: nothing to do but count spaces."""

INDIC: Final = {
    "Bengali": "bn", "Gurmukhi": "pa", "Gujarati": "gu", "Tamil": "ta", "Telugu": "te", "Kannada": "kn",
    "Malayalam": "ml",
}  # fmt: skip
RUNS: Final = {
    code: regex.compile(rf"[\p{{Script={script}}}--\p{{N}}--\p{{P}}]+", regex.V1) for script, code in INDIC.items()
}
OLD_CHILLU: Final = regex.compile("([ണനരലളക]്)\u200d")
"""Malayalam's pure consonants as written before Unicode 5.1: consonant, virama, ZWJ."""
CHILLU: Final = dict(zip("ണനരലളക", "ൺൻർൽൾൿ", strict=True))


@dataclass(frozen=True)
class Normalise(Stage):
    """Normalises `text`, `title` and the strings of `extra`, and sets `language_mix`."""

    name = "normalise"

    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:  # noqa: ARG002 - no state
        """Every row stays; counts texts changed and texts that lost their "rt"."""
        columns = part.select(["kind", "text", "title", "extra"]).to_pylist()
        # A note's columns are held apart by spaces; other texts have no layout to keep.
        keep = [doc["kind"] == "note" for doc in columns]
        texts = [normalised(doc["text"], layout=k) for doc, k in zip(columns, keep, strict=True)]
        titles = [doc["title"] and normalised(doc["title"]) for doc in columns]
        extras = [_normalised_json(doc["extra"], layout=k) for doc, k in zip(columns, keep, strict=True)]
        mixes = [language_mix(text) if text else None for text in texts]
        counts = Counter(
            texts_changed=sum(new != doc["text"] for new, doc in zip(texts, columns, strict=True)),
            lost_rt=pc.sum(pc.cast(_flagged(part, "lost_rt"), pa.int64())).as_py() or 0,
        )
        for name, values in (("text", texts), ("title", titles), ("extra", extras), ("language_mix", mixes)):
            place = part.schema.get_field_index(name)
            part = part.set_column(place, part.schema.field(name), pa.array(values, pa.string()))
        return decided(part, self.name, [None] * part.num_rows, counts)


def normalised(text: str, *, layout: bool = False) -> str:
    """`text` in its one spelling; `layout` keeps runs of spaces. Doing it twice changes nothing."""
    if not CLEAN.fullmatch(text):
        text = _unescaped(text)
        text = LINE_END.sub("\n", text)
        text = SPACE.sub(" ", text)
        text = INVISIBLE.sub("", text)
        if not ARABIC.search(text):
            text = BIDI.sub("", text)
        text = unicodedata.normalize("NFC", _indic(unicodedata.normalize("NFC", text)))
    if not layout:
        text = RUN_OF_SPACES.sub(" ", text)
    return RUN_OF_LINES.sub("\n\n", TRAILING.sub("", text)).strip()


def _unescaped(text: str) -> str:
    # An XML reader has undone one escape; what still reads as an entity was escaped twice, sometimes thrice.
    while ENTITY.search(text):
        text = ENTITY.sub(lambda match: html.unescape(match.group()), text)
    return text


def _indic(text: str) -> str:
    text = OLD_CHILLU.sub(lambda match: CHILLU[match.group(1)[0]], text)
    for code, run in RUNS.items():
        if run.search(text):
            normalise = _normaliser(code)
            text = run.sub(lambda match, apply=normalise: apply(match.group()), text)  # type: ignore[misc]
    return text


@lru_cache
def _normaliser(language: str) -> Callable[[str], str]:
    from indicnlp.normalize.indic_normalize import IndicNormalizerFactory

    return IndicNormalizerFactory().get_normalizer(language).normalize  # type: ignore[no-any-return]


def _normalised_json(content: str, *, layout: bool) -> str:
    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return normalised(value, layout=layout)
        if isinstance(value, list):
            return [walk(item) for item in value]
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        return value

    return canonical_bytes(walk(json.loads(content))).decode()


def _flagged(part: pa.Table, flag: str) -> pa.Array:
    return pa.array([flag in flags for flags in part["flags"].to_pylist()], pa.bool_())
