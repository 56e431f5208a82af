"""A statistic that nothing else knows goes through the whole stage, with what it says itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from harness.errors import InputError
from harness.meta_evaluation import Resampling, Testing, compare_with_ratings, comparisons
from harness.meta_evaluation.stage import MetaEvaluation
from harness.statistics import Agreement, Statistic
from harness.statistics.base import Array, Level, complete
from harness.statistics.document_level import OfDocuments
from harness.statistics.fast.exchange import Differences, Exchange
from tests.support.matrices import made, normal

METHOD = "best translations exchanged"


@dataclass(frozen=True)
class Picked(Statistic):
    """Re-ranking: the mean rating of the translation that the metric scores best in a segment."""

    name: ClassVar[str] = "picked"
    level: ClassVar[Level] = "segment"

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        whole = complete(scores, ratings).all(axis=0)
        best = ratings[scores[:, whole].argmax(axis=0), np.flatnonzero(whole)]
        return Agreement(float(best.mean()), len(best), "", len(best), len(best) * len(scores))


@dataclass(frozen=True)
class FastPicked(Picked):
    """The same with a chance level, a range, and a test of all draws at once; it counts the pairs
    that it tests."""

    name: ClassVar[str] = "fast_picked"
    bounds: ClassVar[tuple[float, float]] = (-30.0, 0.0)
    exchange_method: ClassVar[str] = METHOD
    tested: ClassVar[list[tuple[int, int]]] = []

    def chance_level(self, ratings: Array) -> float:
        """Any translation is as good as another."""
        return float(ratings.mean())

    def cost(self, shape: tuple[int, ...]) -> int:
        return 0

    def exchanged(self, exchange: Exchange) -> Iterator[Differences]:
        draws = exchange.draws.astype(bool)
        for better, worse in exchange.pairs:
            self.tested.append((better, worse))
            own, other = exchange.scores[better], exchange.scores[worse]
            best = [np.where(draws, a, b).argmax(axis=1) for a, b in ((own, other), (other, own))]
            found = [np.take_along_axis(exchange.ratings, b, axis=0).sum(axis=1) for b in best]
            yield Differences(found[0] - found[1], 1.0 / exchange.ratings.shape[1])


RATINGS, SCORES = normal(3)
SCORES = {**SCORES, "nothing": normal(4)[1]["none"]}
N_PAIRS = 6


def stage(statistics: dict[str, Any], samples: int = 300) -> MetaEvaluation:
    return compare_with_ratings(
        **made(RATINGS, SCORES),
        statistics=statistics,
        resampling=Resampling(samples=20, minimum_documents=2),
        testing=Testing(samples=samples),
    )


def of(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return frame[frame["statistic"] == name].reset_index(drop=True)


def test_it_goes_through_the_whole_stage() -> None:
    FastPicked.tested.clear()
    result = stage({"slow": Picked(), "fast": FastPicked()})
    rows = of(result.meta, "fast_picked").set_index("metric")
    for metric, own in SCORES.items():
        by_hand = np.mean([RATINGS[own[:, s].argmax(), s] for s in range(40)])
        assert rows.loc[metric, "value"] == pytest.approx(by_hand)
    assert rows["chance"].to_numpy() == pytest.approx(RATINGS.mean())
    assert (rows["grouping"] == "none").all()
    assert (rows["system_score"] == "").all()
    assert (rows["low"] >= -30).all()
    assert (rows["high"] <= 0).all()
    assert rows["cluster"].notna().all()
    assert of(result.meta, "picked")["chance"].isna().all()  # it does not say


def test_its_fast_test_is_used_and_equals_the_slow_one() -> None:
    FastPicked.tested.clear()
    result = stage({"slow": Picked(), "fast": FastPicked()})
    slow, fast = (of(result.tests, name) for name in ("picked", "fast_picked"))
    assert len(FastPicked.tested) == len(fast) == N_PAIRS
    assert set(fast["method"]) == {METHOD}
    assert set(slow["method"]) == {"scores exchanged"}
    same = ["metric_1", "metric_2", "p", "p_adjusted", "samples"]
    pd.testing.assert_frame_equal(slow[same], fast[same])
    np.testing.assert_allclose(slow["difference"], fast["difference"])
    assert fast["p"].min() < 0.05 < fast["p"].max()


def test_its_cost_decides_whether_it_is_tested_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons, "MOST_WORK", 1)
    result = stage({"slow": Picked(), "fast": FastPicked()})
    assert set(result.tests["statistic"]) == {"fast_picked"}
    assert of(result.meta, "picked")["note"].str.startswith("not tested: 6 pairs").all()


def test_documents_take_over_what_it_says() -> None:
    """Every optional member of a statistic is that of the statistic inside."""
    own, outside = FastPicked(), OfDocuments(FastPicked())
    ratings = np.array([[-1.0, -2.0], [-3.0, 0.0]])
    assert outside.chance_level(ratings) == own.chance_level(ratings) == -1.5
    optional = [n for n in vars(Statistic) if not n.startswith("_") and n not in ("level",)]
    kept = {"system_score", "for_raters"}  # of systems, and itself
    assert [n for n in optional if n not in vars(OfDocuments)] == sorted(kept, reverse=True)


def test_what_a_statistic_need_not_say() -> None:
    ratings = RATINGS
    statistic = Picked()
    assert np.isnan(statistic.chance_level(ratings))
    assert statistic.for_raters() is statistic
    assert not statistic.expensive
    assert statistic.two_way is None
    assert statistic.verdicts(ratings, ratings) is None
    counts = np.ones((2, 40), dtype=np.int64)
    value = statistic(ratings, ratings).value
    assert statistic.resampled(ratings, ratings, counts) == pytest.approx([value, value])
    assert statistic.values(np.array([ratings]), ratings) == pytest.approx([value])


def test_what_is_no_statistic_is_refused() -> None:
    with pytest.raises(InputError, match=r"statistics\.mine is no statistic"):
        stage({"mine": object()})
