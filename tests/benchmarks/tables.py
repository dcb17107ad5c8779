"""`shodhan deid table` on all tables of the MIMIC-IV demo, and on made tables of two sizes.

    .venv/bin/python tests/benchmarks/tables.py [--rows 250000] [--workers 2]

On the demo: is every date of a subject moved by one number of days, over all tables; is the order of a subject's events
the same in every table and column; are times of day and kept cells as they were; are the bytes those of one worker.
On the made tables, the second four times the first: rows a second, memory, k before and after.
Memory is the proportional set size of the whole tree of processes, sampled.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from gold_notes import SHODHAN
from measured import cut_off
from process_tree import ProcessTree
from shared import SHARED

from deid.tables.policy import read_column_policy
from schemas.columns import Date, DateTime, Keep

DEMO = SHARED / "data" / "mimic_iv_demo"
MADE = """
tables:
  visits:
    anonymity: {k: 5, l: 2, suppress_at_most: 0.02}
    columns:
      mrn: subject
      visit: {role: identifier, label: OTHER_ID, operator: token}
      seen: datetime
      born: {role: quasi, ladder: date, least: 1}
      sex: {role: quasi, ladder: category}
      pin: {role: quasi, ladder: pin}
      diagnosis: {role: sensitive}
      value: keep
"""


@dataclass(frozen=True)
class Call:
    """What one call gave and took."""

    report: dict
    seconds: float
    peak: int


def main() -> None:
    """The demo at one worker and at several, then the made tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=250_000, help="of the smaller made table")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([SHODHAN, "deid", "key", "create", folder / "vault"], check=True, capture_output=True)
        if DEMO.exists():
            demo(folder, options.workers)
        else:
            print("skipped: ../shared/data/mimic_iv_demo is not there")
        (folder / "made.yaml").write_text(MADE)
        for size, count in (("small", options.rows), ("large", 4 * options.rows)):
            (folder / size).mkdir()
            made(count).write_parquet(folder / size / "visits.parquet", row_group_size=100_000)
            words = ("--policy", folder / "made.yaml", "--workers", options.workers)
            call = table(folder, [folder / size / "visits.parquet"], f"{size}-out", words)
            found = call.report["tables"][0]
            print(
                f"made, {count:,} rows: {call.seconds:.1f} s, {count / call.seconds:,.0f} rows/s, "
                f"peak {call.peak / 1e6:.0f} MB; {found['rows_out']:,} written, suppressed {found['suppressed']}"
            )
            anonymity = found["anonymity"]
            print(
                f"  k {anonymity['k_before']} -> {anonymity['k_achieved']}, l {anonymity['l_before']} -> "
                f"{anonymity['l_achieved']}, levels { {one['column']: one['name'] for one in anonymity['levels']} }"
            )


def table(folder: Path, tables: Sequence[Path], out: str, words: Sequence[object]) -> Call:
    """One call, as a user makes it, without network."""
    arguments = [SHODHAN, "deid", "table", *tables, "-o", folder / out, "--vault", folder / "vault", "--json", *words]
    start = time.monotonic()
    process = subprocess.Popen([*cut_off(), *map(str, arguments)], stdout=subprocess.PIPE)
    tree = ProcessTree(process.pid)
    said, _ = process.communicate()
    seconds = time.monotonic() - start
    peak = tree.stop()
    if process.returncode:
        sys.exit("shodhan deid table failed")
    return Call(json.loads(said), seconds, peak)


