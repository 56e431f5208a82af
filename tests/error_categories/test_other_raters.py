"""Category accuracies that speak for other raters: one rater is left out with all documents."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from harness.error_categories.accuracy import category_accuracy, doubled_credits
from harness.error_categories.analysis import categories
from harness.error_categories.decided_pairs import Pairs, decided_pairs
from harness.error_categories.families import against_chance
from harness.error_categories.other_raters import accuracies_over_raters, rater_of_segments
from harness.significance.holm import holm_adjusted
from tests.support.made_categories import made_test_set, penalties_of, scores_of

SYSTEMS = ["A", "B", "C"]


class OneRaterEach:
    """``n_raters`` raters with four documents of five segments each; a metric that follows the
    first category as each rater marks it, or not at all."""

    def __init__(self, n_raters: int = 8, seed: int = 3) -> None:
        rng = np.random.default_rng(seed)
        n = n_raters * 20
        self.documents = [f"d{i // 5}" for i in range(n)]
        self.rater = np.repeat(np.arange(n_raters), 20)
        values = np.full((3, n, n_raters, 2), np.nan)
        marked = rng.poisson(1.0, size=(3, n, 2)).astype(float)
        for i, r in enumerate(self.rater):
            values[:, i, r] = marked[:, i]
        self.values = values
        follows = rng.normal(0.6, 0.5, size=n_raters)[self.rater]
        self.scores = {
            "m": -follows * marked[..., 0] + rng.normal(size=(3, n)),
            "other": rng.normal(size=(3, n)),
        }
        self.penalties = penalties_of(values, SYSTEMS, self.documents)

    def pairs(self) -> Pairs:
        return decided_pairs(self.values, self.documents).of(0)

    def credits(self, pairs: Pairs) -> dict[str, NDArray[np.int64]]:
        return {name: doubled_credits(pairs, own) for name, own in self.scores.items()}


def test_one_rater_of_each_segment() -> None:
    made = OneRaterEach()
    found = rater_of_segments(made.penalties.rated, made.penalties)
    assert found is not None
    assert found.tolist() == made.rater.tolist()


def test_few_raters_or_several_in_a_document_speak_for_nobody_else() -> None:
    few = OneRaterEach(n_raters=5)
    assert rater_of_segments(few.penalties.rated, few.penalties) is None
    made = OneRaterEach()
    shared = made.values.copy()
    shared[:, 3, 1] = shared[:, 3, 0]  # one segment with two raters: it is left out
    shared[:, 3, 0, 1] = 0.0
    own = penalties_of(shared, SYSTEMS, made.documents)
    found = rater_of_segments(own.rated, own)
    assert found is not None and found[3] == -1
    moved = made.values.copy()
    moved[:, 3, 0], moved[:, 3, 1] = np.nan, made.values[:, 3, 0]  # two raters of one document
    own = penalties_of(moved, SYSTEMS, made.documents)
    assert rater_of_segments(own.rated, own) is None


def test_it_is_the_t_test_of_leaving_out_rater_after_rater() -> None:
    """The accuracies without each rater are counted anew from the pairs that remain."""
    made = OneRaterEach()
    pairs = made.pairs()
    credits = made.credits(pairs)
    found = accuracies_over_raters(pairs, credits, made.rater)["m"]
    whole = category_accuracy(pairs, credits["m"])
    assert found.balanced.value == whole.balanced.value
    assert found.n_documents == 8
    without = []
    for rater in range(8):
        kept = made.rater[pairs.segment] != rater
        without.append(category_accuracy(pairs.take(kept), credits["m"][kept]).balanced.value)
    value = whole.balanced.value
    spread = np.sum((np.array(without) - np.mean(without)) ** 2) * 7 / 8
    t = math.log(value / (1 - value)) / (math.sqrt(spread) / (value * (1 - value)))
    assert against_chance(found).p == pytest.approx(2 * stats.t.sf(abs(t), 7), rel=1e-9)


def test_the_tables_have_them_in_families_of_their_own() -> None:
    made = OneRaterEach()
    n = len(made.documents)
    texts = {s: [f"{s}{i}" for i in range(n)] for s in SYSTEMS}
    scores = scores_of(made.scores, SYSTEMS, [str(i) for i in range(n)])
    test_set = made_test_set(texts, made.documents)
    result = categories(test_set, scores, [made.penalties], minimum_pairs=20)
    own = result.categories[result.categories["kind"] == "metric"]
    assert own["n_raters"].tolist() == [8] * 4
    assert own["p_raters_holm"].tolist() == pytest.approx(holm_adjusted(own["p_raters"].tolist()))
    sentinels = result.categories[result.categories["kind"] == "sentinel"]
    assert sentinels["n_raters"].isna().all() and sentinels["p_raters"].isna().all()
    tests = result.tests
    assert tests["n_raters"].tolist() == [8] * 2
    adjusted = holm_adjusted(tests["p_raters"].tolist())
    assert tests["p_raters_holm"].tolist() == pytest.approx(adjusted)
    few = OneRaterEach(n_raters=5)
    result = categories(
        made_test_set({s: t[:100] for s, t in texts.items()}, few.documents),
        scores_of(few.scores, SYSTEMS, [str(i) for i in range(100)]),
        [few.penalties],
    )
    assert result.categories["n_raters"].isna().all()
    assert result.tests["p_raters_holm"].isna().all()


def test_a_rater_without_a_pair_is_not_counted() -> None:
    made = OneRaterEach(n_raters=7)
    pairs = made.pairs()
    without = pairs.take(made.rater[pairs.segment] > 1)
    assert accuracies_over_raters(without, made.credits(without), made.rater) == {}


def false_rates(repetitions: int, seed: int) -> tuple[float, float]:
    """How often the tests over raters and over documents find, at .05, a metric that is as often
    right as wrong over all raters there are, and follows some of the eight raters at hand."""
    rng = np.random.default_rng(seed)
    n_raters, n_documents, n = 8, 160, 1600
    document = np.repeat(np.arange(n_documents), n // n_documents)
    rater = document % n_raters
    found = np.zeros(2)
    for _ in range(repetitions):
        of_rater = rng.normal(0.0, 0.08, n_raters)[rater]
        of_document = rng.normal(0.0, 0.05, n_documents)[document]
        credit = 2 * (rng.random(n) < 0.5 + of_rater + of_document).astype(np.int64)
        pairs = Pairs(
            segment=np.arange(n),
            first=np.zeros(n, np.int64),
            second=np.ones(n, np.int64),
            document=document,
            category=np.zeros(n, np.int64),
            first_better=rng.random(n) < 0.5,
        )
        by_raters = accuracies_over_raters(pairs, {"m": credit}, rater)["m"]
        found += [
            against_chance(own).p <= 0.05 for own in (by_raters, category_accuracy(pairs, credit))
        ]
    over_raters, over_documents = found / repetitions
    return float(over_raters), float(over_documents)


@pytest.mark.parametrize("repetitions", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_its_level_where_raters_differ(repetitions: int) -> None:
    """At most .05 and two standard errors; leaving out documents finds far more."""
    over_raters, over_documents = false_rates(repetitions, seed=11)
    assert over_raters <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / repetitions)
    assert over_documents > 0.2
