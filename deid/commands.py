"""`shodhan deid …`: find, replace and measure identifiers."""

from pathlib import Path
from typing import Annotated

import typer

from deid.vault.commands import app as key_app

app = typer.Typer(no_args_is_help=True, help="Find identifiers in notes, replace them, and measure how well.")
app.add_typer(key_app, name="key")

Notes = Annotated[Path, typer.Argument(help='JSON lines, each {"id", "text"}.')]
Workers = Annotated[int, typer.Option(help="Worker processes; never changes the result.", min=1)]
PolicyFile = Annotated[Path | None, typer.Option(help="A YAML file with the policy; else surrogates for everything.")]
PatientsFile = Annotated[
    Path | None,
    typer.Option(help="A YAML file that names a patient table (path, key, columns): what it knows is searched, too."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


@app.command()
def detect(
    notes: Notes,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where the spans go: JSON lines in the order of the notes.")
    ],
    workers: Workers = 1,
    policy: PolicyFile = None,
    patients: PatientsFile = None,
    as_json: AsJson = False,
) -> None:
    """Find identifiers: {"id","text","spans":[{"start","end","label","score","source"}]}, code points, end
    exclusive.
    """
    import json

    from deid.files import detect_file, patients_of, read_policy

    counts = detect_file(notes, output, read_policy(policy), workers, patients_of(patients))
    typer.echo(json.dumps(counts) if as_json else f"{counts['notes']} notes, {counts['spans']} spans: {output}")


@app.command()
def scrub(
    notes: Notes,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the scrubbed notes go.")],
    vault: Annotated[Path, typer.Option(help="The vault with the pseudonym key.")],
    workers: Workers = 1,
    policy: PolicyFile = None,
    patients: PatientsFile = None,
    as_json: AsJson = False,
) -> None:
    """Replace identifiers. A note in which one is still found afterwards is left out and counted, and the exit
    code is 3. Where the surrogates stand is written beside (CLEAN.spans.jsonl, for `curate dedup`): that file stays.
    """
    import json

    from deid.files import patients_of, read_policy, scrub_file
    from schemas.failure import Refusal

    counts = scrub_file(notes, output, vault, read_policy(policy), workers, patients_of(patients))
    held = sum(n for reason, n in counts["held_back"].items())
    typer.echo(
        json.dumps(counts)
        if as_json
        else f"{counts['notes']} notes, {counts['written']} written, {held} held back: {output}"
    )
    if held:
        raise Refusal(f"{notes}: {held} notes still held an identifier after replacement; they are not in {output}")


@app.command()
def evaluate(
    gold: Annotated[list[Path], typer.Argument(help="Marked notes: JSON lines with spans.")],
    predictions: Annotated[Path | None, typer.Option(help="Spans to score; else the detector is run.")] = None,
    workers: Workers = 1,
    policy: PolicyFile = None,
    leaks: Annotated[
        int,
        typer.Option("--leaks", help="Show so many of what was missed. These are values: mind who sees them.", min=0),
    ] = 0,
    report: Annotated[Path | None, typer.Option(help="Also draw it: an HTML file, complete in itself.")] = None,
    as_json: AsJson = False,
) -> None:
    """Recall by label, language and tag with 95 % intervals, over-redaction, label confusions, clinical content
    kept.
    """
    import json

    from deid.evaluation import evaluate_files, lines
    from deid.files import read_policy

    evaluation = evaluate_files(gold, predictions, read_policy(policy), workers)
    if report is not None:
        from deid.report import write_report

        write_report(report, evaluation, shown=leaks)
    if as_json:
        # ASCII: the text of a leak may hold a lone surrogate, which no terminal takes
        typer.echo(json.dumps(evaluation.as_json(leaks)))
        return
    for line in lines(evaluation, leaks):
        typer.echo(line)


@app.command()
def table(
    tables: Annotated[
        list[Path], typer.Argument(help="Parquet, Arrow, CSV, TSV or JSON lines (the last three also .gz).")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The new folder for tables and report.json.")],
    vault: Annotated[Path, typer.Option(help="The vault with the pseudonym key.")],
    policy: Annotated[Path | None, typer.Option(help="A YAML file that says what each column holds.")] = None,
    preset: Annotated[str | None, typer.Option(help="A policy that comes along: mimic-iv.")] = None,
    source: Annotated[
        str | None,
        typer.Option(help="The source in shodhan.yaml whose notes are of these subjects; else as `deid scrub` does."),
    ] = None,
    parquet: Annotated[bool, typer.Option("--parquet", help="Write Parquet, whatever was read.")] = False,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """De-identify tables, column by column, consistently with the notes of the same patients.

    Writes each table, the numbers of the rows that were suppressed, and report.json; nothing, where a cell or column
    does not fit the policy.
    """
    from deid.tables.policy import read_column_policy
    from deid.tables.run import deidentify_tables
    from deid.tables.summary import lines

    columns, folder = read_column_policy(policy, preset)
    report = deidentify_tables(tables, output, columns, folder, vault, source=source, parquet=parquet, workers=workers)
    if as_json:
        typer.echo(report.model_dump_json())
        return
    for line in lines(report):
        typer.echo(line)
    typer.echo(f"{len(report.tables)} tables: {output}")


@app.command()
def explain(
    notes: Notes,
    note_id: Annotated[str, typer.Option("--id", help="Which note.")],
    policy: PolicyFile = None,
    as_json: AsJson = False,
) -> None:
    """Show one note with each span, its label, its score and why. Prints the note's text: mind who sees it."""
    import json

    from deid.files import explain_note, read_policy

    rows = explain_note(notes, note_id, read_policy(policy))
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    typer.echo(rows["marked"])
    for span in rows["spans"]:
        typer.echo(f"{span['start']:6}-{span['end']:<6} {span['label']:24} {span['score']:.2f}  {span['source']}")


@app.command("link")
def link_names(
    names: Annotated[
        list[str],
        typer.Argument(help='JSON lines, each {"surface"}, perhaps "note" and "scope"; with --explain two names.'),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where the keys go: JSON lines in the order of the names.")
    ] = None,
    vault: Annotated[
        Path | None, typer.Option(help="The vault with the pseudonym key: keys that are the same in every file.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say step by step whether two names are one.")] = False,
    as_json: AsJson = False,
) -> None:
    """Link names over spellings and scripts: {"surface","person_key"}; null where it is not sure who is meant. Rows of
    scope "note" (a surname alone) are resolved within their note.
    """
    import json

    from schemas.failure import Failure

    if explain:
        from deid.linking.explain import explain as told

        if len(names) != 2:
            raise Failure("--explain needs two names; put quotation marks around each")
        lines = list(told(*names))
        typer.echo(json.dumps(lines, ensure_ascii=False) if as_json else "\n".join(lines))
        return
    from deid.linking.files import link_file

    if len(names) != 1 or output is None:
        raise Failure("link needs one file of names and --output; or two names and --explain")
    counts = link_file(Path(names[0]), output, vault)
    shown = f"{counts['rows']} names, {counts['people']} people, {counts['unsure']} unsure: {output}"
    typer.echo(json.dumps(counts) if as_json else shown)


@app.command()
def train(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder for weights, record.json and CARD.md.")],
    notes: Annotated[
        list[Path] | None, typer.Option(help="Files of marked notes (⟦LABEL|text⟧) to learn from beside the package's.")
    ] = None,
    epochs: Annotated[int, typer.Option(help="How often every note is shown.", min=1)] = 22,
    variants: Annotated[int, typer.Option(help="Variants of each note, in turn.", min=1)] = 8,
    seed: Annotated[int, typer.Option(help="Fixes all chance.")] = 7,
    held_out: Annotated[int, typer.Option(help="One note in so many is kept for the figures; 0: none.", min=0)] = 24,
    workers: Workers = 2,
    as_json: AsJson = False,
) -> None:
    """Train the sequence model that finds names, places, institutions and numbers where no rule does. Needs the extra
    `finetune` (PyTorch). Name the weights in the policy as `name_model`.
    """
    import json

    from deid.training import train_model

    record = train_model(output, notes or [], epochs, variants, seed, held_out, workers)
    shown = {key: record[key] for key in ("sha256", "bytes", "notes", "seconds", "held_out")}
    typer.echo(
        json.dumps(shown) if as_json else f"{record['notes']['learned']} notes learned: {output / record['model']}"
    )
