from __future__ import annotations

import pandas as pd
import pytest

from harness.claims.findings import findings
from harness.claims.metrics import agreement_by_intervals
from harness.claims.systems import told_apart
from harness.meta_evaluation import Resampling, meta_evaluate
from harness.metrics.sacrebleu import BLEU, ChrF
from harness.metrics.sentinels import Length
from harness.ratings.rating import Weights, penalties, penalty_profile, ratings_table
from harness.ratings.views import Level1
from harness.report.summary import metric_table, system_table
from harness.scoring.stage import score
from harness.statistics.correlation import Kendall
from harness.statistics.system_level import PairwiseAccuracy
from harness.tables import RATINGS, SYSTEM_TESTS, table
from harness.test_sets.selection import choose_systems
from tests.support.small import small

NAN = float("nan")


def test_sentences_name_what_the_tables_hold() -> None:
    test_set = choose_systems(small(), "all", references=["refA"], include_references=True)
    metrics = {"bleu": BLEU(), "chrf": ChrF()}
    scores = score(test_set, {**metrics, "length": Length()})
    rated = penalties(test_set, Weights(), Level1())
    ratings = ratings_table(rated)
    sentences = findings(
        {
            "systems": system_table(test_set, scores, ratings),
            "metrics": metric_table(metrics, {"length": Length()}, 1),
            "penalty_profile": penalty_profile([rated], test_set.roles),
            "meta_evaluation": meta_evaluate(
                test_set,
                scores,
                ratings,
                {"k": Kendall("item"), "p": PairwiseAccuracy()},
                resampling=Resampling(samples=100, minimum_documents=2),
            ),
        }
    )
    # good: (2.5 + 0.5) / 4; poor: (15.05 + 5 + 2.5) / 4
    assert (
        "between 0.75 (good) and 5.64 points (poor) a segment off the 2 rated systems"
        in (sentences[0])
    )
    assert "non_translation 49 %" in sentences[0]  # 12.5 of 25.55
    assert sentences[1].startswith("2 of 2 metrics put up to 2 of 2 machine translations above")
    assert "refB" in sentences[1]
    assert "length" not in " ".join(sentences)
    assert sentences[2] == (
        "Within segments, by Kendall's tau-b, no metric agrees best with the ratings: "
        "BLEU 1.000 [1.000, 1.000] and chrF 1.000."
    )
    assert len(sentences) == 3  # of two systems pairwise accuracy has no interval


def meta(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "level": "segment",
                "statistic": "kendall_b",
                "grouping": "item",
                "system_score": "",
                "metric": metric,
                "value": value,
                "low": low,
                "high": high,
            }
            for metric, value, low, high in rows
        ]
    )


@pytest.mark.parametrize(
    ("rows", "end"),
    [
        (
            [("bleu", 0.2, 0.1, 0.24), ("chrf", 0.3, 0.25, 0.35)],
            "chrF agrees best with the ratings (0.300 [0.250, 0.350]).",
        ),
        (
            [("bleu", 0.2, 0.1, 0.26), ("chrf", 0.3, 0.25, 0.35)],
            "chrF agrees best with the ratings (0.300 [0.250, 0.350]); the intervals of BLEU 0.200 "
            "overlap with its own.",
        ),
        ([("bleu", 0.2, NAN, NAN), ("chrf", 0.3, NAN, NAN)], None),
        ([("chrf", 0.3, 0.25, 0.35)], None),
    ],
)
def test_the_best_metric_and_those_not_told_apart(
    rows: list[tuple[str, float, float, float]], end: str | None
) -> None:
    sentences = agreement_by_intervals(meta(*rows), {"bleu": "BLEU", "chrf": "chrF"})
    if end is None:
        assert sentences == []
    else:
        assert sentences == [f"Within segments, by Kendall's tau-b, {end}"]


def test_without_ratings_and_humans_there_is_nothing_to_say() -> None:
    test_set = small()
    scores = score(test_set, {"bleu": BLEU()})
    tables = {
        "systems": system_table(test_set, scores, table([], RATINGS)),
        "metrics": metric_table({"bleu": BLEU()}, {}, 1),
    }
    assert findings(tables) == []


def test_how_many_pairs_of_systems_a_metric_tells_apart() -> None:
    """Four rows a metric; randomisation of documents counts where there are ten of them."""
    p_values = {
        ("bleu", "b"): (0.01, 0.2),
        ("bleu", "c"): (0.6, 0.2),
        ("chrf", "b"): (0.01, 0.2),
        ("chrf", "c"): (0.05, 0.2),
    }
    rows = [
        (
            "t",
            metric,
            test,
            "a",
            other,
            2,
            1,
            1,
            NAN,
            NAN,
            p,
            p,
            unit,
            50,
            12,
            9,
            1,
            "exact",
            "",
            NAN,
            0.05,
        )
        for (metric, other), both in p_values.items()
        for test in ("bootstrap", "randomisation")
        for unit, p in zip(("document", "segment"), both, strict=True)
    ]
    tests = table(rows, SYSTEM_TESTS)
    labels = {"bleu": "BLEU", "chrf": "chrF"}
    assert told_apart(tests, labels) == [
        "Of 2 pairs of systems BLEU tells apart 1 and chrF 2 "
        "(approximate randomisation of documents, p ≤ 0.05)."
    ]
    few = tests.assign(n_documents=9)
    assert "BLEU tells apart 0 and chrF 0" in told_apart(few, labels)[0]
    only = tests[tests["test"] == "bootstrap"]
    assert "paired bootstrap of documents" in told_apart(only, labels)[0]
    assert told_apart(tests.assign(p=float("nan")), labels) == told_apart(None, labels) == []
