"""How fast meta-evaluation is, on one thread, against plain code and the official toolkit.

    python benchmarks/meta_evaluation.py [--expected DIR] [--mirror DIR] [--mt-metrics-eval PATH]

On the news of WMT23 (10 systems, 377 segments, 6 metrics, 15 pairs of metrics, 1000 draws) it times
each piece compiled, without the C extension, and in straightforward code on scipy that this file
holds; where that would take hours it runs fewer draws and extrapolates (marked ~). Results are
compared: values to 1e-9, p-values within four standard errors. ``--expected`` is the folder with
``wmt23_zhen_news.json`` and the segment scores (default: ``expected`` beside the mirror). With a
mirror of the data it also runs all tests of all 31 metrics of WMT22. ``--mt-metrics-eval`` names a
checkout of Google's toolkit to time as well; that arm has not been run yet. CPU seconds throughout,
the least of several rounds.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import kendalltau, pearsonr, spearmanr

from harness._kernels import compiled
from harness.significance import bootstrap_intervals, compare_metrics
from harness.statistics.accuracy_ties import AccEq
from harness.statistics.base import Array
from harness.statistics.correlation import Kendall, Pearson, Spearman
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy
from harness.statistics.system_level import PairwiseAccuracy, SystemPearson

ROOT = Path(__file__).resolve().parent.parent
METRICS = ("BLEU", "chrF", "chrF++", "TER", "random", "length_ratio")
DRAWS = 1000
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")
}  # read when numpy is loaded
Scores = dict[str, Array]


def cpu(work: Callable[[], Any], rounds: int = 3) -> tuple[float, Any]:
    """The least CPU seconds of several rounds, and the result."""
    best, result = math.inf, None
    for _ in range(rounds):
        started = time.process_time()
        result = work()
        best = min(best, time.process_time() - started)
    return best, result


def wmt23(expected: Path) -> tuple[Scores, Array]:
    published = json.loads((expected / "wmt23_zhen_news.json").read_text())
    systems = published["rated_systems"]
    ratings = np.array([published["mqm_segment"][s] for s in systems])
    scores = {m: np.full(ratings.shape, np.nan) for m in METRICS}
    with gzip.open(expected / "wmt23_zhen_news.segment_scores.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(file):
            if row["metric"] in scores and row["system"] in systems:
                place = systems.index(row["system"]), int(row["segment_id"]) - 1
                scores[row["metric"]][place] = float(row["score"])
    scores["TER"] *= -1
    return scores, ratings


# --- the tool -------------------------------------------------------------------------------------


def pieces(scores: Scores, ratings: Array, draws: int) -> dict[str, Callable[[], Any]]:
    """Each piece of work, on all metrics or all pairs of them."""
    documents = [str(i // 8) for i in range(ratings.shape[1])]

    def values(*statistics: Any) -> list[float]:
        return [s(x, ratings).value for s in statistics for x in scores.values()]

    def tests(statistic: Any, **options: Any) -> dict[tuple[str, str], float]:
        found = compare_metrics(statistic, scores, ratings, samples=draws, seed=1, **options)
        return {(c.metric_1, c.metric_2): c.p for c in found}

    return {
        "item-level Pearson, Spearman, tau-b": lambda: values(
            Pearson("item"), Spearman("item"), Kendall("item")
        ),
        "acc_eq, calibrated": lambda: values(AccEq()),
        "SPA": lambda: values(SoftPairwiseAccuracy()),
        "test of Pearson over all": lambda: tests(Pearson("none")),
        "test of acc_eq, recalibrated": lambda: tests(AccEq()),
        "test of acc_eq, pairs": lambda: tests(AccEq(), test="pairs"),
        "test of SPA": lambda: tests(SoftPairwiseAccuracy()),
        "test of system accuracy, exact": lambda: tests(PairwiseAccuracy()),
        "bootstrap of acc_eq, recalibrated": lambda: bootstrap_intervals(
            AccEq(), scores, ratings, documents, samples=draws, seed=1
        ),
    }


# --- plain code -----------------------------------------------------------------------------------


def plain_item(scores: Array, ratings: Array, function: Any) -> float:
    found = [
        function(scores[:, i], ratings[:, i]).statistic
        for i in range(ratings.shape[1])
        if np.ptp(scores[:, i]) and np.ptp(ratings[:, i])
    ]
    return float(np.mean(found))


def plain_acc_eq(scores: Array, ratings: Array) -> float:
    """Sort the pairs by their difference, and walk over the thresholds."""
    items = []
    right = 0
    for n in range(ratings.shape[1]):
        m, h = scores[:, n].tolist(), ratings[:, n].tolist()
        for i, j in combinations(range(len(m)), 2):
            x, y = m[i] - m[j], h[i] - h[j]
            agrees = (x > 0 and y > 0) or (x < 0 and y < 0)
            right += agrees
            items.append((abs(x), 1 if y == 0 else -1 if agrees else 0))
    items.sort()
    best, i = -1, 0
    if items[0][0] > 0:
        best = right
    while i < len(items):
        size = items[i][0]
        while i < len(items) and items[i][0] == size:
            right += items[i][1]
            i += 1
        best = max(best, right)
    return best / len(items)


def plain_spa(scores: Array, ratings: Array, signs: Array) -> float:
    apart = []
    for i, j in combinations(range(len(scores)), 2):
        p = []
        for side in (scores, ratings):
            difference = side[i] - side[j]
            p.append(float((signs @ difference >= difference.sum()).mean()))
        apart.append(abs(p[0] - p[1]))
    return 1.0 - float(np.mean(apart))


def plain_test(one: Array, two: Array, statistic: Callable[[Array], float], draws: int) -> float:
    z = [(x - x.mean()) / x.std() for x in (one, two)]
    observed = statistic(z[0]) - statistic(z[1])
    if observed < 0:
        z, observed = z[::-1], -observed
    generator = np.random.default_rng(2)
    count = 0
    for _ in range(draws):
        taken = generator.random(one.shape) < 0.5
        first, second = np.where(taken, z[0], z[1]), np.where(taken, z[1], z[0])
        count += statistic(first) - statistic(second) >= observed - 1e-12
    return count / draws


def plain_pieces(scores: Scores, ratings: Array) -> dict[str, tuple[Callable[[], Any], float]]:
    """The same pieces, and by what their seconds are multiplied because only a part is run."""
    signs = np.where(np.random.default_rng(4).random((DRAWS, ratings.shape[1])) < 0.5, -1.0, 1.0)
    matrices = list(scores.values())
    pair = matrices[1], matrices[0]
    pairs = len(matrices) * (len(matrices) - 1) // 2
    flat = ratings.reshape(-1)

    def test(statistic: Callable[[Array], float], draws: int) -> tuple[Callable[[], Any], float]:
        return lambda: plain_test(*pair, statistic, draws), pairs * DRAWS / draws

    return {
        "item-level Pearson, Spearman, tau-b": (
            lambda: [
                plain_item(x, ratings, f)
                for f in (pearsonr, spearmanr, kendalltau)
                for x in matrices
            ],
            1,
        ),
        "acc_eq, calibrated": (lambda: [plain_acc_eq(x, ratings) for x in matrices], 1),
        "SPA": (lambda: [plain_spa(x, ratings, signs) for x in matrices], 1),
        "test of Pearson over all": test(lambda x: pearsonr(x.reshape(-1), flat).statistic, 200),
        "test of acc_eq, recalibrated": test(lambda x: plain_acc_eq(x, ratings), 4),
        "test of SPA": test(lambda x: plain_spa(x, ratings, signs), 4),
    }


# --- the official toolkit -------------------------------------------------------------------------


def toolkit_pieces(
    folder: Path, scores: Scores, ratings: Array
) -> dict[str, tuple[Callable[[], Any], float]]:
    """The same work by mt-metrics-eval, as its tasks call it."""
    sys.path.insert(0, str(folder))
    from mt_metrics_eval import stats  # type: ignore[import-not-found]

    n, gold = len(ratings), ratings.reshape(-1).tolist()
    lists = {m: x.reshape(-1).tolist() for m, x in scores.items()}
    pairs = len(lists) * (len(lists) - 1) // 2

    def correlations(metric: list[float]) -> Any:
        return stats.Correlation(n, gold, metric)

    def test(function: Any, group: str, draws: int) -> Callable[[], Any]:
        def run() -> Any:
            np.random.seed(0)
            worse, better = (correlations(lists[m]) for m in ("BLEU", "chrF"))
            parameters = stats.PermutationSigDiffParams(block_size=draws)
            return stats.PermutationSigDiff(worse, better, function, group, draws, parameters)

        return run

    ties = {"variant": "acc23", "num_sys": n, "average_by": "item", "sample_rate": 1.0}
    return {
        "item-level Pearson, Spearman, tau-b": (
            lambda: [
                getattr(correlations(x), name)("item")[0]
                for name in ("Pearson", "Spearman", "Kendall")
                for x in lists.values()
            ],
            1,
        ),
        "acc_eq, calibrated": (
            lambda: [stats.KendallWithTiesOpt(gold, x, **ties)[0] for x in lists.values()],
            1,
        ),
        "SPA": (
            lambda: [
                stats.PairwiseConfidenceError(gold, x, num_sys=n, num_permutations=DRAWS)[0]
                for x in lists.values()
            ],
            1,
        ),
        "test of Pearson over all": (test(pearsonr, "none", 100), pairs * DRAWS / 100),
    }


# --- report ---------------------------------------------------------------------------------------


def alike(ours: Any, theirs: Any) -> str:
    """Whether lists of values are equal (p-values are not compared: other draws)."""
    if not isinstance(ours, list) or not isinstance(theirs, list):
        return ""
    worst = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
    return f"equal to {worst:.0e}"


def of_fallback(expected: Path) -> dict[str, float]:
    """CPU seconds of each piece without the C extension, in a process of its own."""
    command = [sys.executable, __file__, "--expected", str(expected), "--bare"]
    environment = {**os.environ, "HARNESS_NATIVE": "0", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    seconds: dict[str, float] = json.loads(done.stdout)
    return seconds


def compile_seconds() -> float:
    """Wall seconds to build the C extension from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "setup.py", "-q", "build_ext", "-f", "-t", folder, "-b", folder]
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        return time.perf_counter() - started


