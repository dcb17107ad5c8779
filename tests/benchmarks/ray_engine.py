"""`engine: ray` beside `engine: local` on ../shared/data: equal bytes, time, memory; and node processes killed.

.venv/bin/python tests/benchmarks/ray_engine.py [--sources pubmed,aci] [--kills 2] [--first] [--only nodes]

Two nodes of one Ray cluster run on this machine, one processor each (ray_nodes.py). While `curate run` is on, the node
process (raylet) of the second is killed with SIGKILL in the midst of a task, as often as --kills says, evenly over the
run, and a new node started each time; with --first, at last that of the first, which Shodhan speaks to. The workspace
folder is what they share.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import yaml
from near_duplicates import corpus
from process_tree import ProcessTree, _tree
from ray_nodes import QUIET, Nodes
from shared import SHARED, workspace

from curate.durable import sha256_of

BIN = Path(sys.executable).parent
ITEMS = ("medqa", "pubmedqa", "medmcqa/dev_with_ids.jsonl.gz")


def main() -> None:
    """Print one line a run; exit code 1 where bytes differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", default="pubmed,medmcqa-validation,pubmedqa,aci")
    parser.add_argument("--pubmed", help="of the source pubmed, this file alone")
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--first", action="store_true", help="then kill the first node's process, too")
    parser.add_argument("--worker-kills", type=int, default=4, help="in `curate dedup` and `decontaminate`")
    parser.add_argument("--only", choices=["run", "nodes", "dedup", "decontaminate"],
                        help="nodes: the run without Ray on one node")  # fmt: skip
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="r-") as folder:
        same = []
        if options.only in (None, "run", "nodes"):
            same.append(whole_run(Path(folder), options))
        for command in ("dedup", "decontaminate"):
            if options.only in (None, command):
                same.append(on_documents(Path(folder), command, options.worker_kills))
    sys.exit(not all(same))


def whole_run(root: Path, options: argparse.Namespace) -> bool:
    """`shodhan curate run`: local, Ray on this machine, Ray on two nodes that lose one as often as asked."""
    made(root / "first", options.sources.split(","), options.pubmed)
    names = ["first", "nodes"] if options.only == "nodes" else ["first", "ray", "nodes"]
    for name in names[1:]:
        shutil.copytree(root / "first", root / name)
    run(root, "first", "local")
    if "ray" in names:
        run(root, "ray", "ray")
    victims, over = [1] * options.kills + [0] * options.first, threading.Event()
    with Nodes() as nodes, ThreadPoolExecutor(1) as thread:
        told = thread.submit(lose, nodes, victims, root / "nodes/runs", markers(root / "first/runs"), over)
        try:
            run(root, "nodes", "ray", nodes.address)
        finally:
            over.set()
    print(f"node processes killed: {', '.join(told.result())}")
    first, *others = (digests(root / name / "datasets") for name in names)
    same = all(other == first for other in others)
    print(f"run: {len(first)} files of the dataset {f'byte-identical in all {len(names)}' if same else 'DIFFER'}")
    return bool(first) and same and len(told.result()) == len(victims)


def lose(nodes: Nodes, victims: list[int], runs: Path, total: int, over: threading.Event) -> list[str]:
    """Kill each of `victims` while that node is at a task, one after each equal share of the run's `total` markers.

    Gives which node in which stage; a new one is started each time. Ends when the run is `over`.
    """
    told = []
    for number, node in enumerate(victims, start=1):
        least = total * number // (len(victims) + 1)
        if not nodes.kill_when(node, partial(reached, runs, least), lambda: not over.is_set()):
            break
        stage = max(path.name for path in runs.glob("*/[0-9]*"))
        told.append(f"the {'second' if node else 'first'} in {stage}")
        nodes.add()
    return told


def reached(runs: Path, least: int) -> bool:
    """Whether so many tasks of a run are done."""
    return markers(runs) >= least


def markers(runs: Path) -> int:
    """How many tasks of a run are done, but for what a stage reads first."""
    return len(list(runs.glob("*/[0-9]*/part-*.json")))


def made(folder: Path, names: list[str], pubmed: str | None) -> None:
    """The benchmarks' workspace, with some of its sources."""
    path = workspace(folder)
    config = yaml.safe_load(path.read_text())
    config["sources"] = {name: config["sources"][name] for name in names}
    if pubmed:
        config["sources"]["pubmed"]["paths"] = [str(SHARED / "data/pubmed" / pubmed)]
    config["deid"] = {"reidentification": True}
    path.write_text(yaml.safe_dump(config))


def run(root: Path, name: str, engine: str, address: str | None = None) -> None:
    """`shodhan curate run` to its end, with its time and memory."""
    path = root / name / "shodhan.yaml"
    config = yaml.safe_load(path.read_text())
    config["engine"] = {"name": engine, "workers": 2} | ({"address": address} if address else {})
    path.write_text(yaml.safe_dump(config))
    timed([str(BIN / "shodhan"), "curate", "run", "shodhan.yaml"], root / name, f"run, {name} ({engine})")


def on_documents(root: Path, command: str, kills: int) -> bool:
    """`shodhan curate COMMAND` over the records and edited copies of near_duplicates.py: local, Ray, Ray with kills."""
    documents = corpus()
    documents.write_parquet(root / "docs.parquet", row_group_size=1_024)
    against = ["--against", *(str(SHARED / "data" / each) for each in ITEMS)] if command == "decontaminate" else []
    runs = {"local-1": ("local", 1, 0), "local-2": ("local", 2, 0), "ray": ("ray", 2, 0), "killed": ("ray", 2, kills)}
    for name, (engine, workers, deaths) in runs.items():
        words = [str(BIN / "shodhan"), "curate", command, "docs.parquet", *against, "-o", f"{command}-{name}"]
        words += ["--workers", str(workers), "--engine", engine]
        timed(words, root, f"{command} of {documents.height} documents, {name}", deaths)
    first, *others = (digests(root / f"{command}-{name}") for name in runs)
    same = all(other == first for other in others)
    print(f"{command}: {len(first)} files {'byte-identical in all four' if same else 'DIFFER'}")
    return bool(first) and same


def timed(command: list[str], cwd: Path, what: str, kills: int = 0) -> None:
    """Run and print seconds and the peak of the whole tree of processes; meanwhile kill `kills` Ray workers at work."""
    start, killed = time.monotonic(), 0
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, env=QUIET)
    tree = ProcessTree(process.pid)
    while process.poll() is None:
        time.sleep(0.5)
        working = [pid for pid in _tree(str(process.pid)) if b"ray::Map" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        if killed < kills and working:
            os.kill(int(working[0]), signal.SIGKILL)
            killed += 1
    deaths = f", {killed} workers killed" if kills else ""
    seconds = time.monotonic() - start
    print(f"{what}: {seconds:.1f} s, {tree.stop() / 1e6:,.0f} MB at the peak, exit code {process.returncode}{deaths}")


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file but stage.json, which holds times, and locks."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in ("stage.json", "lock"))
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}


if __name__ == "__main__":
    main()
