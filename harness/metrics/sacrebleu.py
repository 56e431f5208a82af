"""BLEU, chrF, chrF++ and TER as sacrebleu computes them.

sacrebleu (Post 2018, "A Call for Clarity in Reporting BLEU Scores") is the authority for every
number: corpus scores equal its ``corpus_score`` and segment scores its ``sentence_score`` exactly.
Each class counts the statistics of every segment once; the scores of segments, documents and texts
follow from their sums. These are sacrebleu's own statistics, counted by faster code
(:mod:`harness._kernels.counts`) where that is known to give the same integers; other parameters use
sacrebleu's code. ``path`` says which code is used.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.base import Metric as SacreMetric
from sacrebleu.metrics.bleu import BLEU as SacreBLEU
from sacrebleu.metrics.chrf import CHRF as SacreCHRF
from sacrebleu.metrics.ter import TER as SacreTER
from sacrebleu.version import __version__ as sacrebleu_version

from harness._kernels.counts import (
    TOKENIZERS,
    Side,
    bleu_counts,
    chrf_counts,
    implementation,
    ter_counts,
)
from harness.errors import InputError, unknown_name
from harness.metrics import Batch, Languages, Level, Metric, SegmentScores
from harness.metrics.formulas import bleu_scores, chrf_scores, ter_scores
from harness.metrics.target_language import AUTO, PACKAGES, check_auto, has_no_spaces, tokenizer_for
from harness.support.checks import LONGEST_NGRAM, check_whole

__all__ = ["BLEU", "TER", "ChrF"]

#: With a larger beta, chrF is recall.
_LARGEST_BETA = 1000
#: The sacrebleu whose statistics the fast implementations were held against.
TESTED = "2.6."

#: Orders of n-grams that the fast implementations count.
MOST_ORDERS = 16


@dataclass(frozen=True)
class SacrebleuMetric(Metric):
    """A metric of sacrebleu, computed from statistics of segments."""

    family: ClassVar[str] = "string"

    @abstractmethod
    def build(self, level: Level) -> SacreMetric:
        """sacrebleu's metric for segment or corpus scores."""

    @abstractmethod
    def _countable(self) -> bool:
        """Whether the fast implementations support these parameters."""

    def _computable(self) -> bool:
        """Whether the formulas support these parameters."""
        return True

    @abstractmethod
    def _count(self, systems: Side, references: Side) -> NDArray[Any]:
        """sacrebleu's statistics, shape (n_systems, n_segments, k)."""

    @abstractmethod
    def _compute(self, sums: NDArray[Any], level: Level) -> NDArray[np.float64]:
        """The scores of m rows of sums, shape (m, k)."""

    @cached_property
    def _segment_metric(self) -> Any:
        return _built(self, "segment")

    @cached_property
    def _corpus_metric(self) -> Any:
        return _built(self, "corpus")

    @property
    def path(self) -> str:
        """What counts: ``native`` (C), ``python``, or ``sacrebleu`` itself, where its version or
        the parameters are not among those that the other two were tested with."""
        known = self._computable() and self._countable()
        return implementation() if _tested() and known else "sacrebleu"

    @property
    def quick(self) -> bool:
        return self.path == "native"

    def signature(self, n_references: int, level: Level = "segment") -> str:
        metric = _built(self, level)
        metric.num_refs = n_references
        return str(metric.get_signature())

    def score(self, batch: Batch) -> SegmentScores:
        """Scores in [0, 100] (TER: [0, inf)); an empty hypothesis is scored as sacrebleu does.

        With several references sacrebleu's own rule holds: BLEU clips against all of them, chrF
        takes the best one, TER the fewest edits over the mean reference length.
        """
        return self.score_all([batch])[0]

    def score_all(self, batches: Sequence[Batch]) -> list[SegmentScores]:
        """As :meth:`score`; the references that batches share are prepared once."""
        groups: dict[Side, list[int]] = {}
        for i, batch in enumerate(batches):
            groups.setdefault(tuple(map(tuple, batch.references)), []).append(i)
        results: list[SegmentScores | None] = [None] * len(batches)
        for references, members in groups.items():
            systems = tuple(tuple(batches[i].hypotheses) for i in members)
            for i, statistics in zip(members, self._statistics(systems, references), strict=True):
                scores = self.score_sums(statistics, "segment")
                results[i] = SegmentScores(scores, statistics)
        return [result for result in results if result is not None]

    def _statistics(self, systems: Side, references: Side) -> list[NDArray[np.float64]]:
        metric = self._segment_metric
        if not systems[0]:
            return [np.empty((0, 0))] * len(systems)
        if self.path != "sacrebleu" and references:
            return list(self._count(systems, references).astype(np.float64))
        columns = [list(r) for r in references]
        return [
            np.array(metric._extract_corpus_statistics(list(texts), columns), dtype=np.float64)
            for texts in systems
        ]

    def score_sums(self, sums: NDArray[np.float64], level: Level = "corpus") -> NDArray[np.float64]:
        """The scores of m sums of segment statistics, shape (m, k)."""
        if not len(sums):
            return np.empty(0)
        if _tested() and self._computable():
            return self._compute(sums, level)
        metric = self._segment_metric if level == "segment" else self._corpus_metric
        return np.array([metric._compute_score_from_stats(_as_counts(row)).score for row in sums])

    def score_single(self, sums: NDArray[np.float32]) -> NDArray[Any]:
        """The corpus scores of m sums, as sacrebleu's bootstrap has them: it sums in single
        precision, and its formulas then compute, in part, in single precision too."""
        metric = self._corpus_metric
        return np.array([metric._compute_score_from_stats(row).score for row in sums])


