"""Two metrics together: ranks by hand, accuracies against plain loops, and invariants."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from harness.error_categories.analysis import CategoryResult, categories
from harness.error_categories.complementarity import doubled_ranks
from harness.error_categories.quality import Judging
from harness.errors import InputError
from harness.significance.holm import holm_adjusted
from harness.significance.jackknife import difference_interval, logit_interval
from harness.tables import METRIC_PAIRS, conform
from tests.support.examples import examples
from tests.support.made_categories import Array, Made, scores_of

NAN = float("nan")


def judged(made: Made, **settings: Any) -> CategoryResult:
    options = {"most_paired": 9, "minimum_pairs": 20, "sentinels": ["length"], **settings}
    return categories(made.test_set, made.score_table, [made.penalties], **options)


def with_third(made: Made) -> Made:
    """Another metric, that sees the same errors with noise of its own."""
    noise = np.random.default_rng(3).normal(size=made.scores["good"].shape)
    made.scores["other"] = -made.values[..., 0, 0] + 5.0 * noise
    return made


def test_ranks_by_hand() -> None:
    """Ranks 0 to 3, doubled; ties share their mean; a missing score has none."""
    scores = np.array([[0.1, 5.0, NAN], [0.3, 5.0, 1.0], [0.2, 7.0, 2.0], [0.4, 1.0, np.inf]])
    np.testing.assert_array_equal(
        doubled_ranks(scores),
        [[0.0, 3.0, NAN], [4.0, 3.0, 0.0], [2.0, 6.0, 2.0], [6.0, 0.0, 4.0]],
    )
    rounded = np.array([[0.1 + 0.2], [0.3]])
    np.testing.assert_array_equal(doubled_ranks(rounded), [[1.0], [1.0]])


@settings(max_examples=examples(100), deadline=None)
@given(arrays(float, (5, 3), elements=st.integers(-2, 2).map(float)))
def test_ranks_are_scipys(scores: Array) -> None:
    np.testing.assert_array_equal(doubled_ranks(scores), 2.0 * (rankdata(scores, axis=0) - 1.0))


def slow_accuracy(made: Made, score: Array, category: int, without: str = "") -> float:
    """Balanced accuracy of a score on the pairs that a category decides, in plain loops."""
    means = made.values.mean(axis=2)
    sums: dict[tuple[int, int], dict[bool, list[float]]] = {}
    for j, document in enumerate(made.documents):
        for s, t in combinations(range(len(made.systems)), 2):
            difference = means[t, j] - means[s, j]
            own = abs(difference[category])
            if document == without or own <= sum(abs(difference)) - own + 1e-9:
                continue
            margin = score[s, j] - score[t, j]
            if math.isnan(margin):
                continue
            better = bool(difference[category] > 0)
            credit = 0.5 if abs(margin) <= 1e-9 else float((margin > 0) == better)
            sums.setdefault((s, t), {True: [], False: []})[better].append(credit)
    above = below = 0.0
    for both in sums.values():
        plus, minus = both[True], both[False]
        if plus and minus:
            weight = 2 * len(plus) * len(minus) / (len(plus) + len(minus))
            above += weight * (sum(plus) / len(plus) + sum(minus) / len(minus)) / 2
            below += weight
    return above / below if below else NAN


def mean_rank(one: Array, two: Array) -> Array:
    return (rankdata(one, axis=0) + rankdata(two, axis=0)) / 2


def test_every_number_is_that_of_plain_loops() -> None:
    made = with_third(Made())
    result = judged(made)
    frame = conform(result.metric_pairs, METRIC_PAIRS)
    assert set(frame["category"]) == {"meaning"}  # raters do not agree on style
    assert [*zip(frame["metric_1"], frame["metric_2"], strict=True)] == [
        ("good", "poor"), ("good", "other"), ("poor", "other"),
    ]  # fmt: skip
    documents = list(dict.fromkeys(made.documents))
    for row in frame.to_dict("records"):
        one, two = (made.scores[row[m]] for m in ("metric_1", "metric_2"))
        scores = {"together": mean_rank(one, two), "one": one, "two": two}
        value = {n: slow_accuracy(made, s, 0) for n, s in scores.items()}
        without = {
            n: np.array([slow_accuracy(made, s, 0, d) for d in documents])
            for n, s in scores.items()
        }
        own = logit_interval(value["together"], without["together"], 0.95)
        assert row["value"] == pytest.approx(value["together"], abs=1e-12)
        assert (row["low"], row["high"]) == pytest.approx((own.low, own.high), abs=1e-9)
        better = max(("one", "two"), key=lambda name: value[name])
        gains = {
            name: difference_interval(
                value["together"] - value[name], without["together"] - without[name], 0.95
            )
            for name in ("one", "two")
        }
        gain = gains[better]
        assert row["gain"] == pytest.approx(gain.value, abs=1e-12)
        assert (row["gain_low"], row["gain_high"]) == pytest.approx((gain.low, gain.high))
        assert row["gain_p"] == pytest.approx(max(g.p for g in gains.values()), abs=1e-9)
        assert (row["confidence"], row["alpha"]) == (0.95, 0.05)


def test_two_metrics_of_independent_noise_gain() -> None:
    """They see more together than either does; a metric that sees nothing takes away."""
    frame = judged(with_third(Made(n_documents=60))).metric_pairs
    rows = frame[frame["category"] == "meaning"].set_index(["metric_1", "metric_2"])
    assert rows.loc[("good", "other"), "gain"] > 0.0
    assert rows.loc[("good", "other"), "gain_p_holm"] <= 0.05
    assert rows.loc[("good", "poor"), "gain"] < 0.0


def test_each_family_is_adjusted_over_all_its_rows() -> None:
    frame = judged(with_third(Made())).metric_pairs
    assert list(frame["p_holm"]) == holm_adjusted(list(frame["p"]))
    assert list(frame["gain_p_holm"]) == holm_adjusted(list(frame["gain_p"]))


def test_a_metric_with_itself_and_with_a_constant_sees_what_it_sees_alone() -> None:
    made = Made()
    made.scores["same"] = np.exp(made.scores["good"])
    made.scores["flat"] = np.zeros(made.scores["good"].shape)
    result = judged(made)
    alone = result.categories.set_index(["category", "metric"])["value"]["meaning"]
    rows = result.metric_pairs.set_index(["metric_1", "metric_2"])
    for couple in (("good", "same"), ("good", "flat")):
        assert rows.loc[couple, "value"] == alone["good"]
        assert rows.loc[couple, "gain"] == 0.0
        assert math.isnan(rows.loc[couple, "gain_p_holm"])  # nothing differs, so no test


def test_scales_and_the_order_of_systems_do_not_matter() -> None:
    made, changed = with_third(Made()), with_third(Made())
    changed.scores = {m: np.exp(s / 9.0) for m, s in changed.scores.items()}
    order = [2, 0, 3, 1]
    changed.scores = {m: s[order] for m, s in changed.scores.items()}
    changed.values = changed.values[order]
    changed.systems = [changed.systems[i] for i in order]
    one, other = judged(made).metric_pairs, judged(changed).metric_pairs
    pd.testing.assert_frame_equal(one, other, rtol=1e-9)


def test_missing_scores_leave_pairs_out() -> None:
    """A pair is compared with each of its metrics on what all of them have scores for."""
    made = with_third(Made())
    made.scores["other"][1, ::3] = NAN
    row = judged(made).metric_pairs.set_index(["metric_1", "metric_2"]).loc[("good", "other")]
    ranks = doubled_ranks(made.scores["good"]) + doubled_ranks(made.scores["other"])
    together = slow_accuracy(made, ranks, 0)
    alone = [
        slow_accuracy(made, np.where(np.isnan(ranks), NAN, made.scores[m]), 0)
        for m in ("good", "other")
    ]
    assert row["value"] == pytest.approx(together, abs=1e-12)
    assert row["gain"] == pytest.approx(together - max(alone), abs=1e-12)
    made.scores["other"][:, 12:] = NAN  # two documents are left
    rows = judged(made).metric_pairs.set_index(["metric_1", "metric_2"])
    assert math.isnan(rows.loc[("good", "other"), "p_holm"])
    assert not math.isnan(rows.loc[("good", "poor"), "p_holm"])


def test_when_pairs_are_judged() -> None:
    made = with_third(Made())
    assert judged(made, most_paired=3).metric_pairs.empty is False
    assert judged(made, most_paired=2).metric_pairs.empty
    assert judged(made, minimum_documents=99).metric_pairs.empty  # no category can be judged
    one = scores_of({"good": made.scores["good"]}, made.systems, made.penalties.segments)
    assert categories(
        made.test_set, one, [made.penalties], minimum_pairs=20, most_paired=9
    ).metric_pairs.empty
    views = [made.penalties, replace(made.penalties, view="again")]
    both = categories(made.test_set, made.score_table, views, minimum_pairs=20, most_paired=9)
    assert set(both.metric_pairs["view"]) == {"news"}


def test_the_config_value() -> None:
    assert Judging().most_paired == 60
    assert Judging(complementarity=True).most_paired == math.inf
    assert Judging(complementarity=False).most_paired == 0
    for value in ("maybe", 1, None):
        with pytest.raises(InputError, match=r"category_accuracy\.complementarity"):
            Judging(complementarity=value)  # type: ignore[arg-type]
