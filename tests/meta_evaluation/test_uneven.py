"""Uneven annotation: raters who differ from translation to translation, systems rated in part,
rated humans and injected systems; and scores that are turned round. Every value is by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sacrebleu.metrics.ter import TER as SacreTER

from harness.error_categories.analysis import categories
from harness.error_categories.notes import CONSTANT, SYSTEM_IDENTITY
from harness.meta_evaluation import meta_evaluate
from harness.metrics.sacrebleu import TER, ChrF
from harness.metrics.sentinels import Length, Random
from harness.ratings.rating import Weights, penalties, penalty_profile, rate, rater_ratings
from harness.ratings.views import Level1, Severity
from harness.scoring.stage import score, score_test_set
from harness.statistics.base import Statistic
from harness.statistics.correlation import Kendall, Pearson
from harness.statistics.system_level import PairwiseAccuracy, SystemKendall, SystemPearson
from harness.tables import (
    ANNOTATIONS,
    ERROR_SPANS,
    HYPOTHESES,
    REFERENCES,
    SCORES,
    SEGMENTS,
    TestSet,
    table,
)
from tests.support.small import TEXTS, small

NAN = float("nan")
GOOGLE = Weights()
MAJOR = ("accuracy", "mistranslation", "major")
MINOR = ("accuracy", "mistranslation", "minor")
GRAMMAR = ("fluency", "grammar", "minor")
Found = Mapping[tuple[str, str, str], Sequence[tuple[str, str, str]]]


def made(roles: Mapping[str, str], documents: Sequence[str], found: Found) -> TestSet:
    """A test set of unlike texts; ``found`` maps (system, segment, rater) to errors, segments are
    numbered from 1."""
    name, ids = "uneven", [str(i + 1) for i in range(len(documents))]
    spans = [
        (name, *key, number, *error, "/".join(error), "target", None, None)
        for key, errors in found.items()
        for number, error in enumerate(errors)
    ]
    return TestSet(
        name=name,
        segments=table(
            [(name, s, d, "news", "原文") for s, d in zip(ids, documents, strict=True)], SEGMENTS
        ),
        references=table([(name, s, "refA", f"reference {s}") for s in ids], REFERENCES),
        hypotheses=table(
            [
                (name, system, role, s, f"{system} {s}")
                for system, role in roles.items()
                for s in ids
            ],
            HYPOTHESES,
        ),
        annotations=table([(name, *key) for key in found], ANNOTATIONS),
        error_spans=table(
            pd.DataFrame(spans, columns=ERROR_SPANS.names).to_dict("list"), ERROR_SPANS
        ),
    )


def keyed(frame: pd.DataFrame, *columns: str) -> dict[Any, Any]:
    """The rows of a table, as mappings, by their values in ``columns``."""
    keys = (
        frame[columns[0]] if len(columns) == 1 else zip(*(frame[c] for c in columns), strict=True)
    )
    rows = dict(zip(keys, frame.to_dict("records"), strict=True))
    assert len(rows) == len(frame)
    return rows


def uneven() -> TestSet:
    """Four segments; A is rated on three of them by 1, 3 and 2 of the 3 raters, B on all by r1."""
    return made(
        {"A": "system", "B": "system", "unrated": "system"},
        ["d1", "d1", "d2", "d2"],
        {
            ("A", "1", "r1"): [MAJOR],
            ("A", "2", "r1"): [MAJOR, GRAMMAR],
            ("A", "2", "r2"): [],
            ("A", "2", "r3"): [GRAMMAR],
            ("A", "3", "r2"): [MINOR, MINOR, MINOR],
            ("A", "3", "r3"): [],
            ("B", "1", "r1"): [MINOR],
            ("B", "2", "r1"): [],
            ("B", "3", "r1"): [GRAMMAR, GRAMMAR],
            ("B", "4", "r1"): [MAJOR],
        },
    )


# --- ratings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "segment", "category", "rating", "n_raters"),
    [
        ("A", "1", "all", -5.0, 1),
        ("A", "2", "all", -7 / 3, 3),
        ("A", "3", "all", -1.5, 2),
        ("A", "1", "accuracy", -5.0, 1),
        ("A", "2", "accuracy", -5 / 3, 3),
        ("A", "3", "accuracy", -1.5, 2),
        ("A", "1", "fluency", 0.0, 1),
        ("A", "2", "fluency", -2 / 3, 3),
        ("A", "3", "fluency", 0.0, 2),
        ("B", "1", "all", -1.0, 1),
        ("B", "2", "all", 0.0, 1),
        ("B", "3", "fluency", -2.0, 1),
        ("B", "4", "accuracy", -5.0, 1),
    ],
)
def test_a_rating_is_the_mean_over_the_translations_own_raters(
    system: str, segment: str, category: str, rating: float, n_raters: int
) -> None:
    ratings = keyed(rate(uneven(), GOOGLE, Level1()), "system", "segment_id", "category")
    row = ratings[system, segment, category]
    assert row["rating"] == pytest.approx(rating, abs=1e-12)
    assert row["n_raters"] == n_raters


def test_only_rated_translations_have_ratings() -> None:
    ratings = rate(uneven(), GOOGLE, Level1())
    assert len(ratings) == (3 + 4) * 3  # translations x (all, accuracy, fluency)
    assert "unrated" not in set(ratings["system"])
    by_rater = rater_ratings(penalties(uneven(), GOOGLE, Level1()))
    assert len(by_rater) == 10 * 3
    mean = by_rater.groupby(["system", "segment_id", "category"])["rating"].mean()
    expected = ratings.set_index(["system", "segment_id", "category"])["rating"]
    pd.testing.assert_series_equal(mean.sort_index(), expected.sort_index(), atol=1e-12)


def test_the_profile_divides_by_each_translations_own_raters() -> None:
    """A: accuracy 5, 5/3 and 3/2 on its three segments, fluency 0, 2/3 and 0."""
    profile = penalty_profile([penalties(uneven(), GOOGLE, Level1())], uneven().roles)
    rows = keyed(profile, "system", "category")
    accuracy, fluency = (5 + 5 / 3 + 3 / 2) / 3, (2 / 3) / 3
    assert rows["A", "accuracy"]["penalty"] == pytest.approx(accuracy, abs=1e-12)
    assert rows["A", "fluency"]["penalty"] == pytest.approx(fluency, abs=1e-12)
    assert rows["B", "accuracy"]["penalty"] == pytest.approx((1 + 5) / 4, abs=1e-12)
    assert rows["B", "fluency"]["penalty"] == pytest.approx(2 / 4, abs=1e-12)
    share = accuracy / (accuracy + fluency)
    assert rows["A", "accuracy"]["share"] == pytest.approx(share, abs=1e-12)
    assert rows["A", "fluency"]["share"] == pytest.approx(1 - share, abs=1e-12)
    counts = {k: (r["n_segments"], r["n_errors"], r["n_major"]) for k, r in rows.items()}
    assert counts == {
        ("A", "accuracy"): (3, 5, 2),
        ("A", "fluency"): (3, 2, 0),
        ("B", "accuracy"): (4, 2, 1),
        ("B", "fluency"): (4, 2, 0),
    }


def test_the_profile_adds_up_to_the_mean_rating() -> None:
    ratings = rate(uneven(), GOOGLE, Level1())
    mean = ratings[ratings["category"] == "all"].groupby("system")["rating"].mean()
    profile = penalty_profile([penalties(uneven(), GOOGLE, Level1())], uneven().roles)
    penalty = profile.groupby("system")["penalty"].sum()
    assert penalty.to_dict() == pytest.approx((-mean).to_dict(), abs=1e-12)


def test_critical_errors_are_counted_as_major() -> None:
    weights = Weights(severity={"critical": 10.0, "major": 5.0, "minor": 1.0, "neutral": 0.0})
    critical = ("accuracy", "mistranslation", "critical")
    neutral = ("accuracy", "mistranslation", "neutral")
    test_set = made(
        {"A": "system"},
        ["d1", "d1"],
        {
            ("A", "1", "r1"): [critical, MAJOR, MINOR, neutral],
            ("A", "1", "r2"): [critical],
            ("A", "2", "r1"): [MINOR],
        },
    )
    (row,) = penalty_profile([penalties(test_set, weights, Level1())], test_set.roles).to_dict(
        "records"
    )
    assert (row["n_errors"], row["n_major"]) == (6, 3)
    assert row["penalty"] == pytest.approx(((16 + 10) / 2 + 1) / 2)
    by_severity = penalty_profile([penalties(test_set, weights, Severity())], test_set.roles)
    n_major = dict(zip(by_severity["category"], by_severity["n_major"], strict=True))
    assert n_major == {"critical": 2, "major": 1, "minor": 0}


@pytest.mark.parametrize(
    ("category", "subcategory", "severity", "penalty"),
    [
        ("accuracy", "omission", "minor", 7.0),  # its own, not that of accuracy
        ("accuracy", "omission", "major", 7.0),
        ("accuracy", "addition", "minor", 2.0),
        ("fluency", "grammar", "minor", 4.0),  # its own, not that of fluency
        ("fluency", "spelling", "minor", 3.0),
        ("fluency", "grammar", "major", 6.0),  # fluency's: grammar gives none for major errors
        ("style", "awkward", "minor", 8.0),  # whatever the severity
        ("terminology", "inconsistent", "major", 5.0),
        ("terminology", "inconsistent", "minor", 1.0),
    ],
)
def test_the_narrower_weight_goes_first(
    category: str, subcategory: str, severity: str, penalty: float
) -> None:
    weights = Weights(
        severity={"major": 5.0, "minor": 1.0},
        category={"accuracy": 2.0, "accuracy/omission": 7.0, "style": 8.0},
        category_severity={
            "fluency": {"minor": 3.0, "major": 6.0},
            "fluency/grammar": {"minor": 4.0},
            "style": {"minor": 9.0},
            "style/awkward": {"minor": 10.0},
        },
    )
    assert weights.of(category, subcategory, severity) == penalty


# --- scoring --------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["good", "poor"])
def test_document_scores_are_turned_round_too(system: str) -> None:
    """−TER of documents and of the whole text is minus sacrebleu's corpus TER."""
    result = score_test_set(small(), {"ter": TER()})
    documents = keyed(result.documents, "system", "document")
    for document, part in (("d1", slice(0, 2)), ("d2", slice(2, 4))):
        theirs = SacreTER().corpus_score(TEXTS[system][part], [TEXTS["refA"][part]]).score
        assert documents[system, document]["score"] == pytest.approx(-theirs, abs=1e-12)
        assert documents[system, document]["n_segments"] == 2
    whole = result.scores[
        (result.scores["system"] == system) & result.scores["segment_id"].isna()
    ].iloc[0]
    theirs = SacreTER().corpus_score(TEXTS[system], [TEXTS["refA"]]).score
    assert theirs > 0
    assert whole["score"] == pytest.approx(-theirs, abs=1e-12)


