"""Two-way tests and intervals through the whole stage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from harness.meta_evaluation import Testing, compare_with_ratings
from harness.meta_evaluation.stage import MetaEvaluation
from harness.statistics.accuracy_ties import AccEq
from harness.statistics.base import Array, Statistic
from harness.statistics.correlation import Kendall, Pearson
from harness.statistics.pdp import PDPPearson
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy
from harness.statistics.system_level import PairwiseAccuracy
from tests.support.matrices import made, normal
from tests.support.real_matrices import read_matrices

STATISTICS: dict[str, Statistic] = {
    "spa": SoftPairwiseAccuracy(),
    "accuracy": PairwiseAccuracy("mean"),
    "acc_eq": AccEq("item"),
    "pdp": PDPPearson(),
    "item": Pearson("item"),
}


def run(
    ratings: Array,
    scores: dict[str, Array],
    statistics: dict[str, Statistic],
    per_document: int = 2,
) -> MetaEvaluation:
    data = made(ratings, scores, per_document=per_document)
    sentinels = [name for name in scores if name.startswith("sentinel")]
    return compare_with_ratings(
        **data, statistics=statistics, testing=Testing(samples=50), sentinels=sentinels
    )


def test_counts_on_wmt23(mirror: Path) -> None:
    """Which of the pairs of four string metrics are shown, and that nobody beats the sentinels in
    telling systems apart."""
    data = read_matrices("wmt23_zhen_news", mirror)
    named = {f"sentinel_{name}": own for name, own in data.sentinels.items()}
    tables = made(data.ratings, {**data.scores, **named})
    segments = tables["test_set"].segments
    segments["document"] = list(data.documents)
    found = compare_with_ratings(
        **tables, statistics=STATISTICS, testing=Testing(samples=50), sentinels=list(named)
    )
    tests = found.tests[found.tests["family"] == "metrics"]
    shown = tests["p_adjusted"] <= tests["alpha"]
    counts = shown.groupby(tests["statistic"]).sum().to_dict()
    assert counts == {
        "soft_pairwise_accuracy": 0,
        "pairwise_accuracy": 0,
        "acc_eq": 4,
        "pdp_pearson": 0,
        "pearson": 6,
    }
    beats = found.sentinels.groupby("statistic")["beats"].sum()
    assert beats["soft_pairwise_accuracy"] == beats["pairwise_accuracy"] == 0
    clusters = found.meta[found.meta["statistic"] == "acc_eq"].set_index("metric")["cluster"]
    assert clusters[["chrF", "chrF++", "BLEU", "TER"]].tolist() == [1, 1, 2, 3]
    best = found.meta[found.meta["in_best_set"]].groupby("statistic")["metric"].agg(set).to_dict()
    assert (best["acc_eq"], best["pearson"]) == ({"chrF", "chrF++"}, {"chrF"})
    smallest = tests[tests["statistic"] == "pairwise_accuracy"]["smallest_p"]
    assert set(smallest) == {6 * 2.0**-9}


def test_pdp_by_hand() -> None:
    """Six systems, ten documents of one segment. PDP Pearson of the whole and without each part
    from plain sums over pairs; V, t and the interval from them."""
    from scipy.stats import t as student

    g = np.random.default_rng(11)
    ratings = g.normal(size=(6, 10))
    scores = {"a": ratings + g.normal(size=(6, 10)), "b": g.normal(size=(6, 10))}
    found = run(ratings, scores, {"pdp": PDPPearson()}, per_document=1)

    def pdp(x: Array, keep: list[tuple[int, int, int]]) -> float:
        d = np.array([(x[i, n] - x[j, n], ratings[i, n] - ratings[j, n]) for i, j, n in keep])
        return float((d[:, 0] * d[:, 1]).sum() / np.sqrt((d**2).sum(axis=0).prod()))

    every = [(i, j, n) for n in range(10) for i in range(6) for j in range(i)]

    def difference(keep: list[tuple[int, int, int]]) -> float:
        return pdp(scores["a"], keep) - pdp(scores["b"], keep)

    def variance(values: list[float]) -> float:
        return (len(values) - 1) / len(values) * float(((values - np.mean(values)) ** 2).sum())

    v_d = variance([difference([c for c in every if c[2] != n]) for n in range(10)])
    v_s = variance([difference([c for c in every if s not in c[:2]]) for s in range(6)])
    v_sd = variance(
        [
            difference([c for c in every if c[2] != n or s not in c[:2]])
            for n in range(10)
            for s in range(6)
        ]
    )
    error = np.sqrt(max(v_d, v_s, v_d + v_s - v_sd))
    (row,) = found.tests.to_dict("records")
    assert row["difference"] == pytest.approx(difference(every))
    assert row["standard_error"] == pytest.approx(error)
    assert row["p"] == pytest.approx(2 * student.sf(difference(every) / error, 5))
    half = student.ppf(0.975, 5) * error
    assert (row["low"], row["high"]) == pytest.approx(
        (difference(every) - half, difference(every) + half)
    )
    assert (row["degrees"], row["sides"], row["adjustment"]) == (5, 2, "holm")
    assert row["scope"] == "other documents and systems"
    beside = found.sentinels.set_index("metric")
    assert set(beside["opponent"]) == {"(constant)"}
    assert beside["opponent_value"].tolist() == [0.0, 0.0]


def test_max_t_from_nine_metrics_on() -> None:
    ratings, scores = normal(3, 6, 20)
    g = np.random.default_rng(5)
    nine = {f"m{i}": scores["close"] + i * g.normal(size=ratings.shape) for i in range(9)}
    eight = {name: nine[name] for name in list(nine)[:8]}
    for given, adjustment in ((eight, "holm"), (nine, "max_t")):
        tests = run(ratings, given, {"item": Pearson("item")}).tests
        assert set(tests["adjustment"]) == {adjustment}
        drawn = adjustment == "max_t"
        assert (tests["exact"] != drawn).all()
        assert set(tests["samples"]) == {9999 if drawn else 0}
        assert (tests["p_adjusted"] >= tests["p"] * 0.9).all()


@pytest.mark.parametrize(
    ("shape", "per_document", "method", "scope"),
    [
        ((6, 20), 2, "two-way jackknife", "other documents and systems"),
        ((5, 20), 2, "document jackknife", "other documents, these 5 systems"),
        ((6, 18), 2, "document jackknife", "other documents, these 6 systems"),
        ((6, 20), 20, "two-way jackknife", "other segments and systems"),
        ((5, 20), 20, "segment jackknife", "other segments, these 5 systems"),
    ],
)
def test_scope(shape: tuple[int, int], per_document: int, method: str, scope: str) -> None:
    ratings, scores = normal(2, *shape)
    found = run(ratings, scores, {"item": Pearson("item")}, per_document)
    assert set(found.meta["interval_method"]) == {method}
    assert set(found.meta["scope"]) == set(found.tests["scope"]) == {scope}
    assert set(found.tests["method"]) == {f"{method}, t test"}
    assert found.meta["low"].notna().all()


def test_one_system_has_no_interval() -> None:
    ratings, scores = normal(2, 1, 20)
    found = run(ratings, scores, STATISTICS)
    assert found.meta["low"].isna().all()
    assert (found.meta["scope"] == "").all()
    assert found.tests["p"].isna().all()


def test_sides_and_measured_levels_of_exchanges() -> None:
    ratings, scores = normal(4, 6, 20)
    statistics = {"item": Pearson("item"), "kendall": Kendall("item")}
    data = made(ratings, scores)
    two = compare_with_ratings(**data, statistics=statistics, testing=Testing(samples=200)).tests
    one = compare_with_ratings(
        **data, statistics=statistics, testing=Testing(samples=200, method="exchange")
    ).tests
    assert set(two["sides"]) == {2}
    assert set(one["sides"]) == {1}
    own = [t[t["statistic"] == "kendall_b"]["p"].to_numpy() for t in (two, one)]
    assert (own[1] == 0.0).any()  # as published
    np.testing.assert_allclose(own[0], np.minimum(1.0, 2 * (200 * own[1] + 1) / 201))
    pearson = one[one["statistic"] == "pearson"]["method"]
    assert pearson.str.endswith("false positives at .05: 17 to 26 %").all()


def test_ties_and_chance_beside_accuracy() -> None:
    """Each segment has a pair of one text; its ratings tie. A metric that ties it gets it for
    nothing, one that does not has no such chance."""
    g = np.random.default_rng(7)
    ratings = g.permuted(np.tile(np.arange(6.0)[:, None], 20), axis=0)
    ratings[1] = ratings[0]
    same = g.normal(size=ratings.shape)
    same[1] = same[0]
    noisy = g.normal(size=ratings.shape)
    data = made(ratings, {"same": same, "noisy": noisy})
    hypotheses: pd.DataFrame = data["test_set"].hypotheses
    texts = hypotheses["system"].where(hypotheses["system"] != "s1", "s0")
    hypotheses["hypothesis"] = texts + hypotheses["segment_id"]
    meta = compare_with_ratings(**data, statistics={"a": AccEq("item")}).meta.set_index("metric")
    ties = np.mean([np.mean([x == y for k, x in enumerate(r) for y in r[:k]]) for r in ratings.T])
    tied = 1 / 15
    assert meta["human_tie_rate"].tolist() == pytest.approx([ties, ties])
    assert meta.loc["same", "chance"] == pytest.approx(tied + max(ties - tied, (1 - ties) / 2))
    assert meta.loc["noisy", "chance"] == pytest.approx(max(ties, (1 - ties) / 2))
    assert (meta["chance_sd"] > 0).all()
    assert meta["tie_rate"].between(0, 1).all()
