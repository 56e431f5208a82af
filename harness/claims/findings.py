"""Every finding that the tables hold on systems and metrics, in order."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from harness.claims.category_weights import category_weight_sentences
from harness.claims.metrics import (
    agreement_by_intervals,
    comparisons,
    whole,
)
from harness.claims.systems import penalty_sentence, reference_sentences, told_apart

__all__ = ["findings"]


def findings(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Sentences on what the annotations say, how the metrics treat reference translations, which
    systems they tell apart, which metric agrees best with the ratings, and which
    categories metrics weigh otherwise than raters do. Tables that are absent give no sentence."""
    systems = tables["systems"]
    metrics = tables["metrics"]
    labels = dict(zip(metrics["metric"], metrics["label"], strict=True))
    own = list(metrics[metrics["role"] == "metric"]["metric"])
    sentences = []
    if "penalty_profile" in tables and len(tables["penalty_profile"]):
        sentences.append(penalty_sentence(tables["penalty_profile"]))
    sentences += reference_sentences(systems[systems["metric"].isin(own)], labels)
    sentences += told_apart(tables.get("system_tests"), labels)
    if "meta_evaluation" in tables:
        meta = tables["meta_evaluation"]
        tested = comparisons(tables.get("metric_tests"), labels, tables.get("sentinel_tests"))
        sentences += tested or agreement_by_intervals(whole(meta[meta["metric"].isin(own)]), labels)
    sentences += category_weight_sentences(tables.get("category_weights"), labels)
    return sentences