def test_a_perfect_document_has_the_score_nought() -> None:
    """good equals the reference in d1: 0, not −0; in d2 it does not."""
    documents = keyed(score_test_set(small(), {"ter": TER()}).documents, "system", "document")
    perfect = documents["good", "d1"]["score"]
    assert perfect == 0.0
    assert not np.signbit(perfect)
    assert documents["good", "d2"]["score"] < 0
    assert documents["poor", "d1"]["score"] < 0


def test_document_scores_of_higher_is_better_metrics_keep_their_sign() -> None:
    documents = score_test_set(small(), {"chrf": ChrF()}).documents
    assert (documents["score"] > 0).all()


# --- agreement with ratings -----------------------------------------------------------------------

STATISTICS: dict[str, Statistic] = {
    "kendall": Kendall("item"),
    "pearson": Pearson("none"),
    "accuracy": PairwiseAccuracy("mean"),
}
SCORES_OF = {"good": [3.0, 3.0, 3.0, 1.0], "poor": [1.0, 2.0, 4.0, 2.0]}


def scores_table(missing: Sequence[tuple[str, str]] = ()) -> pd.DataFrame:
    """Scores of the small test set by a metric m, NaN for the ``missing`` (system, segment)."""
    return table(
        [
            (
                "small",
                system,
                str(i + 1),
                "m",
                "v1",
                NAN if (system, str(i + 1)) in missing else value,
                "missing: on purpose" if (system, str(i + 1)) in missing else "ok",
            )
            for system, values in SCORES_OF.items()
            for i, value in enumerate(values)
        ],
        SCORES,
    )


