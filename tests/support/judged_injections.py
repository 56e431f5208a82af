"""Injected errors of a small test set, judged by made-up metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from harness.injection import Injector
from harness.metrics import Metric
from harness.minimal_pairs.injected_systems import Injection, inject
from harness.minimal_pairs.injections import InjectionResult, injections, scorable
from harness.scoring.stage import score_test_set
from harness.tables import TestSet
from tests.support.sample_injectors import SAMPLE


def judged(
    test_set: TestSet,
    metrics: Mapping[str, Metric],
    injectors: Mapping[str, Injector] = SAMPLE,
    references: tuple[str, ...] = ("refA",),
    **options: Any,
) -> InjectionResult:
    injection = Injection(**options)
    injected = inject(test_set, injectors, injection, references=references)
    own = score_test_set(test_set, metrics, references=references, workers=1)
    wrong = score_test_set(injected.test_set, scorable(metrics), references=references, workers=1)
    return injections(injected, pd.concat([own.scores, wrong.scores]), injection)
