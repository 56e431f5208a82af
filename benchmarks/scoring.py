"""How much faster scores are computed than by sacrebleu, with equal results, in one run.

    python benchmarks/scoring.py [--mirror DIR] [--repeats N] [--only NAME ...]

Each workload is done by sacrebleu and by harness in turn, on one thread; CPU seconds, the median of
the repeats. The results are compared: a workload whose results differ ends the run. Reading the
texts is not timed; preparing references and hypotheses is. The last row is another measurement, of
memory and length: see benchmarks/streaming.py.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streaming
from sacrebleu.metrics.bleu import BLEU as SacreBLEU
from sacrebleu.metrics.chrf import CHRF as SacreCHRF
from sacrebleu.metrics.ter import TER as SacreTER

from harness import load_test_set
from harness._kernels import counts, grams, shifts
from harness.metrics import Batch
from harness.metrics.sacrebleu import BLEU, TER, ChrF, SacrebleuMetric
from harness.tables import TestSet

STREAMED = "1 M segments streamed"

#: Segment scores of each system, then its corpus score.
Scores = list[list[float]]


@dataclass(frozen=True)
class Texts:
    """One reference, and the hypotheses of each system."""

    reference: list[str]
    systems: dict[str, list[str]]

    @staticmethod
    def of(test_set: TestSet) -> Texts:
        ids = test_set.segments["segment_id"]
        reference = test_set.references.drop_duplicates("segment_id").set_index("segment_id")
        rows = test_set.hypotheses.set_index("segment_id").groupby("system")["hypothesis"]
        return Texts(
            reference["reference"].reindex(ids).tolist(),
            {name: texts.reindex(ids).tolist() for name, texts in rows},
        )

    def part(self, step: int, n_systems: int) -> Texts:
        """Every ``step``-th segment of the first systems."""
        names = list(self.systems)[:n_systems]
        return Texts(self.reference[::step], {name: self.systems[name][::step] for name in names})

    def batches(self) -> list[Batch]:
        return [Batch(t, t, (self.reference,)) for t in self.systems.values()]


@dataclass(frozen=True)
class Workload:
    """``theirs`` and ``ours`` compute the same; ``tolerance`` is of the scores' difference."""

    name: str
    theirs: Callable[[], Scores]
    ours: Callable[[], Scores]
    compiled: bool = True
    tolerance: float = 0.0


def sacrebleu_scores(texts: Texts, pairs: Sequence[tuple[Any, Any]]) -> Scores:
    """By sacrebleu's public functions: for each pair the metric of segments, and that of the corpus
    or None."""
    rows = []
    for hypotheses in texts.systems.values():
        for segment, corpus in pairs:
            scored = zip(hypotheses, texts.reference, strict=True)
            row = [segment.sentence_score(h, [r]).score for h, r in scored]
            if corpus is not None:
                row.append(corpus.corpus_score(hypotheses, [texts.reference]).score)
            rows.append(row)
    return rows


def harness_scores(texts: Texts, metrics: Sequence[SacrebleuMetric], corpus: bool = True) -> Scores:
    batches = texts.batches()
    scored = [(metric, metric.score_all(batches)) for metric in metrics]
    return [
        [*results[i].scores.tolist(), *([metric.aggregate(results[i])] if corpus else [])]
        for i in range(len(batches))
        for metric, results in scored
    ]


def workloads(texts: Texts) -> list[Workload]:
    sample = texts.part(29, 4)
    chrf, chrfpp = SacreCHRF(), SacreCHRF(word_order=2)
    ter = partial(sacrebleu_scores, sample, [(SacreTER(), None)])
    our_ter = partial(harness_scores, sample, [TER()], corpus=False)
    return [
        Workload(
            "BLEU",
            partial(sacrebleu_scores, texts, [(SacreBLEU(effective_order=True), SacreBLEU())]),
            partial(harness_scores, texts, [BLEU()]),
            tolerance=1e-12,
        ),
        Workload(
            "chrF and chrF++",
            partial(sacrebleu_scores, texts, [(chrf, chrf), (chrfpp, chrfpp)]),
            partial(harness_scores, texts, [ChrF(), ChrF(word_order=2)]),
        ),
        Workload("TER", ter, our_ter),
        Workload("TER in Python", ter, our_ter, compiled=False),
    ]


def forget() -> None:
    """Drops all that either side kept of earlier texts."""
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
    from sacrebleu.tokenizers.tokenizer_re import TokenizerRegexp
    from sacrebleu.tokenizers.tokenizer_ter import TercomTokenizer

    for tokenizer in (Tokenizer13a, TokenizerRegexp, TercomTokenizer):
        tokenizer.__call__.cache_clear()
    counts._held.clear()
    for prepared in (grams._bleu_references, grams._chrf_references, shifts._references):
        prepared.cache_clear()


def timed(work: Callable[[], Scores]) -> tuple[float, Scores]:
    forget()
    started = time.process_time()
    scores = work()
    return time.process_time() - started, scores


def measure(workload: Workload, repeats: int) -> tuple[float, float]:
    """Median CPU seconds of sacrebleu and of harness."""
    seconds: list[tuple[float, float]] = []
    compiled = counts.native
    for _ in range(repeats):
        theirs, expected = timed(workload.theirs)
        try:
            if not workload.compiled:
                counts.native = None
            ours, found = timed(workload.ours)
        finally:
            counts.native = compiled
        apart = float(np.abs(np.array(expected) - np.array(found)).max())
        if apart > workload.tolerance:
            sys.exit(f"{workload.name}: scores differ by up to {apart}")
        seconds.append((theirs, ours))
    return statistics.median(t for t, _ in seconds), statistics.median(o for _, o in seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--test-set", default="wmt21_zhen_news")
    parser.add_argument("--mirror", help="folder of public files laid out by URL")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", nargs="*", help="names of workloads")
    arguments = parser.parse_args()
    texts = Texts.of(load_test_set(arguments.test_set, mirror=arguments.mirror))
    print(
        f"{arguments.test_set}: {len(texts.systems)} systems x {len(texts.reference)} segments, "
        f"{counts.implementation()}; BLEU, chrF: all segment and corpus scores; "
        f"TER: every 29th segment of 4 systems; median of "
        f"{arguments.repeats}, CPU seconds on one thread"
    )
    print(f"{'workload':<20} {'sacrebleu':>10} {'harness':>10} {'ratio':>8}")
    for workload in workloads(texts):
        if arguments.only and workload.name not in arguments.only:
            continue
        if workload.compiled and counts.native is None:
            print(f"{workload.name:<20} needs the C extension")
            continue
        theirs, ours = measure(workload, arguments.repeats)
        print(
            f"{workload.name:<20} {theirs:>10.3f} {ours:>10.4f} {theirs / ours:>7.0f}x", flush=True
        )
    if not arguments.only or STREAMED in arguments.only:
        few, many = streaming.compare(streaming.pairs_of(arguments.test_set, arguments.mirror))
        print(streaming.told(few, many))


if __name__ == "__main__":
    main()
