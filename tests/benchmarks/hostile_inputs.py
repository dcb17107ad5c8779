"""Ten thousand hostile texts, then how long texts of each family take as they double in length.

    .venv/bin/python tests/benchmarks/hostile_inputs.py [--inputs 10000] [--kilobytes 64] [--families WORD]

1. Hypothesis draws the texts (hostile_texts.py): none may crash, take a minute, or get a span that is empty, leaves the
   text or overlaps another.
2. Each family at 64, 128 and 256 thousand characters, detected (`detect`) and then replaced and looked through again
   (`scrub`): processor time, the best of three texts. A ratio counts where the shorter text took 20 ms or more.
3. Single texts of a million characters, most without a line break: processor time, and the peak memory of it all.

Exit code 1 when a text breaks a law, a doubling takes more than 2.3 times the time, or memory passes 2 GB.
"""

import argparse
import gc
import resource
import signal
import sys
import time
from itertools import pairwise
from types import FrameType

from hostile_texts import FAMILIES, hostile_texts, scrubbed, text
from hypothesis import HealthCheck, Phase, given, settings

from deid.detector import Detector
from deid.replace import Replacer
from deid.residual import residual
from schemas.policy import DeidPolicy

MOST = 2.3  # times the time for twice the length
LEAST = 0.02  # seconds: what took less says nothing
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
    rows = [_seconds(detector, replacer, name, size * factor) for factor in (1, 2, 4)]
    worst, shown = 0.0, []
    for what, times in zip(("detect", "scrub"), zip(*rows, strict=True), strict=True):
        ratios = [b / a for a, b in pairwise(times) if a >= LEAST]
        worst = max([worst, *ratios])
        said = " ".join(f"{ratio:4.2f}" for ratio in ratios)
        shown.append(f"{what} {' '.join(f'{t:6.2f}' for t in times)} s  {said:10}")
    print(f"{name:42} {'   '.join(shown)} {'BEYOND' if worst > MOST else ''}", flush=True)
    return worst <= MOST


def _seconds(detector: Detector, replacer: Replacer, name: str, length: int) -> tuple[float, float]:
    """Processor seconds to detect, and to replace and look again; each the best of three texts, for one seen before
    is quick as far as its words are still kept.
    """
    detect, scrub = [], []
    for seed in range(length, length + 3):
        note = text(name, length, seed)
        gc.collect()
        started = time.process_time()
        spans = detector.detect([note])[0]
        found = time.process_time()
        after = replacer.replace(note, spans, "patient")
        residual([after], [[note[span.start : span.end] for span in spans]])
        detect.append(found - started)
        scrub.append(time.process_time() - found)
    return min(detect), min(scrub)


if __name__ == "__main__":
    main()
