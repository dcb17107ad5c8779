"""A sample of a corpus that does not depend on its order: the documents whose ids have the smallest hashes."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
import xxhash


def smallest(doc_ids: pa.Array, texts: pa.Array, most: int) -> pa.Table:
    """At most `most` rows (`key`, `text`), those of the smallest hash; of equal ones all."""
    keys = [xxhash.xxh3_64_intdigest(str(doc_id).encode()) for doc_id in doc_ids.to_pylist()]
    return merged([pa.table({"key": pa.array(keys, pa.uint64()), "text": texts.cast(pa.large_string())})], most)


def merged(samples: Iterable[pa.Table], most: int) -> pa.Table:
    """The sample of all of them together, sorted."""
    whole = pa.concat_tables(samples)
    whole = whole.filter(pc.is_valid(whole["text"]))
    return whole.sort_by([("key", "ascending"), ("text", "ascending")]).slice(0, most)
