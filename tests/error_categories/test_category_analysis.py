"""The stage: tables, tiers, notes and sentences, on small made-up sets and on real annotations."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from harness.claims.category_accuracy import CategoryAccuracies, SystemIdentity
from harness.claims.claim import Facts
from harness.error_categories.analysis import CategoryResult, categories
from harness.errors import InputError
from harness.ratings.rating import Penalties, Weights, penalties
from harness.ratings.views import Level1, Level2, News, View
from harness.significance.holm import holm_adjusted
from harness.tables import (
    CATEGORIES,
    CATEGORY_TESTS,
    TestSet,
    conform,
)
from harness.test_sets.named import load_test_set
from tests.support import made_categories
from tests.support.expected_categories import expected_categories
from tests.support.made_categories import made_test_set, penalties_of, scores_of
from tests.support.oracle_category import Oracle, read_oracle, read_scores


class Made(made_categories.Made):
    def run(self, **changes: Any) -> CategoryResult:
        return categories(
            self.test_set, self.score_table, [self.penalties], sentinels=["length"], **changes
        )


def cell(result: CategoryResult, category: str, metric: str, view: str = "news") -> Any:
    frame = result.categories
    chosen = (frame["category"] == category) & (frame["metric"] == metric) & (frame["view"] == view)
    (row,) = frame[chosen].to_dict("records")
    return row


def test_the_rows_and_their_order() -> None:
    result = Made().run()
    frame = result.categories
    conform(frame, CATEGORIES)
    conform(result.tests, CATEGORY_TESTS)
    assert list(dict.fromkeys(frame["category"])) == ["meaning", "style", "never"]
    first = frame[frame["category"] == "meaning"]
    assert list(first["metric"]) == [
        "good",
        "poor",
        "length",
        "system identity",
        "constant",
        "human",
        "blind",
        "label",
    ]
    assert list(first["kind"]) == ["metric"] * 2 + ["sentinel"] * 3 + ["human"] * 3
    shares = frame.drop_duplicates("category")["penalty_share"]
    assert shares.sum() == pytest.approx(1.0)
    assert list(shares) == sorted(shares, reverse=True)
    assert list(result.tests["metric_1"]) == ["good"] * 3
    assert list(result.tests["metric_2"]) == ["poor"] * 3


def test_tiers_notes_and_sentinels() -> None:
    result = Made().run()
    for metric in ("good", "poor", "human", "length"):
        assert cell(result, "meaning", metric)["tier"] == "reliable"
        assert cell(result, "style", metric)["tier"] == "unreliable"
        assert cell(result, "never", metric)["tier"] == "too few"
    assert cell(result, "meaning", "good")["value"] > 0.7
    assert cell(result, "meaning", "label")["value"] == 1.0
    assert cell(result, "meaning", "label")["note"] == "no interval: all credits alike"
    for category in ("meaning", "style"):
        for name in ("system identity", "constant"):
            row = cell(result, category, name)
            assert (row["value"], row["low"], row["high"]) == (0.5, 0.5, 0.5)
    never = cell(result, "never", "good")
    assert math.isnan(never["value"])
    assert (never["n_eff"], never["n_pairs"], never["n_documents"]) == (0.0, 0, 0)
    assert never["note"] == (
        "no pair; more annotations or injected errors are needed; "
        "no value: the category decides no pair"
    )
    assert cell(result, "style", "good")["note"].startswith(
        "raters are not shown to agree beyond chance (label "
    )
    lost = result.categories[result.categories["metric"] == "good"]["loss_share"]
    assert lost.sum() == pytest.approx(1.0)
    assert cell(result, "meaning", "human")["n_eff"] > cell(result, "meaning", "good")["n_eff"]


def test_one_rater_gives_no_human_rows_and_is_never_solid() -> None:
    result = Made(n_raters=1).run()
    assert set(result.categories["kind"]) == {"metric", "sentinel"}
    row = cell(result, "meaning", "good")
    assert row["tier"] == "one rater"
    assert row["note"] == "most translations have one rater: not known whether raters agree"


def test_few_documents_are_too_few() -> None:
    result = Made(n_documents=1).run()
    assert set(result.categories["tier"]) == {"too few"}
    row = cell(result, "meaning", "good")
    assert row["value"] > 0.5
    assert row["note"].startswith(
        "1 document: fewer than 10; more annotations or injected errors are needed"
    )
    nine = Made(n_documents=9).run()
    assert cell(nine, "style", "good")["note"] == (
        "9 documents: fewer than 10; more annotations or injected errors are needed"
    )


def test_one_system_gives_rows_without_values() -> None:
    result = Made(n_systems=1, n_documents=1).run()
    frame = result.categories
    assert frame["value"].isna().all()
    assert (frame["n_eff"] == 0).all()
    assert set(frame["tier"]) == {"too few"}
    assert set(frame["note"]) == {
        "1 document: fewer than 10; more annotations or injected errors are needed; "
        "no value: one rated system"
    }
    assert int(cell(result, "meaning", "good")["n_errors"]) > 0
    assert result.tests["p"].isna().all()


def test_nobody_rated_anything() -> None:
    made = Made(n_documents=2)
    made.values = np.full_like(made.values, np.nan)
    result = made.run()
    assert result.categories.empty
    assert result.tests.empty


def test_only_rated_machine_systems_are_compared() -> None:
    """A rated human translation and an unrated system change nothing."""
    made = Made(n_documents=12)
    plain = made.run()
    n = len(made.documents)
    systems = ["A", "B", "C", "D", "refB", "unrated"]
    texts = {s: [f"{s}{i}" for i in range(n)] for s in systems}
    extra = np.concatenate(
        [made.values, made.values[:1] * 3, np.full_like(made.values[:1], np.nan)]
    )
    scores = {name: np.concatenate([m, m[:2]]) for name, m in made.scores.items()}
    result = categories(
        made_test_set(texts, made.documents),
        scores_of(scores, systems, [str(i) for i in range(n)]),
        [penalties_of(extra, systems, made.documents)],
        sentinels=["length"],
    )
    pd.testing.assert_frame_equal(result.categories, plain.categories)


def test_two_systems_are_enough_to_compare() -> None:
    result = Made(n_systems=2).run()
    assert not math.isnan(cell(result, "meaning", "good")["value"])
    assert cell(result, "never", "good")["note"].endswith("no value: the category decides no pair")


def test_a_single_missing_score_is_left_out_of_a_difference() -> None:
    """The difference is that on the pairs that both score, as if neither had the score."""
    one, both = Made(), Made()
    one.scores["good"] = one.scores["good"].copy()
    one.scores["good"][0, 0] = np.nan
    both.scores = {
        name: np.where(np.isnan(one.scores["good"]), np.nan, own)
        for name, own in both.scores.items()
    }
    tests = [
        made.run().tests.set_index(["category", "metric_1", "metric_2"]) for made in (one, both)
    ]
    values = [
        frame.loc[("meaning", "good", "poor"), ["difference", "low", "high"]] for frame in tests
    ]
    assert list(values[0]) == pytest.approx(list(values[1]))
    whole = Made().run().tests.set_index(["category", "metric_1", "metric_2"])
    assert whole.loc[("meaning", "good", "poor"), "difference"] != values[0]["difference"]


def test_missing_scores_are_counted_and_may_be_too_few() -> None:
    made = Made()
    made.scores["good"] = made.scores["good"].copy()
    made.scores["good"][0] = np.nan  # system A: half of the 6 pairs of systems
    whole, result = Made().run(), made.run()
    row, before = cell(result, "meaning", "good"), cell(whole, "meaning", "good")
    missing = before["n_pairs"] - row["n_pairs"]
    assert row["tier"] == "reliable"
    assert row["note"] == f"{missing} of {before['n_pairs']} pairs left out: no score"
    assert 0 < missing < before["n_pairs"]
    assert row["n_eff"] < before["n_eff"]
    made.scores["good"][:, 12:] = np.nan  # two documents left
    few = made.run()
    assert cell(few, "meaning", "good")["tier"] == "too few"
    assert cell(few, "meaning", "good")["note"].startswith("pairs in 2 documents: fewer than 10;")
    assert cell(few, "meaning", "poor")["tier"] == "reliable"
    made.scores["good"][:] = np.nan
    none = cell(made.run(), "meaning", "good")
    assert math.isnan(none["value"])
    assert "no value: no score on any pair" in none["note"]


def test_identical_translations_are_left_out() -> None:
    made = Made(n_documents=12)
    n = len(made.documents)
    texts = {s: [f"{'AB' if s in 'AB' else s}{i}" for i in range(n)] for s in made.systems}
    result = categories(
        made_test_set(texts, made.documents),
        scores_of(made.scores, made.systems, [str(i) for i in range(n)]),
        [penalties_of(made.values, made.systems, made.documents)],
        sentinels=["length"],
    )
    whole = made.run()
    with_both = made.values[[0, 1]]
    alone = Made(n_documents=12)
    alone.systems, alone.values = ["A", "B"], with_both
    alone.scores = {name: m[:2] for name, m in alone.scores.items()}
    for category in ("meaning", "style"):
        expected = cell(whole, category, "good")["n_pairs"]
        expected -= cell(alone.run(), category, "good")["n_pairs"]
        assert cell(result, category, "good")["n_pairs"] == expected


def test_limits_can_be_set() -> None:
    few = Made(n_documents=9).run(minimum_documents=9)
    assert cell(few, "meaning", "good")["tier"] == "reliable"
    many = Made().run(minimum_pairs=100000)
    assert cell(many, "meaning", "good")["tier"] == "too few"
    assert "effective pairs: fewer than 100000" in cell(many, "meaning", "good")["note"]
    narrow = cell(Made().run(confidence=0.5), "meaning", "good")
    wide = cell(Made().run(confidence=0.99), "meaning", "good")
    assert wide["low"] < narrow["low"] < narrow["value"] < narrow["high"] < wide["high"]


@pytest.mark.parametrize("name", ["human", "blind", "label", "system identity", "constant"])
def test_reserved_names_are_refused(name: str) -> None:
    made = Made(n_documents=1)
    made.scores[name] = made.scores["good"]
    with pytest.raises(InputError, match="may not be called"):
        made.run()


# --- real annotations -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Real:
    oracle: Oracle
    test_set: TestSet
    scores: Any
    penalties: list[Penalties]


@pytest.fixture(scope="module")
def real(mirror: Path, expected: Path, tmp_path_factory: pytest.TempPathFactory) -> Real:
    """The test set as the program reads and rates it; scores as expected, not computed here."""
    oracle = read_oracle(mirror, expected)
    cache = tmp_path_factory.mktemp("cache")
    test_set = load_test_set("wmt23_zhen_news", mirror=mirror, cache=cache)
    scores = scores_of(read_scores(expected, oracle), oracle.systems, oracle.segments)
    views: tuple[View, ...] = (News(), Level1(), Level2())
    return Real(
        oracle,
        test_set,
        scores.assign(test_set=test_set.name),
        [penalties(test_set, Weights(), view) for view in views],
    )


def test_the_program_reads_what_the_recipe_says(real: Real) -> None:
    """Readers, views and weights give the penalties of an independent reading of the raw files."""
    for own in real.penalties:
        assert own.systems == real.oracle.systems
        assert own.segments == real.oracle.segments
        assert own.documents == real.oracle.documents
        assert own.raters == real.oracle.raters
        assert set(own.categories) == set(real.oracle.categories[own.view])
        order = [real.oracle.categories[own.view].index(c) for c in own.categories]
        np.testing.assert_allclose(own.values, real.oracle.values[own.view][..., order], atol=1e-9)
        np.testing.assert_array_equal(own.counts, real.oracle.counts[own.view][..., order])


SENTINELS = [f"sentinel:{n}" for n in ("length", "length_ratio", "random", "system", "constant")]


@pytest.fixture(scope="module")
def analysed(real: Real) -> tuple[CategoryResult, float]:
    started = time.process_time()
    result = categories(real.test_set, real.scores, real.penalties, sentinels=SENTINELS)
    return result, time.process_time() - started


def test_real_tables_hold_the_expected_numbers(
    analysed: tuple[CategoryResult, float], expected: Path
) -> None:
    views = expected_categories(expected)["views"]
    rows = {
        (row["view"], row["category"], row["metric"]): row
        for row in analysed[0].categories.to_dict("records")
    }
    names = ["BLEU", "chrF", "chrF++", "TER", *SENTINELS]
    built_in = {"system identity": "sentinel:system", "constant": "sentinel:constant"}
    n_cells = 0
    for view, wanted in views.items():
        penalty = sum(c["penalty"] for c in wanted["cells"].values())
        for category, numbers in wanted["cells"].items():
            for name in [*names, *built_in]:
                row = rows[view, category, name]
                assert row["n_errors"] == numbers["n_errors"]
                assert row["penalty_share"] == pytest.approx(numbers["penalty"] / penalty, abs=1e-9)
                if not numbers["n_pairs"]:
                    assert math.isnan(row["value"])
                    continue
                metric = numbers["metrics"][built_in.get(name, name)]
                _same(row["value"], metric["acc"])
                _same(row["low"], metric["lo"])
                _same(row["high"], metric["hi"])
                _same(row["plain_accuracy"], metric["raw_acc"])
                _same(row["n_eff"], numbers["effective_n"])
                assert row["n_pairs"] == numbers["n_pairs"]
                assert row["n_segments"] == numbers["n_segments"]
                assert row["n_documents"] == numbers["n_docs"]
                assert row["tier"] == _wanted_tier(numbers)
                if "loss_share" in metric:
                    _same(row["loss_share"], metric["loss_share"])
                    _same(row["relative_skill"], metric["human_relative_skill"])
                    error = metric["human_relative_skill_se"]
                    half = (row["relative_skill_high"] - row["relative_skill_low"]) / 2
                    assert math.isnan(half) if error is None else half >= 1.96 * error - 1e-9
                else:
                    assert math.isnan(row["relative_skill"])
                n_cells += 1
            for name, key in (("human", "human"), ("blind", "human_blind"), ("label", "label")):
                if numbers["n_pairs"]:
                    row = rows[view, category, name]
                    _same(row["value"], numbers["loo"][key]["acc"])
                    _same(row["low"], numbers["loo"][key]["lo"])
                    _same(row["high"], numbers["loo"][key]["hi"])
                    _same(row["n_eff"], numbers["loo_effective_n"])
                    assert row["tier"] == _wanted_tier(numbers)
    assert n_cells == 11 * (11 + 7 + 22)


def _wanted_tier(numbers: Mapping[str, Any]) -> str:
    """The tier by the other tool's rule, lowered where a blind rater is off chance."""
    tier = str(numbers["tier"]).replace("insufficient", "too few")
    blind = numbers["loo"]["human_blind"] if numbers["n_pairs"] else {"lo": None, "hi": None}
    known = blind["lo"] is not None
    if tier == "reliable" and known and not blind["lo"] <= 0.5 <= blind["hi"]:
        return "weak"
    return tier


