"""What whole runs cost, stage by stage, beside sacrebleu alone on the same texts, in one run.

    python benchmarks/whole_run.py [--mirror DIR] [--rounds 5] [--baseline PYTHON] [--only NAME]

Runs the command on the article, on WMT23's news with four metrics and on WMT22's news with every
submitted metric: first with an empty cache, then with the scores kept. Prints the CPU seconds of
the whole command (one worker; medians over rounds), the seconds of each stage as ``run.json`` has
them, and for WMT23 the CPU seconds of a plain script that computes the segment and corpus scores of
BLEU, chrF and chrF++ with sacrebleu's public functions. ``--baseline`` is the Python of another
environment, with another version of harness, which takes turns with this one; ratios are to it.
``--renamed NEW OLD`` says what an override is called there.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from harness import load_test_set

CASES: Mapping[str, Sequence[str]] = {
    "article": (),
    "wmt23_zhen_news": ("test_set=wmt23_zhen_news",),
    "wmt22_zhen_news": ("test_set=wmt22_zhen_news", "metrics=submitted"),
}


class Cost(NamedTuple):
    """CPU seconds of a command, and the wall seconds of its stages."""

    cpu: float
    stages: Mapping[str, float]


def children() -> float:
    """CPU seconds of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(python: str, overrides: Sequence[str], cache: Path, mirror: str | None) -> Cost:
    """One run of the command in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "run"
        command = [python, "-m", "harness", *overrides, "workers=1", f"output={output}"]
        command += [f"cache={cache}", *([f"mirror={mirror}"] if mirror else [])]
        before = children()
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
        cpu = children() - before
        return Cost(cpu, json.loads((output / "run.json").read_text("utf-8"))["seconds"])


def sacrebleu_seconds(mirror: str | None) -> float:
    """CPU seconds of the scores of WMT23's news by sacrebleu's public functions."""
    test_set = load_test_set("wmt23_zhen_news", mirror=mirror)
    references = list(test_set.references["reference"])
    started = time.process_time()
    for _, rows in test_set.hypotheses.groupby("system"):
        hypotheses = list(rows["hypothesis"])
        for corpus, segment in (
            (BLEU(), BLEU(effective_order=True)),
            (CHRF(), CHRF()),
            (CHRF(word_order=2), CHRF(word_order=2)),
        ):
            corpus.corpus_score(hypotheses, [references])
            for hypothesis, reference in zip(hypotheses, references, strict=True):
                segment.sentence_score(hypothesis, [reference])
    return time.process_time() - started


def median(costs: Sequence[Cost]) -> Cost:
    """Of every figure the median over rounds."""
    names = dict.fromkeys(name for cost in costs for name in cost.stages)
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        {n: statistics.median(cost.stages.get(n, 0.0) for cost in costs) for n in names},
    )


def measured(
    pythons: Mapping[str, str],
    overrides: Sequence[str],
    mirror: str | None,
    rounds: int,
    renamed: Mapping[str, str],
) -> dict[tuple[str, str], Cost]:
    """(environment, cold or kept) -> what a run costs; the environments take turns."""
    found: dict[tuple[str, str], list[Cost]] = {}
    for _ in range(rounds):
        for name, python in pythons.items():
            own = overrides if name == "here" else [renamed.get(o, o) for o in overrides]
            with tempfile.TemporaryDirectory() as cache:
                for state in ("cold", "kept"):
                    cost = run(python, own, Path(cache), mirror)
                    found.setdefault((name, state), []).append(cost)
    return {key: median(costs) for key, costs in found.items()}


def show(case: str, found: Mapping[tuple[str, str], Cost]) -> None:
    print(f"\n{case}: CPU seconds {{}}".format("; ".join(
        f"{name}, {state} {cost.cpu:.1f}" for (name, state), cost in found.items()
    )))  # fmt: skip
    keys = list(found)
    for stage in dict.fromkeys(s for cost in found.values() for s in cost.stages):
        values = "  ".join(f"{found[key].stages.get(stage, 0.0):8.2f}" for key in keys)
        print(f"  {stage:24s}{values}")
    for state in ("cold", "kept"):
        if ("baseline", state) in found:
            ratio = found["here", state].cpu / found["baseline", state].cpu
            print(f"  {state}: {ratio:.2f} of the baseline's CPU seconds")
    print(f"  kept: {found['here', 'kept'].cpu / found['here', 'cold'].cpu:.2f} of cold")


def main() -> None:
    parser = argparse.ArgumentParser(description="What whole runs cost, stage by stage.")
    parser.add_argument("--mirror", default=os.environ.get("HARNESS_MIRROR"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--baseline", metavar="PYTHON")
    parser.add_argument("--only", choices=CASES)
    parser.add_argument("--renamed", nargs=2, action="append", default=[], metavar=("NEW", "OLD"))
    options = parser.parse_args()
    pythons = {"here": sys.executable}
    if options.baseline:
        pythons["baseline"] = options.baseline
    for case in [options.only] if options.only else CASES:
        found = measured(
            pythons, CASES[case], options.mirror, options.rounds, dict(options.renamed)
        )
        show(case, found)
        if case == "wmt23_zhen_news":
            alone = statistics.median(
                sacrebleu_seconds(options.mirror) for _ in range(options.rounds)
            )
            cpu = found["here", "cold"].cpu
            print(f"  sacrebleu's scores alone {alone:.1f}: ratio {cpu / alone:.2f}")


if __name__ == "__main__":
    main()
