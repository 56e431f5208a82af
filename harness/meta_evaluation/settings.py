"""How the meta-evaluation is done: intervals, tests, subsets. The parameters of the stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.support.checks import (
    MOST_DRAWS,
    check_between,
    check_flag,
    check_one_of,
    check_seed,
    check_whole,
)

__all__ = ["Resampling", "Testing"]


@dataclass(frozen=True)
class Resampling:
    """How intervals are drawn: number of samples, seed, confidence, and what is drawn.

    Parameters
    ----------
    samples, seed
        Bootstrap samples of each value, and the seed of their draws.
    confidence
        Of the interval.
    minimum_documents
        Fewer documents (or segments, where those are drawn) give no bootstrapped interval: it would
        be too narrow.
    unit
        'document' (segments of a news item are not independent) or 'segment'.
    expensive
        Whether statistics that take long (rank correlations over all translations at once) get
        intervals too.
    method
        'two_way': from a jackknife of systems and documents, for statistics that have one
        (:mod:`harness.significance.two_way`); it draws nothing, and with unit 'segment' each
        segment counts as a document. The others, and with 'bootstrap' all, are bootstrapped: of
        ``samples`` draws, on the systems at hand, and never of fewer than ``minimum_documents``.
    """

    samples: int = 1000
    seed: int = 12345
    confidence: float = 0.95
    minimum_documents: int = 10
    unit: Literal["document", "segment"] = "document"
    expensive: bool = False
    method: Literal["two_way", "bootstrap"] = "two_way"

    def __post_init__(self) -> None:
        check_one_of("resampling.method", self.method, ("two_way", "bootstrap"))
        check_whole("resampling.samples", self.samples, 2, MOST_DRAWS)
        check_seed("resampling.seed", self.seed)
        check_whole("resampling.minimum_documents", self.minimum_documents, 2)
        check_between("resampling.confidence", self.confidence, 0, 1)
        check_one_of("resampling.unit", self.unit, ("document", "segment"))
        check_flag("resampling.expensive", self.expensive)


@dataclass(frozen=True)
class Testing:
    """How metrics are tested against each other.

    Parameters
    ----------
    samples, seed
        Draws of each test by exchange, and the seed of all draws; 0 samples: no tests at all.
    acc_eq_test
        The test of accuracy with ties: 'scores' swaps scores and calibrates anew in every draw;
        'pairs' swaps the verdicts on pairs, as published WMT tables do, and finds too many
        differences significant, because pairs that share a system are not independent.
    alpha
        The level at which a new rank cluster starts.
    method
        'two_way': by a t test of the two-way jackknife (pairwise accuracy of systems: by exchange
        of systems), two-sided, which speaks for other systems and documents, for statistics that
        have it (:mod:`harness.significance.two_way`). The others, and with 'exchange' all, are
        tested by exchange of scores (PERM-BOTH); with 'exchange' one-sided, as published WMT tables
        are, which finds too many differences significant.
    expensive
        Whether statistics that take long are tested too.
    """

    __test__ = False  # not a pytest class

    samples: int = 1000
    seed: int = 12345
    acc_eq_test: Literal["scores", "pairs"] = "scores"
    alpha: float = 0.05
    expensive: bool = False
    method: Literal["two_way", "exchange"] = "two_way"

    def __post_init__(self) -> None:
        check_one_of("metric_tests.method", self.method, ("two_way", "exchange"))
        check_whole("metric_tests.samples", self.samples, 0, MOST_DRAWS)
        check_seed("metric_tests.seed", self.seed)
        check_one_of("metric_tests.acc_eq_test", self.acc_eq_test, ("scores", "pairs"))
        check_between("metric_tests.alpha", self.alpha, 0, 1)
        check_flag("metric_tests.expensive", self.expensive)