def _same(found: float, wanted: float | None) -> None:
    assert found == pytest.approx(math.nan if wanted is None else wanted, abs=1e-9, nan_ok=True)


def test_real_tests_hold_the_expected_numbers(
    analysed: tuple[CategoryResult, float], expected: Path
) -> None:
    views = expected_categories(expected)["views"]
    checked = 0
    for view, of_view in analysed[0].tests.groupby("view", sort=False):
        cells = views[view]["cells"]
        family = []  # every pair of metrics in every category that can be judged
        for category, own in of_view.groupby("category", sort=False):
            assert len(own) == 6
            paired = cells[category].get("paired", {})
            judged = cells[category].get("tier") in ("reliable", "weak")
            for row in own.to_dict("records"):
                key = f"{row['metric_1']}-{row['metric_2']}"
                if key in paired:
                    _same(row["difference"], paired[key]["diff"])
                    _same(row["p"], paired[key]["p"])
                    checked += 1
                family.append(row["p"] if judged else math.nan)
        for found, wanted in zip(of_view["p_holm"], holm_adjusted(family), strict=True):
            _same(found, None if math.isnan(wanted) else wanted)
    assert checked > 150


def test_claims_against_chance_are_one_family(analysed: tuple[CategoryResult, float]) -> None:
    """Every metric on every judged category of a view: Holm, and Benjamini-Hochberg beside it."""
    frame = analysed[0].categories
    for _, of_view in frame.groupby("view", sort=False):
        family = of_view[(of_view["kind"] == "metric") & of_view["tier"].isin(["reliable", "weak"])]
        np.testing.assert_allclose(family["p_holm"], holm_adjusted(family["p"].tolist()))
        assert (family["p_fdr"] <= family["p_holm"] + 1e-12).all()
        assert (family["p_fdr"] >= family["p"] - 1e-12).all()
        others = of_view.drop(family.index)
        assert others[["p_holm", "p_fdr", "detectable"]].isna().all(axis=None)
        # One test of the family at its unadjusted level and its interval say the same.
        outside = (family["low"] > 0.5) | (family["high"] < 0.5)
        assert ((family["p"] <= 0.05) == outside).all()
        sure = family[(family["p_holm"] <= 0.05) & (family["value"] > 0.5)]
        assert (sure["value"] > 0.53).all()
    news = frame[(frame["view"] == "news") & (frame["kind"] == "metric")]
    shown = news[news["p_holm"] <= 0.05].groupby("category")["metric"].agg(list)
    assert set(shown.index) == {"meaning", "name", "omission"}


