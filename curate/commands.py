"""The commands `shodhan curate ...`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(no_args_is_help=True, help="Read sources, clean them, and certify what is left.")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


@app.command("run")
def run(
    config: Annotated[Path, typer.Argument(help="The configuration, as `shodhan init` writes it.")],
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes; never changes the result.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run every stage on the sources of CONFIG and certify the dataset; resumes a run that was stopped."""
    from curate.curation import curate
    from curate.engine.progress import Progress
    from curate.table import as_dict, print_table

    curation = curate(config, workers=workers, progress=Progress())
    (as_dict if as_json else print_table)(curation)


@app.command("dedup")
def dedup(
    documents: Annotated[list[Path], typer.Argument(help="Parquet files with the columns doc_id and text.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for groups.parquet, kept/, dropped/, stage.json.")],
    threshold: Annotated[float, typer.Option(min=0.01, max=1.0, help="Exact Jaccard from which a pair is one.")] = 0.8,
    index: Annotated[
        Path | None, typer.Option(help="Folder of documents seen before: compare with them, then add what stays.")
    ] = None,
    shingle_words: Annotated[int, typer.Option(min=1, help="Words in a shingle.")] = 5,
    permutations: Annotated[int, typer.Option(min=16, help="Length of a MinHash signature.")] = 128,
    contained: Annotated[
        Literal["drop", "report", "off"],
        typer.Option(help="What becomes of documents that stand in a longer one: drop, report or off."),
    ] = "off",
    containment: Annotated[
        float, typer.Option(min=0.51, max=1.0, help="Share of a document's shingles from which it stands in another.")
    ] = 0.9,
    workers: Annotated[int | None, typer.Option(min=1, help="Tasks at once; never changes the result.")] = None,
    engine: Annotated[Literal["local", "ray"], typer.Option(help="local or ray; never changes the result.")] = "local",
    address: Annotated[
        str | None, typer.Option(help="Of a running Ray cluster, host:port.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find near duplicates in any table: groups.parquet (doc_id, survivor, similarity), kept and dropped rows."""
    import json

    from curate.duplicates.dedup import dedup as find
    from curate.engine.progress import Progress
    from schemas.config import Containment, Dedup, Engine
    from schemas.failure import Failure

    if address is not None and engine != "ray":
        raise Failure("--address is of a Ray cluster: add --engine ray, or leave it out")
    settings = Dedup(
        threshold=threshold,
        shingle_words=shingle_words,
        permutations=permutations,
        containment=Containment(threshold=containment, articles=contained),
    )
    on = Engine(name=engine, address=address, workers=workers)
    found = find(documents, out, settings, index=index, engine=on, progress=Progress())
    if as_json:
        typer.echo(json.dumps(found))
        return
    typer.echo(f"{found['documents']:,} documents, {found['kept']:,} kept, {found['dropped']:,} dropped")
    if index is not None:
        typer.echo(f"compared with {found['indexed_before']:,} documents of the index as well")
    typer.echo(f"{found['duplicates']:,} near duplicates of {found['survivors']:,} survivors")
    typer.echo(f"compared {found['candidate_pairs']:,} candidate pairs, {found['verified_pairs']:,} reach {threshold}")
    if contained != "off":
        typer.echo(f"{found['contained']:,} documents stand in a longer one, at least {containment} of each")
    if found["oversized_buckets"]:
        typer.echo(f"{found['oversized_buckets']:,} buckets were too large to compare each with each")
    typer.echo(f"{found['bands']} bands of {found['rows']} rows; the chance that a pair is compared, by similarity:")
    typer.echo("  " + "  ".join(f"{similarity}: {chance:.3f}" for similarity, chance in found["recall"].items()))
    typer.echo(found["groups"])


@app.command("status")
def status(
    config: Annotated[Path, typer.Argument(help="The configuration, as `shodhan init` writes it.")],
    as_json: AsJson = False,
) -> None:
    """Tell the name of the run that CONFIG describes and which of its stages are finished."""
    import json

    from curate.configuration import load
    from curate.plan import plan

    planned = plan(load(config), config.parent)
    folder = planned.config.workspace / "runs" / planned.run
    finished = sorted(path.parent.name for path in folder.glob("*/stage.json"))
    if as_json:
        typer.echo(json.dumps({"run": planned.run, "folder": str(folder), "finished": finished}))
        return
    typer.echo(f"run {planned.run} in {folder}")
    typer.echo("finished: " + (", ".join(finished) or "nothing yet"))
