"""Which duplicate stays: the smallest (rank of its source, longest text, doc_id), in whatever order they come."""


def rank(source_rank: int, text: str) -> str:
    """A string that sorts as (rank of the source, longest text first); ties fall to doc_id."""
    return f"{source_rank + 1_000_000:07d}:{9_999_999_999 - len(text):010d}"
