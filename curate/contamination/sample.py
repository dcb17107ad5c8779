"""A sample of a corpus that does not depend on its order: the documents whose ids have the smallest hashes."""

from collections.abc import Iterable
from functools import reduce
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import xxhash

SAMPLE: Final = pa.schema([pa.field("key", pa.uint64()), pa.field("text", pa.large_string())])
"""The hash of a document's id, and its text."""


def smallest(doc_ids: pa.Array, texts: pa.Array, most: int) -> pa.Table:
    """At most `most` rows (`key`, `text`), those of the smallest hash; of equal ones all."""
    keys = [xxhash.xxh3_64_intdigest(str(doc_id).encode()) for doc_id in doc_ids.to_pylist()]
    return merged([pa.table([pa.array(keys, pa.uint64()), texts.cast(pa.large_string())], schema=SAMPLE)], most)


def merged(samples: Iterable[pa.Table], most: int) -> pa.Table:
    """The sample of all of them together, sorted; never more than two of them in memory."""

    def both(one: pa.Table, other: pa.Table) -> pa.Table:
        whole = pa.concat_tables([one, other.filter(pc.is_valid(other["text"]))])
        return whole.sort_by([("key", "ascending"), ("text", "ascending")]).slice(0, most)

    return reduce(both, samples, SAMPLE.empty_table())
