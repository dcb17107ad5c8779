"""Notes a second of `shodhan deid detect` on two workers, beside plain Presidio on two processes, in one run.

    .venv/bin/python tests/benchmarks/throughput.py [--notes 5000] [--sample 400] [--workers 2]

The notes are distinct and of about 150 words (varied_notes.py). Presidio has its medium model (with_presidio.py) and a
sample of the same notes, half of it before Shodhan's turn and half after, since other jobs come and go. Its start-up is
left out, Shodhan's is not, so the ratio leans towards Presidio. The second ratio is that of processor time.
Then one note, cold: a new process, with the files in the page cache.
Memory is the proportional set size of the whole tree of processes, sampled.
"""

import argparse
import datetime
import os
import random
import statistics
from pathlib import Path

from environments import FOLDER, environment
from gold_notes import SHODHAN
from measured import commit, cut_off, detect
from varied_notes import described, varied_notes

HERE = Path(__file__).parent


def main() -> None:
    """Shodhan over all, Presidio over a sample, then one note."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=5000)
    parser.add_argument("--sample", type=int, default=400, help="notes for Presidio")
    parser.add_argument("--workers", type=int, default=2, help="processes of each")
    parser.add_argument("--environments", type=Path, default=FOLDER, help="where Presidio is installed")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # processes are the parallelism
    shodhan = [SHODHAN, "deid", "detect", "{notes}", "-o", "{spans}", "--workers", str(options.workers)]
    python = environment("presidio", options.environments)
    presidio = [python, HERE / "with_presidio.py", "{notes}", "{spans}", "--processes", str(options.workers)]

    notes = varied_notes(options.notes)
    sample = random.Random(options.notes).sample(notes, min(options.sample, options.notes))
    print(f"{datetime.date.today()}; Shodhan at {commit()}; {'no network' if cut_off() else 'network not cut off'}")
    print(f"{described(notes)}; {options.workers} processes each, load {os.getloadavg()[0]:.1f} before")

    half = len(sample) // 2
    one = detect(presidio, sample[:1])
    before = detect(presidio, sample[:half])
    ours = detect(shodhan, notes)
    after = detect(presidio, sample[half:])
    seconds = before.seconds + after.seconds - 2 * one.seconds
    processor = before.processor + after.processor - 2 * one.processor
    rate, other = len(notes) / ours.seconds, (len(sample) - 2) / seconds
    print(
        f"shodhan   {len(notes)} notes in {ours.seconds:.1f} s, start-up included: {rate:.0f} notes a second; "
        f"{ours.processor:.1f} s of processor time; peak {ours.peak / 1e6:,.0f} MB"
    )
    print(
        f"presidio  {len(sample)} of these in {seconds:.1f} s, start-up of {one.seconds:.1f} s left out: {other:.0f} "
        f"notes a second; {processor:.1f} s of processor time; peak {max(before.peak, after.peak) / 1e6:,.0f} MB"
    )
    times = (len(notes) / ours.processor) / ((len(sample) - 2) / processor)
    print(f"ratio     {rate / other:.1f}; of notes a second of processor time {times:.1f}")

    alone = [SHODHAN, "deid", "detect", "{notes}", "-o", "{spans}"]
    seconds = [detect(alone, notes[number : number + 1]).seconds for number in range(4)][
        1:
    ]  # the first warms the files
    print(f"one note  {statistics.median(seconds):.1f} s, a new process each (median of {len(seconds)})")


if __name__ == "__main__":
    main()
