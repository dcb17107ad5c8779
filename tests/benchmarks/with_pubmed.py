"""Run by pubmed_readers.py in the environment of one tool: reads files of PubMed as told, and says what it took.

with_pubmed.py WAY time FILE...     for each line read, all files once; prints records, seconds, seconds of processor
with_pubmed.py WAY fields FILE...   prints one JSON object a PubmedArticle, in order, with what both have
"""

import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

STRUCTURE = {
    "root": "//PubmedArticleSet",
    "key": "/PubmedArticle/MedlineCitation/PMID",
    "DOI": "/PubmedArticle/PubmedData/ArticleIdList/ArticleId/[@IdType='doi']",
    "Title": "/PubmedArticle/MedlineCitation/Article/ArticleTitle",
    "Abstract": "/PubmedArticle/MedlineCitation/Article/Abstract/AbstractText",
    "Date": "/PubmedArticle/MedlineCitation/Article/Journal/JournalIssue/PubDate/{Year,MedlineDate}",
    "Revised": "/PubmedArticle/MedlineCitation/DateRevised/{Year,Month,Day}",
    "Journal": "/PubmedArticle/MedlineCitation/Article/Journal/Title",
    "Language": "/PubmedArticle/MedlineCitation/Article/Language",
    "Type": "/PubmedArticle/MedlineCitation/Article/PublicationTypeList/PublicationType",
    "Correction": "/PubmedArticle/MedlineCitation/CommentsCorrectionsList/CommentsCorrections/@RefType",
    "Mesh": "/PubmedArticle/MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName",
}
"""The fields of a Shodhan document, as paths of pubmedparser2. It takes one path an element, so it cannot give the
PMC id beside the DOI."""


def main() -> None:
    """As the first argument says."""
    way, task, *files = sys.argv[1:]
    if task == "fields":
        for row in {"shodhan": shodhan_fields, "pubmed_parser": parser_fields, "pubmedparser2": parser2_fields}[way](
            files
        ):
            print(json.dumps(row, ensure_ascii=False))
        return
    work = WAYS[way](files)
    for _ in sys.stdin:
        start, processor = time.perf_counter(), time.process_time()
        print(work(), time.perf_counter() - start, time.process_time() - processor, flush=True)


def shodhan(files: list[str], workers: int) -> Callable[[], int]:
    """Stage 01 for these files: to Parquet, durably. One worker is this process."""
    from curate.durable import sha256_of
    from curate.engine.local import LocalEngine
    from curate.ingest import IngestUnit, SourceFile
    from schemas.config import Source, Terms

    engine = LocalEngine(workers)
    source = Source(reader="pubmed", paths=(".",), terms=Terms(licence="NLM"))

    def work() -> int:
        with tempfile.TemporaryDirectory() as folder:
            (out := Path(folder, "out")).mkdir()
            named = [SourceFile(path, path.name, sha256_of(path)) for path in map(Path, files)]
            tasks = [
                IngestUnit(number, "pubmed", source, (file,), out, out, 2_048, Path("unused"))
                for number, file in enumerate(named)
            ]
            if workers == 1:
                for task in tasks:
                    task()
            else:
                engine.run(tasks, lambda _: None)
            return sum(json.loads(task.marker.read_text())["sources"]["pubmed"]["rows_out"] for task in tasks)

    return work


def parser(files: list[str], workers: int) -> Callable[[], int]:
    """Dictionaries, counted and let go."""
    if workers == 1:
        return lambda: sum(map(_count, files))
    pool = multiprocessing.Pool(workers)
    return lambda: sum(pool.imap_unordered(_count, files, chunksize=1))


def parser_to_parquet(files: list[str]) -> Callable[[], int]:
    """The dictionaries of 2,048 records at a time to Parquet."""
    return lambda: sum(map(_to_parquet, files))


def parser2(files: list[str], threads: int) -> Callable[[], int]:
    """The fields of a Shodhan document to tables of tab-separated values."""
    import pubmedparser

    def work() -> int:
        with tempfile.TemporaryDirectory() as folder:
            pubmedparser.read_xml(files, STRUCTURE, folder, relative_to_default_data=False, n_threads=threads)
            return sum(1 for _ in Path(folder, "Title.tsv").open(encoding="utf-8")) - 1

    return work


