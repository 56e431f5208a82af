"""How long the category analysis and the raters' agreement take on wmt23_zhen_news, on one core.

    python benchmarks/categories.py [--mirror DIR]

The views news, category, l2 and severity, four metrics and five sentinels (two of them built in),
every jackknife interval and test. The scores are made up: their values do not change the work.
Prints CPU seconds of each round and the median; the aim is less than 10 s.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
import pandas as pd

from harness import load_test_set
from harness.error_categories.analysis import categories
from harness.ratings.human_agreement import human_agreement
from harness.ratings.rating import Weights, penalties
from harness.ratings.views import Level1, Level2, News, Severity
from harness.tables import SCORES, conform

ROUNDS = 3
METRICS, SENTINELS = ("m1", "m2", "m3", "m4"), ("s1", "s2", "s3")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mirror", default=None)
    mirror = parser.parse_args().mirror
    test_set = load_test_set("wmt23_zhen_news", mirror=mirror)
    views = [News(), Level1(), Level2(), Severity()]
    given = [penalties(test_set, Weights(), view) for view in views]
    chance = np.random.default_rng(1)
    texts = test_set.hypotheses[["test_set", "system", "segment_id"]]
    scores = pd.concat(
        [
            texts.assign(metric=m, signature=m, score=chance.normal(size=len(texts)), status="ok")
            for m in (*METRICS, *SENTINELS)
        ]
    )
    scores = conform(scores, SCORES)
    seconds: dict[str, list[float]] = {"categories": [], "human agreement": []}
    for _ in range(ROUNDS):
        started = time.process_time()
        categories(test_set, scores, given, sentinels=SENTINELS)
        seconds["categories"].append(time.process_time() - started)
        started = time.process_time()
        human_agreement(test_set, given, views)
        seconds["human agreement"].append(time.process_time() - started)
    for name, rounds in seconds.items():
        each = ", ".join(f"{s:.2f}" for s in rounds)
        print(f"{name}: median {statistics.median(rounds):.2f} CPU s ({each})")


if __name__ == "__main__":
    main()