def without_annotations(gone: Sequence[tuple[str, str]]) -> TestSet:
    """The small test set where nobody annotated the translations ``gone``."""
    base = small()

    def kept(frame: pd.DataFrame) -> pd.DataFrame:
        keys = zip(frame["system"], frame["segment_id"], strict=True)
        return frame[[key not in gone for key in keys]].reset_index(drop=True)

    return replace(base, annotations=kept(base.annotations), error_spans=kept(base.error_spans))


@pytest.mark.parametrize(
    ("no_score", "no_rating", "n_excluded", "n_segments"),
    [
        ([], [], 0, 4),
        ([("poor", "1")], [], 1, 4),
        ([], [("poor", "2")], 1, 4),
        ([("poor", "1")], [("poor", "2")], 2, 4),
        ([("poor", "1")], [("poor", "1")], 1, 4),
        ([("good", "1")], [("poor", "1")], 2, 3),
        ([("poor", "1"), ("good", "3")], [("poor", "2"), ("good", "1")], 4, 3),
        ([], [("poor", "2"), ("good", "2")], 0, 3),  # nobody rated segment 2 at all
    ],
)
def test_translations_without_score_or_rating_are_excluded_and_counted(
    no_score: list[tuple[str, str]],
    no_rating: list[tuple[str, str]],
    n_excluded: int,
    n_segments: int,
) -> None:
    test_set = without_annotations(no_rating)
    ratings = rate(test_set, GOOGLE, Level1())
    frame = meta_evaluate(test_set, scores_table(no_score), ratings, STATISTICS)
    rows = keyed(frame, "statistic")
    for name in ("kendall_b", "pearson"):
        assert (rows[name]["n_excluded"], rows[name]["n_segments"]) == (n_excluded, n_segments)


