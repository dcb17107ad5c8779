"""`engine: ray` beside `engine: local` on ../shared/data: equal bytes, time, memory; and node processes killed.

.venv/bin/python tests/benchmarks/ray_engine.py [--sources pubmed,medmcqa-validation] [--kills 2] [--only run]

Two nodes of one Ray cluster run on this machine, one processor each; while a run is on, the node process (raylet) of
the second is killed with SIGKILL, and started again, as often as --kills says. The workspace folder is what they share.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import yaml
from near_duplicates import corpus
from process_tree import ProcessTree, _tree
from shared import workspace

from curate.durable import sha256_of

BIN = Path(sys.executable).parent
QUIET = os.environ | {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}


def main() -> None:
    """Print one line a run; exit code 1 where bytes differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", default="pubmed,medmcqa-validation,pubmedqa,aci")
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--dedup-kills", type=int, default=5, help="of workers, in `curate dedup`")
    parser.add_argument("--only", choices=["run", "dedup"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="r-") as folder:
        same = []
        if options.only != "dedup":
            same.append(whole_run(Path(folder), options.sources.split(","), options.kills))
        if options.only != "run":
            same.append(deduplicated(Path(folder), options.dedup_kills))
    sys.exit(not all(same))


def whole_run(root: Path, sources: list[str], kills: int) -> bool:
    """`shodhan curate run`: local, Ray on this machine, Ray on two nodes that lose one `kills` times."""
    made(root / "first", sources)
    for name in ("ray", "cluster"):
        shutil.copytree(root / "first", root / name)
    run(root, "first", "local")
    run(root, "ray", "ray")
    with Cluster(root / "cluster-files") as cluster:
        killer = cluster.killer(kills, root / "cluster" / "runs")
        run(root, "cluster", "ray", cluster.address)
        killer.join()
        print(f"node processes killed meanwhile: {cluster.killed}")
    first, *others = (digests(root / name / "datasets") for name in ("first", "ray", "cluster"))
    same = all(other == first for other in others)
    print(f"run: {len(first)} files of the dataset {'byte-identical in all three' if same else 'DIFFER'}")
    return same


def made(folder: Path, names: list[str]) -> None:
    """The benchmarks' workspace, with some of its sources."""
    path = workspace(folder)
    config = yaml.safe_load(path.read_text())
    config["sources"] = {name: config["sources"][name] for name in names}
    config["deid"] = {"reidentification": True}
    path.write_text(yaml.safe_dump(config))


def run(root: Path, name: str, engine: str, address: str | None = None) -> None:
    """`shodhan curate run` to its end, with its time and memory."""
    path = root / name / "shodhan.yaml"
    config = yaml.safe_load(path.read_text())
    config["engine"] = {"name": engine, "workers": 2} | ({"address": address} if address else {})
    path.write_text(yaml.safe_dump(config))
    timed([str(BIN / "shodhan"), "curate", "run", "shodhan.yaml"], root / name, f"run, {name} ({engine})")


def deduplicated(root: Path, kills: int) -> bool:
    """`shodhan curate dedup` over the real and edited records of near_duplicates.py: local, Ray, Ray with kills."""
    documents = corpus()
    documents.write_parquet(root / "docs.parquet", row_group_size=1_024)
    runs = {"local-1": ("local", 1, 0), "local-2": ("local", 2, 0), "ray": ("ray", 2, 0), "killed": ("ray", 2, kills)}
    for name, (engine, workers, deaths) in runs.items():
        command = [str(BIN / "shodhan"), "curate", "dedup", "docs.parquet", "-o", f"dedup-{name}"]
        command += ["--workers", str(workers), "--engine", engine]
        timed(command, root, f"dedup of {documents.height} documents, {name}", deaths)
    first, *others = (digests(root / f"dedup-{name}") for name in runs)
    same = all(other == first for other in others)
    print(f"dedup: {len(first)} files {'byte-identical in all four' if same else 'DIFFER'}")
    return same


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


class Cluster:
    """Two Ray nodes on this machine, the first for the driver."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.killed, self.address = folder, 0, ""

    def __enter__(self) -> "Cluster":
        said = self._start("--head", "--port=0")
        self.address = re.search(r"--address='([\d.]+:\d+)'", said).group(1)
        self._start(f"--address={self.address}")
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self._raylets():
            os.kill(pid, signal.SIGKILL)
        for pid in self._pids("gcs_server"):
            os.kill(pid, signal.SIGKILL)

    def killer(self, kills: int, runs: Path) -> threading.Thread:
        """Kill the second node's process in the midst of a run, and give the cluster a new node; `kills` times."""

        def work() -> None:
            for number in range(kills):
                while len(list(runs.glob("*/*/*.json"))) < 8 * (number + 1):
                    time.sleep(0.2)
                os.kill(self._raylets()[-1], signal.SIGKILL)
                self.killed += 1
                self._start(f"--address={self.address}")

        thread = threading.Thread(target=work)
        thread.start()
        return thread

    def _start(self, *arguments: str) -> str:
        command = [str(BIN / "ray"), "start", *arguments, "--num-cpus=1", "--object-store-memory=100000000",
                   "--disable-usage-stats"]  # fmt: skip
        if "--head" in arguments:
            command += [f"--temp-dir={self._folder}", "--include-dashboard=false"]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=QUIET)
        if done.returncode:
            sys.exit(f"ray start failed:\n{done.stderr}")
        return done.stdout

    def _raylets(self) -> list[int]:
        return self._pids("raylet/raylet")

    def _pids(self, program: str) -> list[int]:
        """Processes of this cluster, oldest first."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                line = (path / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if program in line.split("\0")[0] and str(self._folder) in line:
                found.append(int(path.name))
        return sorted(found)


if __name__ == "__main__":
    main()
