"""Exact duplicates, and what a publisher says about its own records: versions, deletions, shared keys.

In order, each over what the one before left:

1. an order to delete (`DeleteCitation`) and the record that it names;
2. rows of one `doc_id`: the newest (version, date revised, place in the corpus) stays, where the source has versions;
   else equal texts are one, and different texts under one id go to quarantine;
3. rows that share a key (DOI, PMID, MedMCQA id) within a kind;
4. rows of equal text.

Of duplicates the one of smallest rank stays: (rank of its source, longest text, doc_id).
Retracted papers and notices take no part in 3 and 4, since quality removes them anyway and they must not take a good
record with them; a title alone is not the text of a work, so records without abstract take no part in 4.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import regex

from curate.duplicates.survivor import rank
from curate.duplicates.union_find import UnionFind
from curate.duplicates.verdicts import VERDICTS, fates
from curate.durable import write_parquet
from curate.stage import CorpusStage, Outcome, decided, row_numbers

NEVER_COMPARED: Final = frozenset({"retracted", "retraction_notice"})

SKETCH: Final = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("class", pa.string(), nullable=False),  # role and kind: only alike is compared
        pa.field("deletion", pa.bool_(), nullable=False),
        pa.field("version", pa.int32()),
        pa.field("revised", pa.date32()),
        pa.field("file", pa.string(), nullable=False),
        pa.field("rank", pa.string(), nullable=False),
        pa.field("keys", pa.list_(pa.string()), nullable=False),
        pa.field("digest", pa.binary(32)),  # SHA-256 of the text; null where it takes no part
        pa.field("text_digest", pa.binary(32), nullable=False),
    ]
)


@dataclass(frozen=True)
class ExactDuplicates(CorpusStage):
    """Drops superseded, deleted and repeated records. `ranks` is the rank of each source."""

    ranks: dict[str, int]
    name = "exact_duplicates"

    def sketch(self, part: pa.Table, number: int) -> pa.Table:
        """One `SKETCH` row per document."""
        columns = ["doc_id", "source", "role", "kind", "text", "version", "revised", "keys", "flags", "provenance"]
        sketches = []
        for row, doc in zip(row_numbers(part, number), part.select(columns).to_pylist(), strict=True):
            text_digest = hashlib.sha256(doc["text"].encode()).digest()
            compared = NEVER_COMPARED.isdisjoint(doc["flags"])
            alone = "no_abstract" in doc["flags"] or not doc["text"]
            sketches.append(
                {
                    "row": row,
                    "doc_id": doc["doc_id"],
                    "class": f"{doc['role']}/{doc['kind']}",
                    "deletion": doc["kind"] == "deletion",
                    "version": doc["version"],
                    "revised": doc["revised"],
                    "file": doc["provenance"]["file"],
                    "rank": rank(self.ranks[doc["source"]], doc["text"]),
                    "keys": sorted(set(doc["keys"])) if compared else [],
                    "digest": text_digest if compared and not alone else None,
                    "text_digest": text_digest,
                }
            )
        return pa.Table.from_pylist(sketches, schema=SKETCH)

    def decide(self, sketches: Sequence[Path], state: Path, scratch: Path) -> Counter[str]:
        """Write `VERDICTS`. DuckDB finds the groups and spills to `scratch`; Python sees only rows in a group."""
        with duckdb.connect() as db:
            db.execute(f"SET memory_limit='400MB'; SET temp_directory='{scratch}'")
            db.read_parquet([str(path) for path in sketches]).create_view("sketches")
            db.execute("CREATE TABLE gone (row BIGINT PRIMARY KEY)")
            db.execute("CREATE VIEW alive AS SELECT * FROM sketches ANTI JOIN gone USING (row)")
            verdicts: list[dict[str, Any]] = []
            for step in (_deletions, _versions, _shared_keys, _equal_texts):
                found = sorted(step(db), key=lambda verdict: int(verdict["row"]))
                rows = pa.table({"row": pa.array([verdict["row"] for verdict in found], pa.int64())})
                db.register("found", rows)
                db.execute("INSERT INTO gone SELECT row FROM found")
                db.unregister("found")
                verdicts += found
        verdicts.sort(key=lambda verdict: int(verdict["row"]))
        write_parquet(state, pa.Table.from_pylist(verdicts, schema=VERDICTS))
        return Counter()

    def apply(self, part: pa.Table, number: int, state: Path | None) -> Outcome:
        """Keep the rows without a verdict."""
        assert state is not None  # noqa: S101 - a corpus stage is always given its state
        return decided(part, self.name, fates(part, number, state))


def _verdict(row: int, reason: str, survivor: str | None = None, **more: Any) -> dict[str, Any]:
    return {"row": row, "reason": reason, "survivor": survivor, "similarity": None, "quarantined": False} | more


NLM_FILE: Final = regex.compile(r"pubmed(\d\d)n(\d{4,5})")


def _deletions(db: duckdb.DuckDBPyConnection) -> Iterable[dict[str, Any]]:
    for (row,) in db.execute("SELECT row FROM alive WHERE deletion").fetchall():
        yield _verdict(row, "deletion_notice")
    named = db.execute(
        "SELECT d.file, t.file, t.row FROM alive d JOIN alive t USING (doc_id) WHERE d.deletion AND NOT t.deletion"
    ).fetchall()
    for row in {row for deleting, holding, row in named if _reaches(deleting, holding)}:
        yield _verdict(row, "deleted_citation")


def _reaches(deleting: str, holding: str) -> bool:
    """An NLM file deletes from itself and the files before it; of other files the order is unknown, so it counts."""
    later, earlier = NLM_FILE.search(deleting), NLM_FILE.search(holding)
    return not (later and earlier) or later.groups() >= earlier.groups()


def _versions(db: duckdb.DuckDBPyConnection) -> Iterable[dict[str, Any]]:
    groups = db.execute(
        """
        SELECT doc_id, list(struct_pack(row, version, revised, text_digest)) FROM alive
        GROUP BY class, doc_id HAVING count(*) > 1
        """
    ).fetchall()
    for doc_id, rows in groups:
        if any(row["version"] is not None or row["revised"] is not None for row in rows):
            newest = max(rows, key=lambda row: (row["version"] or 0, str(row["revised"] or ""), row["row"]))
            for row in rows:
                if row is not newest:
                    yield _verdict(row["row"], "superseded_version", doc_id)
            continue
        first = min(rows, key=lambda row: row["row"])
        for row in rows:
            if row is not first and row["text_digest"] == first["text_digest"]:
                yield _verdict(row["row"], "exact_duplicate", doc_id, similarity=1.0)
            elif row is not first:
                remedy = "give the rows of this file ids of their own, or map another column with columns.id"
                yield _verdict(row["row"], "doc_id_conflict", quarantined=True, remedy=remedy)


def _shared_keys(db: duckdb.DuckDBPyConnection) -> Iterable[dict[str, Any]]:
    groups = db.execute(
        """
        SELECT key, list(struct_pack(row, rank, doc_id)) FROM (SELECT *, unnest(keys) AS key FROM alive)
        GROUP BY class, key HAVING count(*) > 1 ORDER BY key
        """
    ).fetchall()
    joined, names, reasons = UnionFind(), dict[int, tuple[str, str, int]](), dict[int, str]()
    for key, rows in groups:
        for row in rows:
            names[row["row"]] = (row["rank"], row["doc_id"], row["row"])
            reasons.setdefault(row["row"], f"same_{key.split(':', 1)[0]}")
            joined.union(rows[0]["row"], row["row"])
    for members in joined.groups():
        best = min(members, key=names.__getitem__)
        for row in members:
            if row != best:
                yield _verdict(row, reasons[row], names[best][1])


def _equal_texts(db: duckdb.DuckDBPyConnection) -> Iterable[dict[str, Any]]:
    groups = db.execute(
        """
        SELECT list(struct_pack(rank, doc_id, row) ORDER BY rank, doc_id, row) FROM alive
        WHERE digest IS NOT NULL GROUP BY split_part(class, '/', 1), digest HAVING count(*) > 1
        """
    ).fetchall()
    for (rows,) in groups:
        for row in rows[1:]:
            yield _verdict(row["row"], "exact_duplicate", rows[0]["doc_id"], similarity=1.0)
