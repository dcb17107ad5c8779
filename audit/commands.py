"""`shodhan audit …`: check a dataset, read and prove the log, withdraw a dataset, make and show keys."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from audit.keys import Signer

app = typer.Typer(help="Check the evidence: certificates, the audit log, proofs, keys.", no_args_is_help=True)
keys_app = typer.Typer(help="The signing key: make it, show its public half.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")

REASONS = "consent-withdrawn, identifier-found, licence, retention-ended, superseded or error"
Dataset = Annotated[Path, typer.Argument(metavar="DATASET", help="Folder of a certified dataset.", show_default=False)]
AuditDir = Annotated[Path, typer.Option("--audit", metavar="DIR", help="Folder of the log.")]
NearestAudit = Annotated[
    Path | None,
    typer.Option(
        "--audit", metavar="DIR", help="Folder of the log; by default the nearest audit/ above.", show_default=False
    ),
]
Vault = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder of the signing key; by default vault/ beside audit/.", show_default=False),
]
Key = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="VKEY",
        help="File of the public key to trust; by default signer.vkey of the log.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def verify(
    dataset: Dataset,
    audit: NearestAudit = None,
    key: Key = None,
    purpose: Annotated[str | None, typer.Option(help="Refuse unless the dataset is certified for this.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check everything that speaks for a dataset: signature, log, revocation, purpose, terms, every file.

    Exit code 0 when all holds, 3 when anything does not, with one line that names it.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from audit.dataset import verify_dataset

    console = Console(stderr=True)
    columns = (TextColumn("files"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        verified = verify_dataset(
            dataset,
            audit_dir=audit,
            vkey=key,
            purpose=purpose,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    predicate = verified.predicate
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "dataset": predicate.dataset,
                    "version": predicate.version,
                    "certificate_sha256": verified.certificate_sha256,
                    "purpose": predicate.purpose,
                    "files": len(verified.digests),
                    "rows": predicate.splits,
                    "log_index": verified.log_index,
                    "log_size": verified.log_size,
                    "verified": True,
                }
            )
        )
        return
    for line in (
        f"{predicate.dataset} {predicate.version}: certified for the purpose `{predicate.purpose}`",
        f"  certificate   {verified.certificate_sha256}, signed by the trusted key",
        f"  log           entry {verified.log_index} of {verified.log_size}; signature, entries and root recomputed",
        "  revocation    none in the log",
        f"  stages        {len(predicate.stages)}, the record of each in the log",
        f"  files         {len(verified.digests)}, every byte as certified; nothing else under shards/",
        f"  rows          as certified: {', '.join(f'{split} {rows:,}' for split, rows in predicate.splits.items())}",
        f"  terms         every row allows `{verified.purpose}`",
        "verified",
    ):
        typer.echo(line)


@app.command("log")
def show_log(
    audit: AuditDir = Path("audit"),
    key: Key = None,
    extends: Annotated[
        Path | None,
        typer.Option(
            metavar="CHECKPOINT", help="A checkpoint kept elsewhere that this log must extend.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify the log, then list its entries."""
    from audit import log
    from audit.keys import PUBLIC_KEY, Verifier

    trusted = Verifier.load(audit / PUBLIC_KEY if key is None else key)
    history = log.verify(audit, trusted)
    earlier = None if extends is None else history.check_extends(_read(extends), trusted)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "origin": history.checkpoint.origin,
                    "size": history.checkpoint.size,
                    "root": history.checkpoint.root.hex(),
                    "checkpoint": history.note,
                    "extends": None if earlier is None else earlier.size,
                    "entries": [entry.model_dump(mode="json") for entry in history.entries],
                }
            )
        )
        return
    for index, entry in enumerate(history.entries):
        why = f" ({entry.reason})" if entry.reason else ""
        typer.echo(f"{index:>5}  {entry.recorded_at}  {entry.event}  {entry.subject_name}  {entry.outcome}{why}")
    if earlier is not None:
        typer.echo(f"\nextends the earlier checkpoint of {earlier.size} entries")
    typer.echo(f"\n{history.note}", nl=False)


