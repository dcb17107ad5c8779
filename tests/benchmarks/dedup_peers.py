"""End to end beside text-dedup (MinHash in Python) and datatrove's MinHash pipeline, on one planted corpus, in turn.

    .venv/bin/python tests/benchmarks/dedup_peers.py [--documents 200000] [--tools shodhan text_dedup datatrove]

Each in an environment of its own, two processes, from the file it reads best to the documents that stay; start-up
included. Prints documents a second, peak memory of all processes, and how many documents it dropped.
"""

import argparse
import gzip
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
from environments import environment
from planted import write
from process_tree import ProcessTree

HERE = Path(__file__).resolve().parent
SHODHAN = Path(sys.executable).with_name("shodhan")


def main() -> None:
    """One line a tool."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/planted"))
    parser.add_argument("--tools", nargs="+", default=["shodhan", "text_dedup", "datatrove"])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    parquet = options.folder / f"{options.documents}.parquet"
    if not parquet.exists():
        write(options.documents, parquet)
    lines = options.folder / f"{options.documents}-lines"
    lines.mkdir(exist_ok=True)
    if not (lines / "docs1.jsonl").exists():
        table = pl.read_parquet(parquet).rename({"doc_id": "id"})
        for half in (0, 1):
            table.gather_every(2, half).write_ndjson(lines / f"docs{half}.jsonl")
    work = options.folder / "peer"
    seconds = {}
    for tool in options.tools:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        asked = command(tool, parquet, lines, work)  # the environment may be made in it: not timed
        start = time.monotonic()
        with (options.folder / f"{tool}.log").open("wb") as log:
            process = subprocess.Popen(
                asked, stdout=log, stderr=log, cwd=work,
                env=os.environ | {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"},
            )  # fmt: skip
            tree = ProcessTree(process.pid)
            if process.wait():
                sys.exit(f"{tool} failed; see {options.folder / f'{tool}.log'}")
        seconds[tool] = time.monotonic() - start
        rate, peak, dropped = options.documents / seconds[tool], tree.stop() / 1e9, options.documents - kept(tool, work)
        told = f"{tool}: {seconds[tool]:.1f} s, {rate:,.0f} documents/s, {tree.processor:.1f} s of processor"
        print(f"{told}, peak {peak:.2f} GB, {dropped:,} dropped", flush=True)
    for tool in options.tools[1:]:
        print(f"{options.tools[0]} is {seconds[tool] / seconds[options.tools[0]]:.1f} times as fast as {tool}")
    shutil.rmtree(work)


def command(tool: str, parquet: Path, lines: Path, work: Path) -> list[str]:
    """What is run."""
    if tool == "shodhan":
        return [str(SHODHAN), "curate", "dedup", str(parquet), "-o", str(work / "out"), "--workers", "2"]
    python = str(environment(tool))
    if tool == "datatrove":
        return [python, str(HERE / "with_datatrove.py"), str(lines), str(work)]
    settings = (
        f"--path json --data_files {lines}/*.jsonl --split train --cache_dir {work}/cache --output {work}/out "
        "--column text --num_perm 128 --ngram 5 --threshold 0.8 --hash_func xxh3 --hash_bits 32 --num_proc 2"
    )
    return [python, "-m", "text_dedup.minhash", *settings.split()]


def kept(tool: str, work: Path) -> int:
    """Documents that stay."""
    if tool == "shodhan":
        return int(pl.scan_parquet(work / "out" / "kept").select(pl.len()).collect().item())
    if tool == "datatrove":
        return sum(gzip.open(path).read().count(b"\n") for path in (work / "out").glob("*.jsonl.gz"))
    script = f"import datasets; print(len(datasets.load_from_disk({str(work / 'out')!r})))"
    return int(subprocess.run([environment(tool), "-c", script], check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
