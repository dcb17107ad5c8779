"""The front door: one command, `shodhan`, that mounts each room's commands; nothing heavy is imported until needed."""

import sys
from pathlib import Path
from tempfile import gettempdir
from typing import Annotated

import typer

from audit.commands import app as audit
from curate.commands import app as curate
from deid.commands import app as deid
from deid.disk import writing_to
from finetune.commands import app as finetune
from schemas.failure import Failure

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Hospital notes and medical literature in; certified, de-identified training data and a model out.",
)
app.add_typer(curate, name="curate")
app.add_typer(deid, name="deid")
app.add_typer(audit, name="audit")
app.add_typer(finetune, name="finetune")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where the workspace is to be; made if it is not there.")] = Path(),
) -> None:
    """Start a workspace: a commented shodhan.yaml, a signing key and a pseudonym key."""
    from curate.workspace import create

    typer.echo(f"wrote {create(folder)}; edit its sources, then: shodhan curate run {folder / 'shodhan.yaml'}")


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where the demo's workspace is made.")] = Path("demo"),
    seed: Annotated[int, typer.Option(help="Of the synthetic hospital.")] = 2026,
    train: Annotated[bool, typer.Option(help="Also fine-tune and score SmolLM2-135M on the certified shards.")] = True,
) -> None:
    """Walk the whole journey on a small synthetic hospital, from notes to a scored adapter."""
    from curate.curation import curate as run_curate
    from curate.engine.progress import Progress
    from curate.synthetic.demo import write_demo
    from curate.table import print_table
    from curate.workspace import create_keys

    config = write_demo(folder, seed)
    create_keys(config)
    curation = run_curate(config, progress=Progress())
    print_table(curation)
    if train:
        from finetune.journey import train_and_evaluate

        train_and_evaluate(config.parent / "recipe.yaml")


@deid.command()
def reidentify(
    values: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="One replacement a line, as it stands in the data; - for standard input. Not the value itself: an "
            "argument is readable by others.",
            show_default=False,
        ),
    ],
    vault: Annotated[Path, typer.Option(help="The vault with the pseudonym key and the signing key.")],
    audit: Annotated[Path, typer.Option(help="The folder of the log, which is told first.")],
    who: Annotated[str, typer.Option(metavar="NAME", help="Who asks: an account or a staff number, without spaces.")],
    why: Annotated[
        str,
        typer.Option(
            metavar="REASON",
            help="treatment, safety-report, patient-request, legal-order, research-recall or error-correction.",
        ),
    ],
    subject: Annotated[
        str | None, typer.Option(metavar="TOKEN", help="Only of the record with this subject_key.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")] = False,
) -> None:
    """Give the originals behind surrogates, tokens and encrypted values, to an authorised clinician.

    Who asked, why and which (as keyed tokens) is in the audit log before anything is looked up. Surrogates and tokens
    need a policy with `reidentification: true`. Prints originals: mind who sees them. Exit code 1 when one is unknown.
    """
    import json

    from curate.reidentify import read_values
    from curate.reidentify import reidentify as look

    try:
        text = sys.stdin.read() if str(values) == "-" else values.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):  # the argument is not repeated: somebody may have given a value for a file
        raise Failure("FILE: cannot be read as UTF-8 text; write the replacements into a file, one a line") from None
    looked = look(read_values(text), vault, audit, who, why, subject)
    rows = [row._asdict() for row in looked.rows]
    if as_json:
        typer.echo(json.dumps({"log_index": looked.log_index, "unknown": looked.unknown, "found": rows}))
    else:
        for row in looked.rows:
            typer.echo("\t".join((row.replacement, row.label, row.scope or "-", row.original)))
    if looked.unknown:
        raise Failure(
            f"nothing leads back from {looked.unknown} of the replacements (logged as entry {looked.log_index})"
        )


def main() -> None:
    """Run the command line: a Failure is one line on stderr and its exit code, never a traceback."""
    try:
        with writing_to(Path.cwd(), Path(gettempdir()), kept="the same command goes on, or starts anew"):
            app()
    except Failure as failure:
        typer.echo(f"shodhan: {failure}", err=True)
        sys.exit(failure.exit_code)
    except KeyboardInterrupt:
        typer.echo("shodhan: stopped; the same command goes on from here", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
