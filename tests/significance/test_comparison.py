"""Tests between metrics: against the official toolkit, by brute force, exactly, and degenerate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from harness._kernels import native
from harness._kernels import sweep as sweep_module
from harness.significance import Comparison, compare_metrics, rank_clusters
from harness.significance.blocks import standardised
from harness.significance.exchange import draw_cells, every_exchange
from harness.statistics.accuracy_ties import AccEq, TauEq
from harness.statistics.base import Agreement, Array, Level, Statistic
from harness.statistics.correlation import Kendall, KendallC, Pearson, Spearman
from harness.statistics.fast import flips as flips_module
from harness.statistics.pdp import PDPPearson
from harness.statistics.precision_at_1 import PrecisionAt1
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy
from harness.statistics.system_level import (
    PairwiseAccuracy,
    SystemKendall,
    SystemPearson,
    SystemSpearman,
)
from tests.support.wmt23 import Wmt23, read_wmt23

NAN = float("nan")


def with_and_without_gaps(statistics: Sequence[Statistic]) -> list[tuple[Statistic, bool]]:
    """Each statistic with complete matrices and, unless it refuses those, with others."""
    return [
        (s, complete)
        for s in statistics
        for complete in (True, False)
        if complete or not isinstance(s, SoftPairwiseAccuracy)
    ]


SEGMENT_LEVEL: list[Statistic] = [
    Pearson("none"),
    Pearson("item"),
    Pearson("system"),
    Spearman("item"),
    Kendall("item"),
    KendallC("item"),
    PDPPearson(),
    PrecisionAt1(),
    AccEq(),
    AccEq("system"),
    AccEq("none"),
    AccEq(epsilon=0.0),
    TauEq(),
    SoftPairwiseAccuracy(samples=200),
]
SYSTEM_LEVEL: list[Statistic] = [
    PairwiseAccuracy(),
    SystemPearson(),
    SystemSpearman(),
    SystemKendall(),
]


@pytest.fixture(scope="module")
def wmt23(expected: Path) -> Wmt23:
    return read_wmt23(expected)


def made(n_systems: int = 5, n_segments: int = 24, seed: int = 0) -> tuple[dict[str, Array], Array]:
    """Three metrics of unlike quality, one of them with ties, and ratings with ties. (Of the tied
    metric's values no two differ by the same, so that brute force meets no near-equal numbers.)"""
    generator = np.random.default_rng(seed)
    quality = generator.normal(size=(n_systems, n_segments)) + np.arange(n_systems)[:, None] / 4
    ratings = np.round(quality).clip(-2, 2)
    scores = {
        name: quality + generator.normal(size=quality.shape) * noise
        for name, noise in (("good", 0.5), ("middling", 1.0), ("poor", 2.0))
    }
    ruler = np.array([0.0, 1, 4, 9, 11])
    scores["middling"] = ruler[np.digitize(scores["middling"], [-1, 0, 1, 2])]
    return scores, ratings


def keyed(found: list[Comparison]) -> dict[tuple[str, str], Comparison]:
    return {(c.metric_1, c.metric_2): c for c in found}


# --- the official toolkit -------------------------------------------------------------------------


def agrees(p: float, published: Mapping[str, Any], samples: int) -> bool:
    """Whether an estimate differs from those published by no more than chance."""
    ok = []
    for key, k in (("p", 1000), ("p_reference_k20000", 20000), ("p_reference_k5000", 5000)):
        if key in published:
            q = published[key]
            spread = math.sqrt(max(q * (1 - q), p * (1 - p)) * (1 / samples + 1 / k))
            ok.append(abs(p - q) <= 4 * spread + 1 / samples)
    assert ok
    return all(ok)


@pytest.mark.parametrize(
    ("key", "statistic"),
    [
        ("seg_pearson__none", Pearson("none")),
        ("spa", SoftPairwiseAccuracy(1000)),
        ("seg_acc_eq__item__scores_test_recalibrated", AccEq()),
    ],
)
def test_wmt23_by_sampling(wmt23: Wmt23, key: str, statistic: Statistic) -> None:
    published = wmt23.expected["pairwise"][key]
    found = compare_metrics(statistic, wmt23.scores, wmt23.ratings, samples=2000, seed=3)
    assert len(found) == 21
    for c in found:
        pair = published["pairs"][f"{c.metric_1}>{c.metric_2}"]
        assert agrees(c.p, pair, 2000), (c, pair)
        assert c.value_1 == pytest.approx(published["values"][c.metric_1], abs=1e-12)
        assert c.difference == pytest.approx(c.value_1 - c.value_2, abs=1e-12)
        assert (c.samples, c.exact, c.note) == (2000, False, "")
        assert (c.n_systems, c.n_segments, c.n_cells, c.n_excluded) == (10, 377, 3770, 0)


@pytest.mark.parametrize("key", ["seg_pearson__none", "spa", "sys_pairwise_accuracy__corpus"])
def test_wmt23_clusters(wmt23: Wmt23, key: str) -> None:
    published = wmt23.expected["pairwise"][key]
    p = {tuple(name.split(">")): pair["p"] for name, pair in published["pairs"].items()}
    assert rank_clusters(published["values"], p) == published["ranks_p05"]  # type: ignore[arg-type]


def test_wmt23_exchanges_of_systems_are_exact(wmt23: Wmt23) -> None:
    published = wmt23.expected["pairwise"]["sys_pairwise_accuracy__corpus"]
    corpus = wmt23.corpus
    scores = {m: wmt23.scores[m] for m in corpus}
    found = compare_metrics(
        PairwiseAccuracy("corpus"), scores, wmt23.ratings, corpus=corpus, seed=1
    )
    assert len(found) == 6
    for c in found:
        assert c.value_1 == pytest.approx(published["values"][c.metric_1], abs=1e-12)
        assert c.exact
        assert c.samples == 2**10
        name, swapped = f"{c.metric_1}>{c.metric_2}", f"{c.metric_2}>{c.metric_1}"
        pair = published["pairs"].get(name) or published["pairs"][swapped]  # of equals, any order
        assert c.p == pair["p_exact_all_2powS"], name
        assert "all exchanges" in c.method


def test_wmt23_exchanges_of_pairs_are_exact(wmt23: Wmt23) -> None:
    published = wmt23.expected["pairwise"]["seg_acc_eq__item__pairs_test"]
    found = compare_metrics(AccEq(), wmt23.scores, wmt23.ratings, seed=1, test="pairs")
    assert len(found) == 21
    for c in found:
        pair = published["pairs"][f"{c.metric_1}>{c.metric_2}"]
        assert c.p == pytest.approx(pair["p_exact_binomial"], rel=1e-9)
        assert c.exact
        assert "anti-conservative" in c.method
    ranks = rank_clusters(published["values"], {(c.metric_1, c.metric_2): c.p for c in found})
    assert ranks == published["ranks_p05_exact"]


# --- brute force ----------------------------------------------------------------------------------


def brute(statistic: Statistic, scores: dict[str, Array], ratings: Array, draws: Array) -> Any:
    """The share of draws with at least the observed difference, statistic by statistic."""
    kept = ~np.isnan(ratings) & ~np.isnan(sum(scores.values()))
    names = sorted(scores)
    own = [np.where(kept, scores[name], NAN) for name in names]
    people = np.where(kept, ratings, NAN)
    values = [statistic(x, people).value for x in own]
    first, second = (1, 0) if values[1] > values[0] else (0, 1)
    z = standardised(np.array(own))

    def difference(taken: Array) -> float:
        one = np.where(taken, z[first], z[second])
        two = np.where(taken, z[second], z[first])
        return statistic(one, people).value - statistic(two, people).value

    observed = difference(np.ones_like(kept))
    null = np.array([difference(row.astype(bool)) for row in draws])
    return names[first], float((null >= observed - 1e-9).mean())


@pytest.mark.parametrize(("statistic", "complete"), with_and_without_gaps(SEGMENT_LEVEL), ids=repr)
def test_equals_the_statistic_on_each_mixture(statistic: Statistic, complete: bool) -> None:
    scores, ratings = made()
    if not complete:
        scores["good"][2, 3:9] = NAN
        scores["poor"][4, 5:12] = NAN
        ratings[0, 20:] = NAN
    draws = draw_cells(120, ratings.shape, 5)
    found = keyed(compare_metrics(statistic, scores, ratings, samples=120, seed=5))
    for one, two in combinations(sorted(scores), 2):
        better, p = brute(statistic, {one: scores[one], two: scores[two]}, ratings, draws)
        worse = two if better == one else one
        assert found[better, worse].p == pytest.approx(p, abs=1e-12)
        assert found[better, worse].samples == 120


@pytest.mark.parametrize("statistic", SYSTEM_LEVEL, ids=repr)
def test_all_exchanges_of_systems(statistic: Statistic) -> None:
    scores, ratings = made(n_systems=6)
    whole = {name: x.mean(axis=1)[:, None] for name, x in scores.items()}
    corpus = type(statistic)("corpus")  # type: ignore[call-arg]
    found = compare_metrics(statistic, scores, ratings, seed=1)
    same = compare_metrics(corpus, scores, ratings, corpus=whole, seed=2)
    for c, d in zip(found, same, strict=True):
        assert (c.exact, c.samples) == (True, 64)
        assert c.p == d.p
    means = ratings.mean(axis=1)[:, None]
    for one, two in combinations(sorted(scores), 2):
        pair = {one: whole[one], two: whole[two]}
        better, p = brute(statistic, pair, means, every_exchange(6)[:, :, None])
        worse = two if better == one else one
        assert keyed(found)[better, worse].p == p


def test_two_systems_by_hand() -> None:
    """The right order against the wrong one: exchanging nothing gives 1, both systems -1, and one
    of them ties both metrics, 0. So one exchange in four is at least the observed 1."""
    ratings = np.array([[1.0], [0.0]])
    for scale, shift in ((1.0, 0.0), (0.1, 0.3), (7.0, -13.7), (1 / 3, 88.1)):
        scores = {
            "right": np.array([[2.0], [1.0]]) * scale + shift,
            "wrong": np.array([[3.0], [8.0]]),
        }
        (c,) = compare_metrics(PairwiseAccuracy(), scores, ratings, seed=1)
        assert (c.metric_1, c.difference, c.p, c.samples) == ("right", 1.0, 0.25, 4)


@pytest.mark.parametrize("n_systems", [2, 3, 4])
@pytest.mark.parametrize("statistic", SYSTEM_LEVEL, ids=repr)
def test_exact_p_depends_on_neither_scale_nor_origin(statistic: Statistic, n_systems: int) -> None:
    generator = np.random.default_rng(n_systems)
    for _ in range(30):
        ratings, one, two = generator.integers(0, 4, (3, n_systems, 1)).astype(float)
        (plain,) = compare_metrics(statistic, {"a": one, "b": two}, ratings, seed=1)
        for _ in range(5):
            (a, b), (c, d) = generator.uniform(0.01, 50, 2), generator.uniform(-90, 90, 2)
            moved = {"a": a * one + c, "b": b * two + d}
            (found,) = compare_metrics(statistic, moved, ratings, seed=1)
            assert found.p == plain.p or (math.isnan(found.p) and math.isnan(plain.p))
            assert (found.samples, found.metric_1) == (plain.samples, plain.metric_1)


@pytest.mark.parametrize("bad", [math.inf, -math.inf])
@pytest.mark.parametrize(
    "statistic",
    [SoftPairwiseAccuracy(samples=50), SystemPearson(), Pearson("none"), Pearson("item"),
     PDPPearson()],
    ids=repr,
)  # fmt: skip
def test_an_infinite_score_has_no_value_and_says_so(statistic: Statistic, bad: float) -> None:
    scores, ratings = made()
    scores["poor"][1, 3] = bad
    result = statistic(scores["poor"], ratings)
    assert (math.isnan(result.value), result.note) == (True, "a score is infinite")
    scores["poor"][1, 4] = -bad
    assert statistic(scores["poor"], ratings).note == "a score is infinite"
    found = keyed(compare_metrics(statistic, scores, ratings, samples=20, seed=1))
    for pair, c in found.items():
        assert math.isnan(c.p) == ("poor" in pair)
        assert c.note == ("a score is infinite" if "poor" in pair else "")


def test_infinite_scores_of_systems_are_ordered_but_not_tested() -> None:
    scores, ratings = made()
    scores["poor"][4] = math.inf
    found = keyed(compare_metrics(PairwiseAccuracy(), scores, ratings, seed=1))
    for pair, c in found.items():
        assert c.note == ("a score is infinite" if "poor" in pair else "")


def test_many_systems_are_sampled() -> None:
    scores, ratings = made(n_systems=15)
    for statistic in SYSTEM_LEVEL:
        found = compare_metrics(statistic, scores, ratings, samples=300, seed=1)
        assert {(c.exact, c.samples) for c in found} == {(False, 300)}
    scores, ratings = made(n_systems=14)
    (c, *_) = compare_metrics(PairwiseAccuracy(), scores, ratings, samples=300, seed=1)
    assert (c.exact, c.samples) == (True, 2**14)


def test_pairs_of_unequal_groups_are_drawn() -> None:
    """Two segments with 3 and 1 pairs: differences weigh 1 and 3. Metric b is right on two pairs of
    the first segment that a gets wrong, and a on the second: sums ±1 ±1 ±3; observed 3 - 2 = 1, at
    least that with chance 1/2."""
    ratings = np.array([[0.0, 0], [-1, -1], [-2, NAN]])
    a = np.array([[1.0, 2], [3, 1], [2, 0]])  # one of three right, then right
    b = np.array([[3.0, 1], [2, 2], [1, 0]])  # all right, then wrong
    (c,) = compare_metrics(AccEq(), {"a": a, "b": b}, ratings, samples=4000, seed=1, test="pairs")
    assert (c.metric_1, c.exact, c.samples) == ("a", False, 4000)
    assert c.p == pytest.approx(0.5, abs=4 * math.sqrt(0.25 / 4000))


# --- invariants -----------------------------------------------------------------------------------


@pytest.mark.parametrize("statistic", SEGMENT_LEVEL + SYSTEM_LEVEL, ids=repr)
def test_order_of_metrics_and_scale_change_nothing(statistic: Statistic) -> None:
    scores, ratings = made()
    one = compare_metrics(statistic, scores, ratings, samples=60, seed=2)
    turned = dict(reversed(scores.items()))
    assert compare_metrics(statistic, turned, ratings, samples=60, seed=2) == one
    scaled = {name: 4.0 * x - 8.0 for name, x in scores.items()}
    for c, d in zip(
        compare_metrics(statistic, scaled, ratings, samples=60, seed=2), one, strict=True
    ):
        assert (c.metric_1, c.p) == (d.metric_1, d.p)


def test_pairs_do_not_depend_on_other_metrics() -> None:
    scores, ratings = made()
    found = keyed(compare_metrics(AccEq(), scores, ratings, samples=60, seed=2))
    two = {"good": scores["good"], "poor": scores["poor"]}
    (alone,) = compare_metrics(AccEq(), two, ratings, samples=60, seed=2)
    assert found["good", "poor"] == alone


@pytest.mark.parametrize("statistic", SEGMENT_LEVEL + SYSTEM_LEVEL, ids=repr)
def test_a_metric_against_itself(statistic: Statistic) -> None:
    scores, ratings = made()
    both = {"b": scores["good"], "a": scores["good"].copy()}
    (c,) = compare_metrics(statistic, both, ratings, samples=100, seed=2)
    assert (c.metric_1, c.metric_2, c.difference, c.p) == ("a", "b", 0.0, 1.0)


def test_the_seed_matters() -> None:
    scores, ratings = made(4, 6)
    ps = {
        tuple(c.p for c in compare_metrics(Pearson(), scores, ratings, samples=50, seed=seed))
        for seed in range(5)
    }
    assert len(ps) > 1


def test_progress_counts_pairs() -> None:
    scores, ratings = made()
    for statistic in SEGMENT_LEVEL + SYSTEM_LEVEL:
        done: list[int] = []
        compare_metrics(statistic, scores, ratings, samples=10, seed=1, progress=done.append)
        assert sum(done) == 3


# --- degenerate -----------------------------------------------------------------------------------


@pytest.mark.parametrize("statistic", SEGMENT_LEVEL + SYSTEM_LEVEL, ids=repr)
@pytest.mark.parametrize(
    "case", ["constant", "constant ratings", "one system", "one segment", "apart", "no ratings"]
)
def test_what_is_undefined_has_no_p(statistic: Statistic, case: str) -> None:
    scores, ratings = made()
    if case == "constant":
        scores["good"] = np.ones_like(ratings)
    elif case == "constant ratings":
        ratings = np.zeros_like(ratings)
    elif case == "one system":
        scores, ratings = {m: x[:1] for m, x in scores.items()}, ratings[:1]
    elif case == "one segment":
        scores, ratings = {m: x[:, :1] for m, x in scores.items()}, ratings[:, :1]
    elif case == "apart":
        scores["good"][:2], scores["poor"][2:], scores["middling"][:] = NAN, NAN, NAN
    else:
        ratings = np.full_like(ratings, NAN)
    found = compare_metrics(statistic, scores, ratings, samples=40, seed=1)
    assert len(found) == 3
    for c in found:
        undefined = math.isnan(c.value_1) or math.isnan(c.value_2)
        assert undefined == bool(c.note), c
        assert undefined == math.isnan(c.p), c
        if not undefined:
            assert 0.0 <= c.p <= 1.0
        if case in ("apart", "no ratings"):
            assert undefined
            assert (c.n_cells, c.n_systems) == (0, 0)


@pytest.mark.parametrize("statistic", SEGMENT_LEVEL + SYSTEM_LEVEL, ids=repr)
def test_half_of_the_systems_without_scores(statistic: Statistic) -> None:
    """Metrics are compared on the systems that both have scores of."""
    scores, ratings = made(n_systems=8)
    scores["poor"][4:] = NAN
    found = keyed(compare_metrics(statistic, scores, ratings, samples=40, seed=1))
    for pair, c in found.items():
        assert (c.n_systems, c.n_excluded) == ((4, 96) if "poor" in pair else (8, 0))
        assert 0.0 <= c.p <= 1.0


def test_a_fixed_threshold_cannot_be_mixed() -> None:
    scores, ratings = made()
    for c in compare_metrics(AccEq(epsilon=0.5), scores, ratings, samples=40, seed=1):
        assert math.isnan(c.p)
        assert "use the test of pairs" in c.note
    for c in compare_metrics(AccEq(epsilon=0.5), scores, ratings, seed=1, test="pairs"):
        assert 0.0 <= c.p <= 1.0


def test_mixtures_that_leave_the_statistic_undefined_do_not_count() -> None:
    """Two translations: half of the mixtures take both scores from one metric, or mix to equals."""
    scores = {"a": np.array([[0.0], [1.0]]), "b": np.array([[1.0], [0.0]])}
    (c,) = compare_metrics(Kendall("none"), scores, np.array([[0.0], [1]]), samples=400, seed=1)
    assert (c.value_1, c.value_2) == (1.0, -1.0)
    assert math.isnan(c.p)
    assert "undefined" in c.note


def test_what_does_not_fit_is_refused() -> None:
    scores, ratings = made()
    with pytest.raises(ValueError, match="scores of good"):
        compare_metrics(Pearson(), scores, ratings[:, :5], seed=1)
    with pytest.raises(ValueError, match="at least 1"):
        compare_metrics(Pearson(), scores, ratings, seed=1, samples=0)
    with pytest.raises(ValueError, match="corpus score"):
        compare_metrics(SystemPearson("corpus"), scores, ratings, seed=1)
    with pytest.raises(ValueError, match="test of pairs"):
        compare_metrics(Pearson(), scores, ratings, seed=1, test="pairs")


@dataclass(frozen=True)
class Own(Statistic):
    """A user's statistic: correlation of scores and ratings of the first system."""

    name: ClassVar[str] = "own"
    level: ClassVar[Level] = "segment"
    chance: ClassVar[float] = 0.0

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        return Agreement(float(np.corrcoef(scores[0], ratings[0])[0, 1]), 1)


def test_any_statistic_can_be_tested() -> None:
    scores, ratings = made()
    first = {m: x[:1] for m, x in scores.items()}
    found = compare_metrics(Own(), scores, ratings, samples=2000, seed=1)
    same = compare_metrics(Pearson("none"), first, ratings[:1], samples=2000, seed=1)
    for c, d in zip(found, same, strict=True):
        assert c.difference == pytest.approx(d.difference)
        assert abs(c.p - d.p) < 0.1  # standardised over other translations


# --- compiled and not -----------------------------------------------------------------------------


@pytest.mark.skipif(native is None, reason="the C extension is not built")
@pytest.mark.parametrize(
    ("statistic", "complete"),
    with_and_without_gaps([AccEq(), AccEq("system"), SoftPairwiseAccuracy(samples=150)]),
    ids=repr,
)
def test_the_fallback_is_equal(
    monkeypatch: pytest.MonkeyPatch, statistic: Statistic, complete: bool
) -> None:
    scores, ratings = made(7, 40)
    if not complete:
        scores["good"][1, 3:20] = NAN
        scores["poor"][4, 25:30] = NAN
    compiled = compare_metrics(statistic, scores, ratings, samples=130, seed=4)
    monkeypatch.setattr(sweep_module, "native", None)
    monkeypatch.setattr(flips_module, "native", None)
    assert compare_metrics(statistic, scores, ratings, samples=130, seed=4) == compiled


# --- clusters -------------------------------------------------------------------------------------


def test_clusters_by_hand() -> None:
    """b is not worse than a with significance, c is worse than a: it starts a cluster, and d is
    compared with c alone."""
    values = {"d": 0.1, "a": 0.9, "c": 0.3, "b": 0.8, "none": NAN}
    p = {("a", "b"): 0.2, ("a", "c"): 0.05, ("b", "c"): 0.3, ("a", "d"): 0.001, ("c", "d"): 0.06}
    assert rank_clusters(values, p) == {"a": 1, "b": 1, "c": 2, "d": 2}
    assert rank_clusters(values, p, alpha=0.01) == {"a": 1, "b": 1, "c": 1, "d": 2}
    assert rank_clusters(values, {("a", "b"): NAN}) == {"a": 1, "b": 1, "c": 1, "d": 1}
    assert rank_clusters({}, {}) == {}