def demo(folder: Path, workers: int) -> None:
    """All tables of the demo, with the preset."""
    tables = sorted(DEMO.glob("*/*.csv.gz"))
    one = table(folder, tables, "one", ("--preset", "mimic-iv"))
    many = table(folder, tables, "many", ("--preset", "mimic-iv", "--workers", workers))
    for label, call in (("1 worker", one), (f"{workers} workers", many)):
        rows = sum(found["rows_in"] for found in call.report["tables"])
        print(
            f"demo, {label}: {len(tables)} tables, {rows:,} rows, {call.seconds:.1f} s, {rows / call.seconds:,.0f} "
            f"rows/s, peak {call.peak / 1e6:.0f} MB"
        )
    names = sorted(path.name for path in (folder / "one").iterdir())
    equal = all((folder / "one" / name).read_bytes() == (folder / "many" / name).read_bytes() for name in names)
    print(f"  bytes equal at 1 and {workers} workers: {equal} ({len(names)} files)")
    order(folder / "one", tables)
    for found in one.report["tables"]:
        if found["anonymity"] or found["suppressed"] or found["blanked"] or found["replaced"]:
            print(f"  {found['table']}: {found['rows_in']:,} rows, suppressed {found['suppressed']}, ", end="")
            print(f"blanked {found['blanked']}, replaced {found['replaced']}", end="")
            if found["anonymity"]:
                each = found["anonymity"]
                levels = ", ".join(f"{level['column']} {level['name']}" for level in each["levels"])
                print(f", k {each['k_before']} -> {each['k_achieved']} ({levels})", end="")
            print()


def order(out: Path, tables: Sequence[Path]) -> None:
    """Hold what was written against what was read, row by row."""
    policy = read_column_policy(None, "mimic-iv")[0]
    days: list[pl.DataFrame] = []
    columns = cells = kept = 0
    changed: list[str] = []
    for path in tables:
        name = path.name.split(".")[0]
        roles = policy.tables[name].columns
        gone = pl.read_csv(out / f"{name}.suppressed.csv", schema={"row": pl.UInt32, "reason": pl.String})["row"]
        old = (
            pl.read_csv(path, infer_schema=False).with_row_index("row", 1).filter(~pl.col("row").is_in(gone.implode()))
        )
        new = pl.read_csv(out / path.name, infer_schema=False)
        for column in new.columns:
            if isinstance(roles[column], Keep):
                kept += new.height
                if not old[column].equals(new[column], null_equal=True):
                    changed.append(f"{name}.{column}")
            if not isinstance(roles[column], Date | DateTime):
                continue
            columns += 1
            frame = pl.DataFrame({"subject": old["subject_id"], "old": old[column], "new": new[column]}).drop_nulls(
                "old"
            )
            cells += frame.height
            day = pl.col("old", "new").str.slice(0, 10).str.to_date()
            frame = frame.with_columns(
                day.name.suffix("_day"), rest=pl.col("old").str.slice(10) == pl.col("new").str.slice(10)
            )
            ranks = frame.select(
                a=pl.col("old").rank("dense").over("subject"), b=pl.col("new").rank("dense").over("subject")
            )
            if not (frame["rest"].all() and ranks["a"].equals(ranks["b"])):
                changed.append(f"{name}.{column}")
            moved = (pl.col("new_day") - pl.col("old_day")).dt.total_days()
            days.append(frame.select("subject", moved=moved).unique())
    found = pl.concat(days).unique()
    subjects = found["subject"].n_unique()
    print(
        f"  {cells:,} dates in {columns} columns of {len(tables)} tables; of {subjects} subjects "
        f"{subjects - (found.height - subjects)} have one shift over all; {kept:,} other cells as they were"
    )
    print(f"  columns in which order, time of day or a kept cell changed: {changed or 'none'}")


def made(count: int) -> pl.DataFrame:
    """Visits of a tenth as many patients; PIN codes of 30 districts, births over 80 years."""
    draw = np.random.default_rng(7)
    patients = max(1, count // 10)
    whose = draw.integers(0, patients, count)
    births = np.datetime64("1940-01-01") + draw.integers(0, 29_200, patients)
    pins = 400_000 + 1_000 * draw.integers(0, 30, patients) + draw.integers(1, 60, patients)
    return pl.DataFrame(
        {
            "mrn": whose + 10_000_000,
            "visit": [f"V{number}" for number in range(count)],
            "seen": np.datetime64("2019-01-01T00:00:00", "us") + draw.integers(0, 5 * 365 * 86_400, count) * 1_000_000,
            "born": births[whose],
            "sex": draw.choice(["F", "M"], patients)[whose],
            "pin": pins[whose].astype(str),
            "diagnosis": draw.choice(["flu", "TB", "dengue", "typhoid", "asthma", "anaemia"], count),
            "value": draw.normal(100, 15, count).round(1),
        }
    )


if __name__ == "__main__":
    main()