def test_a_mean_over_common_segments_excludes_the_others_of_both_systems() -> None:
    test_set = without_annotations([("poor", "2")])
    ratings = rate(test_set, GOOGLE, Level1())
    frame = meta_evaluate(test_set, scores_table([("good", "4")]), ratings, STATISTICS)
    row = keyed(frame, "statistic")["pairwise_accuracy"]
    # segments 1 and 3 are left: means 3 and 2.5 of scores, -1.25 and -8.775 of ratings
    assert (row["value"], row["n_pairs"]) == (1.0, 1)
    assert (row["n_segments"], row["n_excluded"]) == (2, 4)


OTHERS = {
    ("X", "1", "r1"): [MAJOR, MAJOR],
    ("X", "2", "r1"): [],
    ("X", "3", "r2"): [MINOR],
    ("X", "4", "r1"): [MAJOR],
    ("X", "4", "r2"): [GRAMMAR],
    ("X", "5", "r1"): [GRAMMAR, GRAMMAR],
}
MACHINES: Found = {
    ("A", "1", "r1"): [MAJOR],
    ("A", "2", "r1"): [],
    ("A", "3", "r2"): [GRAMMAR],
    ("A", "4", "r1"): [MINOR],
    ("A", "4", "r2"): [],
    ("B", "1", "r1"): [MINOR],
    ("B", "2", "r1"): [MAJOR],
    ("B", "3", "r2"): [],
    ("B", "4", "r1"): [MAJOR],
    ("B", "4", "r2"): [MAJOR],
    ("C", "1", "r1"): [MINOR, GRAMMAR],
    ("C", "3", "r2"): [MAJOR],
}


def with_another(role: str) -> TestSet:
    """Three machine systems and X, which is rated too, also in a segment where they are not."""
    roles = {"A": "system", "B": "system", "C": "system", "X": role}
    return made(roles, ["d1", "d1", "d2", "d2", "d3"], {**MACHINES, **OTHERS})


@pytest.mark.parametrize("role", ["human", "injected"])
def test_only_machine_systems_are_meta_evaluated(role: str) -> None:
    test_set = with_another(role)
    scores = score(test_set, {"random": Random(), "other": Random(seed=1)})
    statistics: dict[str, Statistic] = {
        **STATISTICS,
        "system_pearson": SystemPearson(),
        "corpus": PairwiseAccuracy("corpus"),
    }

    def meta(chosen: TestSet) -> pd.DataFrame:
        return meta_evaluate(chosen, scores, rate(chosen, GOOGLE, Level1()), statistics)

    frame = meta(test_set)
    assert set(frame["n_systems"]) == {3}
    pd.testing.assert_frame_equal(frame, meta(test_set.with_systems(["A", "B", "C"])))
    four = meta(with_another("system"))
    assert set(four["n_systems"]) == {4}
    defined = frame["value"].notna()
    assert set(frame[~defined]["system_score"]) == {"corpus"}  # C lacks ratings
    assert (four["value"] != frame["value"])[defined].any()