def whole_wmt22(mirror: Path) -> None:
    """All tests of all pairs of the 31 metrics of WMT22, by the choices of WMT23 and WMT24."""
    import yaml

    from harness import load_test_set
    from harness.ratings.rating import given_ratings

    test_set = load_test_set("wmt22_zhen", mirror=mirror)
    given = given_ratings(test_set, "mqm")
    systems = sorted(s for s in set(given["system"]) if test_set.roles[s] == "system")
    segments = list(test_set.segments["segment_id"])

    def matrix(table: Any, column: str) -> Array:
        wide = table.pivot(index="system", columns="segment_id", values=column)
        return wide.reindex(index=systems, columns=segments).to_numpy(dtype=float)

    ratings, stored = matrix(given, "rating"), test_set.stored_scores
    chosen = yaml.safe_load((ROOT / "conf/metrics/submitted.yaml").read_text())
    scores = {}
    for name, option in chosen.items():
        own = (stored["metric"] == option["metric"]) & (
            stored["reference_name"] == option["reference"]
        )
        scores[name] = matrix(stored[own], "score")
    n = len(scores) * (len(scores) - 1) // 2
    print(f"\nWMT22: {len(scores)} metrics, {n} pairs, {ratings.shape}, {DRAWS} draws, one thread")
    total = 0.0
    for statistic in (
        PairwiseAccuracy(),
        SystemPearson(),
        Pearson("none"),
        AccEq(),
        SoftPairwiseAccuracy(),
    ):

        def work(statistic: Any = statistic) -> Any:
            values = [statistic(x, ratings).value for x in scores.values()]
            return values, compare_metrics(statistic, scores, ratings, samples=DRAWS, seed=1)

        seconds, _ = cpu(work, 1)
        total += seconds
        name = f"{statistic.name} {statistic.system_score or statistic.grouping}"
        print(f"  {name:32}{seconds:9.1f} s", flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"  {'all':32}{total:9.1f} s   peak memory {memory:.2f} GB")


