"""The Document: one row of anything that is read, and the shape of what becomes of it.

A Document is a note, an article or a question. Every table on disk is Parquet with `DOCUMENT` or one of the
declared extensions below; the schema's version travels in its metadata.
"""

from typing import Final

import pyarrow as pa

VERSION: Final = 1
_METADATA: Final = {b"shodhan.schema_version": str(VERSION).encode()}

KINDS: Final = ("article", "note", "question", "deletion")
"""`deletion` is no text but a publisher's order to remove one (MEDLINE `DeleteCitation`)."""

ROLES: Final = ("train", "evaluation")
"""`evaluation` rows are certified for scoring, never for training; training text is decontaminated against them."""

TERMS: Final = pa.struct(
    [
        pa.field("licence", pa.string(), nullable=False),
        pa.field("purposes", pa.list_(pa.string()), nullable=False),
    ]
)

PROVENANCE: Final = pa.struct(
    [
        pa.field("file", pa.string(), nullable=False),  # file name; "#3" (the third file) where names may identify
        pa.field("sha256", pa.string(), nullable=False),  # of the file's bytes as stored
        pa.field("record", pa.int64(), nullable=False),  # index in the file, from 0
    ]
)

DOCUMENT: Final = pa.schema(
    [
        pa.field(
            "doc_id", pa.string(), nullable=False
        ),  # "<source family>:<id>"; a keyed token where the source is personal
        pa.field("source", pa.string(), nullable=False),  # the name in shodhan.yaml
        pa.field("role", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("title", pa.string()),
        pa.field("subject_key", pa.string()),  # keyed token of whose record it is; null for literature
        pa.field("language_mix", pa.string()),  # "en", "hi(Latn)+en", "ta+en"; set by normalise
        pa.field("version", pa.int32()),  # of the record itself (PMID Version); null where a source has none
        pa.field("revised", pa.date32()),  # when its publisher last changed it
        pa.field(
            "keys", pa.list_(pa.string()), nullable=False
        ),  # what identifies the work elsewhere: "pmid:1", "doi:10.1/x"
        pa.field("flags", pa.list_(pa.string()), nullable=False),  # facts a reader saw: "retracted", "no_abstract"
        pa.field("terms", TERMS, nullable=False),
        pa.field("provenance", PROVENANCE, nullable=False),
        pa.field("extra", pa.string(), nullable=False),  # canonical JSON, shape by kind: see schemas/extra.py
    ],
    metadata=_METADATA,
)

DROPPED: Final = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("version", pa.int32()),
        pa.field("stage", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("survivor", pa.string()),  # doc_id of the duplicate that stays
        pa.field("similarity", pa.float64()),  # exact Jaccard to the survivor; of `contained` the share that is in it
        pa.field("detail", pa.string()),  # canonical JSON; places and counts, never text
        pa.field("provenance", PROVENANCE, nullable=False),
    ],
    metadata=_METADATA,
)

QUARANTINED: Final = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("stage", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("remedy", pa.string()),
        pa.field("provenance", PROVENANCE, nullable=False),
    ],
    metadata=_METADATA,
)

SHARD: Final = pa.schema(
    [
        *DOCUMENT,
        pa.field("split", pa.string(), nullable=False),  # train, heldout, evaluation
        pa.field("instruction", pa.string()),  # null where a document makes no training example
        pa.field("input", pa.string()),
        pa.field("output", pa.string()),
    ],
    metadata=_METADATA,
)
"""A row of a certified shard: the document, which split it is in, and the training example made of it."""

TABLES: Final = {"document": DOCUMENT, "dropped": DROPPED, "quarantined": QUARANTINED, "shard": SHARD}
