"""How much memory and time reading takes: every shipped test set, and a million segments.

    python benchmarks/loading.py [--mirror DIR] [--json] [NAME ...]

Each is read in a process of its own, whose peak resident memory and wall seconds are
printed; ``million`` is a synthetic plain-text set of 1,000,000 segments, one system and one
reference, some 20 MB a file, made in a temporary folder. The first line, ``import``, is what the
program needs before it reads anything. Without NAMEs all are measured.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from streaming import peak_mb

MILLION, IMPORT = "million", "import"
SEGMENTS = 1_000_000
TEXT = "这是第{}句话"  # with a translation about as long, 20 bytes a line


def make(folder: Path, segments: int = SEGMENTS) -> None:
    """Write src, ref and mt, a line a segment."""
    for name, text in (("src", TEXT), ("ref", "Sentence no. {}."), ("mt", "The sentence {}")):
        with (folder / name).open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(text.format(number) + "\n" for number in range(segments))


def read(name: str, mirror: str | None) -> dict[str, float]:
    """Read one test set in this process; seconds, peak memory in MB, segments."""
    from harness.test_sets import named as datasets
    from harness.test_sets.readers import plain_text

    started = time.perf_counter()
    segments = 0
    if Path(name).is_absolute():
        folder = Path(name)
        test_set = plain_text.read(
            "million", folder / "src", {"refA": folder / "ref"}, {"mt": folder / "mt"}
        )
        segments = len(test_set.segments)
    elif name != IMPORT:
        segments = len(datasets.load_test_set(name, mirror=mirror).segments)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "peak_mb": peak_mb(), "segments": segments}


def measure(name: str, mirror: str | None) -> dict[str, float]:
    """:func:`read` in a process of its own."""
    command = [sys.executable, __file__, "--here", name, *(["--mirror", mirror] if mirror else [])]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--mirror", help="folder of public files laid out by URL")
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")
    parser.add_argument("--here", metavar="NAME", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print(json.dumps(read(options.here, options.mirror)))
        return
    from harness.test_sets.cards import card_names

    results = {}
    for name in options.names or [IMPORT, *card_names(), MILLION]:
        with tempfile.TemporaryDirectory() as folder:
            if name == MILLION:
                make(Path(folder))
            results[name] = measure(folder if name == MILLION else name, options.mirror)
        found = results[name]
        if not options.json:
            print(
                f"{name:<16} {found['segments']:>9,.0f} segments {found['seconds']:>6.1f} s"
                f" {found['peak_mb']:>6,.0f} MB"
            )
    if options.json:
        print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
