"""Error spans of error span annotation (ESA; Kocmi et al. 2024, arXiv 2406.11580).

Appraise and Pearmut write an error as ``{"start_i": 8, "end_i": 11, "severity": "minor"}``. The
end is the last marked character, not one past it. Offsets count UTF-16 units, as a browser does:
a character beyond U+FFFF, such as most emoji, counts as two. "missing" in the place of both offsets
says that something is missing from the translation. ``error_type`` (Appraise) or ``category``
(Pearmut) is null in ESA and a category in MQM. A severity that the rater did not decide on is
"undecided" or null.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Literal, NamedTuple

from harness.support.formatting import plural
from harness.test_sets.readers.json_lines import JsonObject
from harness.test_sets.taxonomy import category_of, severity_of

__all__ = ["MISSING", "UNSPECIFIED", "Errors", "EsaError"]

#: The labels of errors without a category: of marked text, and of something that is missing.
UNSPECIFIED, MISSING = "unspecified", "missing"
_NO_CATEGORY = {UNSPECIFIED: "other", MISSING: "other"}
_UNDECIDED = "undecided"


class EsaError(NamedTuple):
    """An error; ``start`` and ``end`` (one past the last) count code points of the translation.
    Both are None where there is no span."""

    category: str
    subcategory: str
    severity: str
    label: str
    start: int | None
    end: int | None


class Errors:
    """Reads errors, and counts what has to be said of them.

    Parameters
    ----------
    labels
        The user's own labels: see :func:`harness.test_sets.taxonomy.category_of`. They may also
        give a category to ``unspecified`` and ``missing``, which are 'other'.
    tool
        In 'appraise', offsets count from the first character that is not white space; in 'pearmut',
        what begins behind the last character marks something missing.
    refuse_outside
        Whether a span outside its translation is refused; if not, the error has no span.
    """

    def __init__(
        self,
        labels: Mapping[str, str] | None,
        *,
        tool: Literal["appraise", "pearmut"],
        refuse_outside: bool,
    ) -> None:
        self.labels = {**_NO_CATEGORY, **(labels or {})}
        self.tool, self.refuse_outside = tool, refuse_outside
        self.counts: Counter[str] = Counter()

    def read(self, items: Sequence[JsonObject], target: str) -> list[EsaError]:
        """The errors of one annotation of the translation ``target``.

        Raises
        ------
        InputError
            An error lacks an offset or its severity, or has another kind of value in it; its
            severity or category is unknown; its span is outside the translation.
        """
        return [self._error(item, target) for item in items]

    def notes(self) -> list[str]:
        """What was found, in sentences."""
        found = []
        if n := self.counts["undecided"]:
            found.append(
                f"{plural(n, 'error')} without a decided severity: neutral, so without a penalty"
            )
        if n := self.counts["outside"]:
            found.append(f"{plural(n, 'error')} marked outside the translation: without a span")
        if not self.counts["categories"]:
            found.append("the errors have severities but no categories")
        return found

    def _error(self, item: JsonObject, target: str) -> EsaError:
        span = self._span(item, target)
        raw = item.values.get("severity", "")
        if raw is None or raw == _UNDECIDED:
            severity = "neutral"
            self.counts["undecided"] += 1
        else:
            severity = severity_of(item.text("severity"), file=item.file, line=item.line)
        label = _label(item)
        self.counts["categories"] += label is not None
        if label is None:
            label = UNSPECIFIED if span is not None else MISSING
        place: Any = {"file": item.file, "line": item.line}
        category = category_of(label, labels=self.labels, **place)
        return EsaError(*category, severity, label, *(span or (None, None)))

    def _span(self, item: JsonObject, target: str) -> tuple[int | None, int | None] | None:
        """The span in code points; (None, None): outside; None: something is missing."""
        given = [item.values.get(key) for key in ("start_i", "end_i")]
        if given == [MISSING, MISSING]:
            return None
        first, last = (item.whole(key, -1, least=0) for key in ("start_i", "end_i"))
        lead = len(target) - len(target.lstrip()) if self.tool == "appraise" else 0
        units = [0, *accumulate(1 + (char > "\uffff") for char in target)]
        if self.tool == "pearmut" and units[-1] <= first <= last:
            return None
        if not first <= last < units[-1] - lead:
            if self.refuse_outside:
                item.fail(
                    f"{item.what} is outside the translation",
                    found=f"from {first} to {last}",
                    expected=f"0 <= start_i <= end_i < {units[-1] - lead}",
                    remedy="check that the texts are those that the raters saw",
                )
            self.counts["outside"] += 1
            return None, None
        return bisect_right(units, first + lead) - 1, bisect_left(units, last + lead + 1)


def _label(item: JsonObject) -> str | None:
    """The category that the rater chose, or None."""
    value = item.values.get("error_type") or item.values.get("category")
    if isinstance(value, list):
        value = "/".join(item.list_of_texts("error_type")) if "error_type" in item.values else None
    if value is not None and not isinstance(value, str):
        item.fail(f"the category of {item.what} is no text", found=repr(value)[:100])
    return value or None
