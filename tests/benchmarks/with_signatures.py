"""Run by signatures.py in the environment of one tool: for each line read, sign all texts, print what it took."""

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

PERMUTATIONS, SIZE = 128, 5


def main() -> None:
    """Reads `go`, answers with seconds and seconds of processor, until the end of input."""
    path, name = sys.argv[1:]
    tool, _, how = name.partition(", ")
    work = {"shodhan": shodhan, "daft": daft, "rensa": python_lists, "datasketch": python_lists}[tool](path, tool, how)
    for _ in sys.stdin:
        start, processor = time.perf_counter(), time.process_time()
        work()
        print(time.perf_counter() - start, time.process_time() - processor, flush=True)


def shodhan(path: str, tool: str, how: str) -> Callable[[], None]:
    """Slices of the column on threads."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from curate.duplicates.sketch import signatures

    texts = pq.read_table(path)["text"].combine_chunks().cast(pa.large_string())
    slices = [texts[at : at + 4096] for at in range(0, len(texts), 4096)]
    threads = ThreadPoolExecutor(1 if how else 2)

    def work() -> None:
        for _ in threads.map(lambda each: signatures(each, SIZE, PERMUTATIONS)[0].sum(), slices):
            pass

    return work


def daft(path: str, tool: str, how: str) -> Callable[[], None]:
    """The expression `minhash` over a table in memory, case folded as by its own `normalize`."""
    import daft

    table = daft.read_parquet(path).collect()

    def work() -> None:
        text = daft.col("text").normalize(lowercase=True, remove_punct=True, nfd_unicode=False, white_space=True)
        table.select(text.minhash(num_hashes=PERMUTATIONS, ngram_size=SIZE, hash_function="xxhash")).collect()

    return work


def python_lists(path: str, tool: str, how: str) -> Callable[[], None]:
    """Shingles as lists of strings."""
    import pyarrow.parquet as pq

    texts = pq.read_table(path)["text"].to_pylist()
    sign = {"rensa": rensa, "datasketch": datasketch}[tool]
    if not how:
        return lambda: sign(texts)
    pool = ProcessPoolExecutor(2)
    chunks = [texts[at : at + 1000] for at in range(0, len(texts), 1000)]

    def work() -> None:
        for _ in pool.map(sign, chunks):
            pass

    return work


def shingles(texts: list[str]) -> Iterator[list[str]]:
    """Runs of five words."""
    for text in texts:
        words = text.lower().split()
        yield [" ".join(words[i : i + SIZE]) for i in range(max(1, len(words) - SIZE + 1))]


def rensa(texts: list[str]) -> None:
    """RMinHash, whose estimates are as good as datasketch's."""
    from rensa import RMinHash

    for found in shingles(texts):
        signature = RMinHash(num_perm=PERMUTATIONS, seed=1)
        signature.update(found)
        signature.digest()


def datasketch(texts: list[str]) -> None:
    """`bulk` with the fastest hash."""
    import xxhash
    from datasketch import MinHash

    encoded = ([each.encode() for each in found] for found in shingles(texts))
    MinHash.bulk(encoded, num_perm=PERMUTATIONS, hashfunc=xxhash.xxh32_intdigest, scheme="affine32")


if __name__ == "__main__":
    main()
