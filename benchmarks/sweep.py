"""How much faster a sweep is the second time, when every score is in the store, in one run.

    python benchmarks/sweep.py [--mirror DIR] [--metrics bleu,chrf,ter] [--anew]

Times the command ``harness -m test_set=wmt22_zhen_news,wmt23_zhen_news metrics=bleu,chrf,ter
weights=mqm_google,major_only`` (twelve runs) twice, the first time with an empty cache. Prints wall
seconds, the ratio, and how many segment scores each computed; exit code 1 if the second took a
fifth of the first or more, or computed a score. With ``--anew`` the second sweep may not copy
finished runs, so that it does everything again but the scores.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET = 1 / 5


def sweep(output: Path, cache: Path, options: argparse.Namespace, *more: str) -> tuple[float, int]:
    """Wall seconds of the sweep in a process of its own, and the scores that it computed."""
    command = [
        *(sys.executable, "-m", "harness", "-m", "test_set=wmt22_zhen_news,wmt23_zhen_news"),
        *(f"metrics={options.metrics}", "weights=mqm_google,major_only", *more),
        *(f"output={output}", f"cache={cache}"),
        *([f"mirror={options.mirror}"] if options.mirror else []),
    ]
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - started
    with (output / "tables" / "jobs.csv").open(newline="", encoding="utf-8") as file:
        return seconds, sum(int(row["computed"]) for row in csv.DictReader(file))


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--mirror", help="a folder of the data laid out by URL")
    parser.add_argument("--metrics", default="bleu,chrf,ter")
    parser.add_argument("--anew", action="store_true", help="do not copy finished runs")
    options = parser.parse_args()
    again = ["reuse_runs=false"] if options.anew else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, computed = sweep(folder / "first", folder / "cache", options)
        print(f"first:  {first:7.1f} s, {computed} scores computed", flush=True)
        second, computed_again = sweep(folder / "second", folder / "cache", options, *again)
        print(f"second: {second:7.1f} s, {computed_again} scores computed")
    print(f"ratio:  {second / first:.3f} (target: below {TARGET})")
    return int(second / first >= TARGET or computed_again > 0)


if __name__ == "__main__":
    sys.exit(main())
