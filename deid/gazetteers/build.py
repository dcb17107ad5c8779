"""Build the gazetteers from licensed lists: `python -m deid.gazetteers.build DATA`, where DATA holds indian_names/, …

Reads the lists named in SOURCES.md and writes names.tsv, styles.tsv, places.tsv, offices.txt, words.txt and drugs.txt
beside this file.
The same lists give the same bytes.
"""

import csv
import gzip
import json
import lzma
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
INDIC = re.compile(r"^[\u0900-\u0d7f\u0600-\u06ff .\u200c\u200d]+$")
LATIN = re.compile(r"^[a-z][a-z.' -]+$")


def latin(text: str) -> str:
    """Lower-case ASCII of a Latin name: diacritics off, spaces single."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().replace("-", " ").split())


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def json_rows(path: Path) -> Iterator[dict[str, object]]:
    """Rows of a gzip-compressed JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def names(data: Path) -> list[str]:
    """Lines `name TAB kinds TAB lists`: g given, s surname; in how many lists it stands."""
    kinds: dict[str, set[str]] = {}
    seen: Counter[str] = Counter()

    def add(name: str, group: str) -> None:
        kind = "s" if re.search(r"surname|last|middle|suffix|prefix", group) else "g"
        for word in re.split(r"[ .]+", name):
            if len(word) > 1 and (LATIN.match(word) or INDIC.match(word)):
                kinds.setdefault(word, set()).add(kind)
                seen[word] += 1

    for row in rows(data / "indian_names/by_state.csv"):
        add(latin(row["name"]), row["list"])
    for row in rows(data / "indian_names/romanised_lower_case.csv"):
        add(latin(row["name"]), row["list"])
    for row in rows(data / "indian_names/by_script.csv"):
        name = row["name"] if row["script"] != "Latn" else latin(row["name"])
        add(unicodedata.normalize("NFC", name.strip()), row["list"])
    return [f"{name}\t{''.join(sorted(kinds[name]))}\t{seen[name]}" for name in sorted(kinds)]


_STYLES = {
    "Andhrapradesh": "telugu", "Telengana": "telugu", "Karnataka": "kannada", "Kerala": "malayali", "Tamil": "tamil",
    "Maharashtra": "marathi", "Goa": "marathi", "Gujrat": "gujarati", "Punjab": "punjabi", "Bengal": "bengali",
    "Tripura": "bengali", "Assam": "assamese", "Orissa": "odia", "Parsi": "parsi", "Tribal": "tribal",
}  # fmt: skip
"""Module of the list by state -> whose names these are; every other state's are "hindi"."""


def styles(data: Path) -> list[str]:
    """Lines `name TAB kind TAB gender TAB style` of Latin names: g or s; m, f or u; a language or a community.

    What a name is called most often, and of equals what comes first in the alphabet.
    """
    kinds: dict[str, Counter[str]] = {}
    genders: dict[str, set[str]] = {}
    whose: dict[str, Counter[str]] = {}
    for row in (*rows(data / "indian_names/by_state.csv"), *rows(data / "indian_names/romanised_lower_case.csv")):
        group, module = row["list"], row.get("module", "")
        community = re.search(r"muslim|christian|parsi", group)
        for name in re.split(r"[ .]+", latin(row["name"])):
            if not re.fullmatch(r"[a-z]{3,14}", name) or re.search("suffix|prefix", group):
                continue
            surname = re.search(r"surname|last", group) is not None
            kinds.setdefault(name, Counter())["s" if surname else "g"] += 1
            if not surname:
                genders.setdefault(name, set()).add("f" if re.search("female|Female", group + module) else "m")
            style = community[0] if community else "muslim" if module == "JK" else _STYLES.get(module, "hindi")
            whose.setdefault(name, Counter())[style] += 1
    found = []
    for name in sorted(kinds):
        kind, style = (min(counts, key=lambda each: (-counts[each], each)) for counts in (kinds[name], whose[name]))
        own = genders.get(name, set())
        found.append(f"{name}\t{kind}\t{min(own) if kind == 'g' and len(own) == 1 else 'u'}\t{style}")
    return found


