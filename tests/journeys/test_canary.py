"""No identifier outside the data: canaries go through every command, and everything that was written is searched.

What may hold a canary: the parts of a run before de-identification, what `deid` writes where it is told to, and what
`reidentify` and `explain` print. The commands of `finetune` are walked in tests/finetune/test_canary.py.
"""

import csv
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.main import get_command

from shodhan import app

NAME = "Sulochana Deshpande"
AADHAAR = "2341 2341 2346"
PHONE = "98450 61237"
PATIENT = "UHID7734501"
CANARIES = ("sulochana", "deshpande", AADHAAR, AADHAAR.replace(" ", ""), PHONE, PHONE.replace(" ", ""), "7734501")

NOTE = """\
City Hospital
Patient name: Mrs. {name}    Age: 54 yrs / F    UHID: {patient}
Aadhaar No: {aadhaar}   Mobile: {phone}

HISTORY: Mrs. {name} has had polyuria for two months. Note number {number} of this stay.
TREATMENT: Tab Metformin 500 mg BD after food, Tab Telmisartan 40 mg OD, review of HbA1c and creatinine.
DIAGNOSIS: Type 2 diabetes mellitus with hypertension, visit number {number} in this clinic.
"""

CONFIG = """\
version: 1
sources:
  notes:
    reader: table
    paths: [input]
    columns: {id: note_id, text: text, subject: patient}
    personal: true
    patients: {path: data-patients.csv, key: uhid, columns: {name: PERSON, aadhaar: IN_AADHAAR, phone: PHONE_NUMBER}}
    terms: {licence: internal, purposes: [research]}
dataset: {name: canary, version: 1.0.0, published: 2026-11-22, heldout_share: 0}
dedup: {threshold: 1.0}
"""

LOCKED = """\
deid:
  reidentification: true
  operators: {IN_AADHAAR: encrypt, PHONE_NUMBER: {mask: 2}, MEDICAL_RECORD_NUMBER: token}
"""
BY_PIPE = "SHODHAN_VAULT_PASSPHRASE_FD"
SECRET = "canary in a coal mine"
EVERY_OPERATOR = """\
default: surrogate
operators:
  PERSON: token
  IN_AADHAAR: encrypt
  PHONE_NUMBER: {mask: 2}
  DATE: generalise
  PIN_CODE: generalise
reidentification: true
"""
COLUMNS = """\
tables:
  data-patients:
    columns: {uhid: subject, name: {role: identifier, label: PERSON}, aadhaar: {role: identifier, label: IN_AADHAAR},
              phone: {role: identifier, label: PHONE_NUMBER}}
"""

DATASET = "datasets/canary/1.0.0"
OUTSIDE_THE_DATA = [
    (0, "curate", "run", "shodhan.yaml", "--workers", "2"),
    (1, "curate", "run", "torn.yaml"),
    (0, "curate", "status", "shodhan.yaml"),
    (0, "curate", "run", "shodhan.yaml", "--json"),
    (0, "audit", "verify", DATASET),
    (0, "audit", "log", "--audit", "audit"),
    (0, "audit", "prove", "9", "-o", "entry.tlog-proof", "--audit", "audit"),
    (0, "audit", "check-proof", "entry.tlog-proof", "entry.json", "--key", "audit/signer.vkey"),
    (0, "audit", "recover"),
    (0, "audit", "keys", "create", "--origin", "other.example/log", "--audit", "other/audit"),
    (0, "audit", "keys", "show"),
    (0, "audit", "revoke", DATASET, "--reason", "identifier-found"),
    (3, "audit", "verify", DATASET),
    (0, "curate", "dedup", "data-notes.parquet", "-o", "data-dedup"),
    (0, "curate", "dedup", "notes.jsonl", "-o", "data-before"),
    (0, "curate", "decontaminate", "data-notes.parquet", "--against", "data-items.jsonl", "-o", "data-apart"),
    (1, "curate", "decontaminate", "data-notes.parquet", "--against", "torn.jsonl", "-o", "data-torn"),
    (0, "deid", "key", "create", "other/vault"),
    (0, "deid", "key", "replace", "other/vault", "--no-lock", "--yes"),
    (0, "deid", "detect", "notes.jsonl", "-o", "data-spans.jsonl"),
    (1, "deid", "detect", "torn.jsonl", "-o", "data-torn.jsonl"),
    (0, "deid", "detect", "notes.jsonl", "-o", "data-known.jsonl", "--patients", "patients.yaml"),
    (0, "deid", "scrub", "notes.jsonl", "-o", "scrubbed.jsonl", "--vault", "vault"),
    (0, "curate", "dedup", "scrubbed.jsonl", "-o", "after"),
    (0, "deid", "evaluate", "data-spans.jsonl", "--report", "evaluation.html"),
    (0, "deid", "evaluate", "data-spans.jsonl", "--json"),
    (0, "deid", "explain", "notes.jsonl", "--id", f"{PATIENT}-0"),
    (1, "deid", "explain", "notes.jsonl", "--id", f"{PATIENT}-none"),
    (0, "deid", "table", "data-patients.csv", "-o", "tables", "--vault", "vault", "--policy", "columns.yaml"),
    (1, "deid", "table", "data-torn.csv", "-o", "torn", "--vault", "vault", "--policy", "columns.yaml"),
    (0, "deid", "link", "data-names.jsonl", "-o", "data-keys.jsonl", "--vault", "vault"),
    (1, "deid", "link", "torn.jsonl", "-o", "torn-keys.jsonl"),
    (1, "deid", "train", "-o", "torn-model", "--notes", "data-torn.txt"),  # training itself takes minutes
]
"""Exit code and command."""

