"""Every statistic on the news of WMT23 equals the official toolkit's value; so do edge cases.

The expected numbers are for raw ratings; 5 pairs of translations that tie in truth differ in them
in the last bit.
"""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from harness.statistics.accuracy_ties import AccEq, TauEq
from harness.statistics.base import Statistic
from harness.statistics.correlation import Kendall, KendallC, Pearson, Spearman
from harness.statistics.fast.flips import random_signs, times_at_least
from harness.statistics.pdp import PDPPearson
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy
from harness.statistics.system_level import (
    PairwiseAccuracy,
    SystemKendall,
    SystemPearson,
    SystemSpearman,
)
from tests.support.wmt23 import Wmt23, read_wmt23

VALUES: dict[str, Statistic] = {
    "seg_pearson__none": Pearson("none"),
    "seg_pearson__item": Pearson("item", "dropped"),
    "seg_pearson__sys": Pearson("system"),
    "seg_spearman__none": Spearman("none"),
    "seg_spearman__item": Spearman("item"),
    "seg_spearman__sys": Spearman("system"),
    "seg_kendall_b__none": Kendall("none"),
    "seg_kendall_b__item": Kendall("item"),
    "seg_kendall_b__sys": Kendall("system"),
    "seg_kendall_c__none": KendallC("none"),
    "seg_kendallvariants_b__item": Kendall("item"),
    "seg_kendallvariants_b__sys": Kendall("system"),
    "seg_kendallvariants_c__item": KendallC("item"),
    "seg_kendallvariants_c__sys": KendallC("system"),
    "seg_kendallvariants_23__item": TauEq("item", 0.0),
    "seg_kendallvariants_23__sys": TauEq("system", 0.0),
    "seg_kendallvariants_acc23__item": AccEq("item", 0.0),
    "seg_kendallvariants_acc23__sys": AccEq("system", 0.0),
    "seg_pearson_pdp__item": PDPPearson(),
    "seg_acc_eq__item": AccEq(),
    "seg_acc__item__eps0": AccEq("item", 0.0),
    "seg_tau_eq__item": TauEq(),
    "spa": SoftPairwiseAccuracy(1000),
    "sys_pearson__mean": SystemPearson("mean"),
    "sys_spearman__mean": SystemSpearman("mean"),
    "sys_kendall_b__mean": SystemKendall("mean"),
    "sys_pairwise_accuracy__mean": PairwiseAccuracy("mean"),
}
CORPUS: dict[str, Statistic] = {
    "sys_pearson__corpus": SystemPearson("corpus"),
    "sys_spearman__corpus": SystemSpearman("corpus"),
    "sys_kendall_b__corpus": SystemKendall("corpus"),
    "sys_pairwise_accuracy__corpus": PairwiseAccuracy("corpus"),
}
#: What this tool does not offer: undefined groups as 0, sampled thresholds, scores of other texts.
NOT_OFFERED = ("nan0", "sample_rate", "all1948", "spa_zscored")


@pytest.fixture(scope="module")
def wmt23(expected: Path) -> Wmt23:
    return read_wmt23(expected)


@pytest.mark.parametrize("key", VALUES)
def test_values(wmt23: Wmt23, key: str) -> None:
    assert len(wmt23.metrics) == 7
    for metric in wmt23.metrics:
        published = wmt23.expected["values"][metric]
        result = VALUES[key](wmt23.scores[metric], wmt23.ratings)
        assert result.value == pytest.approx(published[key], abs=1e-12)
        assert result.n_segments == 377
        assert result.n_translations == 3770
        if f"{key}__n_groups" in published and not key.endswith("none"):
            assert result.n == published[f"{key}__n_groups"]
        if f"{key}__epsilon" in published:
            assert result.detail["epsilon"] == published[f"{key}__epsilon"]


@pytest.mark.parametrize("key", CORPUS)
def test_values_of_corpus_scores(wmt23: Wmt23, key: str) -> None:
    for metric, corpus in wmt23.corpus.items():
        value = CORPUS[key](corpus[:, None], wmt23.ratings).value
        assert value == pytest.approx(wmt23.expected["values"][metric][key], abs=1e-12)


def test_every_expected_value_is_compared_or_not_offered(wmt23: Wmt23) -> None:
    compared = set(VALUES) | set(CORPUS)
    extra = ("__n_groups", "__epsilon", "_pairs", "_attaining_max", "__at_eps", "normal_approx")
    for key in wmt23.expected["values"]["BLEU"]:
        assert key in compared or key.endswith(extra) or any(n in key for n in NOT_OFFERED), key


def test_accuracy_counts_pairs(wmt23: Wmt23) -> None:
    for metric in wmt23.metrics:
        published = wmt23.expected["values"][metric]
        result = AccEq()(wmt23.scores[metric], wmt23.ratings)
        assert result.n == published["seg_acc_eq__item__total_pairs"]
        assert round(result.value * result.n, 6) == published["seg_acc_eq__item__correct_pairs"]
        at_epsilon = AccEq(epsilon=result.detail["epsilon"])(wmt23.scores[metric], wmt23.ratings)
        assert at_epsilon.value == result.value
        assert result.detail["value_at_zero"] == pytest.approx(
            published["seg_acc__item__eps0"], abs=1e-12
        )


@pytest.mark.parametrize("grouping", ["none", "system"])
def test_accuracy_of_other_groupings(wmt23: Wmt23, grouping: str) -> None:
    key = f"seg_acc_eq__{grouping.replace('system', 'sys')}"
    for metric in ("BLEU_r10",) if grouping == "none" else wmt23.metrics:  # 7 million pairs
        published = wmt23.expected["acc_eq_other_groupings"][metric]
        result = AccEq(grouping)(wmt23.scores[metric], wmt23.ratings)  # type: ignore[arg-type]
        assert result.value == pytest.approx(published[key], abs=1e-12)
        assert result.detail["epsilon"] == published[f"{key}__epsilon"]


