"""Run by dedup_peers.py in datatrove's environment: its four MinHash stages, two tasks at once.

Its default is 14 buckets of 8 hashes; 18 of 7 are what Shodhan uses at 0.8, so they are used here too.
"""

import sys
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
from datatrove.utils.hashing import HashConfig


def main() -> None:
    """Signatures, buckets, clusters, filter."""
    lines, work = sys.argv[1], Path(sys.argv[2])
    config = MinhashConfig(hash_config=HashConfig(precision=64), num_buckets=18, hashes_per_bucket=7, n_grams=5)
    signatures, buckets, removed = (str(work / name) for name in ("signatures", "buckets", "removed"))
    reader = JsonlReader(lines)
    stages = [
        (2, [reader, MinhashDedupSignature(output_folder=signatures, config=config)]),
        (18, [MinhashDedupBuckets(input_folder=signatures, output_folder=buckets, config=config)]),
        (1, [MinhashDedupCluster(input_folder=buckets, output_folder=removed, config=config)]),
        (2, [reader, MinhashDedupFilter(input_folder=removed), JsonlWriter(str(work / "out"))]),
    ]
    for number, (tasks, pipeline) in enumerate(stages):
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=2, logging_dir=str(work / f"log{number}")).run()


if __name__ == "__main__":
    main()