WITH_THE_VAULT = {"curate run", "deid key rotate", "deid key export", "deid reidentify", "deid scrub", "audit log"}

BEFORE_DEIDENTIFY = ("01-", "02-", "03-", "04-", "05-", "06-")


@pytest.fixture
def workspace(tmp_path: Path, shodhan: Callable[..., object]) -> Path:
    """A workspace whose every input holds canaries: text, ids, a file name, a broken record."""
    root = tmp_path / "ws"
    shodhan("init", root, cwd=tmp_path)
    (root / "shodhan.yaml").write_text(CONFIG)
    (root / "input").mkdir()
    with (root / "input" / f"{PATIENT}-sulochana.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["note_id", "patient", "text"])
        for number in range(6):
            text = NOTE.format(name=NAME, aadhaar=AADHAAR, phone=PHONE, patient=PATIENT, number=number)
            rows.writerow([f"{PATIENT}-{number}", PATIENT, text])
    with (root / "input" / "broken.csv").open("wb") as file:
        file.write(b"note_id,patient,text\n")
        file.write(f"{PATIENT}-x,{PATIENT},{NAME} \xff{PHONE}\n".encode("latin-1"))
        file.write(f"{PATIENT}-y,{PATIENT},{NAME},{PHONE},too,many\n".encode())
    text = NOTE.format(name=NAME, aadhaar=AADHAAR, phone=PHONE, patient=PATIENT, number=0)
    notes = [{"id": f"{PATIENT}-{number}", "text": text} for number in range(2)]
    (root / "notes.jsonl").write_text("".join(json.dumps(note) + "\n" for note in notes))
    columns = {"doc_id": [note["id"] for note in notes], "text": [note["text"] for note in notes]}
    pq.write_table(pa.table(columns), root / "data-notes.parquet")
    row = f"{PATIENT},{NAME},{AADHAAR},{PHONE}\n"
    (root / "data-patients.csv").write_text(f"uhid,name,aadhaar,phone\n{row}")
    (root / "data-torn.csv").write_text(f"uhid,name,aadhaar,phone\n{row}{NAME},{AADHAAR},{PHONE}\n")
    (root / "torn.yaml").write_text(CONFIG.replace("data-patients.csv", "data-torn.csv"))
    (root / "patients.yaml").write_text("{path: data-patients.csv, key: uhid, columns: {name: PERSON}}")
    (root / "every.yaml").write_text(EVERY_OPERATOR)
    (root / "locked.yaml").write_text(CONFIG.replace("name: canary", "name: locked") + LOCKED)
    (root / "columns.yaml").write_text(COLUMNS)
    (root / "data-names.jsonl").write_text(json.dumps({"surface": NAME}) + "\n")
    item = {"id": PATIENT, "question": NOTE.format(name=NAME, aadhaar=AADHAAR, phone=PHONE, patient=PATIENT, number=0)}
    item |= {"opa": NAME, "opb": PHONE, "opc": AADHAAR, "opd": "none", "cop": 1, "exp": "", "subject_name": "S"}
    (root / "data-items.jsonl").write_text(json.dumps(item) + "\n")
    (root / "data-torn.txt").write_text(f"=== torn | en | note | plain\n\u27e6PERSON|{NAME} {PHONE}\n")
    (root / "torn.jsonl").write_text(json.dumps(notes[0]) + "\n" + json.dumps(notes[1])[:60] + "\n")
    return root


def test_no_canary_outside_the_data(workspace: Path, tmp_path: Path) -> None:
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    home.mkdir()
    scratch.mkdir()
    said = []
    shodhan = Path(sys.executable).with_name("shodhan")
    environment = os.environ | {"HOME": str(home), "TMPDIR": str(scratch), "COLUMNS": "200"}
    for code, *command in OUTSIDE_THE_DATA:
        done = subprocess.run(
            [shodhan, *command], cwd=workspace, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, (command, done.stderr)
        assert "Traceback" not in done.stderr
        told = done.stderr if "explain" in command else done.stdout + done.stderr
        said.append((named(command), told))
    assert pq.read_table(next(workspace.glob("datasets/canary/1.0.0/shards/train*"))).num_rows > 0
    searched = [*said, *written(workspace), *written(home), *written(scratch)]
    assert len(searched) > 40
    leaks = [(where, canary) for where, what in searched for canary in CANARIES if canary.casefold() in what.casefold()]
    assert not leaks


def test_no_canary_outside_the_vault(workspace: Path, tmp_path: Path) -> None:
    """With a locked vault that remembers, and every command that opens it. What `reidentify` prints is the data."""
    home = tmp_path / "home"
    home.mkdir()
    environment = os.environ | {"HOME": str(home), "TMPDIR": str(home), "COLUMNS": "200"}
    environment["SHODHAN_VAULT_NEW_PASSPHRASE"] = environment["SHODHAN_VAULT_PASSPHRASE"] = SECRET
    arguments = set[str]()

    def call(*command: str, code: int = 0, stdin: str | None = None, plain: bool = False) -> str:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("shodhan"), *command], cwd=workspace, text=True, stdin=subprocess.PIPE,
            env={k: v for k, v in environment.items() if not (plain and k == "SHODHAN_VAULT_PASSPHRASE")},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=[int(environment.get(BY_PIPE, 0))],
        )  # fmt: skip
        while NAME not in command:  # but for the user's mistake below
            arguments.update(command_lines(process.pid))
            if "run" not in command or process.poll() is not None:
                break
            time.sleep(0.05)
        walked.add(named(command))
        out, err = process.communicate(stdin)
        assert process.returncode == code, (command, err)
        assert "Traceback" not in err
        said.append((" ".join(command) + " stderr", err))
        if "reidentify" not in command:
            said.append((" ".join(command), out))
        return out

    said: list[tuple[str, str]] = []
    walked = set[str]()
    look = ("reidentify", "--vault", "vault", "--audit", "audit", "--who", "dr.rao", "--why", "treatment")
    call("deid", "key", "rotate", "vault", "--passphrase", plain=True)
    call("deid", "key", "export", "vault", "-o", "copy.key", "--passphrase")
    pipe, end = os.pipe()
    os.write(end, SECRET.encode())
    os.close(end)
    environment[BY_PIPE] = str(pipe)  # it can be read once: the workers are given the opened vault
    call("curate", "run", "locked.yaml", "--workers", "2", plain=True)
    del environment[BY_PIPE]
    call("deid", "scrub", "notes.jsonl", "-o", "every.jsonl", "--vault", "vault", "--policy", "every.yaml")
    shard = next(workspace.glob("datasets/locked/1.0.0/shards/train*"))
    scrubbed = (workspace / "every.jsonl").read_text()
    name = pq.read_table(shard)["text"][0].as_py().split("Mrs. ")[1].split("   ")[0].strip()
    asked = [name, *re.findall(r"\[(?:PERSON:|IN_AADHAAR=)[a-z2-7]+\]", scrubbed)[:2]]
    (workspace / "asked.txt").write_text("\n".join(asked))
    found = json.loads(call("deid", *look, "asked.txt", "--json"))
    assert {row["original"] for row in found["found"]} >= {NAME, AADHAAR}
    assert NAME in call("deid", *look, "-", stdin=name)
    call("deid", *look, "-", stdin=NAME, code=1)  # what is no replacement leads nowhere, and is not repeated
    call("deid", *look, NAME, code=1)  # a user's mistake: it is not repeated either
    call("deid", "key", "rotate", "vault", "--key-file", "key-file")
    call("deid", *look, "-", stdin=NAME, code=3)
    call("audit", "log", "--audit", "audit", "--json")
    assert walked == WITH_THE_VAULT
    said = [(where.replace(NAME, ""), what) for where, what in said]
    lines = [(line, line) for line in arguments]
    assert any("run" in line for line in arguments)
    searched = [*said, *lines, *written(workspace), *written(home)]
    canaries = (*CANARIES, SECRET)
    leaks = [(where, canary) for where, what in searched for canary in canaries if canary.casefold() in what.casefold()]
    assert not leaks