WAYS: dict[str, Callable[[list[str]], Callable[[], int]]] = {
    "shodhan": partial(shodhan, workers=1),
    "shodhan, two processes": partial(shodhan, workers=2),
    "pubmed_parser": partial(parser, workers=1),
    "pubmed_parser, to Parquet": parser_to_parquet,
    "pubmed_parser, two processes": partial(parser, workers=2),
    "pubmedparser2": partial(parser2, threads=1),
    "pubmedparser2, two threads": partial(parser2, threads=2),
}


def _count(path: str) -> int:
    import pubmed_parser

    return sum(1 for _ in pubmed_parser.parse_medline_xml(path))


def _to_parquet(path: str) -> int:
    import pubmed_parser
    import pyarrow as pa
    import pyarrow.parquet as pq

    number, rows = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for row in pubmed_parser.parse_medline_xml(path):
            rows.append(row)
            number += 1
            if len(rows) == 2_048:
                pq.write_table(pa.Table.from_pylist(rows), Path(folder, f"{number}.parquet"), compression="zstd")
                rows = []
        if rows:
            pq.write_table(pa.Table.from_pylist(rows), Path(folder, f"{number}.parquet"), compression="zstd")
    return number


def shodhan_fields(files: list[str]) -> Iterator[dict]:
    """Documents."""
    from curate.sources import pubmed

    for path in files:
        for row in pubmed.read((Path(path),), None):
            if row.kind == "article":
                abstract = row.text.removeprefix(row.title or "").removeprefix("\n\n")
                keys = dict(key.split(":", 1) for key in row.keys)
                yield {
                    "pmid": row.doc_id.removeprefix("pubmed:"), "version": row.version, "title": row.title or "",
                    "abstract": abstract, "journal": row.extra.journal or "", "year": str(row.extra.year or ""),
                    "mesh": list(row.extra.mesh), "types": list(row.extra.publication_types),
                    "language": row.extra.language or "", "doi": keys.get("doi", ""), "pmc": keys.get("pmc", ""),
                }  # fmt: skip


def parser_fields(files: list[str]) -> Iterator[dict]:
    """The same fields of its dictionaries; it has no version, and of the PMC id what stands in OtherID."""
    import pubmed_parser

    def names(joined: str) -> list[str]:
        return [each.partition(":")[2] for each in joined.split("; ")] if joined else []

    for path in files:
        for row in pubmed_parser.parse_medline_xml(path):
            yield {
                "pmid": row["pmid"], "version": None, "title": row["title"], "abstract": row["abstract"],
                "journal": row["journal"], "year": row["pubdate"], "mesh": names(row["mesh_terms"]),
                "types": names(row["publication_types"]), "language": row["languages"], "doi": row["doi"].lower(),
                "pmc": row["pmc"],
            }  # fmt: skip


def parser2_fields(files: list[str]) -> Iterator[dict]:
    """Of each PMID what its tables hold, in their order: it has no order of records, and merges those of one PMID."""
    import pubmedparser

    with tempfile.TemporaryDirectory() as folder:
        pubmedparser.read_xml(files, STRUCTURE, folder, relative_to_default_data=False, n_threads=1)
        found: dict[str, dict[str, list[str]]] = {}
        for name in STRUCTURE.keys() - {"root", "key"}:
            lines = Path(folder, f"{name}.tsv").read_bytes().decode(errors="replace").split("\n")
            for line in lines[1:]:
                pmid, _, value = line.partition("\t")
                found.setdefault(pmid, {}).setdefault(name, []).append(value)
        for pmid, row in found.items():
            year, _, medline = row.get("Date", [""])[0].partition("\t")
            yield {
                "pmid": pmid, "version": None, "title": " ".join(row.get("Title", [])),
                "abstract": "\n".join(row.get("Abstract", [])), "journal": " ".join(row.get("Journal", [])),
                "year": year or medline, "mesh": row.get("Mesh", []), "types": row.get("Type", []),
                "language": ";".join(row.get("Language", [])), "doi": " ".join(row.get("DOI", [])).lower(),
            }  # fmt: skip


if __name__ == "__main__":
    main()
