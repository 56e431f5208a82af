"""How much faster systems are compared than by sacrebleu, whole processes, with equal p-values.

    python benchmarks/system_comparison.py [--mirror DIR] [--repeats N] [--only NAME ...]

sacrebleu's command tests every system against the first, harness compare every two systems. CPU
seconds of the process and its children, one thread, the median of the repeats, in turn. The
p-values of the pairs that both have must be equal to the four decimals that sacrebleu prints
(harness in the mode ``sacrebleu`` is asked for them once, outside the timing), else the benchmark
ends.

The last workload is everything that a run computes from the texts (segment, document and corpus
scores, scores of subsets, bootstrap and randomisation of all pairs, four metrics, within one
process) against sacrebleu's corpus scores of chrF alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sacrebleu.metrics.chrf import CHRF

from harness import load_test_set
from harness.metrics.sacrebleu import BLEU, TER, ChrF
from harness.scoring.stage import score_test_set
from harness.system_comparison import SystemTesting
from harness.system_comparison.stage import compare_systems
from harness.tables import TestSet

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "SLURM_CPUS_PER_TASK": "1"}


def cpu_seconds(command: list[str]) -> tuple[float, str]:
    """CPU seconds of a whole process, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, done.stdout


def write(test_set: TestSet, folder: Path) -> tuple[Path, list[Path]]:
    """The first reference and every system as files, a segment a line."""
    ids = test_set.segments["segment_id"]
    name = test_set.reference_names[0]
    chosen = test_set.references[test_set.references["reference_name"] == name]
    reference = folder / "reference"
    lines = chosen.set_index("segment_id")["reference"].reindex(ids)
    reference.write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = []
    for system in test_set.systems:
        own = test_set.hypotheses[test_set.hypotheses["system"] == system]
        files.append(folder / system)
        lines = own.set_index("segment_id")["hypothesis"].reindex(ids)
        files[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    return reference, files


def theirs(reference: Path, files: list[Path], test: str, n: int) -> list[str]:
    return [
        *(sys.executable, "-m", "sacrebleu", str(reference), "-i", *map(str, files)),
        *("-m", "bleu", "chrf", f"--paired-{test}", f"--paired-{test}-n", str(n), "-f", "text"),
    ]


def ours(reference: Path, files: list[Path], test: str, n: int, *more: str) -> list[str]:
    numbers = {"bs": ("--bootstrap", "--randomisation"), "ar": ("--randomisation", "--bootstrap")}
    wanted, other = numbers[test]
    return [
        *(sys.executable, "-m", "harness", "compare", "-r", str(reference)),
        *(part for file in files for part in ("-t", str(file))),
        *("--metrics", "bleu,chrf", wanted, str(n), other, "0", *more),
    ]


def check(printed: str, ours_as_json: str, files: list[Path], test: str) -> None:
    """End the benchmark unless all p-values that sacrebleu printed are equal to ours."""
    rows = json.loads(ours_as_json)["system_tests"]
    p = {(r["metric"], frozenset((r["system_1"], r["system_2"]))): r["p"] for r in rows}
    expected = [float(text) for text in re.findall(r"p = ([0-9.]+)", printed)]
    keys = [
        (key, frozenset((files[0].name, file.name)))
        for file in files[1:]
        for key in ("bleu", "chrf")
    ]
    for key, value in zip(keys, expected, strict=True):
        if abs(value - p[key]) > 5.01e-5:  # sacrebleu prints four decimals
            sys.exit(f"{test}, {key}: sacrebleu {value}, harness {p[key]}")


def everything(test_set: TestSet) -> float:
    metrics = {"bleu": BLEU(), "chrf": ChrF(), "chrfpp": ChrF("chrF++", word_order=2), "ter": TER()}
    started = time.process_time()
    scored = score_test_set(test_set, metrics, workers=1)
    compare_systems(test_set, metrics, scored.segments, SystemTesting())
    return time.process_time() - started


def corpus_chrf(test_set: TestSet, reference: list[str]) -> float:
    systems = [
        list(own["hypothesis"]) for _, own in test_set.hypotheses.groupby("system", sort=False)
    ]
    started = time.process_time()
    for system in systems:
        CHRF().corpus_score(system, [reference])
    return time.process_time() - started


def whole(test_set: TestSet) -> tuple[float, float]:
    """CPU seconds of sacrebleu's corpus chrF, and of everything by harness."""
    ids = list(test_set.segments["segment_id"])
    name = test_set.reference_names[0]
    chosen = test_set.references[test_set.references["reference_name"] == name]
    reference: Any = chosen.set_index("segment_id")["reference"].reindex(ids)
    return corpus_chrf(test_set, list(reference)), everything(test_set)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--test-set", default="wmt21_zhen_news")
    parser.add_argument("--mirror", help="folder of public files laid out by URL")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=("bootstrap", "randomisation", "everything"))
    arguments = parser.parse_args()
    os.environ.update(ONE_THREAD)
    test_set = load_test_set(arguments.test_set, mirror=arguments.mirror)
    chosen = arguments.only or ("bootstrap", "randomisation", "everything")
    n, pairs = len(test_set.systems), len(test_set.systems) * (len(test_set.systems) - 1) // 2
    print(
        f"{arguments.test_set}: {n} systems x {len(test_set.segments)} segments; median of "
        f"{arguments.repeats}, CPU seconds on one thread"
    )
    print(f"{'workload':<58} {'sacrebleu':>10} {'harness':>9} {'ratio':>7}")

    def tell(workload: str, seconds: list[tuple[float, float]]) -> None:
        a, b = (statistics.median(column) for column in zip(*seconds, strict=True))
        print(f"{workload:<58} {a:>10.2f} {b:>9.2f} {a / b:>6.1f}x", flush=True)

    with tempfile.TemporaryDirectory() as place:
        reference, files = write(test_set, Path(place))
        for name, test, draws in (("bootstrap", "bs", 1000), ("randomisation", "ar", 10_000)):
            if name not in chosen:
                continue
            seconds = []
            for _ in range(arguments.repeats):
                spent, printed = cpu_seconds(theirs(reference, files, test, draws))
                seconds.append((spent, cpu_seconds(ours(reference, files, test, draws))[0]))
            more = ("--mode", "sacrebleu", "--json")
            check(printed, cpu_seconds(ours(reference, files, test, draws, *more))[1], files, test)
            both = f"{n - 1} pairs there, {pairs} here"
            tell(f"bleu+chrf, {name} {draws:,}, process; {both}", seconds)
    if "everything" in chosen:
        found = [whole(test_set) for _ in range(arguments.repeats)]
        tell("corpus chrF there, everything of 4 metrics here", found)


if __name__ == "__main__":
    main()
