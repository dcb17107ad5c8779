"""`shodhan curate dedup` end to end on planted corpora: rate, memory, growth, truth, and same bytes after kills.

    .venv/bin/python tests/benchmarks/dedup_scale.py 250000 500000 1000000 2000000 [--folder DIR] [--again 100000]

For each size: makes the corpus (planted.py), runs the command, and compares with the truth that the ids state. With
`--again N`: runs N documents at 1 and 2 workers and killed ten times (SIGKILL, workers too), and compares all bytes.
Memory is the proportional set size of all processes together, sampled ten times a second.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
from planted import origin, write
from process_tree import ProcessTree

from curate.durable import sha256_of
from curate.words import jaccard, shingles

SHODHAN = Path(sys.executable).with_name("shodhan")
KILLS = 10
SAMPLED = 20_000
"""Copies whose exact Jaccard to their original is computed anew, by the slow definition."""


def main() -> None:
    """One line a size, then the line of the straight line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/planted"))
    parser.add_argument("--again", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    took = {}
    for size in options.sizes:
        took[size] = run(size, options.folder, options.seed)
    for size, (seconds, _) in took.items():
        if (start := 500_000) in took and size > start:
            print(f"{size:,}: {seconds / (took[start][0] * size / start):.3f} times the line from {start:,}")
    if options.again:
        same(options.again, options.folder, options.seed)


def run(size: int, folder: Path, seed: int) -> tuple[float, int]:
    """Seconds and peak bytes of one size."""
    documents, out = folder / f"{size}.parquet", folder / f"out-{size}"
    if not documents.exists():
        write(size, documents, seed)
    shutil.rmtree(out, ignore_errors=True)
    start = time.monotonic()
    process = subprocess.Popen(
        [str(SHODHAN), "curate", "dedup", str(documents), "-o", str(out), "--json"], stdout=subprocess.PIPE
    )
    tree = ProcessTree(process.pid)
    found = json.loads(process.communicate()[0])
    seconds, peak = time.monotonic() - start, tree.stop()
    print(
        f"{size:,} documents: {seconds:.1f} s, {size / seconds:,.0f} documents/s, {tree.processor:.1f} s of processor, "
        f"peak {peak / 1e9:.2f} GB, {found['dropped']:,} dropped, {found['oversized_buckets']} oversized buckets"
    )
    truth(documents, out)
    shutil.rmtree(out)
    return seconds, peak


def truth(documents: Path, out: Path) -> None:
    """Compare groups with the ids: no two origins in a group, and every near copy in the group of its original."""
    groups = pl.read_parquet(out / "groups.parquet")
    false = sum(origin(one) != origin(other) for one, other in groups.select("doc_id", "survivor").iter_rows())
    ids = pl.scan_parquet(documents).select("doc_id").collect()["doc_id"]
    copies = ids.filter(ids.str.contains("-copy")).to_list()
    drawn = random.Random(0).sample(copies, min(SAMPLED, len(copies)))
    wanted = set(drawn) | {origin(each) for each in drawn}
    texts = dict(
        pl.scan_parquet(documents).filter(pl.col("doc_id").is_in(list(wanted))).collect(engine="streaming").iter_rows()
    )
    survivor = dict(groups.select("doc_id", "survivor").iter_rows())
    bands = {0.8: [0, 0], 0.85: [0, 0], 0.9: [0, 0]}
    for copy in drawn:
        exact = jaccard(shingles(texts[copy], 5), shingles(texts[origin(copy)], 5))
        reached = [low for low in bands if exact >= low]
        if reached:
            whole = bands[max(reached)]
            whole[0] += survivor.get(copy, copy) == survivor.get(origin(copy), origin(copy))
            whole[1] += 1
    told = ", ".join(f"from {low} {found}/{of}" for low, (found, of) in bands.items())
    print(f"  pairs in one group, by exact Jaccard, of {len(drawn):,} sampled copies: {told}")
    print(f"  rows joined to a survivor of another origin: {false}")


def same(size: int, folder: Path, seed: int) -> None:
    """Bytes at 1 worker, at 2, and after ten kills."""
    documents = folder / f"{size}.parquet"
    if not documents.exists():
        write(size, documents, seed)
    digests = {}
    for name, workers in (("one", "1"), ("two", "2"), ("killed", "2")):
        out = folder / f"again-{name}"
        shutil.rmtree(out, ignore_errors=True)
        command = [str(SHODHAN), "curate", "dedup", str(documents), "-o", str(out), "--workers", workers]
        if name == "killed":
            drawn = random.Random(seed)
            for number in range(KILLS):
                print(f"  kill {number + 1}: {kill(command, out, drawn.uniform(0.0, 1.0))}")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        digests[name] = {str(p.relative_to(out)): sha256_of(p) for p in sorted(out.rglob("*.parquet"))}
        shutil.rmtree(out)
    for name in ("two", "killed"):
        verdict = "equal" if digests[name] == digests["one"] else "DIFFER"
        print(f"{size:,} documents, one worker against {name}: {len(digests['one'])} files {verdict}")


def kill(command: list[str], out: Path, seconds: float) -> str:
    """Run until one more marker is written, and so many seconds more; SIGKILL to it and its workers. Tells the state.

    A run that ended before is begun anew.
    """
    before = markers(out)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    while markers(out) == before and process.poll() is None:
        time.sleep(0.01)
    time.sleep(seconds)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    state = "{} sketched, {} decided, {} divided".format(*markers(out))
    if (out / "stage.json").exists():
        shutil.rmtree(out)
        state = "it had ended"
    return state


def markers(out: Path) -> tuple[int, ...]:
    """How many row groups are sketched, whether groups are decided, how many row groups are divided."""
    return tuple(len(list(out.glob(f".working-*/{name}"))) for name in ("sketch-*.arrow", "verdicts.json", "divided-*"))


if __name__ == "__main__":
    main()
