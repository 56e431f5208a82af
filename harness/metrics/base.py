"""What a metric is: the contract that every metric follows.

A metric is a frozen dataclass whose fields are its parameters. It declares what it reads
(:attr:`Metric.needs`), where it runs (:attr:`Metric.runs`) and which files it is made of
(:attr:`Metric.files`), and scores batches of segments. Where its score of a whole text is not the
mean of its segment scores (BLEU, chrF, TER), it also keeps additive statistics of each segment,
from which the score of any set of segments follows by summing. A metric returns its numbers as its
authors define them; :mod:`harness.scoring.stage` negates lower-is-better scores, once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from harness.errors import InputError
from harness.metrics.batch import Batch, Languages
from harness.metrics.model_files import files_digest
from harness.metrics.needs import Needs, Runs
from harness.metrics.results import SegmentScores
from harness.support.families import OTHER

__all__ = [
    "VARYING",
    "Batch",
    "Level",
    "Metric",
    "SegmentError",
    "SegmentScores",
    "naming",
    "nrefs",
]

Level = Literal["segment", "corpus"]

#: Stands for the number of references where some segments have fewer than others, as in sacrebleu.
VARYING = -1


class SegmentError(Exception):
    """A metric cannot score one segment for a reason that the user can fix: ``index`` in the batch
    and a message (``found``: what happened). Scoring turns it into an InputError that names the
    segment.
    """

    def __init__(self, index: int, message: str, found: str) -> None:
        super().__init__(index, message, found)
        self.index, self.message, self.found = index, message, found


def nrefs(n_references: int) -> str:
    """The part of a signature about references, as sacrebleu writes it."""
    return f"nrefs:{'var' if n_references == VARYING else n_references}"


@contextmanager
def naming(key: str, metric: Metric) -> Iterator[None]:
    """Let an unexpected exception of a metric's code say which metric it was."""
    try:
        yield
    except (InputError, SegmentError):
        raise
    except Exception as error:
        error.add_note(f"raised by the metric {key!r} ({type(metric).__module__})")
        raise


