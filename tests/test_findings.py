from __future__ import annotations

from harness.findings import findings
from harness.meta_evaluation import meta_evaluate
from harness.metrics.baselines import Length
from harness.metrics.sacrebleu import BLEU, ChrF
from harness.rating import Weights, penalties, penalty_profile, ratings_table
from harness.scoring import score
from harness.selection import choose_systems
from harness.statistics.correlation import Kendall
from harness.summary import metric_table, system_table
from harness.tables import RATINGS, table
from harness.views import Level1
from tests.small import small


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
            "meta_evaluation": meta_evaluate(test_set, scores, ratings, {"k": Kendall("item")}),
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
    assert sentences[2].startswith("Within segments, by Kendall's tau-b, ")
    assert "(1.000)" in sentences[2]


def test_without_ratings_and_humans_there_is_nothing_to_say() -> None:
    test_set = small()
    scores = score(test_set, {"bleu": BLEU()})
    tables = {
        "systems": system_table(test_set, scores, table([], RATINGS)),
        "metrics": metric_table({"bleu": BLEU()}, {}, 1),
    }
    assert findings(tables) == []
