"""What is left of the gold's identifiers behind surrogates, and what the surrogates are.

    .venv/bin/python tests/benchmarks/scrubbed_notes.py [--check-set]

Counts only; no value is printed. The working set, unless the check set (every third note) is asked for.
"""

import json
import re
import sys
from collections import Counter
from dataclasses import replace

import regex
from shared import SHARED

from deid.checksums import aadhaar, luhn36
from deid.detector import Detector
from deid.linking.identity import identity
from deid.replace import Replacer
from deid.residual import residual
from deid.shadow import shadow
from schemas.labels import Label
from schemas.policy import DeidPolicy

GOLD = SHARED / "gold"


def main() -> None:
    """Scrub under two keys, look for every value in its own note, compare."""
    if not GOLD.exists():
        sys.exit("skipped: ../shared/gold is not there, and this benchmark scrubs its notes")
    check = "--check-set" in sys.argv
    notes = [
        json.loads(line) for name in ("dev_a", "dev_b") for line in (GOLD / f"{name}.jsonl").open(encoding="utf-8")
    ]
    notes = [note for note in notes if (int(note["id"].split("-")[1]) % 3 == 0) == check]
    policy = DeidPolicy()
    found = Detector(policy).detect([note["text"] for note in notes])
    count = Counter[str]()
    first, other = Replacer(policy, b"k" * 32), Replacer(policy, b"o" * 32)
    for note, spans in zip(notes, found, strict=True):
        text = note["text"]
        after = first.replace(text, spans, note["id"])
        count["notes"] += 1
        count["scrubbed again, other bytes"] += after != first.replace(text, spans, note["id"])
        values = [text[span.start : span.end] for span in spans]
        count[f"held back: {residual([after], [values])[0]}"] += 1
        folded = shadow(after).text.casefold()
        for kind, originals in (("found", set(values)), ("marked", {mark["text"] for mark in note["spans"]})):
            for value in originals:
                plain = shadow(value).text.casefold().strip()
                if len(plain) >= 3:
                    count[f"values {kind}"] += 1
                    count[f"values {kind} that still stand"] += bool(
                        regex.search(rf"(?<![\w\p{{M}}]){regex.escape(plain)}(?![\w\p{{M}}])", folded)
                    )
        heard = {part for s in spans if s.label is Label.PERSON for part in identity(text[s.start : s.end])}
        made, theirs = (_made(each, text, spans, note["id"]) for each in (first, other))
        for span, new, else_ in zip(spans, made, theirs, strict=True):
            count["surrogates"] += 1
            if new == f"[{span.label}]":
                count["labels alone"] += 1
            elif len(new) > 5 and span.label not in (Label.AGE_OVER_89, Label.DATE):
                count["surrogates of six characters or more"] += 1
                count["of these equal under another key"] += new == else_
            digits = re.sub(r"\D", "", shadow(new).text)
            real = (len(digits) in (12, 16) and aadhaar(digits)) or (
                span.label is Label.IN_GSTIN and luhn36(re.sub(r"\W", "", new).upper())
            )
            count["real check digits"] += real
            if span.label is Label.PERSON:
                parts = [part for part in identity(new) if not part.startswith(".") and not part.isdigit()]
                count["parts of made-up names"] += len(parts)
                count["of these a name of the note"] += sum(part in heard for part in parts)
    for name, value in sorted(count.items()):
        print(f"{name:50} {value}")


def _made(replacer, text, spans, subject):
    """What stands for each span: the text is replaced with a border around each."""
    border = "\x1e"
    pieces, moved, at, length = [], [], 0, 0
    for span in spans:
        before = text[at : span.start] + border
        pieces += [before, text[span.start : span.end], border]
        start = length + len(before)
        moved.append(replace(span, start=start, end=start + span.end - span.start))
        length = moved[-1].end + 1
        at = span.end
    whole = replacer.replace("".join((*pieces, text[at:])), moved, subject)
    return whole.split(border)[1::2]


if __name__ == "__main__":
    main()
