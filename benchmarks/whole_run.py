"""How long a whole run takes, against sacrebleu alone on the same texts, in one run.

    python benchmarks/whole_run.py [--mirror DIR]

Times the command ``harness test_set=wmt23_zhen_news 'metrics=[bleu,chrf,chrfpp]'`` (scores,
ratings, agreement, categories, plots, tables, report; all processors) and a plain script that
computes the same segment and corpus scores with sacrebleu's public functions (one processor), in
turn. Prints wall seconds of each round and the median ratio.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from harness import load_test_set

ROUNDS = 3


def harness_seconds(mirror: str | None) -> float:
    """Wall seconds of the whole command, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, "-m", "harness", "test_set=wmt23_zhen_news"),
            *("metrics=[bleu,chrf,chrfpp]", f"output={Path(folder) / 'run'}"),
            *([f"mirror={mirror}"] if mirror else []),
        ]
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - started


def sacrebleu_seconds(mirror: str | None) -> float:
    """Wall seconds of the same scores by sacrebleu's public functions."""
    test_set = load_test_set("wmt23_zhen_news", mirror=mirror)
    references = list(test_set.references["reference"])
    started = time.perf_counter()
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
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mirror", help="folder of public files laid out by URL")
    mirror = parser.parse_args().mirror
    ratios = []
    for i in range(ROUNDS):
        ours, theirs = harness_seconds(mirror), sacrebleu_seconds(mirror)
        ratios.append(ours / theirs)
        print(f"round {i + 1}: whole run {ours:.1f} s, sacrebleu's scores alone {theirs:.1f} s")
    print(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
