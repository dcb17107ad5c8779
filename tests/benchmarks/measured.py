"""Runs a command over a file of notes and takes its time and memory; without network, where the kernel allows that."""

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from process_tree import ProcessTree

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Measured:
    """What one run gave and took."""

    rows: list[dict]
    seconds: float
    processor: float
    """Seconds of processor time, of the process and all it started; steadier than `seconds` where other jobs run."""
    peak: int
    """Bytes, of the process and all it started."""


def detect(command: Sequence[str | Path], notes: Sequence[dict]) -> Measured:
    """Run `command` with {notes} and {spans} filled in; only id and text of the notes are given."""
    with tempfile.TemporaryDirectory() as folder:
        given, found, log = Path(folder) / "notes.jsonl", Path(folder) / "spans.jsonl", Path(folder) / "log"
        lines = (json.dumps({"id": note["id"], "text": note["text"]}, ensure_ascii=False) for note in notes)
        given.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        words = [str(word).format(notes=given, spans=found) for word in command]
        with log.open("wb") as out:
            start = time.monotonic()
            process = subprocess.Popen([*cut_off(), *words], stdout=out, stderr=out)
            tree = ProcessTree(process.pid)
            process.wait()
            seconds = time.monotonic() - start
        peak = tree.stop()
        if process.returncode:
            raise SystemExit(f"{words[:2]} failed:\n{log.read_text(errors='replace')[-2000:]}")
        rows = [json.loads(line) for line in found.read_text(encoding="utf-8").split("\n") if line]
    return Measured(rows, seconds, tree.processor, peak)


@cache
def cut_off() -> tuple[str, ...]:
    """The prefix that runs a command in a network of its own, with nothing in it; empty where the kernel forbids it."""
    prefix = ("unshare", "--map-root-user", "--net")
    try:
        allowed = subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        allowed = False
    return prefix if allowed else ()


def commit() -> str:
    """The commit measured, and whether the code of the detector differs from it."""
    code = [str(HERE.parents[1] / name) for name in ("deid", "schemas", "shodhan.py")]
    return _git("rev-parse", "--short", "HEAD") + (
        " with uncommitted changes" if _git("status", "--porcelain", "--", *code) else ""
    )


def _git(*words: str) -> str:
    return subprocess.run(["git", "-C", str(HERE), *words], check=False, capture_output=True, text=True).stdout.strip()