def places(data: Path) -> list[str]:
    """Lines `place TAB rank`: 3 a city of 200,000 or a district, 2 a town of 20,000, 1 smaller. Every script."""
    rank: dict[str, int] = {}

    def add(name: str, value: int) -> None:
        name = unicodedata.normalize("NFC", name.strip())
        name = name if INDIC.match(name) else latin(name)
        if len(name) > 2 and (LATIN.match(name) or INDIC.match(name)):
            rank[name] = max(rank.get(name, 0), value)

    for row in json_rows(data / "indian_places/geonames_in.jsonl.gz"):
        people = int(str(row["population"]))
        value = 3 if people >= 200_000 else 2 if people >= 20_000 else 1
        add(str(row["name"]), value)
        alternates = row["alternatenames"]
        for name in alternates if isinstance(alternates, list) else ():
            if INDIC.match(name) or (name.isascii() and name[:1].isupper() and not name.isupper()):
                add(name, value)
    for row2 in rows(data / "indian_places/districts.csv"):
        add(row2["district"], 3)
    for row2 in rows(data / "indian_places/address_parts.csv"):
        if row2["list"] == "cities":
            add(row2["value"], 2)
    states = {latin(row2["state"]) for row2 in rows(data / "indian_places/districts.csv")}
    return [f"{name}\t{rank[name]}" for name in sorted(rank) if name not in states]


def offices(data: Path) -> list[str]:
    """Names of post offices: villages and quarters, too many to be trusted without a cue."""
    found: set[str] = set()
    for row in json_rows(data / "indian_places/pincodes.jsonl.gz"):
        name = latin(re.sub(r"\s+(B\.?O|S\.?O|H\.?O)\.?$", "", str(row["Name"]), flags=re.IGNORECASE))
        name = re.sub(r"\(.*?\)", "", name).strip()
        if len(name) > 3 and LATIN.match(name):
            found.add(name)
    return sorted(found)


def texts(data: Path) -> Iterator[str]:
    """Ordinary medical text, for its lower-case words."""
    for path in sorted((data / "pubmed").glob("*.part.xml.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                if "AbstractText" in line:
                    yield re.sub(r"<[^>]+>|&\w+;", " ", line)
    for folder in ("medqa", "medmcqa", "mmlu_medical"):
        for path in sorted((data / folder).glob("*.gz")):
            if "metadata" not in path.name:
                with gzip.open(path, "rt", encoding="utf-8") as lines:
                    yield from lines


def words(data: Path, given: Iterable[str]) -> list[str]:
    """English words: seen in lower case at least 5 times and mostly so. Names on the list need to be ten times as
    common.
    """
    lower: Counter[str] = Counter()
    upper: Counter[str] = Counter()
    for text in texts(data):
        lower.update(re.findall(r"(?<![\w'])[a-z]{2,24}(?![\w'])", text))
        upper.update(word.casefold() for word in re.findall(r"(?<![\w'])[A-Z][a-z]{1,23}(?![\w'])", text))
    known = set(given)
    return sorted(
        word for word, count in lower.items() if count >= (120 if word in known else 5) and count > upper[word] // 2
    )


def drugs(data: Path, ordinary: Iterable[str]) -> list[str]:
    """International names of substances, one word each. The list is French: "metformine" becomes "metformin" where
    medical text spells it so; where neither form is in medical text, both stay.
    """
    seen, found = set(ordinary), set()
    with lzma.open(data / "ddi_ansm_fr/substances_2020.json.xz", "rt", encoding="utf-8") as lines:
        substances = [latin(row["substance"]) for row in json.load(lines)]
    for name in substances:
        word = re.sub(r"\(.*?\)", "", name).strip()
        if re.fullmatch(r"[a-z]{5,}", word) and not re.search(r"sodium|acide|eux$|ique$", word):
            forms = [word, word.removesuffix("e")] if word.endswith(("ine", "ile", "ene", "one", "ane")) else [word]
            found.update([form for form in forms if form in seen] or forms)
    return sorted(found)


def main(data: Path) -> None:
    """Write all six files."""
    lines = names(data)
    given = [line.split("\t")[0] for line in lines]
    ordinary = words(data, given)
    for name, content in {
        "names.tsv": lines,
        "styles.tsv": styles(data),
        "places.tsv": places(data),
        "offices.txt": offices(data),
        "words.txt": ordinary,
        "drugs.txt": drugs(data, ordinary),
    }.items():
        (HERE / name).write_text("\n".join(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
