"""The options of the tests between systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.support.checks import MOST_DRAWS, check_between, check_one_of, check_seed, check_whole

__all__ = ["FEW_DOCUMENTS", "Mode", "SystemTesting", "Unit"]

#: With fewer documents, draws of documents say little: rows say so, and the report shows segments.
FEW_DOCUMENTS = 10

Mode = Literal["exact", "sacrebleu"]
Unit = Literal["segment", "document"]


@dataclass(frozen=True)
class SystemTesting:
    """How systems are compared by their scores.

    Parameters
    ----------
    bootstrap, randomisation
        Resamples of the paired bootstrap and trials of the paired approximate randomisation; 0: not
        done.
    units
        What is drawn and exchanged: ``segment``, as sacrebleu has it; ``document``, because the
        segments of a document are not independent; ``both``, one after the other.
    mode
        ``exact`` sums in whole numbers, scores in double precision, and gives equal scores p = 1.
        ``sacrebleu`` applies to draws of segments with BLEU, chrF and TER: it sums resamples in
        single precision, as sacrebleu's bootstrap does, and reproduces its p-values and intervals,
        including those of equal scores. Otherwise randomisation is the same in both.
    seed
        Seed of all draws; sacrebleu's default is 12345. All systems and metrics share the draws.
    confidence
        Confidence of the bootstrap's intervals (percentiles).
    alpha
        The significance level at which a new rank cluster of systems starts.
    """

    __test__ = False  # not a pytest class

    bootstrap: int = 1000
    randomisation: int = 10_000
    units: Literal["segment", "document", "both"] = "both"
    mode: Mode = "exact"
    seed: int = 12345
    confidence: float = 0.95
    alpha: float = 0.05

    def __post_init__(self) -> None:
        for name in ("bootstrap", "randomisation"):
            check_whole(f"system_tests.{name}", getattr(self, name), 0, MOST_DRAWS)
        check_seed("system_tests.seed", self.seed)
        check_one_of("system_tests.units", self.units, ("segment", "document", "both"))
        check_one_of("system_tests.mode", self.mode, ("exact", "sacrebleu"))
        check_between("system_tests.confidence", self.confidence, 0, 1)
        check_between("system_tests.alpha", self.alpha, 0, 1)

    @property
    def samples(self) -> dict[str, int]:
        """Each test that is done -> its draws."""
        wanted = {"bootstrap": self.bootstrap, "randomisation": self.randomisation}
        return {test: n for test, n in wanted.items() if n}

    @property
    def drawn_units(self) -> tuple[Unit, ...]:
        return ("segment", "document") if self.units == "both" else (self.units,)
