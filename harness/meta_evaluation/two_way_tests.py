"""Tests by the two-way jackknife, and of pairwise accuracy by exchange of systems: rows of
METRIC_TESTS and SENTINEL_TESTS."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from harness.meta_evaluation.scopes import jackknife_name, scope_of, unit_of
from harness.meta_evaluation.trials import METRICS, SENTINELS, Outcome, Trial
from harness.significance import Family, PairTest, SentinelTest, beat_sentinels, compare_pairs
from harness.significance.holm import holm_adjusted
from harness.significance.max_t import FLIPS
from harness.significance.rater_jackknife import rater_tests
from harness.significance.two_way.jackknife import Jackknife
from harness.significance.two_way.spread import FEWEST_UNITS, Scope
from harness.statistics.base import Statistic

__all__ = ["two_way_tests"]

EXCHANGED = "systems exchanged, all exchanges"
NAN = float("nan")


def two_way_tests(statistic: Statistic, trial: Trial, jackknife: Jackknife) -> Outcome:
    """All pairs of metrics as one family, each metric with each sentinel as another, and each
    metric against the constant and the best sentinel."""
    outcome = Outcome()
    metrics, rivals = sorted(trial.metrics), sorted(trial.rivals)
    pairs = {
        METRICS: list(combinations(metrics, 2)),
        SENTINELS: [(m, s) for m in metrics for s in rivals],
    }
    for name, own in pairs.items():
        family = compare_pairs(
            jackknife,
            own,
            seed=trial.testing.seed,
            alpha=trial.testing.alpha,
            confidence=trial.confidence,
        )
        rows = _rows(statistic, trial, jackknife, family, name)
        outcome.rows += _over_raters(rows, trial, jackknife)
    beaten = beat_sentinels(jackknife, metrics, rivals)
    outcome.beside = [_beside(statistic, trial, jackknife, t) for t in beaten.values()]
    outcome.rank(trial, unadjusted=False)
    return outcome


def _rows(
    statistic: Statistic, trial: Trial, jackknife: Jackknife, family: Family, name: str
) -> list[dict[str, Any]]:
    drawn = family.adjustment == "max_t"
    shared = {
        **trial.about(statistic),
        "adjustment": family.adjustment,
        "sides": 2,
        "smallest_p": family.smallest_p,
        "family": name,
        "samples": FLIPS if drawn else 0,
        "seed": trial.testing.seed if drawn else None,
        "exact": not drawn,
    }
    rated = int((~np.isnan(jackknife.ratings)).sum())
    tests = sorted(family.tests, key=lambda t: sorted((t.metric_1, t.metric_2)))
    return [{**shared, **_pair(t, jackknife, rated)} for t in tests]


def _over_raters(
    rows: list[dict[str, Any]], trial: Trial, jackknife: Jackknife
) -> list[dict[str, Any]]:
    """The rows of a family with tests that leave out one rater with all documents, where each
    document has one; without a p where there are few raters."""
    material = trial.material
    raters = material.single_raters()
    if raters is None:
        return [
            {**row, "p_raters": NAN, "p_raters_adjusted": NAN, "n_raters": None} for row in rows
        ]
    used = np.array([bool(rater) for rater in raters])
    found = rater_tests(
        jackknife.statistic,
        {name: matrix[:, used] for name, matrix in material.scores.items()},
        material.ratings[:, used],
        [rater for rater in raters if rater],
        [(row["metric_1"], row["metric_2"]) for row in rows],
    )
    same = [t.metric_1 == row["metric_1"] for t, row in zip(found, rows, strict=True)]
    p = [t.p if as_here or t.p != t.p else 1.0 for t, as_here in zip(found, same, strict=True)]
    n = len(set(raters) - {""})
    return [
        {**row, "p_raters": own, "p_raters_adjusted": adjusted, "n_raters": n}
        for row, own, adjusted in zip(rows, p, holm_adjusted(p), strict=True)
    ]


def _pair(t: PairTest, jackknife: Jackknife, rated: int) -> dict[str, Any]:
    """What a row says of one pair."""
    return {
        "metric_1": t.metric_1,
        "metric_2": t.metric_2,
        "difference": t.difference,
        "low": t.low,
        "high": t.high,
        "standard_error": t.standard_error,
        "degrees": t.degrees if t.standard_error == t.standard_error else None,
        "p": t.p,
        "p_adjusted": t.adjusted_p,
        "detectable": t.detectable,
        "value_1": t.value_1,
        "value_2": t.value_2,
        "method": _method(jackknife, t.scope),
        "holds_level": True,
        "scope": _scope(jackknife, t.scope, t.n_systems),
        "n_systems": t.n_systems,
        "n_documents": t.n_documents if jackknife.documents_known else 1,
        "n_segments": t.n_segments,
        "n_excluded": rated - t.n_translations,
        "note": _note(t, unit_of(jackknife)),
    }


def _method(jackknife: Jackknife, scope: Scope) -> str:
    if jackknife.statistic.exchange:
        return EXCHANGED
    name = jackknife_name(scope, unit_of(jackknife))
    return f"{name}, t test" if name else "none"


def _scope(jackknife: Jackknife, scope: Scope, n_systems: int) -> str:
    if jackknife.statistic.exchange:
        return "other systems"
    return scope_of(scope, unit_of(jackknife), n_systems)


def _note(t: PairTest, unit: str) -> str:
    """Why there is no p."""
    if t.p == t.p:
        return ""
    if t.n_segments == 0:
        return "no segment has two translations that both scored"
    if t.n_documents < FEWEST_UNITS:
        number = f"{t.n_documents} {unit}{'s' if t.n_documents != 1 else ''}"
        return f"no test: {number}, fewer than {FEWEST_UNITS}"
    return "undefined"


def _beside(
    statistic: Statistic, trial: Trial, jackknife: Jackknife, t: SentinelTest
) -> dict[str, Any]:
    """A row of SENTINEL_TESTS."""
    scopes = _scopes(jackknife, [(t.metric, t.opponent)])
    return {
        **trial.about(statistic),
        "metric": t.metric,
        "opponent": t.opponent,
        "value": t.value,
        "opponent_value": t.opponent_value,
        "p": t.p,
        "p_adjusted": t.adjusted_p,
        "sides": 2,
        "beats": t.beats(trial.testing.alpha),
        "method": _method(jackknife, scopes[0][0]),
        "holds_level": True,
        "scope": _scope(jackknife, *scopes[0]),
    }


def _scopes(jackknife: Jackknife, pairs: Sequence[tuple[str, str]]) -> list[tuple[Scope, int]]:
    """The scope and the number of systems of each pair's variance."""
    spread = jackknife.compare(pairs).differences.spread
    return [(spread.scope(k), int(spread.n_systems[k])) for k in range(len(pairs))]
