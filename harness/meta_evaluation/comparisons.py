"""Every two metrics against each other: by the two-way jackknife where the statistic has one, else,
or where published tables are to be compared with, by exchange of scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.meta_evaluation.averages import Average, scale_of
from harness.meta_evaluation.exchange_tests import exchange_outcome
from harness.meta_evaluation.trials import Outcome, Trial
from harness.meta_evaluation.two_way_tests import two_way_tests
from harness.significance import Gains, compare_averages, compare_metrics, system_gains
from harness.significance.comparison import Comparison
from harness.statistics.base import Statistic
from harness.statistics.system_level import SystemStatistic
from harness.support.progress import bar

__all__ = ["average_tests", "tests_of"]

#: Pairs of metrics x draws x translations x :meth:`Statistic.cost` that a statistic is tested with
#: unasked, and about how long one of them takes.
MOST_WORK = 1_000_000_000
SECONDS_A_CELL = 4e-8


def tests_of(statistic: Statistic, trial: Trial) -> Outcome:
    """Test every two metrics that have a value, by the statistic."""
    if trial.jackknife is not None and trial.metrics:
        return two_way_tests(statistic, trial, trial.jackknife)
    if len(trial.values) < 2:
        return Outcome()
    why = _too_long(statistic, trial)
    if why:
        return Outcome(why=why)
    n_pairs = len(trial.values) * (len(trial.values) - 1) // 2
    gains: Gains = {}
    with bar(f"testing {statistic.name} ({statistic.level})", n_pairs) as progress:
        comparisons = _compared(statistic, trial, gains, progress.advance)
    outcome = exchange_outcome(statistic, trial, comparisons)
    outcome.gains = gains
    return outcome


def _compared(
    statistic: Statistic,
    trial: Trial,
    gains: Gains,
    progress: Callable[[int], None] | None = None,
    *,
    of_scores: bool = False,
) -> list[Comparison]:
    """The exchange tests of all pairs; ``of_scores``: of scores, whatever test is asked for."""
    material, testing, names = trial.material, trial.testing, list(trial.values)
    return compare_metrics(
        statistic,
        {m: material.scores[m] for m in names},
        material.ratings,
        corpus={m: material.corpus[m] for m in names} if material.corpus else None,
        samples=testing.samples,
        seed=testing.seed,
        test=testing.acc_eq_test if statistic.has_verdicts and not of_scores else "scores",
        progress=progress,
        gains=gains,
    )


def _too_long(statistic: Statistic, trial: Trial) -> str:
    """Why the statistic is not tested unasked; empty if it is."""
    if trial.testing.expensive:
        return ""
    if statistic.expensive:
        return "not tested: it takes long; metric_tests.expensive=true tests it"
    n = len(trial.values)
    n_pairs, ratings = n * (n - 1) // 2, trial.material.ratings
    work = n_pairs * trial.testing.samples * ratings.size * statistic.cost(ratings.shape)
    if work <= MOST_WORK:
        return ""
    minutes = work * SECONDS_A_CELL / 60
    return (
        f"not tested: {n_pairs} pairs of metrics take about {minutes:.0f} minutes; "
        "metric_tests.expensive=true tests them"
    )


def average_tests(
    average: Average,
    statistics: Mapping[str, Statistic],
    outcomes: Mapping[str, Outcome],
    trial: Trial,
) -> Outcome:
    """Test every two metrics by an average of statistics, by exchange of translations: from the
    draws of its statistics' own tests (``outcomes``), or drawn anew where these had others."""
    if len(trial.values) < 2:
        return Outcome()
    parts = []
    for name, weight in average.shares().items():
        statistic = statistics[name]
        if statistic.level == "document" or statistic.system_score == "corpus":
            return Outcome(why=f"not tested: {name} takes no segment scores")
        gains = outcomes[name].gains if name in outcomes else {}
        if not gains:
            why = _too_long(statistic, trial)
            if why:
                return Outcome(why=why)
            gains = _drawn(statistic, trial)
        parts.append((weight * scale_of(statistic), gains))
    material = trial.material
    comparisons = compare_averages(trial.values, parts, material.ratings, material.scores)
    return exchange_outcome(average, trial, comparisons)


def _drawn(statistic: Statistic, trial: Trial) -> Gains:
    """The differences of all pairs in each draw of an exchange of translations."""
    material, testing, gains = trial.material, trial.testing, Gains()
    if not isinstance(statistic, SystemStatistic):
        _compared(statistic, trial, gains, of_scores=True)
        return gains
    return system_gains(
        statistic,
        {m: material.scores[m] for m in trial.values},
        material.ratings,
        samples=testing.samples,
        seed=testing.seed,
    )
