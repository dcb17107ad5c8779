"""The commands `shodhan curate ...`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from schemas.config import Engine

app = typer.Typer(no_args_is_help=True, help="Read sources, clean them, and certify what is left.")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Tasks at once; never changes the result.")]
EngineName = Annotated[Literal["local", "ray"], typer.Option(help="local or ray; never changes the result.")]
Address = Annotated[str | None, typer.Option(help="Of a running Ray cluster, host:port.", show_default=False)]


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
    documents: Annotated[
        list[Path], typer.Argument(help="Parquet files with the columns doc_id and text, or notes as JSON lines.")
    ],
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
    as_written: Annotated[
        bool, typer.Option("--as-written", help="Compare surrogates, too, where it is known where they stand.")
    ] = False,
    workers: Workers = None,
    engine: EngineName = "local",
    address: Address = None,
    as_json: AsJson = False,
) -> None:
    """Find near duplicates in any table: groups.parquet (doc_id, survivor, similarity), kept and dropped rows.

    Notes from `deid scrub` are compared without their surrogates, which differ under another patient.
    """
    import json

    from curate.duplicates.dedup import dedup as find
    from curate.engine.progress import Progress
    from schemas.config import Containment, Dedup

    settings = Dedup(
        threshold=threshold,
        shingle_words=shingle_words,
        permutations=permutations,
        containment=Containment(threshold=containment, articles=contained),
    )
    on = _engine(engine, address, workers)
    found = find(documents, out, settings, index=index, as_written=as_written, engine=on, progress=Progress())
    if as_json:
        typer.echo(json.dumps(found))
        return
    typer.echo(f"{found['documents']:,} documents, {found['kept']:,} kept, {found['dropped']:,} dropped")
    if found["skeletons"]:
        typer.echo(f"{found['skeletons']:,} documents were compared without their surrogates")
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


class ManyItems(TyperCommand):
    """Lets one `--against` take every file up to the next option, as a shell's pattern gives them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Write `--against A B` as `--against A --against B`."""
        written: list[str] = []
        taking = False
        for arg in args:
            if arg.startswith("-"):
                taking = arg == "--against"
            elif taking and written[-1] != "--against":
                written.append("--against")
            written.append(arg)
        return super().parse_args(ctx, written)


@app.command("decontaminate", cls=ManyItems)
def decontaminate(
    documents: Annotated[list[Path], typer.Argument(help="Parquet files with the columns doc_id and text.")],
    against: Annotated[
        list[Path],
        typer.Option(
            help="Evaluation items: files or folders of MedMCQA, MedQA, MMLU or PubMedQA, Parquet of Documents."
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for hits.parquet, kept/, dropped/, stage.json.")],
    min_coverage: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="Share of an item, weighed by rarity, that a document must hold.")
    ] = 0.6,
    max_items: Annotated[int, typer.Option(min=1, help="A phrase in more items than this never counts.")] = 8,
    workers: Workers = None,
    engine: EngineName = "local",
    address: Address = None,
    as_json: AsJson = False,
) -> None:
    """Find the documents that hold an evaluation item: hits.parquet, kept and dropped rows, and a verdict."""
    import json

    from curate.contamination.decontaminate import decontaminate as find
    from curate.engine.progress import Progress
    from schemas.config import Decontaminate

    settings = Decontaminate(min_coverage=min_coverage, max_items=max_items)
    on = _engine(engine, address, workers)
    found = find(documents, against, out, settings, engine=on, progress=Progress())
    if as_json:
        typer.echo(json.dumps(found))
        return
    typer.echo(f"{found['documents']:,} documents, {found['kept']:,} kept, {found['dropped']:,} dropped")
    tiers = ", ".join(f"{found[f'tier_{tier}']:,} {tier}" for tier in ("verbatim", "edited", "paraphrased"))
    typer.echo(f"{found['hits']:,} hits of {found['items_hit']:,} items; dropped documents by their best hit: {tiers}")
    verdict = found["verdict"]
    for name, benchmark in verdict["benchmarks"].items():
        typer.echo(f"  {name}: {benchmark['items']:,} items, sha256 {benchmark['sha256'][:16]}")
    for reason, number in verdict["unread"].items():
        typer.echo(f"  not read, so not looked for: {number:,} records ({reason})")
    typer.echo("found of items planted into a sample of these documents:")
    for way in ("verbatim", "edited", "shuffled", "reworded"):
        recall = verdict["recall"][way]
        typer.echo(f"  {way}: {recall['found']:,} of {recall['planted']:,}")
    chance = verdict["false_positives"]
    typer.echo(
        f"held against {chance['decoys']:,} decoys: {chance['hit']:,} of {chance['documents']:,} documents hit, "
        f"so at most {chance['upper_per_million']:,} in a million by chance (95 %)"
    )
    typer.echo(found["hits_file"])


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


def _engine(name: Literal["local", "ray"], address: str | None, workers: int | None) -> "Engine":
    from schemas.config import Engine
    from schemas.failure import Failure

    if address is not None and name != "ray":
        raise Failure("--address is of a Ray cluster: add --engine ray, or leave it out")
    return Engine(name=name, address=address, workers=workers)
