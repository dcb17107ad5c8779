"""A disk that is full, for real (a small tmpfs): one line that names it, and the same bytes after space is made."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

SHODHAN = str(Path(sys.executable).with_name("shodhan"))
ALONE = ("unshare", "--map-root-user", "--mount")
STEPS = 2

# A disk of its own, which grows from step to step; the command is tried at each size.
SCRIPT = """\
disk=$1 seed=$2 after=$3 sizes=$4; shift 4
mount -t tmpfs -o size=64m tmpfs "$disk"
cp -a "$seed/." "$disk"
for size in $sizes; do
  mount -o remount,size="${size}k" "$disk"
  code=0
  (cd "$disk" && "$@" > /dev/null 2>> "$after.said") || code=$?
  echo $code >> "$after.codes"
done
cp -a "$disk/." "$after"
"""


def _possible() -> bool:
    try:
        tried = subprocess.run(
            [*ALONE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False, timeout=60
        )
    except FileNotFoundError:
        return False
    return tried.returncode == 0


pytestmark = pytest.mark.skipif(not _possible(), reason="the kernel lets this user make no small disk")


@pytest.fixture
def seed(tmp_path: Path, shodhan: Callable[..., object], notes_config: Callable[[int], str]) -> Path:
    """A workspace with notes, as a source, as a table, and as JSON lines."""
    root, drawn = tmp_path / "seed", random.Random(4)
    shodhan("init", root, cwd=tmp_path)
    words = [f"{a}{b}{c}" for a in "bdfgklm" for b in ("an", "el", "or", "ush", "ip") for c in ("", "ta", "mer", "os")]
    said = "Patient name: {}. Mobile: 98450 6{:04}. Seen on 12/03/2024 for fever. {}."
    texts = [
        said.format(" ".join(drawn.choices(words, k=2)).title(), n, " ".join(drawn.choices(words, k=60)))
        for n in range(1200)
    ]
    ids = [f"n{number}" for number in range(len(texts))]
    pq.write_table(pa.table({"doc_id": ids, "text": texts}), root / "notes.parquet", row_group_size=200)
    rows = (json.dumps({"id": i, "text": text}) + "\n" for i, text in zip(ids[:300], texts, strict=False))
    (root / "notes.jsonl").write_text("".join(rows))
    (root / "policy.yaml").write_text("reidentification: true\n")
    (root / "shodhan.yaml").write_text(f"{notes_config(200)}deid: {{reidentification: true}}\n")
    return root


def kept(root: Path, *places: str) -> dict[str, bytes]:
    """What the command is to leave, by name, without logs, which hold a clock."""
    found = [path for place in places for path in [root / place, *(root / place).rglob("*")] if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found if path.name != "lock"}


def kilobytes(root: Path) -> int:
    return int(subprocess.run(["du", "-sk", root], capture_output=True, text=True, check=True).stdout.split()[0])


@pytest.mark.parametrize(
    ("command", "places"),
    [
        (("curate", "run", "shodhan.yaml", "--workers", "2"), ("datasets",)),
        pytest.param(("curate", "dedup", "notes.parquet", "-o", "out", "--index", "index", "--workers", "2"),
                     ("out/kept", "out/dropped", "out/groups.parquet", "index"), marks=pytest.mark.long),
        (("deid", "scrub", "notes.jsonl", "-o", "out.jsonl", "--vault", "vault", "--policy", "policy.yaml"),
         ("out.jsonl", "vault/reidentification")),
    ],
    ids=["run", "dedup", "scrub"],
)  # fmt: skip
def test_a_full_disk_is_one_line_and_the_run_goes_on_after_it(
    command: tuple[str, ...], places: tuple[str, ...], seed: Path, tmp_path: Path
) -> None:
    free, disk, after = (tmp_path / name for name in ("free", "disk", "after"))
    disk.mkdir()
    after.mkdir()
    shutil.copytree(seed, free)
    subprocess.run([SHODHAN, *command], cwd=free, check=True, capture_output=True)
    before, most = kilobytes(seed), kilobytes(free)
    sizes = [before + 8 + (most - before) * step // STEPS for step in range(STEPS)]
    subprocess.run(
        [*ALONE, "sh", "-ec", SCRIPT, "sh", disk, seed, after, " ".join(map(str, [*sizes, 4 * most + 8192])),
         SHODHAN, *command],
        check=True,
    )  # fmt: skip
    codes = Path(f"{after}.codes").read_text().split()
    said = Path(f"{after}.said").read_text()
    assert codes[0] == "1"
    assert codes[-1] == "0"
    assert set(codes) == {"0", "1"}
    lines = said.splitlines()
    assert len(lines) == codes.count("1"), said
    assert all("the disk is full (" in line and "make space and run again" in line for line in lines), said
    assert str(disk) in said
    assert kept(after, *places) == kept(free, *places)
    assert not [*after.rglob("*.tmp"), *after.rglob(".*.new"), *after.rglob(".out.jsonl*")]
