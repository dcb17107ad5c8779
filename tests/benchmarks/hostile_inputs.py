"""Ten thousand hostile texts, then how long texts of each family take as they double in length.

    .venv/bin/python tests/benchmarks/hostile_inputs.py [--inputs 10000] [--kilobytes 64] [--families WORD]

1. Hypothesis draws the texts (hostile_texts.py): none may crash, take a minute, or get a span that is empty, leaves the
   text or overlaps another.
2. A text of each family, of 256 thousand characters, its halves and its quarters, detected (`detect`) and then replaced
   and looked through again (`scrub`): processor time, the whole against the mean of the halves and those against the
   mean of the quarters, so that more is in the longer text and nothing else. What is kept of words and names is
   forgotten before each. A ratio counts where the shorter text took 50 ms or more; one beyond the limit is timed twice
   more, and the least time of each text counts.
3. Single texts of a million characters, most without a line break: processor time, and the peak memory of it all.

Exit code 1 when a text breaks a law, a doubling takes more than 2.3 times the time, or memory passes 2 GB.
"""

import argparse
import functools
import gc
import resource
import signal
import sys
import time
from itertools import chain, pairwise
from types import FrameType

from hostile_texts import FAMILIES, hostile_texts, scrubbed, text
from hypothesis import HealthCheck, Phase, given, settings

from deid.detector import Detector
from deid.replace import Replacer
from deid.residual import residual
from deid.tagger.vectors import Vectors
from schemas.policy import DeidPolicy

MOST = 2.3  # times the time for twice the length
TRIES = 3
LEAST = 0.05  # seconds: what took less says nothing
HANG = 60  # seconds for one text of the ten thousand
MEGABYTE = (
    "any character", "lone surrogates", "combining marks on one letter", "mixed bidi", "one letter", "digits", "label",
    "brackets", "initials", "nested quotes", "Taml without a blank", "at signs", "newlines", "names",
)  # fmt: skip
BYTES = 2_000_000_000


def main() -> None:
    """All three parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--kilobytes", type=int, default=64, help="thousand characters of the shortest text")
    parser.add_argument("--families", default="", help="only families with this in their name")
    parser.add_argument("--no-megabytes", action="store_true")
    options = parser.parse_args()
    detector, replacer = Detector(DeidPolicy()), Replacer(DeidPolicy(), b"k" * 32)
    scrubbed(detector, replacer, text("everything", 20_000))  # what is loaded once
    signal.signal(signal.SIGALRM, _hang)

    _laws(detector, replacer, options.inputs)
    families = [name for name in FAMILIES if options.families in name]
    faults = [name for name in families if not _linear(detector, replacer, name, options.kilobytes * 1000)]
    print(f"{len(families)} families, {len(faults)} beyond {MOST} times: {', '.join(faults) or 'none'}")
    if not options.no_megabytes:
        for name in (name for name in MEGABYTE if name in families):
            started = time.process_time()
            spans = scrubbed(detector, replacer, text(name, 1_000_000))
            print(f"{name:42} 1,000,000 characters in {time.process_time() - started:6.1f} s, {len(spans)} spans")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"peak memory {peak / 1e6:,.0f} MB")
    sys.exit(1 if faults or peak > BYTES else 0)


def _hang(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"a text took more than {HANG} seconds")


def _laws(detector: Detector, replacer: Replacer, inputs: int) -> None:
    """Every text keeps the laws; Hypothesis shows the smallest that does not."""
    seen, characters, slowest = 0, 0, 0.0

    @settings(
        max_examples=max(1, inputs),
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(hostile_texts())
    def check(note: str) -> None:
        nonlocal seen, characters, slowest
        started = time.process_time()
        signal.alarm(HANG)
        scrubbed(detector, replacer, note)
        signal.alarm(0)
        seen, characters = seen + 1, characters + len(note)
        slowest = max(slowest, time.process_time() - started)

    if inputs:
        check()
        print(f"{seen} texts of {characters} characters: no crash, every span lawful; the slowest took {slowest:.2f} s")


def _linear(detector: Detector, replacer: Replacer, name: str, size: int) -> bool:
    """Print a row; whether both doublings keep to the limit."""
    whole = text(name, 4 * size, seed=1)
    levels = [[whole[at : at + step] for at in range(0, 4 * size, step)] for step in (size, 2 * size, 4 * size)]
    least = [[(float("inf"), float("inf"))] * len(level) for level in levels]
    for _ in range(TRIES):
        for level, times in zip(levels, least, strict=True):
            for i, note in enumerate(level):
                detect, scrub = _seconds(detector, replacer, note)
                times[i] = (min(times[i][0], detect), min(times[i][1], scrub))
        means = [tuple(sum(each) / len(each) for each in zip(*times, strict=True)) for times in least]
        ratios = [[b / a for a, b in pairwise(column) if a >= LEAST] for column in zip(*means, strict=True)]
        worst = max(chain([0.0], *ratios))
        if worst <= MOST:
            break
    shown = (
        f"{what} {' '.join(f'{t:6.2f}' for t in column)} s  {' '.join(f'{ratio:4.2f}' for ratio in each):10}"
        for what, column, each in zip(("detect", "scrub"), zip(*means, strict=True), ratios, strict=True)
    )
    print(f"{name:42} {'   '.join(shown)} {'BEYOND' if worst > MOST else ''}", flush=True)
    return worst <= MOST


def _seconds(detector: Detector, replacer: Replacer, note: str) -> tuple[float, float]:
    """Processor seconds to detect, and to replace and look again."""
    _forget()
    started = time.process_time()
    spans = detector.detect([note])[0]
    found = time.process_time()
    after = replacer.replace(note, spans, "patient")
    residual([after], [[note[span.start : span.end] for span in spans]])
    return found - started, time.process_time() - found


def _forget() -> None:
    """Empty what is kept of words and names: every bounded cache, and the vectors of the network. Tables stay."""
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper) and each.cache_parameters()["maxsize"]:
            each.cache_clear()
        elif isinstance(each, Vectors):
            each.forget()
    gc.collect()


if __name__ == "__main__":
    main()
