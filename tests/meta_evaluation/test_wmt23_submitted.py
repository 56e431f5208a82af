"""The metrics submitted to WMT23, on the official ratings and on those of the side-by-side
campaign: every statistic equals the official toolkit's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.statistics.accuracy_ties import AccEq
from harness.statistics.base import Statistic
from harness.statistics.correlation import Kendall, Pearson
from harness.statistics.pdp import PDPPearson
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy
from harness.statistics.system_level import PairwiseAccuracy, SystemKendall, SystemPearson
from tests.support.wmt23_submitted import SETS, official, read_submitted

STATISTICS: Mapping[str, Statistic] = {
    "seg.pearson.none": Pearson("none"),
    "seg.pearson.item": Pearson("item", "dropped"),
    "seg.kendall_b.none": Kendall("none"),
    "seg.kendall_b.item": Kendall("item"),
    "seg.acc_eq.item": AccEq("item"),
    "seg.pearson_pdp.item": PDPPearson(),
    "sys.pairwise_accuracy.mean": PairwiseAccuracy("mean"),
    "sys.pearson.mean": SystemPearson("mean"),
    "sys.kendall_b.mean": SystemKendall("mean"),
    "sys.spa_1000": SoftPairwiseAccuracy(1000),
}
#: Sampled with another seed there, in single precision.
SAMPLED = {"sys.spa_1000": 2e-3}
#: The toolkit's ratings of the side-by-side campaign are means of three raters as floating-point
#: numbers; in five pairs they differ in the last bit where they are equal in truth.
INTEGER = ".integer_gold"
SLOW = pytest.mark.slow
#: 1,177 segments take longer.
NAMES = [pytest.param("all", marks=SLOW), "news", "news_sxs"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("key", STATISTICS)
def test_values_are_the_official_ones(name: str, key: str, mirror: Path, expected: Path) -> None:
    # HuaweiTSC_EE_Metric has no segment scores.
    published = {k: v for k, v in official(expected)[name].items() if key in v}
    submitted = read_submitted(name, mirror, tuple(published))
    for metric, values in published.items():
        wanted = key + INTEGER if key + INTEGER in values else key
        scores = submitted.scores[metric.rpartition("-")[0]]
        result = STATISTICS[key](scores, submitted.ratings)
        assert result.value == pytest.approx(values[wanted], abs=SAMPLED.get(key, 1e-9)), metric
        if f"{wanted}.n_groups" in values:
            assert result.n == values[f"{wanted}.n_groups"], metric
        if f"{wanted}.epsilon" in values:
            # Where several thresholds give the greatest accuracy, this tool takes the smallest; the
            # toolkit takes the one that rounding makes the greatest.
            theirs = AccEq(epsilon=values[f"{wanted}.epsilon"])(scores, submitted.ratings)
            assert theirs.value == result.value, metric
            assert result.detail["epsilon"] <= values[f"{wanted}.epsilon"], metric
    assert len(published) == 22


def test_every_official_value_is_compared(expected: Path) -> None:
    known = {*STATISTICS, *(key + INTEGER for key in STATISTICS)}
    for name, metrics in official(expected).items():
        assert name in SETS
        for values in metrics.values():
            plain = {key.removesuffix(".n_groups").removesuffix(".epsilon") for key in values}
            # Submitted scores of systems are not public with the other files.
            assert {key for key in plain if not key.endswith(".submitted")} <= known


@SLOW
@pytest.mark.parametrize(("name", "shape"), [("all", (15, 1177)), ("news", (15, 377))])
def test_all_metrics_with_segment_scores_are_there(
    name: str, shape: tuple[int, int], mirror: Path
) -> None:
    submitted = read_submitted(name, mirror)
    assert submitted.ratings.shape == shape
    assert len(submitted.scores) == 43
    assert {matrix.shape for matrix in submitted.scores.values()} == {shape}