def test_every_command_is_walked() -> None:
    """`init` makes the workspace above; `demo` reads nothing of anybody's."""
    walked = {named(command) for _, *command in OUTSIDE_THE_DATA} | WITH_THE_VAULT | {"init", "demo"}
    assert walked == {name for name in every_command() if not name.startswith("finetune ")}


def every_command() -> set[str]:
    """`deid key create` and all the others."""

    def below(command: object, name: str) -> Iterator[str]:
        for word, each in getattr(command, "commands", {}).items():
            yield from below(each, f"{name} {word}")
        if not hasattr(command, "commands"):
            yield name.strip()

    return set(below(get_command(app), ""))


def named(command: Sequence[str]) -> str:
    """Which command a command line calls."""
    begins = (" ".join(command[:words]) for words in (3, 2, 1))
    return next(name for name in begins if name in every_command())


KEEPING_RAYS_LOGS = """
import sys
from curate.engine import ray
from shodhan import main

if __name__ == "__main__":
    ray.forget = lambda folder: None
    main()
"""


def test_no_canary_in_what_ray_writes_nor_anything_of_ray_outside_the_workspace(
    workspace: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ray", reason="the Ray engine needs the extra ray")
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    home.mkdir()
    scratch.mkdir()
    (tmp_path / "keeping.py").write_text(KEEPING_RAYS_LOGS)
    for name in ("shodhan.yaml", "torn.yaml"):
        (workspace / name).write_text(f"{(workspace / name).read_text()}engine: {{name: ray, workers: 1}}\n")
    environment = os.environ | {"HOME": str(home), "TMPDIR": str(scratch), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, tmp_path / "keeping.py", "curate", "run", "shodhan.yaml"], cwd=workspace, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = [("stdout and stderr", done.stdout + done.stderr)]
    rays = [where for where, _ in written(workspace) if "/engine/" in where]
    assert any("/logs/raylet.out" in where for where in rays)
    assert any("/logs/worker-" in where for where in rays)
    searched = [*said, *written(workspace)]
    leaks = [(where, canary) for where, what in searched for canary in CANARIES if canary.casefold() in what.casefold()]
    assert not leaks
    assert not [*home.rglob("*"), *scratch.rglob("*")]


def command_lines(parent: int) -> Iterator[str]:
    """The arguments of a process and of all that it started, as any user of the machine reads them."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status, line = (folder / "stat").read_text(), (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it has ended
        if parent in (int(folder.name), int(status.rsplit(")", 1)[1].split()[1])):
            yield line.replace(b"\0", b" ").decode(errors="replace")


def written(root: Path) -> Iterator[tuple[str, str]]:
    """Every file outside the data, and its name, as (where, what can be read in it)."""
    for path in sorted(root.rglob("*")):
        where = path.relative_to(root).as_posix()
        if where.startswith(("input", "notes.jsonl", "torn.jsonl", "data-")) or not path.is_file():
            continue
        if (
            where.startswith("runs/")
            and where.split("/")[2].startswith(BEFORE_DEIDENTIFY)
            and path.suffix == ".parquet"
        ):
            yield where, path.name
            continue
        if path.suffix == ".parquet":
            yield where, where + json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False)
        else:
            yield where, where + path.read_bytes().decode("utf-8", "replace")