@dataclass(frozen=True)
class Metric(ABC):
    """A metric; ``name`` is its label in tables and plots.

    In a subclass, a property may be a plain class attribute: ``needs = Needs(...)``.
    """

    name: str = ""
    higher_is_better: ClassVar[bool] = True
    #: What it knows, in a word: one of :data:`harness.support.families.FAMILIES`.
    family: ClassVar[str] = OTHER
    #: Of a sentinel, what it sees, to stand in a sentence after "is not shown to beat".
    sees: ClassVar[str] = ""
    #: Modules, beside those that define the class, whose code determines the scores.
    made_of: ClassVar[tuple[str, ...]] = ()

    @property
    def needs(self) -> Needs:
        """What the metric reads besides the hypothesis; by default the references."""
        return Needs(reference=True)

    @property
    def runs(self) -> Runs:
        """Where the metric runs, and in which pieces."""
        return Runs()

    @property
    def by_segment(self) -> bool:
        """Whether scores are kept segment by segment, each under a key of the texts read for it.
        Useful if scoring a segment is expensive. A segment's score must then depend only on what
        :attr:`needs` declares, whatever else is in the batch. By default true for metrics that run
        on a device or remotely, or read other segments or systems."""
        return self.runs.where in ("device", "remote") or self.needs.other_segments

    @property
    def kept(self) -> bool:
        """Whether scores may be kept for later runs: false if what determines them cannot be known,
        or if they are stored already."""
        return self.needs.stored is None

    def suited_to(self, languages: Languages) -> Metric:
        """The metric with what its parameters leave open ('auto') chosen for ``languages``; a
        metric without such parameters is itself."""
        return self

    @property
    def files(self) -> Sequence[str | Path]:
        """Files and folders that determine the scores, such as the weights of a model. Their
        content is part of :meth:`full_signature` and of the key under which scores are kept."""
        return ()

    def parameters(self) -> Mapping[str, Any]:
        """What determines the scores besides the code and the texts: all fields except the name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "name"}

    def signature(self, n_references: int, level: Level = "segment") -> str:
        """Everything that determines the number, for segment or corpus scores. By default the
        class, the parameters, and the last part of the paths of the metric's files. Metrics with an
        established form of signature override this."""
        own = {str(file): Path(file).name for file in self.files}
        told = {name: str(value) for name, value in self.parameters().items()}
        parts = [f"{name}:{own.get(value, value)}" for name, value in told.items()]
        parts += [nrefs(n_references)] if self.needs.reference else []
        return "|".join([type(self).__qualname__, *parts])

    def full_signature(self, n_references: int, level: Level = "segment") -> str:
        """The signature as written in tables: for the references that the metric reads (of the
        ``n_references`` of the run, or VARYING), and with the beginning of the sha256 of its files.

        Raises
        ------
        InputError
            A file is not there.
        """
        signature = self.signature(n_references if self.needs.reference else 0, level)
        return f"{signature}|files:{files_digest(self.files)[:12]}" if self.files else signature

    @abstractmethod
    def score(self, batch: Batch) -> SegmentScores:
        """The scores of all segments of ``batch``."""

    def score_all(self, batches: Sequence[Batch]) -> list[SegmentScores]:
        """The scores of several batches; a metric may share work between batches with the same
        references."""
        return [self.score(batch) for batch in batches]

    def parts(self, batch: Batch) -> Iterator[tuple[Sequence[int], SegmentScores]]:
        """The scores of ``batch`` as they come: the places of some segments in the batch, and their
        scores. Of a metric that is kept by segment, each part is in the store before the next is
        computed. By default there is one part, :meth:`score` of the whole."""
        yield range(len(batch)), self.score(batch)

    @property
    def device_used(self) -> str:
        """The device that scores are computed on, in words, if the metric chooses one; ''
        otherwise."""
        return ""

    @property
    def path(self) -> str:
        """Which implementation computes the numbers, if there are several with equal results."""
        return ""

    @property
    def quick(self) -> bool:
        """Whether scoring takes less time than sending the texts to another process."""
        return False

    def additive(self, segments: SegmentScores) -> NDArray[np.float64] | None:
        """What each segment adds to the sums that :meth:`score_sums` takes, shape (n, k); NaN where
        a segment has no score. None: the metric's scores of texts do not follow from sums.

        These are the statistics if the metric has :meth:`score_sums` for them; otherwise, if the
        score of a text is the mean, the segment's score and a 1.
        """
        if self._has_sums:
            return segments.statistics
        if type(self).aggregate is not Metric.aggregate:
            return None
        return np.column_stack([segments.scores, np.ones(len(segments.scores))])

    @property
    def _has_sums(self) -> bool:
        return type(self).score_sums is not Metric.score_sums

    def score_sums(self, sums: NDArray[np.float64], level: Level = "corpus") -> NDArray[np.float64]:
        """The scores for m sums of what segments add (:meth:`additive`), shape (m, k): one sum per
        document, text or resample. A sum over no segments has the score NaN."""
        with np.errstate(invalid="ignore", divide="ignore"):
            means: NDArray[np.float64] = sums[:, 0] / sums[:, 1]
        return means

    def aggregate(self, segments: SegmentScores, chosen: NDArray[np.int64] | None = None) -> float:
        """The score of the text that consists of the ``chosen`` segments (default: all).

        The mean of the segment scores; or, if the metric has statistics and :meth:`score_sums`, the
        score of the sums of the statistics. NaN if a segment has no score, or none is chosen.
        """
        scores = segments.scores if chosen is None else segments.scores[chosen]
        if not len(scores) or np.isnan(scores).any():
            return float("nan")
        if segments.statistics is None or not self._has_sums:
            return float(scores.mean())
        rows = segments.statistics if chosen is None else segments.statistics[chosen]
        # From the first segment to the last, as sacrebleu sums.
        return float(self.score_sums(rows.cumsum(axis=0)[-1:])[0])
