"""Made-up metrics on real human ratings: what they get right is known, and what they get wrong is
drawn anew for each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.statistics.base import Array


@dataclass(frozen=True)
class Scenario:
    """How the errors of a metric are made: shares of its variance within segments that it keeps for
    a system (``system``) and for a system in a document (``block``), what signal and these leave
    being t with 5 degrees of freedom for each translation; and the deviation of the logarithm of a
    factor by which documents raise or lower what it sees (``sensitivity``)."""

    system: float
    block: float
    sensitivity: float


SCENARIOS = {
    "iid": Scenario(0.0, 0.0, 0.0),
    "typ": Scenario(0.05, 0.06, 0.3),
    "strong": Scenario(0.11, 0.07, 0.3),
    "sens": Scenario(0.0, 0.0, 0.5),
}


def draw_metrics(
    ratings: Array, document: Array, signals: list[float], scenario: Scenario, seed: list[int]
) -> list[Array]:
    """A metric of variance 1 for each of ``signals``: that many times the standardised ratings,
    less their mean in the segment, plus errors. ``document`` numbers each segment's document."""
    g = np.random.default_rng(seed)
    within = ratings - ratings.mean(axis=0)
    within /= within.std()
    n_systems, n_documents = len(ratings), int(document.max()) + 1
    metrics = []
    for signal in signals:
        factor = np.exp(scenario.sensitivity * g.normal(size=n_documents))[document]
        errors = (
            np.sqrt(scenario.system) * g.normal(size=(n_systems, 1))
            + np.sqrt(scenario.block) * g.normal(size=(n_systems, n_documents))[:, document]
            + np.sqrt(1 - signal**2 - scenario.system - scenario.block)
            * g.standard_t(5, size=ratings.shape)
            * np.sqrt(3 / 5)
        )
        metrics.append(signal * factor * within + errors)
    return metrics