@pytest.mark.parametrize("role", ["human", "injected"])
def test_only_machine_systems_are_compared_by_category(role: str) -> None:
    test_set = with_another(role)
    scores = score(test_set, {"random": Random(), "other": Random(seed=1)})

    def frame(chosen: TestSet) -> pd.DataFrame:
        rated = [penalties(chosen, GOOGLE, Level1())]
        return categories(chosen, scores, rated, minimum_pairs=1, minimum_documents=1).categories

    without = frame(test_set.with_systems(["A", "B", "C"]))
    pd.testing.assert_frame_equal(frame(test_set), without)
    assert without["n_pairs"].sum() > 0
    four = frame(with_another("system"))
    assert four["n_pairs"].sum() > without["n_pairs"].sum()
    assert four["n_errors"].sum() > without["n_errors"].sum()


def test_injected_systems_are_scored_and_rated_like_others() -> None:
    test_set = with_another("injected")
    scores = score(test_set, {"length": Length()})
    assert list(dict.fromkeys(scores["system"])) == ["A", "B", "C", "X"]
    ratings = rate(test_set, GOOGLE, Level1())
    total = ratings[ratings["category"] == "all"].set_index(["system", "segment_id"])["rating"]
    assert total["X", "1"] == -10.0
    assert total["X", "4"] == -3.0


# --- whole systems --------------------------------------------------------------------------------


def test_mean_scores_are_over_segments_with_a_rating_of_every_system() -> None:
    """Segment 2 lacks a rating of A: there B's score is the higher one by far. Over both segments,
    or over those that each system has, scores and ratings would disagree."""
    scores = np.array([[5.0, 0.0], [1.0, 9.0]])
    ratings = np.array([[-1.0, NAN], [-2.0, 0.0]])
    result = PairwiseAccuracy("mean")(scores, ratings)
    assert (result.value, result.n) == (1.0, 1)
    assert PairwiseAccuracy("mean")(ratings, scores).value == 1.0  # the other way round too


@pytest.mark.parametrize("statistic", [SystemPearson("mean"), SystemKendall("mean")], ids=repr)
def test_means_over_common_segments_give_the_correlation(
    statistic: SystemPearson | SystemKendall,
) -> None:
    """On segments 1 and 3 means are 1, 2, 3 and −3, −2, −1; segment 2 would turn the order."""
    scores = np.array([[1.0, 90, 1], [2, 50, 2], [3, 0, 3]])
    ratings = np.array([[-4.0, NAN, -2], [-3, 0, -1], [-2, -50, 0]])
    assert statistic(scores, ratings).value == pytest.approx(1.0)


def test_without_a_common_segment_there_is_no_value() -> None:
    ratings = np.array([[-1.0, NAN], [NAN, -2.0]])
    result = PairwiseAccuracy("mean")(np.array([[1.0, 2.0], [3.0, 4.0]]), ratings)
    assert np.isnan(result.value)
    assert (result.n, result.note != "") == (0, True)


@pytest.mark.parametrize(
    "statistic",
    [PairwiseAccuracy("corpus"), SystemPearson("corpus"), SystemKendall("corpus")],
    ids=repr,
)
def test_corpus_scores_need_ratings_of_every_translation(
    statistic: PairwiseAccuracy | SystemPearson | SystemKendall,
) -> None:
    """A corpus score covers every segment: without one rating the means are of other texts."""
    corpus = np.array([[10.0], [20.0], [30.0]])
    ratings = np.array([[-4.0, -2.0], [-3.0, -1.0], [-2.0, 0.0]])
    assert statistic(corpus, ratings).value == pytest.approx(1.0)
    for gone in ([(0, 1)], [(0, 0), (2, 1)], [(0, 0), (1, 0), (2, 0)]):
        partly = ratings.copy()
        for system, segment in gone:
            partly[system, segment] = NAN
        result = statistic(corpus, partly)
        assert np.isnan(result.value)
        assert result.n == 0
        assert "rating" in result.note


# --- categories -----------------------------------------------------------------------------------


def rows_of(test_set: TestSet, no_score: Sequence[str] = (), **options: int) -> dict[Any, Any]:
    """The rows of the category accuracy, by metric; 'm' has no score in the segments given."""
    scores = score(test_set, {"m": Length()})
    scores.loc[scores["segment_id"].isin(no_score), "score"] = NAN
    rated = [penalties(test_set, GOOGLE, Level1())]
    frame = categories(test_set, scores, rated, **options).categories  # type: ignore[arg-type]
    return keyed(frame[frame["category"] == "accuracy"], "metric")


