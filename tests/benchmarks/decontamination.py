"""`shodhan curate decontaminate` end to end: rate, memory, planted items found, and what is found in clean PubMed text.

    .venv/bin/python tests/benchmarks/decontamination.py 100000 2000000 [--folder DIR] [--planted 2000] [--seed 1]
    .venv/bin/python tests/benchmarks/decontamination.py --clean

For each size: so many documents made from the real PubMed records (planted.py), and as many again as `--planted` for
each way of `curate.contamination.planting`: a real record with an item of MedMCQA, MedQA, PubMedQA or MMLU in it. The
truth stands in the ids (`shuffled|medqa:17`). All items of ../shared/data are looked for. `--clean`: the real records
as they are; every hit is printed, to be judged by eye. Memory is the proportional set size of all processes together.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import polars as pl
from planted import records, write
from process_tree import ProcessTree
from shared import SHARED

from curate.contamination.items import Item, files, items_of, read, table_of
from curate.contamination.planting import WAYS, can, planted

SHODHAN = Path(sys.executable).with_name("shodhan")
BENCHMARKS = [SHARED / "data" / name for name in ("medmcqa", "medqa", "mmlu_medical", "pubmedqa")]
SHOWN = 12


def main() -> None:
    """A paragraph a size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/planted"))
    parser.add_argument("--planted", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clean", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.clean:
        clean(options.folder)
    for size in options.sizes:
        documents, holding = options.folder / f"{size}.parquet", options.folder / f"items-{options.seed}.parquet"
        if not documents.exists():
            write(size, documents, options.seed)
        plant(holding, options.planted, options.seed)
        run([documents, holding], options.folder / f"decontaminated-{size}")


def plant(path: Path, number: int, seed: int) -> None:
    """Write `number` real records for each way, each with an item in it."""
    drawn = random.Random(f"benchmark:{seed}")
    items = all_items()
    texts = [text for _, text in records() if len(text.split()) > 100]
    rows = []
    for way in WAYS:
        for item in drawn.sample([item for item in items if can(item, way)], number):
            rows.append((f"{way}|{item.item}", planted(item, way, drawn.choice(texts), drawn)))
    drawn.shuffle(rows)
    pl.DataFrame(rows, schema=["doc_id", "text"], orient="row").write_parquet(path, row_group_size=2_048)


def all_items() -> list[Item]:
    """Every item of the four benchmarks."""
    found = [item for path in files(BENCHMARKS) for item in read(path)[0]]
    return items_of(table_of(found))


def run(documents: list[Path], out: Path) -> None:
    """Run the command and compare its hits with the ids."""
    shutil.rmtree(out, ignore_errors=True)
    start = time.monotonic()
    process = subprocess.Popen(
        [SHODHAN, "curate", "decontaminate", *documents, "--against", *BENCHMARKS, "-o", out, "--json"],
        stdout=subprocess.PIPE,
    )
    tree = ProcessTree(process.pid)
    found = json.loads(process.communicate()[0])
    seconds, peak = time.monotonic() - start, tree.stop()
    size = found["documents"]
    print(
        f"{size:,} documents: {seconds:.1f} s, {size / seconds:,.0f} documents/s, {tree.processor:.1f} s of processor, "
        f"peak {peak / 1e9:.2f} GB, {found['dropped']:,} dropped"
    )
    hits = pl.read_parquet(out / "hits.parquet")
    for way in WAYS:
        told = hits.filter(pl.col("doc_id") == pl.concat_str(pl.lit(f"{way}|"), pl.col("item")))
        planted_ids = pl.read_parquet(documents[-1])["doc_id"].str.starts_with(f"{way}|").sum()
        tiers = dict(sorted(told["tier"].value_counts().iter_rows()))
        print(f"  {way}: {told.height} of {planted_ids} found ({told.height / planted_ids:.4f}), reported as {tiers}")
    others = hits.filter(~pl.col("doc_id").str.contains("|", literal=True))
    names = others["doc_id"].n_unique()
    print(f"  of the {size - pl.read_parquet(documents[-1]).height:,} documents without one: {names} hit")
    show(others, documents[0])
    print(f"  verdict: {json.dumps(found['verdict']['recall'])} {json.dumps(found['verdict']['false_positives'])}")
    shutil.rmtree(out)


def clean(folder: Path) -> None:
    """The real records, as they are."""
    documents = folder / "records.parquet"
    pl.DataFrame(records(), schema=["doc_id", "text"], orient="row").write_parquet(documents, row_group_size=4_096)
    out = folder / "decontaminated-clean"
    shutil.rmtree(out, ignore_errors=True)
    command = [SHODHAN, "curate", "decontaminate", documents, "--against", *BENCHMARKS, "-o", out, "--json"]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    print(f"{found['documents']:,} real records: {found['dropped']} hit")
    show(pl.read_parquet(out / "hits.parquet"), documents)
    shutil.rmtree(out)


def show(hits: pl.DataFrame, documents: Path) -> None:
    """The first hits by item: how many documents, and one of them, with what was found."""
    items = {item.item: item for item in all_items()}
    counted = Counter(hits["item"].to_list())
    for name, number in counted.most_common(SHOWN):
        row = hits.filter(pl.col("item") == name).row(0, named=True)
        text = pl.scan_parquet(documents).filter(pl.col("doc_id") == row["doc_id"]).collect()["text"][0]
        print(f"    {name} in {number} documents, {row['tier']}, score {row['score']}")
        print(f"      item: {items[name].stem} | {' | '.join(items[name].options)}")
        print(f"      {row['doc_id']}: {' ... '.join(text[place['start'] : place['end']] for place in row['places'])}")


if __name__ == "__main__":
    main()