def test_real_notes(analysed: tuple[CategoryResult, float]) -> None:
    """What a reader must know before trusting a number stands in its row."""
    result = analysed[0]
    wanted = {
        "meaning": "",
        "omission": "not measured purely: other categories alone give 46.6 % [43, 50]",
        "language": "raters agree weakly (label 54.0 % [52, 56])",
        "addition": "35.7 effective pairs: fewer than 50; "
        "more annotations or injected errors are needed",
    }
    for category, text in wanted.items():
        assert cell(result, category, "chrF")["note"] == text
        assert cell(result, category, "human")["note"] == text


def test_real_sentences(analysed: tuple[CategoryResult, float]) -> None:
    result = analysed[0]
    kinds = result.categories.drop_duplicates("metric")
    kinds = kinds[kinds["kind"] == "metric"]
    metrics = kinds[["metric"]].assign(role="metric")
    tables = {
        "metrics": metrics,
        "categories": result.categories,
        "category_tests": result.tests,
    }
    facts = Facts(tables, first_view=result.first)
    pairs, identity = [claim.text for claim in SystemIdentity().claims(facts)]
    assert pairs.startswith("10,746 of the 14,812 pairs of translations")
    assert "gets 68.3 % plain accuracy on these pairs, more than any metric (chrF: 63.6 %)" in (
        identity
    )
    sentences = [claim.text for claim in CategoryAccuracies().claims(facts)]
    (omission,) = [s for s in sentences if s.startswith("Omission: ")]
    assert omission == (
        "Omission: chrF 66.7 % [60, 73] and chrF++ are shown to see it, BLEU and TER are not (an "
        "accuracy of 64.3 % would most likely have been found); chrF is shown to be more accurate "
        "than TER; the sentinel sentinel:length gets 75.8 % [70, 81]; a held-out rater gets "
        "63.6 %, chrF 65.2 % on the same labels; not measured purely: other categories alone give "
        "46.6 % [43, 50]."
    )
    assert sentences[-1] == (
        "Not judged: style (raters are not shown to agree beyond chance, label 51.4 % [49, 54]), "
        "non translation (5.8 effective pairs: fewer than 50), "
        "addition (35.7 effective pairs: fewer than 50), "
        "untranslated (pairs in 5 documents: fewer than 10) "
        "and other (pairs in 2 documents: fewer than 10); "
        "more annotations or injected errors are needed."
    )
    assert len(sentences) == 6 + 1