def main() -> None:
    if not ONE_THREAD.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    shared = Path(os.environ.get("HARNESS_SHARED", ROOT.parent / "shared"))
    mirror = os.environ.get("HARNESS_MIRROR")
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--expected", type=Path, default=shared / "expected")
    parser.add_argument("--mirror", type=Path, default=Path(mirror) if mirror else None)
    parser.add_argument("--mt-metrics-eval", type=Path, dest="toolkit")
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    scores, ratings = wmt23(options.expected)
    ours = pieces(scores, ratings, DRAWS)
    if options.bare:
        print(json.dumps({name: cpu(work, 1)[0] for name, work in ours.items()}))
        return
    plain = plain_pieces(scores, ratings)
    toolkit = toolkit_pieces(options.toolkit, scores, ratings) if options.toolkit else {}
    native = "compiled" if compiled() else "not compiled"
    print(f"WMT23 news: 6 metrics, 15 pairs, {DRAWS} draws; CPU seconds, one thread; {native}")
    fallback = of_fallback(options.expected)
    print(f"{'':38}{'ours':>10}{'no C':>10}{'plain':>12}{'ratio':>9}{'toolkit':>12}{'ratio':>9}")
    for name, work in ours.items():
        seconds, found = cpu(work)
        line = f"{name:38}{seconds:10.4f}{fallback[name]:10.4f}"
        note = []
        for others in (plain, toolkit):
            if name in others:
                other, factor = others[name]
                theirs, result = cpu(other, 1)
                mark = "~" if factor != 1 else ""
                line += f"{mark + format(theirs * factor, '.2f'):>12}"
                line += f"{theirs * factor / seconds:9.0f}"
                note.append(alike(found, result))
            else:
                line += f"{'':21}"
        print(line, *filter(None, note), flush=True)
    print("~ extrapolated from fewer draws and one pair")
    print(f"building the C extension: {compile_seconds():.1f} s")
    if options.mirror:
        whole_wmt22(options.mirror)


if __name__ == "__main__":
    main()