@app.command()
def prove(
    entry: Annotated[
        int, typer.Argument(metavar="ENTRY", help="Index of the entry, from 0.", min=0, show_default=False)
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE.tlog-proof", help="Where to write the proof.", show_default=False),
    ],
    audit: AuditDir = Path("audit"),
) -> None:
    """Write the proof that an entry is in the log, and beside it the entry itself (FILE.json)."""
    from audit import durable
    from audit.log import Log

    history = Log.open(audit).history()
    text = history.prove(entry)
    durable.replace(output, text.encode())
    durable.replace(output.with_suffix(".json"), history.lines[entry] + b"\n")
    typer.echo(f"{output}\n{output.with_suffix('.json')}")


@app.command("check-proof")
def check_proof(
    proof: Annotated[Path, typer.Argument(metavar="FILE.tlog-proof", help="The proof.", show_default=False)],
    entry: Annotated[
        Path, typer.Argument(metavar="ENTRY.json", help="The entry that should be in the log.", show_default=False)
    ],
    key: Annotated[
        Path, typer.Option("--key", metavar="VKEY", help="File of the log's public key.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Check a proof with nothing but the entry and the log's public key. Needs no log."""
    from audit import proof as tlog_proof
    from audit.keys import Verifier

    index, checkpoint = tlog_proof.check(_read(proof), _read(entry).removesuffix(b"\n"), Verifier.load(key))
    if as_json:
        typer.echo(json.dumps({"origin": checkpoint.origin, "index": index, "size": checkpoint.size, "in_log": True}))
    else:
        typer.echo(f"in the log: entry {index} of {checkpoint.size}, {checkpoint.origin}")


@app.command()
def revoke(
    dataset: Dataset,
    reason: Annotated[
        str,
        typer.Option(metavar="CODE", help=f"Why: {REASONS}.", show_default=False),
    ],
    audit: NearestAudit = None,
    vault: Vault = None,
    as_json: AsJson = False,
) -> None:
    """Withdraw a dataset: from now on every opening of it refuses. Nothing is deleted; it cannot be undone."""
    from audit.dataset import find_audit
    from audit.log import Log
    from audit.revocation import revoke as record
    from schemas.failure import Failure
    from schemas.log_entry import Reason

    if reason not in list(Reason):
        raise Failure(f"--reason: {REASONS}")
    audit = find_audit(dataset) if audit is None else audit
    index = record(dataset, Reason(reason), Log.open(audit, _signer(audit, vault)))
    typer.echo(json.dumps({"revoked": True, "log_index": index}) if as_json else f"revoked: log entry {index}")


@app.command()
def recover(audit: AuditDir = Path("audit"), vault: Vault = None) -> None:
    """Put the log right after an append was interrupted (any command that writes does this by itself)."""
    from audit.log import Log

    history = Log.open(audit, _signer(audit, vault)).history()
    typer.echo(f"{history.checkpoint.size} entries, verified")


@keys_app.command("create")
def create(
    origin: Annotated[
        str, typer.Option(help="Name of the log and its key, such as hospital.example/shodhan.", show_default=False)
    ],
    audit: AuditDir = Path("audit"),
    vault: Vault = None,
) -> None:
    """Make the signing key: the private half in vault/, the public half in audit/. Never overwrites one."""
    from audit.keys import PUBLIC_KEY, create_signing_key

    create_signing_key(_vault(audit, vault), audit, origin)
    typer.echo((audit / PUBLIC_KEY).read_text().strip())


@keys_app.command("show")
def show(audit: AuditDir = Path("audit"), as_json: AsJson = False) -> None:
    """Print the public key, to be handed to whoever checks."""
    from audit.keys import PUBLIC_KEY, Verifier

    key = Verifier.load(audit / PUBLIC_KEY)
    typer.echo(json.dumps({"name": key.name, "key_id": key.key_id.hex(), "vkey": key.vkey}) if as_json else key.vkey)


def _vault(audit: Path, vault: Path | None) -> Path:
    from audit.keys import VAULT

    return audit.resolve().parent / VAULT if vault is None else vault


def _signer(audit: Path, vault: Path | None) -> "Signer":
    from audit.keys import PUBLIC_KEY, Signer, Verifier

    return Signer.load(_vault(audit, vault), Verifier.load(audit / PUBLIC_KEY).name)


def _read(path: Path) -> bytes:
    from schemas.failure import Failure

    try:
        return path.read_bytes()
    except OSError:
        raise Failure(f"{path}: cannot be read") from None
