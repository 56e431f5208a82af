"""Scoring a text of a million segments from files: memory, and whether its length costs anything.

    python benchmarks/streaming.py [--mirror DIR] [--segments N] [--json]

BLEU, chrF++ and TER of one system, all segment and corpus scores, streamed from plain-text files:
10,000 segments and a million, each in a process of its own. Printed are CPU microseconds a segment
(reading included; the shorter text the median of three), their ratio, and the peak resident memory.

The text is drawn from a test set, any system's translation of any segment, and each line gets a
number of its own, so that almost no line occurs twice; it is written to a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

FEW, MANY = 10_000, 1_000_000
SEED = 20260101

Pairs = Sequence[tuple[str, str]]


def pairs_of(name: str, mirror: str | None) -> Pairs:
    """Every translation of the test set with its first reference."""
    from harness import load_test_set

    test_set = load_test_set(name, mirror=mirror)
    references = test_set.references.drop_duplicates("segment_id").set_index("segment_id")
    own = test_set.hypotheses["segment_id"].map(references["reference"])
    pairs = zip(test_set.hypotheses["hypothesis"], own, strict=True)
    return [(h, r) for h, r in pairs if "\n" not in h + r]


def make(folder: Path, pairs: Pairs, segments: int) -> None:
    """Write the files mt and ref, a line a segment."""
    draw = random.Random(SEED)
    with (
        (folder / "mt").open("w", encoding="utf-8", newline="\n") as translation,
        (folder / "ref").open("w", encoding="utf-8", newline="\n") as reference,
    ):
        for number in range(segments):
            h, r = pairs[draw.randrange(len(pairs))]
            translation.write(f"{h} {number}\n")
            reference.write(f"{r} {number}\n")


def peak_mb() -> float:
    """The most memory that this process has held. Not ru_maxrss, where there is a better number: a
    process begins with that of its parent."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def score_here(folder: Path, repeats: int) -> dict[str, float]:
    """Score the files of ``folder`` in this process."""
    from harness._kernels import counts
    from harness.metrics.sacrebleu import BLEU, TER, ChrF
    from harness.scoring.streaming import read_batches, score_stream

    metrics = {"bleu": BLEU(), "chrfpp": ChrF(word_order=2), "ter": TER()}
    seconds = []
    for _ in range(repeats):
        counts._held.clear()
        started = time.process_time()
        found = score_stream(read_batches(folder / "mt", [folder / "ref"]), metrics)
        seconds.append(time.process_time() - started)
    n = found["bleu"].n_segments
    return {
        "segments": n,
        "microseconds": 1e6 * statistics.median(seconds) / n,
        "peak_mb": peak_mb(),
        "bleu": found["bleu"].score,
    }


def measure(pairs: Pairs, segments: int, repeats: int) -> dict[str, float]:
    """:func:`score_here` in a process of its own, on a text of so many segments."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), pairs, segments)
        command = [sys.executable, __file__, "--here", folder, "--repeats", str(repeats)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def compare(pairs: Pairs, segments: int = MANY) -> tuple[dict[str, float], dict[str, float]]:
    """The measurements of the short text and of the long one."""
    return measure(pairs, FEW, 3), measure(pairs, segments, 1)


def told(few: dict[str, float], many: dict[str, float]) -> str:
    """Both measurements in a line."""
    return (
        f"{many['segments']:,.0f} segments streamed: {many['peak_mb']:.0f} MB at the peak; "
        f"{few['microseconds']:.1f} µs a segment at {few['segments']:,.0f}, "
        f"{many['microseconds']:.1f} at {many['segments']:,.0f}: "
        f"{many['microseconds'] / few['microseconds']:.2f} times"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--test-set", default="wmt21_zhen_news")
    parser.add_argument("--mirror", help="folder of public files laid out by URL")
    parser.add_argument("--segments", type=int, default=MANY)
    parser.add_argument("--made-up", action="store_true", help="a made-up text instead")
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")
    parser.add_argument("--here", metavar="DIR", help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print(json.dumps(score_here(Path(options.here), options.repeats)))
        return
    made_up = [("The sentence that is no.", "This is sentence no.")]
    pairs = made_up if options.made_up else pairs_of(options.test_set, options.mirror)
    few, many = compare(pairs, options.segments)
    print(json.dumps({"few": few, "many": many}) if options.json else told(few, many))


if __name__ == "__main__":
    main()