def test_soft_accuracy_without_sampling(wmt23: Wmt23) -> None:
    for metric in wmt23.metrics:
        result = SoftPairwiseAccuracy(1000)(wmt23.scores[metric], wmt23.ratings)
        published = wmt23.expected["values"][metric]
        limit = result.detail["normal_approximation"]
        assert limit == pytest.approx(published["spa_normal_approx"], abs=1e-12)


def test_p_values_between_systems(wmt23: Wmt23) -> None:
    """The toolkit's seed gives its signs, so that these are equal, not only close."""
    info = wmt23.expected["values"]["_info"]
    ours = times_at_least(wmt23.ratings, random_signs(1000, 377, SoftPairwiseAccuracy(1000).seed))
    pairs = [f"{a}>{b}" for a, b in combinations(info["systems"], 2)]
    assert dict(zip(pairs, (ours / 1000).tolist(), strict=True)) == info["human_p_values_upper"]


def test_soft_accuracy_over_seeds(wmt23: Wmt23) -> None:
    spread = wmt23.expected["edge_cases"]["spa_sd_over_200_seeds"]
    for metric in ("BLEU", "length_ratio"):
        values = [
            SoftPairwiseAccuracy(1000, seed=s)(wmt23.scores[metric], wmt23.ratings).value
            for s in range(30)
        ]
        mean, sd = spread[metric]["mean"], spread[metric]["sd"]
        assert np.mean(values) == pytest.approx(mean, abs=5 * sd / math.sqrt(30))
        assert 0.5 * sd < np.std(values) < 2 * sd


def test_rounded_ratings_tie_in_truth(wmt23: Wmt23) -> None:
    """The tool rounds ratings to 12 decimals; 8 decimals give the same ties."""
    for metric in wmt23.metrics:
        published = wmt23.expected["edge_cases"]["human_float_ties"][metric]["gold_rounded_8dp"]
        for decimals in (8, 12):
            result = AccEq()(wmt23.scores[metric], np.round(wmt23.ratings, decimals))
            assert [result.value, result.detail["epsilon"]] == pytest.approx(published, abs=1e-12)


def test_missing_ratings(wmt23: Wmt23) -> None:
    case = wmt23.expected["edge_cases"]["gold_30pct_missing"]
    gone = np.random.default_rng(7).random(wmt23.ratings.shape) < 0.3
    ratings = np.where(gone, np.nan, wmt23.ratings)
    assert int(gone.sum()) == case["cells_missing"]
    for metric in ("BLEU", "chrF", "BLEU_r10"):
        published, scores = case[metric], wmt23.scores[metric]
        for key, statistic in VALUES.items():
            if key not in published:
                continue
            result = statistic(scores, ratings)
            assert result.value == pytest.approx(published[key], abs=1e-12), key
            assert result.n_translations == 3770 - case["cells_missing"]
            if f"{key}__n_groups" in published and not key.endswith("none"):
                assert result.n == published[f"{key}__n_groups"]
        result = AccEq()(scores, ratings)
        assert result.detail["epsilon"] == published["seg_acc_eq__item__epsilon"]
        assert result.detail["value_at_zero"] == pytest.approx(published["acc_at_eps0"], abs=1e-12)
        soft = SoftPairwiseAccuracy(1000)(scores, ratings)
        assert math.isnan(soft.value)
        assert soft.note == "1123 of 3770 translations lack a score or a rating"


@pytest.mark.parametrize("sd", [0.5, 1.0, 3.0])
def test_noisy_ratings_as_scores(wmt23: Wmt23, sd: float) -> None:
    published = wmt23.expected["edge_cases"]["noisy_gold"][f"sd={sd}"]
    noise = np.random.default_rng(5).normal(scale=sd, size=wmt23.ratings.shape)
    scores = wmt23.ratings + noise
    result = AccEq()(scores, wmt23.ratings)
    assert result.value == pytest.approx(published["seg_acc_eq__item"], abs=1e-12)
    assert result.detail["epsilon"] == published["epsilon"]
    assert result.detail["value_at_zero"] == pytest.approx(published["acc_at_eps0"], abs=1e-12)
    for key in ("seg_kendall_b__item", "seg_pearson__none", "spa"):
        assert VALUES[key](scores, wmt23.ratings).value == pytest.approx(published[key], abs=1e-12)


def test_a_constant_metric(wmt23: Wmt23) -> None:
    """The toolkit gives correlations of 0; they are undefined. The others have a value, and say
    what it is worth."""
    case = wmt23.expected["edge_cases"]["constant_metric"]
    constant = np.full(wmt23.ratings.shape, 0.3)
    for key in case:
        if not key.startswith("seg_") or key == "seg_acc_eq__item":
            continue
        result = VALUES[key](constant, wmt23.ratings)
        assert case[key][0] == 0.0
        assert math.isnan(result.value)
        assert result.note.startswith("one side is constant")
    result = AccEq()(constant, wmt23.ratings)
    assert result.value == pytest.approx(case["share_of_human_ties"], abs=1e-12)
    assert result.detail["epsilon"] == 0.0
    assert "share of tied ratings" in result.note
    soft = SoftPairwiseAccuracy(1000)(constant, wmt23.ratings)
    assert soft.value == pytest.approx(case["spa"], abs=1e-12)
    assert "depends on their order" in soft.note
    assert PairwiseAccuracy()(constant, wmt23.ratings).value == case["sys_pairwise_accuracy"]