def _tested() -> bool:
    return sacrebleu_version.startswith(TESTED)


def _as_counts(row: NDArray[np.float64]) -> list[float]:
    """The statistics as sacrebleu made them: integers again where they all are integers."""
    if np.equal(np.mod(row, 1), 0).all():
        return row.astype(np.int64).tolist()  # type: ignore[no-any-return]
    return row.tolist()  # type: ignore[no-any-return]


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
            remedy=PACKAGES.get(
                getattr(metric, "tokenizer", ""), "see sacrebleu's documentation of the metric"
            ),
        ) from error


@dataclass(frozen=True)
class BLEU(SacrebleuMetric):
    """BLEU (Papineni et al. 2002), in [0, 100], higher is better.

    An empty hypothesis scores 0.

    Parameters
    ----------
    name
        The name in tables and plots.
    tokenize
        One of sacrebleu's tokenizers: 13a (that of mteval), intl, char, zh, ja-mecab, ko-mecab,
        spm, flores101, flores200, spBLEU-1K or none; 'auto': the one that sacrebleu uses for the
        target language (those of Japanese and Korean need a package of their own).
    lowercase
        Whether upper and lower case count as the same.
    smooth_method
        What stands for an n-gram precision of 0: exp, floor, add-k or none.
    smooth_value
        The value of the smoothing methods floor and add-k; None: sacrebleu's default.
    max_ngram_order
        The longest n-grams that are counted, >= 1.
    effective_order
        Whether segment scores leave out the orders that are longer than the hypothesis (as
        ``sacrebleu -sl`` does). Corpus scores never do.
    """

    name: str = "BLEU"
    tokenize: str = AUTO
    lowercase: bool = False
    smooth_method: str = "exp"
    smooth_value: float | None = None
    max_ngram_order: int = 4
    effective_order: bool = True

    def __post_init__(self) -> None:
        check_whole("max_ngram_order", self.max_ngram_order, 1, LONGEST_NGRAM)
        if self.tokenize != AUTO and self.tokenize not in SacreBLEU.TOKENIZERS:
            raise unknown_name("BLEU tokenizer", self.tokenize, [AUTO, *SacreBLEU.TOKENIZERS])
        if self.smooth_method not in SacreBLEU.SMOOTH_DEFAULTS:
            raise unknown_name("BLEU smoothing", self.smooth_method, SacreBLEU.SMOOTH_DEFAULTS)

    @property
    def tokenizer(self) -> str:
        """The tokenizer; 13a where the language is not known."""
        return SacreBLEU.TOKENIZER_DEFAULT if self.tokenize == AUTO else self.tokenize

    def suited_to(self, languages: Languages) -> BLEU:
        auto = self.tokenize == AUTO
        return replace(self, tokenize=tokenizer_for(languages.target)) if auto else self

    def build(self, level: Level) -> SacreMetric:
        return SacreBLEU(
            lowercase=self.lowercase,
            force=True,
            tokenize=self.tokenizer,
            smooth_method=self.smooth_method,
            smooth_value=self.smooth_value,
            max_ngram_order=self.max_ngram_order,
            effective_order=self.effective_order and level == "segment",
        )

    def _countable(self) -> bool:
        return self.tokenizer in TOKENIZERS and self.max_ngram_order <= MOST_ORDERS

    def _computable(self) -> bool:
        return self.smooth_value is None or 0 <= self.smooth_value < math.inf

    def _count(self, systems: Side, references: Side) -> NDArray[Any]:
        if self.lowercase:
            systems, references = _lower(systems), _lower(references)
        return bleu_counts(systems, references, self.tokenizer, self.max_ngram_order)

    def _compute(self, sums: NDArray[Any], level: Level) -> NDArray[np.float64]:
        return bleu_scores(
            sums,
            smooth_method=self.smooth_method,
            smooth_value=self.smooth_value,
            effective_order=self.effective_order and level == "segment",
        )