def test_the_order_of_systems_and_segments_does_not_matter(
    real: Real, analysed: tuple[CategoryResult, float]
) -> None:
    rng = np.random.default_rng(0)
    news, scores = real.penalties[0], real.scores
    s, i = rng.permutation(len(news.systems)), rng.permutation(len(news.segments))
    turned = replace(
        news,
        systems=tuple(news.systems[k] for k in s),
        segments=tuple(news.segments[k] for k in i),
        documents=tuple(news.documents[k] for k in i),
        values=news.values[s][:, i],
        totals=news.totals[s][:, i],
        counts=news.counts[s][:, i],
    )
    shuffled = scores.sample(frac=1.0, random_state=0)
    order = pd.CategoricalDtype(list(dict.fromkeys(scores["metric"])))
    shuffled = shuffled.assign(place=shuffled["metric"].astype(order)).sort_values(
        "place", kind="stable"
    )
    result = categories(
        real.test_set, shuffled.drop(columns="place"), [turned], sentinels=SENTINELS
    ).categories
    whole = analysed[0].categories
    pd.testing.assert_frame_equal(
        result, whole[whole["view"] == "news"].reset_index(drop=True), rtol=1e-9, atol=1e-9
    )


def test_it_is_fast(analysed: tuple[CategoryResult, float]) -> None:
    """Three views, four metrics, seven sentinels, intervals and tests: measured 0.7 s."""
    assert analysed[1] < 10.0
