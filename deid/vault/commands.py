"""`shodhan deid key …`: make the pseudonym key, put it under a lock, take a copy of it.

A passphrase is never an argument: it is asked on the terminal, or stated as `deid.vault.secret` says.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from deid.vault.lock import Secret

app = typer.Typer(
    no_args_is_help=True,
    help="The pseudonym key. Unattended, a passphrase stands in SHODHAN_VAULT_PASSPHRASE (or in the file descriptor or "
    "the file that …_FD or …_FILE name), a new one in SHODHAN_VAULT_NEW_PASSPHRASE likewise, and the path of a key "
    "file in SHODHAN_VAULT_KEY_FILE.",
)

VaultDir = Annotated[Path, typer.Argument(metavar="VAULT", help="The folder that keeps the key.", show_default=False)]
ByPassphrase = Annotated[bool, typer.Option("--passphrase", help="Lock it with a passphrase (AES-256-GCM, scrypt).")]
ByKeyFile = Annotated[
    Path | None,
    typer.Option("--key-file", metavar="FILE", help="Lock it with a key file, made where none is.", show_default=False),
]
NoLock = Annotated[
    bool, typer.Option("--no-lock", help="Leave it to the file's mode (0600) and to the encryption of the disk.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


@app.command("create")
def create(
    vault: Annotated[Path, typer.Argument(help="The folder that keeps the key; made with mode 0700.")],
    passphrase: ByPassphrase = False,
    key_file: ByKeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a new pseudonym key, under no lock unless one is asked for. Refuses when one is there."""
    from deid.key import NAME, create_key
    from deid.vault.secret import PASSPHRASE
    from schemas.failure import Refusal

    if (vault / NAME).exists():
        raise Refusal(f"{vault / NAME}: a key is there already; move it away yourself to start new pseudonyms")
    path = create_key(vault, _secret(vault, passphrase, key_file, PASSPHRASE))
    _told(as_json, f"wrote {path}; back it up, and show it to nobody", key=str(path))


@app.command("rotate")
def rotate(
    vault: VaultDir,
    passphrase: ByPassphrase = False,
    key_file: ByKeyFile = None,
    no_lock: NoLock = False,
    as_json: AsJson = False,
) -> None:
    """Put the same key under a new lock. Pseudonyms stay; copies under the old lock still open with the old secret."""
    from deid.vault.rotation import rotate_key
    from deid.vault.secret import NEW_PASSPHRASE

    _one(passphrase, key_file, no_lock)
    path = rotate_key(vault, lambda: _secret(vault, passphrase, key_file, NEW_PASSPHRASE))
    _told(as_json, f"{path}: under a new lock; destroy copies under the old one", key=str(path))


@app.command("export")
def export(
    vault: VaultDir,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The copy; nothing may be there.", show_default=False)
    ],
    passphrase: ByPassphrase = False,
    key_file: ByKeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Write a copy of the key under a lock of its own, to be put elsewhere as VAULT/pseudonym.key.

    Refused without the vault's passphrase or key file, and from a vault that has no lock.
    """
    from deid.vault.rotation import export_key
    from deid.vault.secret import NEW_PASSPHRASE

    _one(passphrase, key_file, False)
    export_key(vault, output, lambda: _secret(vault, passphrase, key_file, NEW_PASSPHRASE))
    _told(as_json, f"wrote {output}; it opens with the secret just given", copy=str(output))


@app.command("replace")
def replace(
    vault: VaultDir,
    passphrase: ByPassphrase = False,
    key_file: ByKeyFile = None,
    no_lock: NoLock = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether this is meant.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start new pseudonyms: WARNING, every person gets another surrogate, and nothing joins to what was made before.

    The old key stays in the vault under another name, for what it hides opens with it alone.
    """
    from deid.vault.rotation import replace_key
    from deid.vault.secret import NEW_PASSPHRASE

    _one(passphrase, key_file, no_lock)
    if not yes:
        typer.confirm("Every person gets another surrogate from now on, and no later data joins to earlier. Go on?",
                      abort=True)  # fmt: skip
    old = replace_key(vault, lambda: _secret(vault, passphrase, key_file, NEW_PASSPHRASE))
    _told(as_json, f"new pseudonyms from now on; the old key is {old}", old_key=str(old))


def _one(passphrase: bool, key_file: Path | None, no_lock: bool) -> None:
    if passphrase + (key_file is not None) + no_lock != 1:
        raise typer.BadParameter("say which lock: one of --passphrase, --key-file and, where it is offered, --no-lock")


def _secret(vault: Path, passphrase: bool, key_file: Path | None, variable: str) -> "Secret | None":
    from deid.key import NAME
    from deid.vault.secret import new_key_file, new_passphrase

    if passphrase and key_file is not None:
        raise typer.BadParameter("one lock: --passphrase or --key-file")
    if passphrase:
        return new_passphrase(vault / NAME, variable)
    return None if key_file is None else new_key_file(key_file, vault)


def _told(as_json: bool, text: str, **facts: str) -> None:
    import json

    typer.echo(json.dumps(facts) if as_json else text)
