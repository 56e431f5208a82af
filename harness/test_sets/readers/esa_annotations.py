"""Error span annotations as tables: what the readers of ESA files share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from harness.support.formatting import plural
from harness.tables import ANNOTATIONS, ERROR_SPANS, GIVEN_RATINGS, TestSet, table
from harness.test_sets.readers.assembly import annotated
from harness.test_sets.readers.esa_errors import Errors
from harness.test_sets.readers.json_lines import JsonObject

__all__ = ["RATING", "EsaAnnotation", "score_of", "with_annotations"]

#: What the raters' numbers are called among the ratings that come with a test set.
RATING = "esa"
_LOWEST, _HIGHEST = 0.0, 100.0


class EsaAnnotation(NamedTuple):
    """What one rater said of one translation; ``score`` is NaN where there is none."""

    system: str
    segment_id: str
    rater: str
    score: float
    errors: Sequence[JsonObject]


def score_of(value: Any, item: JsonObject) -> float:
    """The rater's number, from 0 to 100, also where a file writes it in quotes; NaN: null.

    Raises
    ------
    InputError
        It is no number, or outside 0 to 100.
    """
    if value is None:
        return math.nan
    try:
        score = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        score = math.nan
    if not _LOWEST <= score <= _HIGHEST:
        item.fail(
            f"the score of {item.what} is no number from 0 to 100",
            found=repr(value)[:100],
            expected="a number from 0 to 100",
        )
    return score


def with_annotations(test_set: TestSet, found: Sequence[EsaAnnotation], errors: Errors) -> TestSet:
    """``test_set`` with annotations, error spans and the rating ``esa``: the mean of the raters'
    numbers for a translation.

    Where a rater annotated a translation several times, the last annotation counts. Notes count
    the earlier ones, annotations without a number, and translations with several raters.
    """
    targets: Mapping[tuple[str, str], str] = {
        (system, segment): text
        for system, segment, text in zip(
            *(test_set.hypotheses[c] for c in ("system", "segment_id", "hypothesis")), strict=True
        )
    }
    last = {(a.system, a.segment_id, a.rater): a for a in found}
    spans: list[tuple[object, ...]] = []
    numbers: dict[tuple[str, str], list[float]] = {}
    for key, one in last.items():
        target = targets[one.system, one.segment_id]
        for number, e in enumerate(errors.read(one.errors, target)):
            what = (number, e.category, e.subcategory, e.severity, e.label, "target")
            spans.append((test_set.name, *key, *what, e.start, e.end))
        if not math.isnan(one.score):
            numbers.setdefault((one.system, one.segment_id), []).append(one.score)
    frame = table([(test_set.name, *key) for key in last], ANNOTATIONS)
    error_spans = table(spans, ERROR_SPANS)
    means = [
        (test_set.name, *key, RATING, math.fsum(own) / len(own)) for key, own in numbers.items()
    ]
    notes = [annotated(frame, error_spans), *errors.notes()]
    several = sum(len(own) > 1 for own in numbers.values())
    notes.append(
        f"rating {RATING}: {plural(len(means), 'translation')}; the mean of several raters for"
        f" {several:,} of them"
    )
    if again := len(found) - len(last):
        notes.append(
            f"{plural(again, 'annotation')} left out: the same rater annotated the translation"
            " again later in the file"
        )
    if unscored := sum(math.isnan(one.score) for one in last.values()):
        notes.append(f"{plural(unscored, 'annotation')} without a number")
    return replace(
        test_set,
        annotations=frame,
        error_spans=error_spans,
        given_ratings=table(means, GIVEN_RATINGS),
        notes=(*notes, *test_set.notes),
    )