@dataclass(frozen=True)
class ChrF(SacrebleuMetric):
    """chrF (Popović 2015) and, with ``word_order=2``, chrF++ (Popović 2017); in [0, 100], higher
    is better.

    Parameters
    ----------
    name
        The name in tables and plots.
    char_order
        The longest n-grams of characters that are counted, >= 1.
    word_order
        The longest n-grams of words; 0: none.
    beta
        How many times as much recall counts as precision, >= 1.
    lowercase
        Whether upper and lower case count as the same.
    whitespace
        Whether white space is a character like any other.
    eps_smoothing
        Whether orders without a match are smoothed by 1e-16, as NLTK and Moses do; otherwise only
        the orders that both texts have are averaged.
    """

    name: str = "chrF"
    char_order: int = 6
    word_order: int = 0
    beta: int = 2
    lowercase: bool = False
    whitespace: bool = False
    eps_smoothing: bool = False

    def __post_init__(self) -> None:
        check_whole("char_order", self.char_order, 1, LONGEST_NGRAM)
        check_whole("word_order", self.word_order, 0, LONGEST_NGRAM)
        check_whole("beta", self.beta, 1, _LARGEST_BETA)

    def build(self, level: Level) -> SacreMetric:
        return SacreCHRF(
            char_order=self.char_order,
            word_order=self.word_order,
            beta=self.beta,
            lowercase=self.lowercase,
            whitespace=self.whitespace,
            eps_smoothing=self.eps_smoothing,
        )

    def _countable(self) -> bool:
        return max(self.char_order, self.word_order) <= MOST_ORDERS

    def _computable(self) -> bool:
        return self.beta < 2**26

    def _count(self, systems: Side, references: Side) -> NDArray[Any]:
        if self.lowercase:
            systems, references = _lower(systems), _lower(references)
        counts = chrf_counts(systems, references, self.char_order, self.word_order, self.whitespace)
        if len(references) == 1:
            return counts[:, :, 0]
        scores = self._compute(counts.reshape(-1, counts.shape[-1]), "segment")
        best = scores.reshape(counts.shape[:-1]).argmax(axis=-1)  # of equal ones the first
        return np.take_along_axis(counts, best[..., None, None], axis=2)[:, :, 0]

    def _compute(self, sums: NDArray[Any], level: Level) -> NDArray[np.float64]:
        return chrf_scores(sums, beta=self.beta, eps_smoothing=self.eps_smoothing)


@dataclass(frozen=True)
class TER(SacrebleuMetric):
    """Translation edit rate (Snover et al. 2006): edits per 100 reference tokens, >= 0, lower is
    better (tables hold it negated, as −TER).

    Parameters
    ----------
    name
        The name in tables and plots.
    normalized
        Whether punctuation is split off, and XML entities are read, as Tercom does; 'auto': for
        Chinese and Japanese targets, where a sentence is one word otherwise.
    no_punct
        Whether punctuation is removed.
    asian_support
        Whether ``normalized`` splits Chinese and Japanese text into characters and ``no_punct``
        removes full-width punctuation. 'auto': for both languages.
    case_sensitive
        Whether upper and lower case differ.
    """

    name: str = "−TER"
    normalized: bool | str = AUTO
    no_punct: bool = False
    asian_support: bool | str = AUTO
    case_sensitive: bool = False
    higher_is_better: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_auto("TER", normalized=self.normalized, asian_support=self.asian_support)

    def suited_to(self, languages: Languages) -> TER:
        asian = has_no_spaces(languages.target)
        normalized = asian if self.normalized == AUTO else bool(self.normalized)
        support = asian and (normalized or self.no_punct)
        if self.asian_support != AUTO:
            support = bool(self.asian_support)
        return replace(self, normalized=normalized, asian_support=support)

    def build(self, level: Level) -> SacreMetric:
        return SacreTER(
            normalized=self.normalized is True,
            no_punct=self.no_punct,
            asian_support=self.asian_support is True,
            case_sensitive=self.case_sensitive,
        )

    def _countable(self) -> bool:
        return True

    def _count(self, systems: Side, references: Side) -> NDArray[Any]:
        counts = ter_counts(
            self._prepared(systems),
            self._prepared(references),
            self.normalized is True,
            self.no_punct,
            self.asian_support is True,
        )
        return np.stack(
            [counts[..., 0].min(axis=-1), counts[..., 1].sum(axis=-1) / len(references)], axis=-1
        )

    def _prepared(self, side: Side) -> Side:
        stripped = tuple(tuple(text.rstrip() for text in texts) for texts in side)
        return stripped if self.case_sensitive else _lower(stripped)

    def _compute(self, sums: NDArray[Any], level: Level) -> NDArray[np.float64]:
        return ter_scores(sums)


def _lower(side: Side) -> Side:
    return tuple(tuple(text.lower() for text in texts) for texts in side)
