"""How often does the gate call something worse that is not, and how often does it find a loss? On
the ratings of WMT23's news. Printed with ``-s``; the long version takes minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from harness.gate.compare import compare_runs
from harness.gate.comparison import Comparison, Result
from harness.gate.settings import GateSettings
from harness.statistics.base import Array
from tests.support.gate_runs import Stage
from tests.support.simulated_metrics import SCENARIOS, Scenario, draw_metrics
from tests.support.simulated_reports import shape

ALPHA = 0.05
SIGNAL = 0.4
CATEGORY = "meaning"
#: How much a metric's score rises, in its standard deviations, for a penalty point of the category
#: (it takes off so much less): calibrated to a loss of 3 points of accuracy.
LESS_WEIGHT = 0.0335


@pytest.fixture(scope="module")
def stage(mirror: Path) -> Stage:
    own = shape("wmt23", mirror)
    return Stage(own.test_set, own.ratings, own.systems, own.segments, own.penalties)


class Drawn:
    """Versions of a metric on the ratings of a stage."""

    def __init__(self, stage: Stage, scenario: Scenario) -> None:
        self.stage, self.scenario = stage, scenario
        own = stage.ratings.pivot(index="system", columns="segment_id", values="rating")
        self.ratings = own.loc[list(stage.systems), list(stage.segments)].to_numpy()
        documents = stage.test_set.segments.set_index("segment_id")["document"]
        self.document = pd.factorize(documents[list(stage.segments)].to_numpy(dtype=object))[0]
        within = self.ratings - self.ratings.mean(axis=0)
        self.signal = SIGNAL * within / within.std()
        assert stage.penalties is not None
        penalties = stage.penalties
        rows = [penalties.systems.index(s) for s in stage.systems]
        columns = [penalties.segments.index(s) for s in stage.segments]
        number = list(penalties.categories).index(CATEGORY)
        of_raters = penalties.values[np.ix_(rows, columns)][..., number]
        self.penalty: Array = np.nanmean(of_raters, axis=2)

    def two(self, seed: int, *, new_errors: float) -> tuple[Array, Array]:
        """Two versions with one signal; the second has errors of which the share ``new_errors`` of
        the variance is drawn anew. With all of it, what they see varies by document too."""
        known = {"all": self.scenario, "part": replace(self.scenario, sensitivity=0.0)}
        own = known["all" if new_errors == 1.0 else "part"]
        one, two = draw_metrics(self.ratings, self.document, [SIGNAL] * 2, own, [seed, 7])
        if new_errors == 1.0:
            return one, two
        mixed = np.sqrt(1 - new_errors) * (one - self.signal)
        mixed += np.sqrt(new_errors) * (two - self.signal)
        return one, self.signal + mixed

    def gate(self, run: Array, baseline: Array, **settings: float) -> Result:
        of = self.stage
        return compare_runs(of.run({"m": run}), of.run({"m": baseline}), GateSettings(**settings))  # type: ignore[arg-type]


def at_most(limit: float, repetitions: int) -> float:
    """A share that one of ``limit`` stays below, but for two standard errors."""
    return limit + 2 * float(np.sqrt(limit * (1 - limit) / repetitions))


def false_alarms(stage: Stage, scenario: str, repetitions: int) -> float:
    """The share of gates that fail a metric with the same skill and other errors."""
    drawn = Drawn(stage, SCENARIOS[scenario])
    failed = []
    for seed in range(repetitions):
        one, two = drawn.two(seed, new_errors=1.0)
        failed.append(bool(drawn.gate(two, one).failures))
    return float(np.mean(failed))


def losses(
    stage: Stage, scenario: str, new_errors: float, less: float, repetitions: int
) -> list[Comparison]:
    """The comparisons in the category of a metric that takes off ``less`` for a point of it."""
    drawn = Drawn(stage, SCENARIOS[scenario])
    found = []
    for seed in range(repetitions):
        one, two = drawn.two(seed, new_errors=new_errors)
        result = drawn.gate(two + less * drawn.penalty, one)
        found += [c for c in result.comparisons if c.category == CATEGORY]
    return found


def power(found: list[Comparison]) -> float:
    return float(np.mean([c.failed for c in found]))


def loss(found: list[Comparison]) -> float:
    return -float(np.mean([c.difference for c in found]))


def test_equal_metrics_rarely_fail(stage: Stage) -> None:
    n = 20
    assert false_alarms(stage, "strong", n) <= at_most(ALPHA, n)


def test_a_loss_of_three_points_is_found(stage: Stage) -> None:
    found = losses(stage, "typ", 0.0, LESS_WEIGHT, 10)
    assert 2.5 <= loss(found) <= 3.5
    assert power(found) >= 0.8


def test_an_accepted_loss_passes(stage: Stage) -> None:
    """The same loss, with a tolerance above it; one above the tolerance fails."""
    drawn = Drawn(stage, SCENARIOS["typ"])
    one, two = drawn.two(3, new_errors=0.0)
    worse = two + LESS_WEIGHT * drawn.penalty

    def failed(tolerance: float) -> list[str]:
        failures = drawn.gate(worse, one, tolerance=tolerance).failures
        return [c.category for c in failures if c.category == CATEGORY]

    assert failed(1.0) == [CATEGORY]
    assert failed(5.0) == []


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_equal_metrics_fail_in_one_of_twenty_gates(stage: Stage, scenario: str) -> None:
    n = 200
    share = false_alarms(stage, scenario, n)
    print(f"\nequal metrics, {scenario}: {share:.3f} of {n} gates fail")  # noqa: T201
    assert share <= at_most(ALPHA, n)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["typ", "strong"])
def test_power_by_how_much_else_changed(stage: Stage, scenario: str) -> None:
    n = 100
    for new_errors in (0.0, 0.01, 0.05, 0.25, 1.0):
        found = losses(stage, scenario, new_errors, LESS_WEIGHT, n)
        needed = float(np.mean([c.detectable for c in found]))
        print(  # noqa: T201
            f"\n{scenario}, new errors {new_errors:g}: loss {loss(found):.2f},"
            f" found in {power(found):.2f} of {n}; power .8 needs {needed:.1f}"
        )
        if new_errors == 0.0:
            assert 2.7 <= loss(found) <= 3.3
            assert power(found) >= 0.8


class Translated:
    """A system translated twice equally well: every segment is as hard as before, and what differs
    is chance, of which each document shares a part."""

    NAMES = ("m1", "m2", "m3")
    SHARED = 0.3

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.system = stage.systems[0]
        documents = stage.test_set.segments.set_index("segment_id")["document"]
        of_segments = documents[list(stage.segments)].to_numpy(dtype=object)
        self.document = pd.factorize(of_segments)[0]
        self.others = np.random.default_rng(0).normal(size=(len(stage.systems), len(self.document)))

    def runs(self, seed: int, worse: float = 0.0) -> Result:
        """Both runs; the scores of the system are lower by ``worse`` standard deviations."""
        rng = np.random.default_rng([seed, 11])
        n = len(self.document)
        hard = rng.normal(size=n)
        opened = []
        for word, less in (("new", worse), ("old", 0.0)):
            shared = rng.normal(size=self.document.max() + 1)[self.document]
            chance = np.sqrt(self.SHARED) * shared + np.sqrt(1 - self.SHARED) * rng.normal(size=n)
            scores = {}
            for name in self.NAMES:
                scores[name] = self.others.copy()
                scores[name][0] = hard + chance + 0.5 * rng.normal(size=n) - less
            of = self.stage.with_ratings(self._rated(rng, shared, hard))
            opened.append(of.run(scores, renewed={self.system: word}))
        return compare_runs(opened[0], opened[1], GateSettings())

    def _rated(self, rng: np.random.Generator, shared: Array, hard: Array) -> pd.DataFrame:
        """The ratings of the stage, those of the system in three categories drawn anew."""
        ratings = self.stage.ratings
        kept = ratings[ratings["system"] != self.system]
        own = {
            name: -rng.poisson(rate * np.exp(0.5 * shared + 0.3 * hard)).astype(float)
            for name, rate in (("meaning", 1.0), ("name", 0.3), ("style", 0.05))
        }
        own["all"] = np.sum(list(own.values()), axis=0)
        parts = [
            pd.DataFrame(
                {
                    "test_set": ratings["test_set"].iloc[0],
                    "system": self.system,
                    "segment_id": list(self.stage.segments),
                    "category": category,
                    "rating": values,
                    "n_raters": 1,
                }
            )
            for category, values in own.items()
        ]
        return pd.concat([kept, *parts], ignore_index=True)


def failed_systems(translated: Translated, repetitions: int, worse: float = 0.0) -> Iterator[bool]:
    for seed in range(repetitions):
        yield bool(translated.runs(seed, worse).failures)


def test_an_equal_translation_rarely_fails(stage: Stage) -> None:
    n = 20
    assert np.mean(list(failed_systems(Translated(stage), n))) <= at_most(ALPHA, n)
    assert np.mean(list(failed_systems(Translated(stage), 5, 0.6))) == 1.0


@pytest.mark.slow
def test_equal_translations_fail_in_one_of_twenty_gates(stage: Stage) -> None:
    n, translated = 200, Translated(stage)
    share = float(np.mean(list(failed_systems(translated, n))))
    print(f"\nequal translations: {share:.3f} of {n} gates fail")  # noqa: T201
    assert share <= at_most(ALPHA, n)
    for worse in (0.2, 0.3, 0.4):
        found = float(np.mean(list(failed_systems(translated, 50, worse))))
        print(f"lower by {worse} standard deviations: {found:.2f} of 50 gates fail")  # noqa: T201