def tiers(rows: Mapping[Any, Any]) -> set[str]:
    assert {"m", SYSTEM_IDENTITY, CONSTANT} <= set(rows)
    return {row["tier"] for row in rows.values()}


def test_system_identity_is_the_mean_over_each_translations_own_raters() -> None:
    """A: 2 points off each segment by one rater; B: 1 point by each of three raters, 3 in all. B is
    the better one, on every pair that r1 decides and on the whole."""
    found: dict[tuple[str, str, str], list[tuple[str, str, str]]] = {}
    for segment in ("1", "2", "3", "4"):
        found["A", segment, "r1"] = [MINOR, MINOR]
        for rater in ("r1", "r2", "r3"):
            found["B", segment, rater] = [MINOR]
    rows = rows_of(made({"A": "system", "B": "system"}, ["d1", "d1", "d2", "d2"], found))
    assert rows[SYSTEM_IDENTITY]["n_pairs"] == 4
    assert rows[SYSTEM_IDENTITY]["plain_accuracy"] == 1.0
    assert rows[CONSTANT]["plain_accuracy"] == 0.5


def test_system_identity_is_the_mean_over_rated_segments() -> None:
    """A: 2 points off each of four segments; B: 3 points, but on one segment only."""
    found: dict[tuple[str, str, str], list[tuple[str, str, str]]] = {
        ("A", segment, "r1"): [MINOR, MINOR] for segment in ("1", "2", "3", "4")
    }
    found["B", "2", "r1"] = [MINOR, MINOR, MINOR]
    rows = rows_of(made({"A": "system", "B": "system"}, ["d1", "d1", "d2", "d2"], found))
    assert rows[SYSTEM_IDENTITY]["n_pairs"] == 1
    assert rows[SYSTEM_IDENTITY]["plain_accuracy"] == 1.0


def alternating(raters_of: Sequence[int]) -> TestSet:
    """Segments in turn with a major error of A and of B, that all raters of the segment mark; four
    segments a document."""
    found: dict[tuple[str, str, str], list[tuple[str, str, str]]] = {}
    for i, n_raters in enumerate(raters_of):
        for rater in range(n_raters):
            for k, system in enumerate("AB"):
                found[system, str(i + 1), f"r{rater}"] = [MAJOR] if i % 2 == k else []
    documents = [f"d{i // 4}" for i in range(len(raters_of))]
    return made({"A": "system", "B": "system"}, documents, found)


HUMANS = ["human", "blind", "label"]


def test_raters_held_out_do_not_multiply_the_pairs() -> None:
    """40 pairs, 20 in favour of either system: 20 effective ones. Each of three raters is held out
    once: 120 and 60. The category's tier rests on the 20, in the rows of raters too."""
    test_set = alternating([3] * 40)
    rows = rows_of(test_set)
    assert rows[CONSTANT]["n_eff"] == 20.0
    assert [rows[name]["n_eff"] for name in HUMANS] == [60.0] * 3
    assert tiers(rows) == {"too few"}
    for name in HUMANS:
        assert rows[name]["note"].startswith("20.0 effective pairs: fewer than 50")
    assert tiers(rows_of(test_set, minimum_pairs=20)) == {"reliable"}


def test_few_translations_with_several_raters_give_no_held_out_rater() -> None:
    """Only the first document has three raters; most translations have one."""
    rows = rows_of(alternating([3] * 4 + [1] * 36), minimum_pairs=20)
    assert rows[CONSTANT]["n_eff"] == 20.0
    assert not set(HUMANS) & set(rows)
    assert tiers(rows) == {"one rater"}
    assert rows[CONSTANT]["note"].startswith("most translations have one rater: not known")


def test_a_metric_without_some_scores_has_its_own_tier() -> None:
    """m has scores in half of the segments: 10 effective pairs. The others keep their 20."""
    no_score = [str(i + 1) for i in range(20)]
    rows = rows_of(alternating([3] * 40), no_score, minimum_pairs=20, minimum_documents=5)
    assert rows["m"]["n_eff"] == 10.0
    assert rows["m"]["tier"] == "too few"
    assert {row["tier"] for name, row in rows.items() if name != "m"} == {"reliable"}
