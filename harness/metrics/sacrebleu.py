"""BLEU, chrF, chrF++ and TER as sacrebleu computes them.

sacrebleu (Post 2018, "A Call for Clarity in Reporting BLEU Scores") is the authority for every
number: these classes take its statistics of each segment once and let it compute segment,
document and corpus scores from their sums, so that corpus scores equal its ``corpus_score`` and
segment scores its ``sentence_score`` exactly.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.base import Metric as SacreMetric
from sacrebleu.metrics.bleu import BLEU as SacreBLEU
from sacrebleu.metrics.chrf import CHRF as SacreCHRF
from sacrebleu.metrics.ter import TER as SacreTER

from harness.checks import check_whole
from harness.errors import InputError, unknown_name
from harness.metrics.base import Batch, Level, Metric, SegmentScores

__all__ = ["BLEU", "TER", "ChrF"]


@dataclass(frozen=True)
class SacrebleuMetric(Metric):
    """A metric of sacrebleu, by its per-segment statistics."""

    @abstractmethod
    def build(self, level: Level) -> SacreMetric:
        """sacrebleu's metric for segment or corpus scores."""

    @cached_property
    def _segment_metric(self) -> Any:
        return _built(self, "segment")

    @cached_property
    def _corpus_metric(self) -> Any:
        return _built(self, "corpus")

    def signature(self, n_references: int, level: Level = "segment") -> str:
        metric = self.build(level)
        metric.num_refs = n_references
        return str(metric.get_signature())

    def score(self, batch: Batch) -> SegmentScores:
        """Scores in [0, 100] (TER: [0, inf)); an empty hypothesis is scored as sacrebleu does.

        With several references sacrebleu's own rule holds: BLEU clips against all of them, chrF
        takes the best one, TER the fewest edits over the mean reference length.
        """
        if not len(batch):
            return SegmentScores(np.empty(0), np.empty((0, 0)))
        metric = self._segment_metric
        statistics = metric._extract_corpus_statistics(
            list(batch.hypotheses), [list(r) for r in batch.references]
        )
        scores = [metric._aggregate_and_compute([s]).score for s in statistics]
        return SegmentScores(np.array(scores, dtype=float), np.array(statistics, dtype=float))

    def aggregate(self, segments: SegmentScores, chosen: NDArray[np.int64] | None = None) -> float:
        """sacrebleu's corpus score of the chosen segments; NaN where none is chosen or one has
        no statistics."""
        statistics = segments.statistics
        if (
            statistics is None
            or np.isnan(segments.scores if chosen is None else segments.scores[chosen]).any()
        ):
            return float("nan")
        rows = statistics if chosen is None else statistics[chosen]
        if not len(rows):
            return float("nan")
        return float(self._corpus_metric._aggregate_and_compute(_as_counts(rows)).score)


def _as_counts(rows: NDArray[np.float64]) -> list[list[float]]:
    """The statistics as sacrebleu made them: integers again where they all are integers."""
    if np.equal(np.mod(rows, 1), 0).all():
        return rows.astype(np.int64).tolist()  # type: ignore[no-any-return]
    return rows.tolist()  # type: ignore[no-any-return]


def _built(metric: SacrebleuMetric, level: Level) -> SacreMetric:
    """sacrebleu's metric; what it refuses (a smoothing without its value, a tokenizer whose
    package is absent) becomes an :class:`InputError`."""
    try:
        return metric.build(level)
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(
            f"sacrebleu refuses the parameters of {metric.name}: {error}",
            found=repr(metric),
            remedy="see sacrebleu's documentation of the metric",
        ) from error


@dataclass(frozen=True)
class BLEU(SacrebleuMetric):
    """BLEU (Papineni et al. 2002), in [0, 100], higher is better.

    Segment scores use the effective n-gram order (as ``sacrebleu -sl`` does), corpus scores do
    not. ``smooth_value`` belongs to the smoothing methods floor and add-k.
    """

    name: str = "BLEU"
    tokenize: str = "13a"
    lowercase: bool = False
    smooth_method: str = "exp"
    smooth_value: float | None = None
    max_ngram_order: int = 4
    effective_order: bool = True

    def __post_init__(self) -> None:
        check_whole("max_ngram_order", self.max_ngram_order, 1)
        if self.tokenize not in SacreBLEU.TOKENIZERS:
            raise unknown_name("BLEU tokenizer", self.tokenize, SacreBLEU.TOKENIZERS)
        if self.smooth_method not in SacreBLEU.SMOOTH_DEFAULTS:
            raise unknown_name("BLEU smoothing", self.smooth_method, SacreBLEU.SMOOTH_DEFAULTS)

    def build(self, level: Level) -> SacreMetric:
        return SacreBLEU(
            lowercase=self.lowercase,
            force=True,
            tokenize=self.tokenize,
            smooth_method=self.smooth_method,
            smooth_value=self.smooth_value,
            max_ngram_order=self.max_ngram_order,
            effective_order=self.effective_order and level == "segment",
        )


@dataclass(frozen=True)
class ChrF(SacrebleuMetric):
    """chrF (Popović 2015) and, with ``word_order=2``, chrF++ (Popović 2017); in [0, 100], higher
    is better."""

    name: str = "chrF"
    char_order: int = 6
    word_order: int = 0
    beta: int = 2
    lowercase: bool = False
    whitespace: bool = False
    eps_smoothing: bool = False

    def __post_init__(self) -> None:
        check_whole("char_order", self.char_order, 1)
        check_whole("word_order", self.word_order, 0)
        check_whole("beta", self.beta, 1)

    def build(self, level: Level) -> SacreMetric:
        return SacreCHRF(
            char_order=self.char_order,
            word_order=self.word_order,
            beta=self.beta,
            lowercase=self.lowercase,
            whitespace=self.whitespace,
            eps_smoothing=self.eps_smoothing,
        )


@dataclass(frozen=True)
class TER(SacrebleuMetric):
    """Translation edit rate (Snover et al. 2006): edits per 100 reference tokens, >= 0, lower is
    better (tables hold it negated, as −TER)."""

    name: str = "−TER"
    normalized: bool = False
    no_punct: bool = False
    asian_support: bool = False
    case_sensitive: bool = False
    higher_is_better: ClassVar[bool] = False

    def build(self, level: Level) -> SacreMetric:
        return SacreTER(
            normalized=self.normalized,
            no_punct=self.no_punct,
            asian_support=self.asian_support,
            case_sensitive=self.case_sensitive,
        )
