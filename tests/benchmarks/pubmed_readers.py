"""PubMed XML: Shodhan's ingest beside pubmed_parser and pubmedparser2 on the same files, in one run; and their content.

    .venv/bin/python tests/benchmarks/pubmed_readers.py [--rounds 3] [--records 1000] [--skip-content]

Speed: the two large files of ../shared/data/pubmed. Each tool is a process of its own that is asked in turn; the first
round (imports, compilation) is told apart, of the others the best counts. Shodhan's figure is its whole stage 01, from
gzip to Parquet on disk with digests and fsync; pubmed_parser's is its dictionaries, counted and let go, and, in a row
of its own, the same to Parquet; pubmedparser2 is told to read the fields of a Shodhan document and writes text tables.
pubmed_parser also reads authors, affiliations, references, grants, chemicals and keywords, which Shodhan leaves in the
file: training text needs none of them. Seconds of processor say what is true of one core where other jobs run.

Content: the fields that two tools have, on 1,000 records drawn by a fixed seed, half from each file. A difference is
counted under the first rule of `EXPLAINED` that accounts for the whole of it; what none accounts for is printed.
"""

import argparse
import html
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from environments import environment
from shared import SHARED
from with_pubmed import WAYS

HERE = Path(__file__).resolve().parent
FILES = ("pubmed20n0014.part.xml.gz", "pubmed21n1298.part.xml.gz")
FIELDS = ("title", "abstract", "journal", "year", "mesh", "types", "language", "doi", "pmc")


def main() -> None:
    """A table of speed, and one of differences a tool."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=int, default=1_000)
    parser.add_argument("--skip-content", action="store_true")
    options = parser.parse_args()
    files = [str(SHARED / "data" / "pubmed" / name) for name in FILES]
    if not Path(files[0]).exists():
        sys.exit("skipped: ../shared/data is not there, and this benchmark reads its files")
    print(f"load {os.getloadavg()[0]:.1f} before")
    speed(files, options.rounds)
    if not options.skip_content:
        content(files, options.records)


def python(way: str) -> str:
    """The interpreter that has the tool."""
    tool = way.partition(",")[0]
    return sys.executable if tool == "shodhan" else str(environment(tool))


def command(way: str, task: str, files: list[str]) -> list[str]:
    """What runs one tool."""
    return [python(way), str(HERE / "with_pubmed.py"), way, task, *files]


def speed(files: list[str], rounds: int) -> None:
    """Records a second, by clock and by processor."""
    tools = {
        way: subprocess.Popen(command(way, "time", files), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for way in WAYS
    }
    first, best = {}, {}
    for turn in range(rounds + 1):
        for way, process in tools.items():
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("go\n")
            process.stdin.flush()
            records, *took = process.stdout.readline().split()
            rates = [int(records) / float(seconds) if float(seconds) else 0.0 for seconds in took]
            if turn:
                best[way] = [max(pair) for pair in zip(best.get(way, rates), rates, strict=True)]
            else:
                first[way] = float(took[0])
    for process in tools.values():
        process.communicate()
    ours = best["shodhan"]
    print("| | records/s | Shodhan, one process, is as fast, times | of processor | first round, s |")
    print("|---|---:|---:|---:|---:|")
    for way, (clock, processor) in best.items():
        alone = "two" not in way
        ratio = f"{ours[1] / processor:.1f}" if alone else ""
        print(f"| {way} | {clock:,.0f} | {ours[0] / clock:.1f} | {ratio} | {first[way]:.1f} |")


def content(files: list[str], number: int) -> None:
    """For each other tool and field, how many of the drawn records differ and why."""
    for tool in ("pubmed_parser", "pubmedparser2"):
        pairs = [
            pair for file in files for pair in drawn(rows("shodhan", file), rows(tool, file), number // len(files))
        ]
        told: dict[tuple[str, str], list[str]] = defaultdict(list)
        for ours, theirs in pairs:
            for field in FIELDS:
                if theirs is None or field not in theirs or ours[field] == theirs[field]:
                    continue
                told[field, why(field, ours[field], theirs[field])].append(ours["pmid"])
        same = sum(all(theirs[field] == ours[field] for field in FIELDS if field in theirs) for ours, theirs in pairs)
        print(f"\n{tool}: {len(pairs):,} records, {same:,} without any difference\n")
        print("| field | difference | records | for example |\n|---|---|---:|---|")
        for (field, reason), pmids in sorted(told.items()):
            print(f"| {field} | {reason} | {len(pmids):,} | {min(pmids, key=int)} |")
            if reason == UNEXPLAINED:
                for ours, theirs in pairs:
                    if ours["pmid"] in pmids:
                        print(f"    {ours['pmid']}\n    {ours[field]!r}\n    {theirs[field]!r}")


def drawn(ours: list[dict], theirs: list[dict], number: int) -> list[tuple[dict, dict]]:
    """So many records of a file by both tools, by place or, where a tool loses that, by a PMID that is there once."""
    times = Counter(row["pmid"] for row in ours)
    if [row["pmid"] for row in ours] == [row["pmid"] for row in theirs]:
        pairs = list(zip(ours, theirs, strict=True))
    else:
        found = {row["pmid"]: row for row in theirs}
        pairs = [(row, found[row["pmid"]]) for row in ours if times[row["pmid"]] == 1]
    return random.Random(1).sample(pairs, number)


UNEXPLAINED = "not explained"


def why(field: str, ours: str | list[str], theirs: str | list[str]) -> str:
    """The first thing that accounts for the whole difference."""
    if isinstance(ours, list) or isinstance(theirs, list):
        ours, theirs = "\n".join(ours), "\n".join(theirs)
    if not theirs:
        return "it has none"
    for reason, same in EXPLAINED.items():
        if same(ours, theirs):
            return reason
    return UNEXPLAINED


def squeezed(text: str) -> str:
    """Without blanks, colons (they stand after a label) and NLM's word for no label."""
    return re.sub(r"[\s:]+|UNLABELLED", "", text)


