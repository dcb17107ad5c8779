"""How well names of one person are linked over spellings and scripts, and how often two people are mixed.

    .venv/bin/python tests/benchmarks/linking.py [ROWS.jsonl ...]

Without files: tests/deid/linking/people.jsonl, set by set, and ../shared/probes/linking.jsonl where it is.
Rows: surface, person, script, kind, note, scope, perhaps ambiguous_with; only surface, note and scope reach the linker.
"""

import json
import random
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from deid.linking.identity import identity
from deid.linking.keys import person_keys
from deid.linking.link import Row
from deid.linking.parts import parts
from deid.linking.reading import read

HERE = Path(__file__).resolve()
PEOPLE = HERE.parents[1] / "deid" / "linking" / "people.jsonl"
PROBE = HERE.parents[3] / "shared" / "probes" / "linking.jsonl"
SPEED_ROWS = 20_000


@dataclass
class Score:
    """Counts of one set."""

    people: int = 0
    whole: int = 0
    linked: int = 0
    pairs: int = 0
    by_identity: int = 0
    """Pairs of one person, misspelt rows aside, whose identity is equal without a look at any other row."""
    plain_pairs: int = 0
    false: int = 0
    cross: int = 0
    confusable: int = 0
    confusable_joined: int = 0
    resolved: int = 0
    wrong: int = 0
    note_rows: int = 0
    by_scripts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))


def load(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def by_set(rows: list[dict]) -> dict[str, list[dict]]:
    """Rows by the set that they belong to."""
    sets: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        sets[row["set"]].append(row)
    return sets


def score(gold: list[dict]) -> Score:
    """As `score.py link` of the probe counts, and what the identity alone joins."""
    keys = person_keys([Row(row["surface"], row["note"], row["scope"]) for row in gold])
    told = [identity(row["surface"]) for row in gold]
    people: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(gold):
        if row["scope"] == "all":
            people[row["person"]].append(place)
    note_of = {row["person"]: row["note"] for row in gold}
    ambiguous = {(row["person"], other) for row in gold for other in row.get("ambiguous_with", ())}
    found = Score(people=len(people))
    for rows in people.values():
        hits = 0
        for one, other in combinations(rows, 2):
            same = keys[one] is not None and keys[one] == keys[other]
            hits += same
            scripts = found.by_scripts[_scripts(gold[one]["script"], gold[other]["script"])]
            scripts[0] += same
            scripts[1] += 1
            if "misspelt" not in (gold[one]["kind"], gold[other]["kind"]):
                found.plain_pairs += 1
                found.by_identity += told[one] == told[other]
        all_pairs = len(rows) * (len(rows) - 1) // 2
        found.linked, found.pairs, found.whole = (
            found.linked + hits,
            found.pairs + all_pairs,
            found.whole + (hits == all_pairs),
        )
    for (one, mine), (other, theirs) in combinations(people.items(), 2):
        if (one, other) in ambiguous or (other, one) in ambiguous:
            continue
        false = sum(keys[a] is not None and keys[a] == keys[b] for a in mine for b in theirs)
        found.false, found.cross = found.false + false, found.cross + len(mine) * len(theirs)
        if note_of[one] == note_of[other]:
            found.confusable, found.confusable_joined = found.confusable + 1, found.confusable_joined + bool(false)
    for place, row in enumerate(gold):
        if row["scope"] == "note":
            hit = {
                person
                for person, rows in people.items()
                if note_of[person] == row["note"] and any(keys[place] and keys[place] == keys[other] for other in rows)
            }
            found.note_rows += 1
            found.resolved += hit == {row["person"]}
            found.wrong += bool(hit - {row["person"]})
    return found


def _scripts(one: str, other: str) -> str:
    first, second = sorted((one, other), key=lambda script: (script != "Latn", script))
    if first == "Latn":
        return f"Latn-{second}"
    return "native, one script" if first == second else "native, two scripts"


def speed() -> None:
    """Surfaces a second, words new and words seen before; linked names a second at two sizes."""
    from deid.gazetteers import names
    from deid.native_spelling import native

    draw = random.Random(7)
    latin = sorted(name for name in names() if name.isascii() and name.isalpha() and len(name) > 2)
    surfaces = []
    for _ in range(SPEED_ROWS):
        script = draw.choice(("Latn", "Latn", "Latn", "Latn", "Deva", "Taml", "Beng", "Telu", "Arab"))
        pair = (draw.choice(latin), draw.choice(latin))
        surfaces.append(" ".join(word.title() if script == "Latn" else native(word, script) for word in pair))
    parts("warm up"), identity("ராம் குமார்")
    for what in ("new", "seen before"):
        parts.cache_clear()
        start = time.perf_counter()
        for surface in surfaces:
            parts(surface)
        print(f"read, words {what}: {len(surfaces) / (time.perf_counter() - start):,.0f} surfaces/s")
    start = time.perf_counter()
    for surface in surfaces:
        identity(surface)
    print(f"identity, words new: {len(surfaces) / (time.perf_counter() - start):,.0f} surfaces/s")
    for count in (SPEED_ROWS // 4, SPEED_ROWS // 2, SPEED_ROWS):
        start = time.perf_counter()
        person_keys([Row(surface) for surface in surfaces[:count]])
        print(f"link, {count:,} different names: {count / (time.perf_counter() - start):,.0f} names/s")
    print(f"(cached words: {read.cache_info().currsize:,})")


def main() -> None:
    files = [Path(each) for each in sys.argv[1:]]
    paths = files or [PEOPLE, *([PROBE] if PROBE.exists() else [])]
    sets = by_set([row | {"set": row.get("set", path.stem)} for path in paths for row in load(path)])
    scores = {name: score(rows) for name, rows in sets.items()}
    print(f"{'':24}" + "".join(f"{name:>18}" for name in scores))
    for title, top, bottom in (
        ("pairs linked", "linked", "pairs"), ("people whole", "whole", "people"), ("false joins", "false", "cross"),
        ("confusable joined", "confusable_joined", "confusable"), ("note rows resolved", "resolved", "note_rows"),
        ("note rows wrong", "wrong", "note_rows"), ("one identity", "by_identity", "plain_pairs"),
    ):  # fmt: skip
        print(f"{title:24}" + "".join(f"{_share(getattr(s, top), getattr(s, bottom)):>18}" for s in scores.values()))
    for scripts in sorted({each for s in scores.values() for each in s.by_scripts}):
        print(f"{scripts:24}" + "".join(f"{_share(*s.by_scripts[scripts]):>18}" for s in scores.values()))
    if not files:
        speed()


def _share(hit: int, of: int) -> str:
    return f"{hit:,}/{of:,} {100 * hit / of:.1f}" if of else "-"


if __name__ == "__main__":
    main()
