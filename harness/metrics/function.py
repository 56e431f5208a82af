"""A plain Python function as a metric."""

from __future__ import annotations

import hashlib
import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.metrics import (
    Batch,
    Level,
    Metric,
    Needs,
    Runs,
    SegmentError,
    SegmentScores,
    Status,
)
from harness.metrics.base import nrefs
from harness.metrics.function_code import function_code
from harness.support.checks import LARGEST_NUMBER, is_usable

__all__ = ["FunctionMetric"]

_EXPECTED = "a function of (source, hypothesis, references), or of (source, hypothesis)"


@dataclass(frozen=True, init=False, kw_only=True)
class FunctionMetric(Metric):
    """The score of a segment is ``function(source, hypothesis, references)``, higher is better;
    ``references`` is a list of texts. A function of two parameters gets no references.

    NaN or None means that there is no score: the segment is missing, and counted. The score of a
    text is the mean of its segments' scores. The function is called in this process, one segment
    after the other. Scores are kept for later runs if the function's code can be determined
    (:func:`harness.metrics.function_code.function_code`), under a key that contains it.

    Parameters
    ----------
    function
        The function.
    name
        Its label in tables and plots; default: the function's own name.

    Raises
    ------
    InputError
        ``function`` cannot be called with two or three texts. In scoring: it raises an exception,
        or returns something that is not a number; the message names the segment.
    """

    function: Callable[..., float | None] = field(kw_only=True)

    def __init__(self, function: Callable[..., float | None], name: str | None = None) -> None:
        own = getattr(function, "__name__", type(function).__name__)
        object.__setattr__(self, "name", name or str(own))
        object.__setattr__(self, "function", function)
        if not callable(function) or self._parameters not in (2, 3):
            raise InputError(
                f"{self.name!r} is no function that scores a translation",
                found=repr(function),
                expected=_EXPECTED,
            )

    @cached_property
    def _parameters(self) -> int:
        """With how many texts the function can be called: 3, else 2, else 0."""
        try:
            signature = inspect.signature(self.function)
        except (TypeError, ValueError):  # made by a C extension, which does not say
            return 3
        for n in (3, 2):
            try:
                signature.bind(*[None] * n)
            except TypeError:
                continue
            return n
        return 0

    @cached_property
    def _code(self) -> str | None:
        return function_code(self.function)

    @property
    def needs(self) -> Needs:
        return Needs(source=True, reference=self._parameters == 3)

    runs = Runs("here")

    @property
    def kept(self) -> bool:
        return self._code is not None

    def parameters(self) -> Mapping[str, Any]:
        """The function's code, in place of the function."""
        return {"code": self._code or "not known"}

    def signature(self, n_references: int, level: Level = "segment") -> str:
        """The function's name, the beginning of the sha256 of its code, the references."""
        code = self._code
        digest = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest() if code else ""
        own = getattr(self.function, "__qualname__", type(self.function).__qualname__)
        references = [nrefs(n_references)] if self.needs.reference else []
        return "|".join([f"function:{own}", f"code:{digest[:12] or 'not known'}", *references])

    def score(self, batch: Batch) -> SegmentScores:
        """The function's value of each segment."""
        scores = np.array([self._one(batch, i) for i in range(len(batch))], dtype=float)
        usable = np.abs(scores) <= LARGEST_NUMBER
        if usable.all():
            return SegmentScores(scores)
        return SegmentScores(
            np.where(usable, scores, np.nan),
            statuses=[
                Status() if is_usable(s) else Status("missing", f"the function gave {s}")
                for s in scores.tolist()
            ],
        )

    def _one(self, batch: Batch, i: int) -> float:
        texts: list[Any] = [batch.sources[i], batch.hypotheses[i]]
        if self.needs.reference:
            texts.append([reference[i] for reference in batch.references])
        try:
            value = self.function(*texts)
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
            raise SegmentError(i, "the function raised an exception", found) from error
        if value is None:
            return math.nan
        try:
            if isinstance(value, str | bytes):
                raise TypeError("text")
            return float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise SegmentError(i, "the function returned no number", repr(value)[:200]) from error