def bare(text: str) -> str:
    """The text that a tool left with tags and references in it, read as XML."""
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def within(part: str, whole: str) -> bool:
    """Whether `part` is `whole` with letters left out."""
    letters = iter(whole)
    return all(letter in letters for letter in part)


EXPLAINED: dict[str, Callable[[str, str], bool]] = {
    "several languages, written otherwise": lambda ours, theirs: ours.replace("+", ";") == theirs,
    "line breaks and blanks": lambda ours, theirs: "".join(ours.split()) == "".join(theirs.split()),
    "labels on lines of their own": lambda ours, theirs: squeezed(ours) == squeezed(theirs),
    "the date as it is written": lambda ours, theirs: len(ours) == 4 and ours in theirs and len(theirs) < 40,
    "references left in (`&amp;`)": lambda ours, theirs: ours == html.unescape(theirs),
    "references and tags left in": lambda ours, theirs: squeezed(ours) == squeezed(bare(theirs)),
    "labels lost, references and tags left in": lambda ours, theirs: unlabelled(ours) == squeezed(bare(theirs)),
    "the label of an empty section kept": lambda ours, theirs: within(squeezed(ours), squeezed(theirs)),
    "letters lost (nested tags, formulas)": lambda ours, theirs: within(squeezed(bare(theirs)), squeezed(ours)),
}
"""Rules, the narrowest first: what is said of a difference holds for all of it."""


def unlabelled(text: str) -> str:
    """A structured abstract of ours without its labels."""
    return squeezed("\n".join(re.sub(r"^[^:\n]{1,120}: ", "", line) for line in text.split("\n")))


def rows(way: str, file: str) -> list[dict]:
    """The fields of a file, by one tool."""
    out = subprocess.run(command(way, "fields", [file]), check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in out.split("\n") if line]


if __name__ == "__main__":
    main()
